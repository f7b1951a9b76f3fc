// How many rows of each carried entity are in scope, and the sum of their revisions: what a device compares with its own.
import { joinSql, sql, type Sql, type wire } from '@satchel/model';
import type { Scope } from '../scope/compile-scope.ts';
import type { Tx } from '../store/database.ts';

/** A row of one entity's digest: `kind`, `number`, `id` (null), `count`, `sum`. For a statement that has `scope.with()`. */
export function digestSql(scope: Scope, entity: string): Sql {
  const number = scope.find(entity)?.number ?? 0;
  return sql`select 'digest' as kind, ${number}::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum from ${scope.rows(entity)}`;
}

/** By entity. */
export async function digestsOf(tx: Tx, scope: Scope): Promise<Readonly<Record<string, wire.Digest>>> {
  if (scope.entities.length === 0) return {};
  const parts = scope.entities.map((each) => digestSql(scope, each.entity.name));
  const rows = await tx.rows<{ number: number; count: number; sum: string }>(
    sql`${scope.with()}${joinSql(parts, ' union all ')}`,
  );
  const nameByNumber = new Map(scope.entities.map((each) => [each.number, each.entity.name]));
  return Object.fromEntries(
    rows.map((row) => [nameByNumber.get(row.number) ?? '', { count: row.count, sum: row.sum }]),
  );
}
