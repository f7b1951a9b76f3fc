// The engine as screens hold it: puts together the loop around the pure machine, the two stores and the conversations with the server.
// It holds one value of local data and one loop; everything it does is a function of another file over these.
import { limits, safePolicy, SyncError, type Query, type RecordId } from '@satchel/model';
import type {
  Activity,
  EngineClient,
  LiveQueryResult,
  MutationReceipt,
  MutationRequest,
  RecordView,
  Status,
} from './api.ts';
import { fitCache, refreshBundle } from './bundle-update.ts';
import { openCacheStore } from './cache-store.ts';
import { discard, resolve, resubmit, undo, undoneMerge } from './decisions.ts';
import { beginDownload, createDownloader, expectRows, isUnfinished } from './download.ts';
import { createEvents, type Events } from './events.ts';
import { forgetOldHistory } from './history-age.ts';
import { bundleHashOf, modelOf, sessionOf, type Local } from './local.ts';
import { isHere, queryLive, queryLocally } from './local-query.ts';
import { createLoop, type Loop } from './loop.ts';
import { mutate } from './outbox.ts';
import { openLocal } from './open-local.ts';
import type { Ports } from './ports.ts';
import { createProtocolClient, type ProtocolClient } from './protocol-client.ts';
import { expireSession, hasUnsettled, leaveClonedId, signIn } from './session.ts';
import { statusOf } from './status.ts';
import type { SyncContext, SyncListener } from './sync-context.ts';
import { syncOnce, withPresentBundle } from './sync-work.ts';
import { deriveEverything, recordState, recoverOnOpen } from './visible.ts';
import { noteOpened } from './opened.ts';
import { pinCalls } from './pins.ts';
import { entryView, viewOf } from './record-view.ts';

export type EngineCore = EngineClient;

/** Everything the calls below share. */
interface Parts {
  readonly ports: Ports;
  readonly local: Local;
  readonly client: ProtocolClient;
  readonly loop: Loop;
  readonly events: Events;
  status(): Status;
  /** Fetches the present bundle, while nothing else runs. */
  refresh(): Promise<void>;
  /** The cache is not being replaced at this moment. */
  ready(): Promise<void>;
  resetCache(): Promise<void>;
}

/** Opens the stores, puts right what a crash left, and starts syncing where somebody is signed in. */
export async function createEngine(ports: Ports): Promise<EngineCore> {
  const local = openLocal(ports);
  const client = createProtocolClient(ports.transport, () => local.session?.token ?? null);
  let activity: Activity = 'idle';
  let storage: Status['storage'] = await ports.storage.estimate();
  let wasCleared = false;
  let resetting: Promise<void> = Promise.resolve();
  const downloader = createDownloader();
  const pushBytes = { max: limits.pushBytesMax };
  const status = (): Status => statusOf({ local, machine: loop.state(), activity, storage, wasCleared });
  const events = createEvents(ports.clock, status);
  const tell = listenerOf(events, (next) => {
    activity = next;
    events.statusChanged();
  });
  const loop = createLoop({
    clock: ports.clock,
    chance: ports.chance,
    changed: () => events.statusChanged(),
    listen: () => ports.transport.listen(sessionOf(local).token, () => loop.dispatch({ kind: 'wake' })),
    endsSession: (error) => endSession(parts, error),
    run: async (work, signal) => {
      const { isReachProven } = loop.state();
      const context: SyncContext = { local, client, ids: ports.ids, signal, isReachProven, tell };
      if (local.model === null) {
        await refreshBundle(context);
        recoverOnOpen(local);
      }
      if (work === 'sync') await syncOnce(context, pushBytes);
      const more = work === 'sync' ? false : await withPresentBundle(context, () => downloader.step(context));
      activity = more ? activity : 'idle';
      if (!more) storage = await ports.storage.estimate();
      if (work === 'sync' && isUnfinished(local)) loop.dispatch({ kind: 'download-requested' });
      if (!more) forgetOldHistory(local);
      return more;
    },
  });
  const parts: Parts = {
    ports,
    local,
    client,
    loop,
    events,
    status,
    ready: () => resetting,
    refresh: () =>
      loop.exclusive(() =>
        refreshBundle({
          local,
          client,
          ids: ports.ids,
          signal: new AbortController().signal,
          isReachProven: true,
          tell,
        }),
      ),
    resetCache: () => {
      resetting = loop.exclusive(async () => {
        downloader.reset();
        local.cache = openCacheStore(await ports.storage.resetCache());
        local.cacheFault = null;
        wasCleared = true;
        fitCache(local);
        if (local.session !== null && local.model !== null) deriveEverything(local);
      });
      return resetting;
    },
  };
  const ignoreHints = ports.hints.subscribe((hint) => loop.dispatch({ kind: 'hint', hint }));
  if (local.session !== null && !local.session.isExpired) begin(parts);
  const calls = { ...sessionCalls(parts), ...readCalls(parts), ...writeCalls(parts) };
  return {
    ...calls,
    ...pinCalls(local, calls),
    ...cacheCalls(parts),
    status: () => Promise.resolve(status()),
    bundle: () => Promise.resolve(local.session === null ? null : local.bundle),
    subscribe: events.subscribe,
    close: () => {
      ignoreHints();
      loop.close();
      events.close();
    },
  };
}

