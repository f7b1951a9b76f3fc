// One piece of work of the machine, from its first request to its last: push what waits, then pull and prove. Kept apart from the engine so that
// the story of a sync fits on a page.
import { limits, SyncError, type PullAnswer } from '@satchel/model';
import { refreshBundle } from './bundle-update.ts';
import { keepEditsOfDeleted } from './decisions.ts';
import { deviceLimits } from './limits.ts';
import { modelOf, type Local } from './local.ts';
import { isHere } from './local-query.ts';
import { reportOpened } from './opened.ts';
import { pullRequestOf, pullUntilProven } from './pull.ts';
import { hasSendable, pushOnce } from './push.ts';
import { forgetSetBack, isReplayDue, replayJournal } from './set-back.ts';
import type { SyncContext } from './sync-context.ts';

/** Pushes and pulls. Throws what stands in the way; what was heard until then is written down. */
export async function syncOnce(context: SyncContext, pushBytes: PushBytes): Promise<void> {
  context.tell.activity('checking');
  await withPresentBundle(context, async () => {
    // A server that was set back is noticed by a push or a pull; what it forgot then goes first.
    for (let round = 0; round < setBackRoundsMax; round += 1) {
      await replayWhenDue(context);
      await reportOpened(context);
      const first = await orPullAnyway(context, () => pushAll(context, pushBytes));
      await pullUntilProven(context, first);
      if (!isReplayDue(context.local)) break;
    }
    forgetSetBack(context.local.work);
    context.tell.rows(readLive(context.local));
  });
}

/** Once to notice and once to send; a server that is set back meanwhile has its turn in the next sync. */
const setBackRoundsMax = 2;

/** The rows of the server as it is now come first: what is sent again is laid over them. */
async function replayWhenDue(context: SyncContext): Promise<void> {
  const { local, tell } = context;
  if (!isReplayDue(local)) return;
  await pullUntilProven(context, null);
  tell.rows(replayJournal(local).map(({ entity }) => entity));
}

/** What screens read from the server itself: no delta tells of these, so any of them may read differently after a pull. */
function readLive(local: Local): readonly string[] {
  return modelOf(local)
    .bundle.entities.map(({ name }) => name)
    .filter((name) => !isHere(local, name));
}

/** Bytes of one push: halved when a body was too large for something on the way. */
export interface PushBytes {
  max: number;
}

/** Does the work again once, with the present bundle, where the server says that ours is old. */
export async function withPresentBundle<T>(context: SyncContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SyncError) || error.code !== 'bundle_outdated') throw error;
    await refreshBundle(context);
    return await work();
  }
}

/** Sends until nothing may be sent. Returns the pull answer that came with the last push, if one did. */
async function pushAll(context: SyncContext, pushBytes: PushBytes): Promise<PullAnswer | null> {
  const { local, client, signal, tell } = context;
  let first: PullAnswer | null = null;
  keepEditsOfDeleted(context);
  // A change on the wire can no longer be taken back or joined, so a dead network must be found out by a question that costs nothing.
  if (!context.isReachProven && hasSendable(local.work)) await client.whoAmI(signal);
  for (let round = 0; round < deviceLimits.pushesPerSyncMax && hasSendable(local.work); round += 1) {
    tell.activity('pushing');
    const counts = local.work.countsByState();
    const waiting = (counts.queued ?? 0) + (counts.retrying ?? 0) + (counts.sending ?? 0);
    // A pull answered with any but the last push would be fetched and thrown away.
    const pull = waiting <= limits.pushMutationsMax ? pullRequestOf(local) : null;
    const result = await halvingWhenTooLarge(pushBytes, (bytesMax) =>
      pushOnce(local, client, { bytesMax, pull }, signal),
    );
    if (result.kind === 'nothing') break;
    tell.verdicts(result.heard.verdicts);
    tell.rows(result.heard.touched.map(({ entity }) => entity));
    if (isReplayDue(local)) return null;
    keepEditsOfDeleted(context);
    if (result.kind === 'fenced') throw result.error;
    first = result.answer.pull ?? null;
  }
  return first;
}

/** A push that the server cannot take now is no reason to stay without news: what stands in the way is thrown after a pull. */
async function orPullAnyway(
  context: SyncContext,
  push: () => Promise<PullAnswer | null>,
): Promise<PullAnswer | null> {
  const isServersTrouble = ['server_error', 'unavailable', 'too_large', 'sequence_gap', 'bad_request'];
  try {
    return await push();
  } catch (error) {
    if (!(error instanceof SyncError) || !isServersTrouble.includes(error.code)) throw error;
    await pullUntilProven(context, null);
    throw error;
  }
}

async function halvingWhenTooLarge<T>(
  pushBytes: PushBytes,
  push: (bytesMax: number) => Promise<T>,
): Promise<T> {
  try {
    return await push(pushBytes.max);
  } catch (error) {
    if (!(error instanceof SyncError) || error.code !== 'too_large') throw error;
    pushBytes.max = Math.max(1, Math.floor(pushBytes.max / 2));
    return await push(pushBytes.max);
  }
}
