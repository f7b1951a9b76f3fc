// What a screen is told: the machine's state and the stores, put into the words of docs/GLOSSARY.md. Computed, never remembered.
import type { Activity, CacheState, EntityState, OutboxCounts, SessionState, Status } from './api.ts';
import type { Progress } from './cache-store.ts';
import { epochMsOf } from './instants.ts';
import { serverNow, type Local } from './local.ts';
import { connectionOf, type MachineState } from './machine.ts';
import { setBackStatus } from './set-back.ts';

export interface StatusInput {
  readonly local: Local;
  readonly machine: MachineState;
  readonly activity: Activity;
  readonly storage: Status['storage'];
  readonly wasCleared: boolean;
}

export function statusOf({ local, machine, activity, storage, wasCleared }: StatusInput): Status {
  const isSignedIn = local.session !== null && local.model !== null;
  const carried = isSignedIn ? (local.model?.carriedEntities() ?? []).map(({ name }) => name) : [];
  const progress = carried.map((name) => local.cache.progress(name));
  const outbox = isSignedIn ? countsOf(local) : { waiting: 0, held: 0, problems: 0, settling: 0 };
  const checkpointAt = isSignedIn ? local.cache.get('checkpointAt') : null;
  const checkpointAgeMs =
    checkpointAt === null ? null : Math.max(0, epochMsOf(serverNow(local)) - epochMsOf(checkpointAt));
  const isProven = progress.length > 0 && progress.every((each) => each?.isProven === true);
  const isQuiet = outbox.waiting + outbox.held + outbox.problems === 0;
  return {
    connection: connectionOf(machine),
    activity: machine.phase === 'working' ? activity : 'idle',
    cache: isSignedIn
      ? cacheState(local, machine, { progress, isProven, activity, checkpointAgeMs, wasCleared })
      : 'none',
    entities: isSignedIn ? entityStates(local) : {},
    outbox,
    synced: isQuiet && isProven && checkpointAt !== null,
    checkpointAt,
    checkpointAgeMs,
    problem: local.cacheFault ?? machine.problem,
    heals: local.work.get('heals') ?? 0,
    clockOffsetMs: local.work.get('clockOffsetMs'),
    storage,
    session: sessionState(local),
    setBack: isSignedIn ? setBackStatus(local.work) : null,
  };
}

function sessionState(local: Local): SessionState {
  if (local.session === null) return { state: 'signed-out' };
  const { user, organisation, isExpired } = local.session;
  return { state: isExpired ? 'expired' : 'signed-in', user, organisation };
}

function countsOf(local: Local): OutboxCounts {
  const counts = local.work.countsByState();
  return {
    waiting: (counts.queued ?? 0) + (counts.sending ?? 0) + (counts.retrying ?? 0),
    held: counts.held ?? 0,
    problems: (counts.conflict ?? 0) + (counts.rejected ?? 0),
    settling: (counts.applied ?? 0) + (counts.merged ?? 0),
  };
}

interface CacheFacts {
  readonly progress: readonly (Progress | null)[];
  readonly isProven: boolean;
  readonly activity: Activity;
  readonly checkpointAgeMs: number | null;
  readonly wasCleared: boolean;
}

function cacheState(local: Local, machine: MachineState, facts: CacheFacts): CacheState {
  const isDownloading = local.cache.get('download') !== null && !facts.isProven;
  if (!isDownloading && local.cache.get('cursor') === null) return facts.wasCleared ? 'cleared' : 'none';
  const isSomeReady = facts.progress.some((each) => each?.isComplete);
  if (isDownloading) return isSomeReady ? 'partial' : 'initializing';
  if (facts.progress.every((each) => each?.fault !== null)) return 'error';
  if (!facts.isProven) return 'partial';
  // Making indexes changes nothing that could be read.
  const isWorking = machine.phase === 'working' && !['idle', 'indexing'].includes(facts.activity);
  if (isWorking) return 'refreshing';
  return (facts.checkpointAgeMs ?? Infinity) > 3 * machine.refreshMs ? 'stale' : 'available';
}

/** Carried ones in the profile's order, then the rest. */
function entityStates(local: Local): Readonly<Record<string, EntityState>> {
  const { model } = local;
  if (model === null) return {};
  const carried = model.carriedEntities().map(({ name }) => name);
  const others = model.bundle.entities.map(({ name }) => name).filter((name) => !carried.includes(name));
  const isStarted = local.cache.get('download') !== null || local.cache.get('cursor') !== null;
  return Object.fromEntries([
    ...carried.map((name): [string, EntityState] => [
      name,
      isStarted ? entityState(local.cache.progress(name)) : { state: 'not-enabled' },
    ]),
    ...others.map((name): [string, EntityState] => [name, { state: 'not-enabled' }]),
  ]);
}

function entityState(progress: Progress | null): EntityState {
  if (progress === null) return { state: 'not-enabled' };
  if (progress.fault !== null) return { state: 'not-available', reason: progress.fault };
  if (progress.isProven) return { state: 'available', rows: progress.rowCount };
  return { state: 'initializing', rows: progress.rowCount, rowsExpected: progress.rowsExpected };
}