function begin({ local, loop }: Parts): void {
  loop.dispatch({
    kind: 'signed-in',
    resumeDownload: local.model !== null && isUnfinished(local),
    isForced: local.work.get('forcedOffline') ?? false,
    refreshMs: (local.bundle?.policy ?? safePolicy).refreshIntervalMs,
  });
}

function listenerOf(events: Events, activity: (next: Activity) => void): SyncListener {
  return {
    activity,
    rows: (entities) => {
      if (entities.length > 0) events.tell({ kind: 'rows', entities: [...new Set(entities)] });
    },
    verdicts: (verdicts) => {
      for (const verdict of verdicts)
        events.tell({ kind: 'verdict', mutationId: verdict.id, outcome: verdict.outcome, verdict });
      if (verdicts.length > 0) events.tell({ kind: 'outbox' });
    },
    bundle: (hash) => events.tell({ kind: 'bundle', hash }),
  };
}

/** The server no longer knows this session: what is here stays, and nothing is sent until the person signs in again. */
function endSession({ local, loop, ports, events }: Parts, error: SyncError): boolean {
  const endings: readonly string[] = [
    'session_expired',
    'wrong_credentials',
    'account_disabled',
    'device_cloned',
  ];
  if (!endings.includes(error.code)) return false;
  if (error.code === 'device_cloned') {
    const { mutation } = error.detail;
    leaveClonedId(local.work, ports.ids, typeof mutation === 'string' ? mutation : null);
  }
  expireSession(local);
  loop.dispatch({ kind: 'session-expired' });
  events.tell({ kind: 'outbox' });
  return true;
}

function sessionCalls(parts: Parts): Pick<EngineCore, 'signIn' | 'signOut' | 'setForcedOffline'> {
  const { local, loop, ports, events } = parts;
  return {
    signIn: async (login, password) => {
      const context = {
        local,
        transport: ports.transport,
        ids: ports.ids,
        deviceName: ports.deviceName,
        resetCache: parts.resetCache,
      };
      await signIn(context, login, password);
      begin(parts);
      events.tell({ kind: 'bundle', hash: bundleHashOf(local) });
      events.tell({ kind: 'outbox' });
    },
    signOut: async ({ keepUnsent }) => {
      sessionOf(local);
      const isKept = hasUnsettled(local);
      if (isKept && !keepUnsent) throw new SyncError('waits_for_other');
      loop.dispatch({ kind: 'signed-out' });
      await loop.stopped();
      await endOnServer(parts);
      local.session = null;
      local.model = null;
      local.bundle = isKept ? local.bundle : null;
      local.work.transaction(() => {
        local.work.unset('session');
        local.work.unset('forcedOffline');
        if (!isKept) local.work.wipe();
      });
      await parts.resetCache();
      events.tell({ kind: 'outbox' });
      events.statusChanged();
    },
    setForcedOffline: async (on) => {
      local.work.transaction(() => local.work.set('forcedOffline', on));
      loop.dispatch({ kind: 'forced', on });
      await loop.stopped();
    },
  };
}

/** Tells the server that the token is to die; with no way there the token ends by its age. */
async function endOnServer({ client, loop }: Parts): Promise<void> {
  try {
    await client.signOut();
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    loop.dispatch({ kind: 'contact', code: error.code });
  }
}

function readCalls(parts: Parts): Pick<EngineCore, 'query' | 'get' | 'outbox' | 'history'> {
  const { local } = parts;
  return {
    query: async (query) => {
      await parts.ready();
      if (isHere(local, query.entity)) return queryLocally(local, query);
      return await askLive(parts, query);
    },
    get: async (entity, id) => {
      await parts.ready();
      const view = await recordView(parts, entity, id);
      if (view !== null) noteOpened(local, entity, id);
      return view;
    },
    outbox: async () =>
      local.session === null ? [] : local.work.entries().map((entry) => entryView(local, entry)),
    history: async (limit) =>
      local.session === null ? [] : local.work.history(limit).map((entry) => entryView(local, entry)),
  };
}

async function recordView(parts: Parts, entity: string, id: RecordId): Promise<RecordView | null> {
  const { local } = parts;
  const state = recordState(local, { entity, id });
  if (state !== undefined) {
    const row = state.row ?? state.last;
    return row === null ? null : viewOf(local, entity, row, state);
  }
  const found = await fetchRow(parts, entity, id);
  const row = found.rows[0];
  if (row === undefined) return null;
  return { row, titles: found.titles, source: 'server', mark: null, pendingFields: [], entries: [] };
}

