// The small server's way with messages: how a delta is cut into parts, how differences are found, what a live query finds, and that a heal told twice is
// recorded once.
import {
  addDigest,
  bucketOf,
  digestOf,
  emptyDigest,
  isTrue,
  type Heal,
  type ReconcileAnswer,
  type ReconcileRequest,
  type RecordId,
  type Row,
  type SealedMutation,
  type Value,
  type Verdict,
  type wire,
} from '@satchel/model';
import { maya } from './sample.ts';

/** The next records after a place, in the order of entity and id. */
export function partOf(
  changes: readonly wire.EntityChanges[],
  after: string,
  rowsMax: number,
): { readonly changes: wire.EntityChanges[]; readonly after: string | null } {
  const all = changes
    .flatMap(({ entity, columns, rows, gone }, index) => [
      ...rows.map((row) => ({ place: `${index}/${String(row[0])}`, entity, columns, rows: [row], gone: [] })),
      ...gone.map((each) => ({ place: `${index}/${each.id}`, entity, columns, rows: [], gone: [each] })),
    ])
    .filter(({ place }) => place > after)
    .sort((a, b) => (a.place < b.place ? -1 : 1));
  const some = all.slice(0, rowsMax);
  return {
    changes: some.map(({ entity, columns, rows, gone }) => ({ entity, columns, rows, gone })),
    after: all.length > some.length ? (some.at(-1)?.place ?? null) : null,
  };
}

/** Rows by column: all, or `id`, those asked for and `_rev`. */
export function columnsAsked(
  names: readonly string[],
  rows: readonly (readonly Value[])[],
  asked: readonly string[] | undefined,
) {
  const all = names.map((name, index) => ({
    name,
    values: rows.map((cells) => cells[index] ?? null) as never[],
  }));
  return asked === undefined ? all : all.filter(({ name }) => ['id', ...asked, '_rev'].includes(name));
}

/** What was ruled before, to one who asks again. */
export function toldAgain(verdict: Verdict): Verdict {
  const { outcome, original = outcome } = verdict;
  return { ...verdict, outcome: 'duplicate', ...(original === 'duplicate' ? {} : { original }) };
}

/** Nobody has settled yet what others are to settle. */
export function isOthersStill(code: Verdict['code']): boolean {
  return code === 'quarantined' || code === 'needs_supervisor';
}

export function heldBehind({ id, seq }: SealedMutation, because: string): Verdict {
  return { id, seq, outcome: 'held', because, code: 'waits_for_other' };
}

export function recordHeals(known: Heal[], heals: readonly Heal[]): { readonly healsUpTo?: number } {
  for (const heal of heals)
    if (!known.some(({ number, at }) => number === heal.number && at === heal.at)) known.push(heal);
  return heals.length === 0 ? {} : { healsUpTo: Math.max(...heals.map(({ number }) => number)) };
}

export function reconcileAnswer<K extends { readonly rev: number }>(
  request: ReconcileRequest,
  rows: readonly (readonly [RecordId, K])[],
  columns: string[],
  cellsOf: (kept: K) => readonly Value[],
): ReconcileAnswer {
  if (request.step === 'buckets') {
    const buckets = new Map<string, wire.Digest>();
    for (const [id, { rev }] of rows)
      buckets.set(bucketOf(id), addDigest(buckets.get(bucketOf(id)) ?? emptyDigest, digestOf([rev])));
    const digests = [...buckets.values()];
    return {
      step: 'buckets',
      buckets: [...buckets.keys()].join(''),
      counts: digests.map(({ count }) => count),
      sums: digests.map(({ sum }) => sum),
    };
  }
  if (request.step === 'list') {
    const some = rows.filter(([id]) => request.buckets.includes(bucketOf(id)));
    return { step: 'list', ids: some.map(([id]) => id), revs: some.map(([, { rev }]) => rev) };
  }
  const some = rows.filter(([id]) => request.ids.includes(id)).map(([, kept]) => cellsOf(kept));
  return { step: 'rows', columns, rows: some as never[] };
}

export interface LiveRequest {
  readonly query: { readonly entity: string; readonly where?: never[]; readonly limit: number };
}

export function liveRows(
  server: { rows(entity: string): readonly Row[] },
  now: string,
  { query: { entity, where, limit } }: LiveRequest,
) {
  const ask = { user: maya, now, follow: () => null };
  const rows = server
    .rows(entity)
    .filter((row) => (where ?? []).every((condition) => isTrue(condition, { ...ask, record: row })));
  return { rows: rows.slice(0, limit), titles: {} };
}

/** Makes a map hold this and nothing else. */
export function refill<K, V>(map: Map<K, V>, content: ReadonlyMap<K, V>): void {
  map.clear();
  for (const [key, value] of content) map.set(key, value);
}
