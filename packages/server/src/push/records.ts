// What a ruling on a mutation needs to know of the database: the row, its owner, what lookups point to, and whether targets are there.
// Table and column names come from the model and are quoted; values are always parameters.
import {
  allFields,
  ident,
  joinSql,
  parseReference,
  sql,
  type Entity,
  type Expr,
  type Model,
  type OwnerFacts,
  type Row,
} from '@satchel/model';
import { fieldPaths } from '../scope/scope-fields.ts';
import type { Tx } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';

export function columnsOf(entity: Entity): readonly string[] {
  return [...Object.keys(allFields(entity)), '_rev'];
}

/** The row, locked until the transaction ends; null where there is none. */
export async function lockRow(
  tx: Tx,
  organisation: Organisation,
  entity: Entity,
  id: string,
): Promise<Row | null> {
  const columns = joinSql(columnsOf(entity).map(ident));
  const rows = await tx.rows<Row>(
    sql`select ${columns} from ${organisation.table(entity.name)} where "id" = ${id} for update`,
  );
  return rows[0] ?? null;
}

/** The row as this statement sees it; null where there is none, or where the id is not one. */
export async function readRow(
  tx: Tx,
  organisation: Organisation,
  entity: Entity,
  id: string,
): Promise<Row | null> {
  if (!/^[0-9a-f-]{36}$/.test(id)) return null;
  return (await rowsOf(tx, organisation, entity, [id], new Map()))[0] ?? null;
}

/** Where the owners stand: a person's business unit and teams, or a team's business unit. */
export async function readOwners(
  tx: Tx,
  organisation: Organisation,
  entity: Entity,
  ownerIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, OwnerFacts>> {
  const owners = new Map<string, OwnerFacts>();
  if (entity.ownership === 'organisation' || ownerIds.size === 0) return owners;
  const ids = [...ownerIds];
  const isTeam = entity.ownership === 'team';
  const teams = sql`array(select m."team"::text from ${organisation.table('team_member')} m where m."user" = o."id")`;
  const rows = await tx.rows<{ id: string; unit: string | null; teams: string[] }>(
    sql`select o."id", o."business_unit" as unit, ${isTeam ? sql`array[o."id"::text]` : teams} as teams
        from ${organisation.table(isTeam ? 'team' : 'user')} o where o."id" = any(${ids}::uuid[])`,
  );
  for (const row of rows) owners.set(row.id, { businessUnit: row.unit, teams: row.teams });
  return owners;
}

/** Reads the records that these expressions look through to from a row, and hands out the function that finds them. */
export async function readLookThrough(
  tx: Tx,
  organisation: Organisation,
  model: Model,
  entity: Entity,
  rows: readonly Row[],
  expressions: readonly Expr[],
): Promise<(row: Row, field: string) => Row | null> {
  const rowsById = new Map<string, Row>();
  const paths = expressions.flatMap(fieldPaths).filter((path) => path.length > 1);
  for (const path of paths) {
    let from: { readonly entity: Entity; readonly rows: readonly Row[] } = { entity, rows };
    for (const step of path.slice(0, -1)) {
      const field = model.field(from.entity.name, step);
      const target = field?.type === 'lookup' ? field.to[0] : undefined;
      if (target === undefined) break;
      const ids = from.rows.map((row) => row[step]).filter((id) => typeof id === 'string');
      const next = model.entity(target);
      from = { entity: next, rows: await rowsOf(tx, organisation, next, ids, rowsById) };
    }
  }
  return (row, field) => {
    const id = row[field];
    return typeof id === 'string' ? (rowsById.get(id) ?? null) : null;
  };
}

/** Of these lookup values, the fields whose target does not exist. */
export async function missingTargets(
  tx: Tx,
  organisation: Organisation,
  targets: readonly { readonly field: string; readonly to: readonly string[]; readonly value: string }[],
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const { field, to, value } of targets) {
    const reference = to.length === 1 ? { entity: to[0] as string, id: value } : parseReference(value);
    const rows =
      reference === null || !to.includes(reference.entity)
        ? []
        : await tx.rows(
            sql`select 1 from ${organisation.table(reference.entity)} where "id" = ${reference.id}`,
          );
    if (rows.length === 0) missing.push(field);
  }
  return missing;
}

/** Of these unique fields, those whose value another record holds. */
export async function takenFields(
  tx: Tx,
  organisation: Organisation,
  entity: Entity,
  row: Row,
): Promise<readonly string[]> {
  const taken: string[] = [];
  for (const [name, field] of Object.entries(entity.fields)) {
    const value = row[name] ?? null;
    if (!('unique' in field) || !field.unique || typeof value !== 'string') continue;
    const rows = await tx.rows(
      sql`select 1 from ${organisation.table(entity.name)}
          where ${ident(name)} = ${value} and "id" <> ${row['id'] as string}`,
    );
    if (rows.length > 0) taken.push(name);
  }
  return taken;
}

/** Who wrote the row last, by name. */
export async function lastWriter(
  tx: Tx,
  organisation: Organisation,
  row: Row,
): Promise<{ readonly name: string; readonly at: string } | null> {
  const { modified_by: by, modified_at: at } = row;
  if (typeof by !== 'string' || typeof at !== 'string') return null;
  const rows = await tx.rows<{ name: string }>(
    sql`select "name" from ${organisation.table('user')} where "id" = ${by}`,
  );
  return rows[0] === undefined ? null : { name: rows[0].name, at };
}

async function rowsOf(
  tx: Tx,
  organisation: Organisation,
  entity: Entity,
  ids: readonly string[],
  known: Map<string, Row>,
): Promise<readonly Row[]> {
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    const columns = joinSql(columnsOf(entity).map(ident));
    const rows = await tx.rows<Row>(
      sql`select ${columns} from ${organisation.table(entity.name)} where "id" = any(${unknown}::uuid[])`,
    );
    for (const row of rows) known.set(row['id'] as string, row);
  }
  return ids.map((id) => known.get(id)).filter((row) => row !== undefined);
}