/** Throws `not_on_device` where there is no way to the server. */
async function askLive({ local, client, loop }: Parts, query: Query) {
  const { isForced, reach } = loop.state();
  const session = sessionOf(local);
  if (isForced || reach === 'offline' || session.isExpired) throw new SyncError('not_on_device');
  try {
    const result = await queryLive(local, client, query);
    loop.dispatch({ kind: 'contact', code: null });
    return result;
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    loop.dispatch({ kind: 'contact', code: error.code });
    if (error.code === 'bundle_outdated') loop.dispatch({ kind: 'sync-requested' });
    const isNoWay = ['network', 'timeout', 'not_our_server', 'unavailable'].includes(error.code);
    throw isNoWay ? new SyncError('not_on_device', {}, { cause: error }) : error;
  }
}

async function fetchRow(parts: Parts, entity: string, id: RecordId): Promise<LiveQueryResult> {
  if (modelOf(parts.local).findEntity(entity) === undefined)
    throw new SyncError('unknown_entity', { entity });
  const text = { kind: 'text' } as const;
  const isIt = {
    op: 'compare',
    compare: '==',
    left: { op: 'field', path: ['id'], type: text },
    right: { op: 'literal', value: id, type: text },
    type: { kind: 'boolean' },
  } as const;
  return askLive(parts, { entity, where: [isIt], limit: 1 });
}

type WriteCall = 'mutate' | 'undo' | 'discard' | 'resolve' | 'resubmit' | 'undoMerge';

function writeCalls(parts: Parts): Pick<EngineCore, WriteCall> {
  const { local, loop, ports, events } = parts;
  const context = {
    local,
    ids: ports.ids,
    isOnline: () => !loop.state().isForced && loop.state().reach === 'online' && !sessionOf(local).isExpired,
    fetchRow: async (entity: string, id: RecordId) => (await fetchRow(parts, entity, id)).rows[0] ?? null,
  };
  const changed = (entity: string | undefined): void => {
    if (entity !== undefined) events.tell({ kind: 'rows', entities: [entity] });
    events.tell({ kind: 'outbox' });
    events.statusChanged();
    loop.dispatch({ kind: 'saved' });
  };
  const entityOf = (mutationId: string) => local.work.entry(mutationId)?.mutation.entity;
  const decide = async (mutationId: string, decision: () => void): Promise<void> => {
    await parts.ready();
    sessionOf(local);
    const entity = entityOf(mutationId);
    decision();
    changed(entity);
  };
  const write = async (requested: () => MutationRequest): Promise<MutationReceipt> => {
    await parts.ready();
    sessionOf(local);
    const request = requested();
    const receipt = await mutate(context, request);
    changed(request.entity);
    return receipt;
  };
  return {
    mutate: (request) => write(() => request),
    undoMerge: (mutationId, fields) => write(() => undoneMerge(local, mutationId, fields)),
    undo: (mutationId) => decide(mutationId, () => undo(local, mutationId)),
    discard: (mutationId) => decide(mutationId, () => discard(context, mutationId)),
    resolve: (mutationId, resolution) => decide(mutationId, () => resolve(context, mutationId, resolution)),
    resubmit: async (mutationId, values) => {
      await parts.ready();
      sessionOf(local);
      const entity = entityOf(mutationId);
      const receipt = resubmit(context, mutationId, values);
      changed(entity);
      return receipt;
    },
  };
}

function cacheCalls(parts: Parts): Pick<EngineCore, 'plan' | 'download' | 'sync' | 'clearCache'> {
  const { local, client, loop, events } = parts;
  const plan = async () => {
    try {
      return await client.plan(bundleHashOf(local));
    } catch (error) {
      if (!(error instanceof SyncError) || error.code !== 'bundle_outdated') throw error;
      await parts.refresh();
      return await client.plan(bundleHashOf(local));
    }
  };
  return {
    plan,
    download: async () => {
      if (modelOf(local).carriedEntities().length === 0) throw new SyncError('not_available_offline');
      if (loop.state().isForced) throw new SyncError('network');
      beginDownload(local);
      loop.dispatch({ kind: 'download-requested' });
      const planned = await plan();
      await parts.ready();
      expectRows(local, planned);
      await loop.rest('download');
    },
    sync: async () => {
      sessionOf(local);
      loop.dispatch({ kind: 'sync-requested' });
      await loop.rest('sync');
    },
    clearCache: async () => {
      sessionOf(local);
      loop.dispatch({ kind: 'cache-cleared' });
      await parts.resetCache();
      events.tell({ kind: 'rows', entities: modelOf(local).bundle.entities.map(({ name }) => name) });
      events.statusChanged();
    },
  };
}
