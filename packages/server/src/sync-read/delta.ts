// What changed for one person since a cursor: rows to put, ids to drop, and the digest of every carried entity, all in the transaction's one snapshot.
// An id is told as gone only where the person could have held it: one that was never readable is never named. What is too much for one message comes in
// parts; why they add up is in docs/decisions/0006-a-delta-in-parts.md.
import { ident, joinSql, sql, type RecordId, type Value, type wire } from '@satchel/model';
import type { Scope } from '../scope/compile-scope.ts';
import type { Tx } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';
import { serverLimits } from '../limits.ts';
import { candidatesFrom, previousOf, type Candidates, type LogRow } from './candidates.ts';
import type { Position } from './cursor.ts';
import { digestSql } from './digests.ts';
import { sentColumns } from './page.ts';

export type Delta =
  | {
      readonly kind: 'whole';
      readonly changes: wire.EntityChanges[];
      readonly digests: Record<string, wire.Digest>;
    }
  | { readonly kind: 'part'; readonly changes: wire.EntityChanges[]; readonly after: Position | null };

export interface Asked {
  /** What the log holds since the cursor. */
  readonly log: readonly LogRow[];
  /** The cursor's moment. */
  readonly since: string;
  /** Of a later part: where the one before ended, and what the log holds since the first part's snapshot. */
  readonly resume: { readonly position: Position; readonly log: readonly LogRow[] } | null;
}

/** A record that must be told: put where it is in scope, else named as gone. */
interface Told extends Position {
  readonly entity: string;
  readonly isPut: boolean;
}

/** Null: too many rows to look at. In parts where it is more than one message should hold. */
export async function deltaOf(
  tx: Tx,
  organisation: Organisation,
  scope: Scope,
  { log, since, resume }: Asked,
): Promise<Delta | null> {
  const candidates = await candidatesFrom(tx, organisation, scope, log, since);
  const later = resume === null ? null : await candidatesFrom(tx, organisation, scope, resume.log, scope.now);
  if (candidates === null || (resume !== null && later === null)) return null;
  // A part puts only what is as it was at the first: of what may have changed since, the closing pull tells all that is in scope then. What may be held of
  // it from before is told as gone, because that pull looks back no further than the first part.
  const asked = {
    was: (at: Position) => resume === null || isAfter(at, resume.position),
    in: (at: Position, entity: string) => asked.was(at) && later?.get(entity)?.has(at.id) !== true,
  };
  const { digests, inScope, couldBeHeld } = await judge(tx, scope, candidates, since, asked);
  const told = scope.entities
    .toSorted((a, b) => a.number - b.number)
    .flatMap(({ entity: { name }, number }) => {
      const put = inScope.get(name) ?? new Set<RecordId>();
      const ids = [...new Set([...put, ...(couldBeHeld.get(name) ?? [])])].sort();
      return ids.map((id): Told => ({ entity: name, number, id, isPut: put.has(id) }));
    });
  const { changes, after } = await withinBudget(tx, organisation, scope, told);
  if (resume === null && after === null) return { kind: 'whole', changes, digests };
  return { kind: 'part', changes, after };
}

function isAfter(a: Position, b: Position): boolean {
  return a.number === b.number ? a.id > b.id : a.number > b.number;
}

/** As much as a message should hold, at least one record; `after`: the last one told where more is left. */
async function withinBudget(
  tx: Tx,
  organisation: Organisation,
  scope: Scope,
  told: readonly Told[],
): Promise<{ readonly changes: wire.EntityChanges[]; readonly after: Position | null }> {
  const changes: wire.EntityChanges[] = [];
  let bytes = 0;
  let last: Told | null = null;
  for (const some of portionsOf(told.slice(0, serverLimits.partRowsMax))) {
    const read = await readPortion(tx, organisation, scope, some);
    for (const each of some) {
      const row = read.rowById.get(each.id);
      const gone = { id: each.id, why: read.still.has(each.id) ? 'left' : 'deleted' } as const;
      bytes += Buffer.byteLength(JSON.stringify(row ?? gone));
      if (last !== null && bytes > serverLimits.partBytesMax) return { changes, after: last };
      const into = changes.at(-1)?.entity === each.entity ? changes.at(-1) : undefined;
      const change = into ?? { entity: each.entity, columns: [...read.columns], rows: [], gone: [] };
      if (into === undefined) changes.push(change);
      if (row === undefined) change.gone.push(gone);
      else change.rows.push(row);
      last = each;
    }
  }
  return { changes, after: told.length > serverLimits.partRowsMax ? last : null };
}

