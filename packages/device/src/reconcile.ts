// Finding and repairing differences: digests by bucket, then ids and revisions of the buckets that differ, then only the rows that are missing or
// other. The same lane serves a lost page, a role that changed, a restored server and a cursor too old; nothing is thrown away and begun again.
import { limits, sameDigest, type RecordId, type wire } from '@satchel/model';
import { applyRepair } from './delta.ts';
import { deviceLimits } from './limits.ts';
import { bundleHashOf } from './local.ts';
import type { SyncContext } from './sync-context.ts';

const nothing: wire.Digest = { count: 0, sum: '0' };

/** Makes the entity's rows those that the server counts. Returns how many rows were fetched or dropped; zero: they agreed. */
export async function reconcileEntity(context: SyncContext, entity: string): Promise<number> {
  const { client, local, signal, tell } = context;
  const bundle = bundleHashOf(local);
  const answer = await client.reconcile({ step: 'buckets', bundle, entity }, signal);
  if (answer.step !== 'buckets') return 0;
  const theirs = new Map(Object.entries(answer.buckets));
  const mine = local.cache.digestsByBucket(entity);
  const buckets = [...new Set([...theirs.keys(), ...mine.keys()])].filter(
    (bucket) => !sameDigest(theirs.get(bucket) ?? nothing, mine.get(bucket) ?? nothing),
  );
  let repaired = 0;
  for (const group of groupsOf(buckets, (bucket) => theirs.get(bucket)?.count ?? 0))
    repaired += await repairBuckets(context, entity, group);
  if (repaired > 0) tell.rows([entity]);
  return repaired;
}

async function repairBuckets(
  context: SyncContext,
  entity: string,
  buckets: readonly string[],
): Promise<number> {
  const { client, local, signal } = context;
  const bundle = bundleHashOf(local);
  const answer = await client.reconcile({ step: 'list', bundle, entity, buckets: [...buckets] }, signal);
  if (answer.step !== 'list') return 0;
  const mine = new Map(buckets.flatMap((bucket) => [...local.cache.revsInBucket(entity, bucket)]));
  const theirs = new Set(answer.ids);
  const wanted = answer.ids.filter((id, index) => mine.get(id) !== answer.revs[index]);
  const gone = [...mine.keys()].filter((id) => !theirs.has(id));
  if (gone.length > 0) applyRepair(local, entity, [], [], gone);
  for (let at = 0; at < wanted.length; at += deviceLimits.healRowsMax)
    await fetchRows(context, entity, wanted.slice(at, at + deviceLimits.healRowsMax));
  return wanted.length + gone.length;
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
