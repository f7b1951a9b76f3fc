// The query a device would run on its own rows, on the server's: for what it does not carry. Conditions come over the wire and are checked anew;
// look-through and titles reach only rows that the person may read.
import {
  allFields,
  checkQuery,
  compileQuery,
  parseReference,
  SyncError,
  titlesSql,
  type Bundle,
  type Query,
  type QueryAnswer,
  type Row,
  type SqlContext,
  type UserContext,
} from '@satchel/model';
import { readable } from '../scope/read-permission.ts';
import type { Database, Tx } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';

/** Throws SyncError `unknown_entity` (also for one the person may not read) or `bad_request`. `now` is server time, ISO. */
export async function liveQuery(
  database: Database,
  organisation: Organisation,
  user: UserContext,
  query: Query,
  now: string,
): Promise<QueryAnswer> {
  const bundle = organisation.bundleFor(user.roles);
  if (!bundle.entities.some((entity) => entity.name === query.entity))
    throw new SyncError('unknown_entity', { entity: query.entity });
  const checked = checkQuery(query, bundle.entities);
  if (!checked.ok) throw new SyncError('bad_request', { faults: checked.faults });
  const context: SqlContext = {
    dialect: 'postgres',
    entities: bundle.entities,
    user,
    now,
    table: (name) => organisation.table(name),
    visible: (name, alias) => readable(organisation, bundle, user, name, alias),
  };
  const compiled = compileQuery(checked.query, context);
  return database.read(async (tx) => {
    const rows = await tx.rows<Row>(compiled.rows);
    const counted = compiled.count === null ? null : await tx.rows<{ count: number }>(compiled.count);
    const titles = await readTitles(tx, bundle, query.entity, rows, context);
    const total = counted?.[0]?.count;
    return { rows: rows as QueryAnswer['rows'], titles, ...(total === undefined ? {} : { total }) };
  });
}

/** Titles of the records that lookups of these rows point to, by id. */
async function readTitles(
  tx: Tx,
  bundle: Bundle,
  entityName: string,
  rows: readonly Row[],
  context: SqlContext,
): Promise<Record<string, string>> {
  const known = new Set(bundle.entities.map((entity) => entity.name));
  const idsByEntity: Record<string, string[]> = {};
  const entity = bundle.entities.find((each) => each.name === entityName);
  for (const [name, field] of Object.entries(entity === undefined ? {} : allFields(entity))) {
    if (field.type !== 'lookup') continue;
    for (const row of rows) {
      const value = row[name];
      if (typeof value !== 'string') continue;
      const target =
        field.to.length === 1 ? { entity: field.to[0] as string, id: value } : parseReference(value);
      if (target !== null && known.has(target.entity)) (idsByEntity[target.entity] ??= []).push(target.id);
    }
  }
  const unique = Object.fromEntries(
    Object.entries(idsByEntity).map(([name, ids]) => [name, [...new Set(ids)]]),
  );
  const fragment = titlesSql(unique, context);
  if (fragment === null) return {};
  const titles = await tx.rows<{ id: string; title: string | null }>(fragment);
  return Object.fromEntries(titles.flatMap(({ id, title }) => (title === null ? [] : [[id, title]])));
}
