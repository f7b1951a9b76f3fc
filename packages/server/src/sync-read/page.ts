// One page of a first download: rows of one entity in id order, by column, each column with a dictionary where that is shorter.
import {
  emptySql,
  ident,
  joinSql,
  limits,
  sql,
  SyncError,
  type Model,
  type PageAnswer,
  type PageColumn,
  type PageRequest,
  type UserContext,
  type Value,
} from '@satchel/model';
import { compileScope, scopeMoment } from '../scope/compile-scope.ts';
import type { Database } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';
import { cursorAt, headOf, headSql } from './head.ts';

/** Throws SyncError `bundle_outdated`, or `forbidden` where the entity is not carried. `now` is server time. */
export async function page(
  database: Database,
  organisation: Organisation,
  user: UserContext,
  request: PageRequest,
  now: string,
): Promise<PageAnswer> {
  assertCurrent(organisation, user, request.bundle);
  const scope = compileScope(organisation, user, scopeMoment(now));
  const { entity, after } = request;
  if (scope.find(entity) === undefined) throw new SyncError('forbidden', { entity });
  const columns = sentColumns(scope.model, entity);
  const start = after === null ? emptySql : sql` and r.id > ${after}::uuid`;
  // Ordered and limited within each way into the scope: then the index of ids is walked, and a page costs the same wherever it stands.
  const order = sql` order by r.id limit ${limits.pageRowsMax}`;
  const ways = scope.select(entity, columns, sql`${start}${order}`);
  const statement = sql`${scope.with(scope.parents(entity))}select ${joinSql(columns.map(ident))} from (${ways}) r${order}`;
  return database.read(async (tx) => {
    const [first] = await tx.rows(headSql(organisation, null, null));
    const rows = await tx.arrays<Value>(statement);
    const last = rows.length === limits.pageRowsMax ? rows.at(-1)?.[0] : null;
    return {
      entity,
      rows: rows.length,
      columns: columns.map((name, index) => pageColumn(name, rows, index)),
      next: typeof last === 'string' ? last : null,
      cursor: cursorAt(organisation, headOf(first), user, scope.now),
      serverTime: now,
    };
  });
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

/** A dictionary where at most half of the values differ from each other. */
export function pageColumn(name: string, rows: readonly (readonly Value[])[], index: number): PageColumn {
  const most = Math.floor(rows.length / 2);
  const codeByKey = new Map<unknown, number>();
  const dictionary: PageCell[] = [];
  const codes: number[] = [];
  for (const row of rows) {
    const cell = cellOf(row[index]);
    const key = typeof cell === 'object' && cell !== null ? cell.join('\u0000') : cell;
    let code = codeByKey.get(key);
    if (code === undefined) {
      if (dictionary.length === most) return { name, values: rows.map((each) => cellOf(each[index])) };
      code = dictionary.length;
      codeByKey.set(key, code);
      dictionary.push(cell);
    }
    codes.push(code);
  }
  return { name, dictionary, codes };
}

type PageCell = string | number | boolean | null | string[];

function cellOf(value: Value | undefined): PageCell {
  return (value ?? null) as PageCell;
}
