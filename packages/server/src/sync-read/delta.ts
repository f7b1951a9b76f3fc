// What changed for one person since a cursor: rows to put, ids to drop, and the digest of every carried entity, all in the transaction's one snapshot.
// An id is told as gone only where the person could have held it: one that was never readable is never named.
import { ident, joinSql, sql, type RecordId, type Value, type wire } from '@satchel/model';
import type { Scope } from '../scope/compile-scope.ts';
import type { Tx } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';
import { candidatesFrom, previousOf, type Candidates, type LogRow } from './candidates.ts';
import { digestSql } from './digests.ts';
import { sentColumns } from './page.ts';

export interface Delta {
  readonly changes: wire.EntityChanges[];
  readonly digests: Record<string, wire.Digest>;
}

/** Null: too many rows to look at. `since` is the cursor's moment. */
export async function deltaOf(
  tx: Tx,
  organisation: Organisation,
  scope: Scope,
  log: readonly LogRow[],
  since: string,
): Promise<Delta | null> {
  const candidates = await candidatesFrom(tx, organisation, scope, log, since);
  if (candidates === null) return null;
  const { digests, inScope, couldBeHeld } = await judge(tx, scope, candidates, since);
  const changes: wire.EntityChanges[] = [];
  for (const { entity } of scope.entities) {
    const put = inScope.get(entity.name) ?? new Set<RecordId>();
    const gone = [...(couldBeHeld.get(entity.name) ?? [])].filter((id) => !put.has(id));
    if (put.size + gone.length === 0) continue;
    changes.push({
      entity: entity.name,
      ...(await rowsOf(tx, organisation, scope, entity.name, [...put])),
      gone: await goneOf(tx, organisation, entity.name, gone),
    });
  }
  return { changes, digests };
}

type IdsByEntity = ReadonlyMap<string, ReadonlySet<RecordId>>;

/** One statement works out every scope once, for the digests and for the candidates together. */
async function judge(
  tx: Tx,
  scope: Scope,
  candidates: Candidates,
  since: string,
): Promise<{
  readonly digests: Record<string, wire.Digest>;
  readonly inScope: IdsByEntity;
  readonly couldBeHeld: IdsByEntity;
}> {
  const previous = previousOf(candidates);
  const parts = scope.entities.flatMap(({ entity: { name }, number }) => {
    const ids = [...(candidates.get(name) ?? new Map<RecordId, unknown>()).keys()];
    const members = (kind: 'in' | 'was', rows: ReturnType<Scope['rows']>) =>
      sql`select ${kind}::text, ${number}::int, id, null::bigint, null::text from ${rows} where id = any(${ids}::uuid[])`;
    return [
      digestSql(scope, name),
      ...(ids.length === 0 ? [] : [members('in', scope.rows(name))]),
      ...(previous.some((each) => each.entity === name) ? [members('was', scope.previousRows(name))] : []),
    ];
  });
  const digests: Record<string, wire.Digest> = {};
  const inScope = new Map<string, Set<RecordId>>();
  const couldBeHeld = new Map<string, Set<RecordId>>();
  if (parts.length === 0) return { digests, inScope, couldBeHeld };
  const nameByNumber = new Map(scope.entities.map((each) => [each.number, each.entity.name]));
  const rows = await tx.rows<{ kind: string; number: number; id: RecordId; count: number; sum: string }>(
    sql`${scope.withPrevious(previous, since)}${joinSql(parts, ' union all ')}`,
  );
  for (const { kind, number, id, count, sum } of rows) {
    const name = nameByNumber.get(number) ?? '';
    if (kind === 'digest') digests[name] = { count, sum };
    else addTo(kind === 'in' ? inScope : couldBeHeld, name, id);
  }
  return { digests, inScope, couldBeHeld };
}

function addTo(ids: Map<string, Set<RecordId>>, entity: string, id: RecordId): void {
  ids.set(entity, (ids.get(entity) ?? new Set()).add(id));
}

async function rowsOf(
  tx: Tx,
  organisation: Organisation,
  scope: Scope,
  entity: string,
  ids: readonly RecordId[],
): Promise<Pick<wire.EntityChanges, 'columns' | 'rows'>> {
  const columns = sentColumns(scope.model, entity);
  if (ids.length === 0) return { columns: [...columns], rows: [] };
  const rows = await tx.arrays<Value>(
    sql`select ${joinSql(columns.map(ident))} from ${organisation.table(entity)} where id = any(${ids}::uuid[])`,
  );
  return { columns: [...columns], rows: rows as wire.EntityChanges['rows'] };
}

async function goneOf(
  tx: Tx,
  organisation: Organisation,
  entity: string,
  ids: readonly RecordId[],
): Promise<wire.EntityChanges['gone']> {
  if (ids.length === 0) return [];
  const rows = await tx.rows<{ id: RecordId }>(
    sql`select id from ${organisation.table(entity)} where id = any(${ids}::uuid[])`,
  );
  const still = new Set(rows.map((row) => row.id));
  return ids.map((id) => ({ id, why: still.has(id) ? 'left' : 'deleted' }));
}
