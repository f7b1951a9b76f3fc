// Finding and repairing differences: digests by bucket, then ids and revisions of the buckets that differ, then only the rows that are missing or
// other. The same lane serves a lost page, a role that changed, a restored server and a cursor too old; nothing is thrown away and begun again.
import { limits, sameDigest, type ReconcileAnswer, type RecordId, type wire } from '@satchel/model';
import { applyRepair } from './delta.ts';
import { deviceLimits } from './limits.ts';
import { bundleHashOf } from './local.ts';
import type { SyncContext } from './sync-context.ts';

const nothing: wire.Digest = { count: 0, sum: '0' };

/** What had been wrong with an entity's rows; all zero: they agreed. */
export interface Repair {
  readonly buckets: number;
  /** Not here. */
  readonly missing: number;
  /** Here, and not the server's to count as ours. */
  readonly extra: number;
  /** Here in another revision. */
  readonly stale: number;
}

/** Makes the entity's rows those that the server counts. */
export async function reconcileEntity(context: SyncContext, entity: string): Promise<Repair> {
  const { client, local, signal, tell } = context;
  const bundle = bundleHashOf(local);
  const answer = await client.reconcile({ step: 'buckets', bundle, entity }, signal);
  const repair = { buckets: 0, missing: 0, extra: 0, stale: 0 };
  if (answer.step !== 'buckets') return repair;
  const theirs = digestsOf(answer);
  const mine = local.cache.digestsByBucket(entity);
  const buckets = [...new Set([...theirs.keys(), ...mine.keys()])].filter(
    (bucket) => !sameDigest(theirs.get(bucket) ?? nothing, mine.get(bucket) ?? nothing),
  );
  for (const group of groupsOf(buckets, (bucket) => theirs.get(bucket)?.count ?? 0)) {
    const { missing, extra, stale } = await repairBuckets(context, entity, group);
    repair.missing += missing;
    repair.extra += extra;
    repair.stale += stale;
  }
  if (rowsOf(repair) > 0) tell.rows([entity]);
  return { ...repair, buckets: buckets.length };
}

/** Rows fetched or dropped. */
export function rowsOf({ missing, extra, stale }: Omit<Repair, 'buckets'>): number {
  return missing + extra + stale;
}

/** The answer has the digits of all buckets in one text, and their counts and sums beside it. */
function digestsOf({
  buckets,
  counts,
  sums,
}: Extract<ReconcileAnswer, { step: 'buckets' }>): ReadonlyMap<string, wire.Digest> {
  return new Map(
    counts.map((count, index) => [
      buckets.slice(2 * index, 2 * index + 2),
      { count, sum: sums[index] ?? '0' },
    ]),
  );
}

async function repairBuckets(
  context: SyncContext,
  entity: string,
  buckets: readonly string[],
): Promise<Omit<Repair, 'buckets'>> {
  const { client, local, signal } = context;
  const bundle = bundleHashOf(local);
  const answer = await client.reconcile({ step: 'list', bundle, entity, buckets: [...buckets] }, signal);
  if (answer.step !== 'list') return { missing: 0, extra: 0, stale: 0 };
  const mine = new Map(buckets.flatMap((bucket) => [...local.cache.revsInBucket(entity, bucket)]));
  const theirs = new Set(answer.ids);
  const wanted = answer.ids.filter((id, index) => mine.get(id) !== answer.revs[index]);
  const gone = [...mine.keys()].filter((id) => !theirs.has(id));
  if (gone.length > 0) applyRepair(local, entity, [], [], gone);
  for (let at = 0; at < wanted.length; at += deviceLimits.healRowsMax)
    await fetchRows(context, entity, wanted.slice(at, at + deviceLimits.healRowsMax));
  const stale = wanted.filter((id) => mine.has(id)).length;
  return { missing: wanted.length - stale, extra: gone.length, stale };
}

async function fetchRows(context: SyncContext, entity: string, ids: RecordId[]): Promise<void> {
  const { client, local, signal } = context;
  const answer = await client.reconcile({ step: 'rows', bundle: bundleHashOf(local), entity, ids }, signal);
  if (answer.step === 'rows') applyRepair(local, entity, answer.columns, answer.rows, []);
}

/** Buckets together as long as their ids fit in one request; at least one in each. */
function groupsOf(
  buckets: readonly string[],
  countOf: (bucket: string) => number,
): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let room = 0;
  for (const bucket of buckets) {
    const group = groups.at(-1);
    if (group === undefined || room < countOf(bucket)) {
      groups.push([bucket]);
      room = limits.reconcileIdsMax - countOf(bucket);
    } else {
      group.push(bucket);
      room -= countOf(bucket);
    }
  }
  return groups;
}
