// One page of a first download: rows of one entity in id order, by column, as the JSON text of a PageAnswer. PostgreSQL writes the cells, so that no
// row is taken apart and put together again on the way.
import {
  emptySql,
  joinSql,
  limits,
  sql,
  SyncError,
  type Model,
  type PageAnswer,
  type PageRequest,
  type UserContext,
} from '@satchel/model';
import { compileScope, scopeMoment } from '../scope/compile-scope.ts';
import type { Database } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';
import { cursorAt, headOf, headSql } from './head.ts';
import { cellsSql, columnJson, type SentColumn } from './page-columns.ts';

/** The answer as JSON text. Throws SyncError `bundle_outdated`, `forbidden` where the entity is not carried, or `unknown_field`. `now` is server time. */
export async function page(
  database: Database,
  organisation: Organisation,
  user: UserContext,
  request: PageRequest,
  now: string,
): Promise<string> {
  assertCurrent(organisation, user, request.bundle);
  const scope = compileScope(organisation, user, scopeMoment(now));
  const { entity, after } = request;
  if (scope.find(entity) === undefined) throw new SyncError('forbidden', { entity });
  const names = askedColumns(sentColumns(scope.model, entity), request);
  const fields = scope.model.fields(entity);
  const columns = names.map((name): SentColumn => ({ name, field: fields[name] }));
  const start = after === null ? emptySql : sql` and r.id > ${after}::uuid`;
  // Ordered and limited within each way into the scope: then the index of ids is walked, and a page costs the same wherever it stands.
  const walk = (columns: readonly string[], most: number) => {
    const order = sql` order by r.id limit ${most}`;
    return sql`select * from (${scope.select(entity, columns, sql`${start}${order}`)}) r${order}`;
  };
  const cells = joinSql(columns.map((column) => cellsSql(column, sql`p`)));
  const twice = 2 * limits.pageRowsMax;
  const nextButOne = sql`select t.id from (${walk(['id'], twice)}) t offset ${twice - 1}::int`;
  const statement = sql`${scope.with(scope.parents(entity))}select count(*)::int, (${nextButOne}), ${cells} from (${walk(names, limits.pageRowsMax)}) p`;
  const { first, told } = await database.read(async (tx) => {
    const [head] = await tx.rows(headSql(organisation, null, null));
    const [row] = await tx.arrays<number | string | null>(statement);
    return { first: headOf(head), told: row ?? [] };
  });
  const [rows, second, ...texts] = told as [number, ...(string | null)[]];
  const answer: Omit<PageAnswer, 'columns'> = {
    entity,
    rows,
    next: rows === limits.pageRowsMax ? lastId(texts[0]) : null,
    nextButOne: second ?? null,
    cursor: cursorAt(organisation, first, user, scope.now),
    serverTime: now,
  };
  const columnTexts = columns.map((column, index) => columnJson(column, texts[index] ?? null));
  return `${JSON.stringify(answer).slice(0, -1)},"columns":[${columnTexts.join(',')}]}`;
}

/** Ids are the first column. */
function lastId(ids: string | null | undefined): string | null {
  const last = ids?.slice(ids.lastIndexOf('\n') + 1);
  return last === undefined ? null : (JSON.parse(last) as string);
}

/** Of what the reader may see: all, or what was asked for. Throws SyncError `unknown_field`. */
function askedColumns(sent: readonly string[], { entity, columns }: PageRequest): readonly string[] {
  if (columns === undefined) return sent;
  for (const field of columns)
    if (!sent.includes(field)) throw new SyncError('unknown_field', { entity, field });
  return sent.filter((name) => name === 'id' || name === '_rev' || columns.includes(name));
}

/** The columns a device gets, `id` first, `_rev` last. */
export function sentColumns(model: Model, entity: string): readonly string[] {
  return [...Object.keys(model.fields(entity)), '_rev'];
}

/** A device with another bundle asks for rows under other rules: it must fetch the bundle first. */
export function assertCurrent(organisation: Organisation, user: UserContext, bundle: string): void {
  const current = organisation.bundleFor(user.roles).hash;
  if (bundle !== current) throw new SyncError('bundle_outdated', { bundle: current });
}
