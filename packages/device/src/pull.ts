// Taking what is new, and proving it: pull, apply, compare digests; what differs is repaired and pulled again until the digests agree.
// While rows are here that were never compared, a pull asks for digests even where nothing is new. Only then is the checkpoint stamped.
// An entity that still differs after several rounds is called not available; the others go on.
import { limits, type PullAnswer, type PullRequest } from '@satchel/model';
import { columnRequests } from './added-columns.ts';
import { takeIdentity } from './bundle-update.ts';
import { applyAnswer, type SettlingAnswer } from './delta.ts';
import { forgetHeals, healsToTell, noteHeal } from './heals.ts';
import { deviceLimits } from './limits.ts';
import { bundleHashOf, incompleteEntities, isWhole, modelOf, noteServerTime, type Local } from './local.ts';
import { reconcileEntity } from './reconcile.ts';
import { noteServerSeq } from './set-back.ts';
import { continuesStage, dropStage, stageRequest, takePart } from './stage.ts';
import type { SyncContext } from './sync-context.ts';
import { awaitedIds, settledSeq } from './verdicts.ts';

/** What to ask for now. While pages are to come there is nothing to ask: after the last one everything is pulled from the first one's cursor. */
export function pullRequestOf(local: Local): PullRequest | null {
  const toCome = [...incompleteEntities(local), ...columnRequests(local)];
  if (local.cache.get('download') !== null && toCome.length > 0) return null;
  const heals = healsToTell(local, limits.healsPerPullMax);
  const awaits = awaitedIds(local).slice(0, limits.awaitsMax);
  return {
    bundle: bundleHashOf(local),
    cursor: local.cache.get('cursor'),
    settledSeq: settledSeq(local),
    ...(awaits.length === 0 ? {} : { awaits: [...awaits] }),
    ...(unproven(local).length === 0 ? {} : { prove: true }),
    ...(heals.length === 0 ? {} : { heals }),
    ...stageRequest(local),
  };
}

/** Pulls until the digests agree. `first` is an answer that came with a push. */
export async function pullUntilProven(context: SyncContext, first: PullAnswer | null): Promise<void> {
  const { local, client, signal, tell } = context;
  const roundsByEntity = new Map<string, number>();
  let answer = first;
  let parts = 0;
  for (let round = 0; round < deviceLimits.pullsPerSyncMax;) {
    tell.activity('pulling');
    const request = pullRequestOf(local);
    if (request === null) return;
    answer ??= await client.pull(request, signal);
    const taken = await takeAnswer(context, answer, roundsByEntity);
    if (taken === 'proven') return;
    if (taken === 'part') parts += 1;
    else round += 1;
    if (parts >= deviceLimits.partsPerSyncMax) return;
    answer = null;
  }
}

/** `open`: something is left to repair or to ask again. */
type Taken = 'proven' | 'part' | 'open';

async function takeAnswer(
  context: SyncContext,
  answer: PullAnswer,
  roundsByEntity: Map<string, number>,
): Promise<Taken> {
  const { local } = context;
  noteServerTime(local, answer.serverTime);
  forgetHeals(local, answer.healsUpTo);
  const stage = local.cache.get('stage');
  if (stage !== null && !continuesStage(stage, answer)) {
    dropStage(local);
    // What it says is of a cursor that no longer counts: the same is asked again from where the cache stands.
    if (answer.kind !== 'reconcile') return 'open';
  }
  // Only another history can have forgotten numbers: a lower one of the same history is a standby's that lags.
  if (answer.kind === 'reconcile' && answer.why === 'history')
    local.work.transaction(() => noteServerSeq(local.work, answer.settles));
  if (answer.kind !== 'part') return takeSettling(context, answer, roundsByEntity);
  takePart(local, answer);
  if (answer.identity !== undefined) await takeIdentity(context, answer.identity);
  return 'part';
}

async function takeSettling(
  context: SyncContext,
  answer: SettlingAnswer,
  roundsByEntity: Map<string, number>,
): Promise<Taken> {
  const { local, tell } = context;
  const applied = applyAnswer(local, answer);
  tell.verdicts(applied.verdicts);
  tell.rows(applied.entities);
  if (answer.kind !== 'nothing' && answer.identity !== undefined)
    await takeIdentity(context, answer.identity);
  if (answer.kind === 'reconcile') {
    await reconcileAll(context, answer);
    return 'open';
  }
  const open = applied.mismatched.filter((entity) => !isGivenUp(local, entity, roundsByEntity));
  for (const entity of open) await heal(context, entity);
  if (open.length > 0) return 'open';
  // The answer was asked for before there was anything to prove.
  if (answer.kind === 'nothing' && answer.cursor !== null && unproven(local).length > 0) return 'open';
  stamp(local, answer);
  return 'proven';
}

/** After a restore, a new profile or a cursor too old: compares everything, then goes on from the cursor that came with the answer. */
async function reconcileAll(
  context: SyncContext,
  { cursor, why }: Extract<PullAnswer, { kind: 'reconcile' }>,
): Promise<void> {
  const { local, tell } = context;
  tell.activity('reconciling');
  const complete = modelOf(local)
    .carriedEntities()
    .map(({ name }) => name)
    .filter((name) => local.cache.progress(name)?.isComplete);
  local.cache.transaction(() => {
    for (const name of complete) local.cache.setProgress(name, { isProven: false });
  });
  for (const name of complete) noteHeal(local, name, why, await reconcileEntity(context, name));
  local.cache.transaction(() => {
    if (cursor !== null) local.cache.set('cursor', cursor);
  });
}

/** Whether the repair helped is for the digest of the next pull to say. */
async function heal(context: SyncContext, entity: string): Promise<void> {
  const { local, tell } = context;
  tell.activity('reconciling');
  noteHeal(local, entity, 'digest', await reconcileEntity(context, entity));
}

function isGivenUp(local: Local, entity: string, roundsByEntity: Map<string, number>): boolean {
  const rounds = (roundsByEntity.get(entity) ?? 0) + 1;
  roundsByEntity.set(entity, rounds);
  if (rounds <= deviceLimits.healRoundsMax) return false;
  local.cache.transaction(() => local.cache.setProgress(entity, { fault: 'missed-update' }));
  return true;
}

/** Entities whose rows are here but were never proven, or no longer are. */
function unproven(local: Local): readonly string[] {
  return modelOf(local)
    .carriedEntities()
    .map(({ name }) => name)
    .filter((name) => isWhole(local, name) && local.cache.progress(name)?.isProven === false);
}

function stamp(local: Local, answer: SettlingAnswer): void {
  if (answer.cursor !== null && unproven(local).length === 0)
    local.cache.transaction(() => local.cache.set('checkpointAt', answer.serverTime));
}