/** Records of one entity, a few at a time: their rows may be large, and the budget may end with any of them. */
function portionsOf(told: readonly Told[]): readonly (readonly Told[])[] {
  const portions: Told[][] = [];
  for (const each of told) {
    const portion = portions.at(-1);
    if (portion?.[0]?.entity === each.entity && portion.length < serverLimits.partPortionRows)
      portion.push(each);
    else portions.push([each]);
  }
  return portions;
}

async function readPortion(tx: Tx, organisation: Organisation, scope: Scope, some: readonly Told[]) {
  const entity = some[0]?.entity ?? '';
  const columns = sentColumns(scope.model, entity);
  const idsOf = (isPut: boolean) => some.filter((each) => each.isPut === isPut).map(({ id }) => id);
  const rows = await rowsOf(tx, organisation, entity, columns, idsOf(true));
  return {
    columns,
    rowById: new Map(rows.map((row) => [String(row[0]), row])),
    still: await stillThere(tx, organisation, entity, idsOf(false)),
  };
}

type IdsByEntity = ReadonlyMap<string, ReadonlySet<RecordId>>;

/** One statement works out every scope once, for the digests and for the candidates together. */
async function judge(
  tx: Tx,
  scope: Scope,
  candidates: Candidates,
  since: string,
  asked: Readonly<Record<'in' | 'was', (at: Position, entity: string) => boolean>>,
): Promise<{
  readonly digests: Record<string, wire.Digest>;
  readonly inScope: IdsByEntity;
  readonly couldBeHeld: IdsByEntity;
}> {
  const previous = previousOf(candidates);
  const parts = scope.entities.flatMap(({ entity: { name }, number }) => {
    const all = [...(candidates.get(name) ?? new Map<RecordId, unknown>()).keys()];
    const hasPrevious = previous.some((each) => each.entity === name);
    const members = (kind: 'in' | 'was', rows: ReturnType<Scope['rows']>) => {
      const ids = all.filter((id) => asked[kind]({ number, id }, name));
      if (ids.length === 0) return [];
      return [
        sql`select ${kind}::text, ${number}::int, id, null::bigint, null::text from ${rows} where id = any(${ids}::uuid[])`,
      ];
    };
    return [
      digestSql(scope, name),
      ...members('in', scope.rows(name)),
      ...(hasPrevious ? members('was', scope.previousRows(name)) : []),
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

/** `id` comes first in each. */
async function rowsOf(
  tx: Tx,
  organisation: Organisation,
  entity: string,
  columns: readonly string[],
  ids: readonly RecordId[],
): Promise<wire.EntityChanges['rows']> {
  if (ids.length === 0) return [];
  const rows = await tx.arrays<Value>(
    sql`select ${joinSql(columns.map(ident))} from ${organisation.table(entity)} where id = any(${ids}::uuid[])`,
  );
  return rows as wire.EntityChanges['rows'];
}

/** Those that exist, in scope or not. */
async function stillThere(
  tx: Tx,
  organisation: Organisation,
  entity: string,
  ids: readonly RecordId[],
): Promise<ReadonlySet<RecordId>> {
  if (ids.length === 0) return new Set();
  const rows = await tx.rows<{ id: RecordId }>(
    sql`select id from ${organisation.table(entity)} where id = any(${ids}::uuid[])`,
  );
  return new Set(rows.map((row) => row.id));
}
