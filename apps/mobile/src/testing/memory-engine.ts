// An engine in memory for looking at the screens and testing them: the real model rules over plain maps, a server that accepts what it is
// sent. Development only; nothing here is durable.
import type {
  EngineClient,
  EngineEvent,
  EntityState,
  MutationRequest,
  OutboxEntry,
  Status,
} from '@satchel/device';
import {
  applyMutation,
  checkMutation,
  compareText,
  draftMutation,
  isTrue,
  losingValue,
  openModel,
  rebase,
  SyncError,
  type Expr,
  type Query,
  type RecordId,
  type Row,
  type UserContext,
  type Verdict,
} from '@satchel/model';
import { demoId, demoRows, maya } from './demo-rows.ts';
import { demoBundle } from './demo-solution.ts';

const user: UserContext = {
  id: maya.id,
  login: maya.login,
  name: maya.name,
  businessUnit: null,
  businessUnits: [],
  teams: [],
  roles: ['technician'],
};
const organisation = { id: 'demo', label: 'Northlight Field Services' };

/** `kind`: '' as usual, 'signed-out', 'fresh' (nothing downloaded), 'busy' (a download under way), 'offline', 'forced', 'problems'. */
export function openMemoryEngine(kind: string, now: () => number): EngineClient {
  const bundle = demoBundle();
  const model = openModel(bundle);
  const rows = new Map(
    Object.entries(demoRows(now())).map(([name, list]) => [
      name,
      new Map(list.map((row) => [String(row['id']), row])),
    ]),
  );
  const listeners = new Set<(event: EngineEvent) => void>();
  let entries: readonly OutboxEntry[] = [];
  const pinned = new Map<string, { readonly entity: string; readonly recordId: RecordId }>();
  let history: readonly OutboxEntry[] = [];
  let count = 0;
  let isSignedIn = kind !== 'signed-out';
  let isForced = kind === 'forced';
  let cache: 'none' | 'busy' | 'available' =
    kind === 'fresh' ? 'none' : kind === 'busy' ? 'busy' : 'available';
  let activity: Status['activity'] = kind === 'busy' ? 'downloading' : 'idle';

  const tell = (...events: EngineEvent[]) => {
    for (const event of [...events, { kind: 'status' as const, status: status() }])
      for (const listener of listeners) listener(event);
  };
  const changed = () => tell({ kind: 'outbox' }, { kind: 'rows', entities: [...rows.keys()] });
  const scope = () => ({ user, now: new Date(now()).toISOString(), follow });
  const follow = (row: Row, field: string): Row | null => {
    for (const list of rows.values()) {
      const target = list.get(String(row[field]));
      if (target !== undefined) return target;
    }
    return null;
  };
  const isAway = () => isForced || kind === 'offline';

  function status(): Status {
    const countOf = (...states: readonly OutboxEntry['state'][]) =>
      entries.filter((entry) => states.includes(entry.state)).length;
    const outbox = {
      waiting: countOf('queued', 'sending', 'retrying'),
      held: countOf('held'),
      problems: countOf('conflict', 'rejected'),
      settling: 0,
    };
    const stateOf = (name: string): EntityState => {
      const size = rows.get(name)?.size ?? 0;
      if (model.profileEntity(name) === undefined) return { state: 'not-enabled' };
      if (cache === 'none') return { state: 'initializing', rows: 0, rowsExpected: 0 };
      if (cache === 'busy' && name !== 'work_order')
        return { state: 'initializing', rows: Math.floor(size / 3), rowsExpected: size };
      return kind === 'problems' && name === 'note'
        ? { state: 'not-available', reason: 'missed-update' }
        : { state: 'available', rows: size };
    };
    return {
      connection: isForced ? 'forced-offline' : kind === 'offline' ? 'offline' : 'online',
      activity,
      cache: cache === 'busy' ? 'initializing' : cache,
      entities: Object.fromEntries(bundle.entities.map((entity) => [entity.name, stateOf(entity.name)])),
      outbox,
      synced: cache === 'available' && entries.length === 0,
      checkpointAt: cache === 'available' ? new Date(now() - 130_000).toISOString() : null,
      checkpointAgeMs: cache === 'available' ? 130_000 : null,
      problem: null,
      heals: 0,
      clockOffsetMs: 400,
      setBack: null,
      storage: { usedBytes: 14_300_000, quotaBytes: 2_400_000_000, persisted: true },
      session: isSignedIn ? { state: 'signed-in', user, organisation } : { state: 'signed-out' },
    };
  }

  const entriesOf = (id: RecordId) => entries.filter((entry) => entry.mutation.recordId === id);
  const visible = (entity: string, id: RecordId) =>
    rebase(model, rows.get(entity)?.get(id) ?? null, entriesOf(id), { user, follow });
  const visibleRows = (entity: string): Row[] => {
    const ids = new Set([
      ...(rows.get(entity)?.keys() ?? []),
      ...entries
        .filter(({ mutation }) => mutation.entity === entity)
        .map(({ mutation }) => mutation.recordId),
    ]);
    return [...ids].map((id) => visible(entity, id).row).filter((row) => row !== null);
  };
  const titlesOf = (entity: string, list: readonly Row[]) => {
    const titles: Record<RecordId, string> = {};
    for (const row of list)
      for (const { name, field } of model.lookups(entity)) {
        const target = follow(row, name);
        if (target !== null)
          titles[String(row[name])] = String(target[model.titleField(field.to[0] ?? '')] ?? '');
      }
    return titles;
  };

  function runQuery(query: Query) {
    const words = (query.search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const searched = model.searchableFields(query.entity);
    const holds = (row: Row) =>
      (query.where ?? []).every((expr: Expr) => isTrue(expr, { ...scope(), record: row })) &&
      words.every((word) =>
        searched.some((name) =>
          String(row[name] ?? '')
            .toLowerCase()
            .split(/\s+/)
            .some((part) => part.startsWith(word)),
        ),
      );
    const found = visibleRows(query.entity).filter(holds);
    found.sort((a, b) => {
      for (const { field, descending } of query.order ?? []) {
        const order =
          typeof a[field] === 'number'
            ? Number(a[field]) - Number(b[field])
            : compareText(String(a[field] ?? '\u{10ffff}'), String(b[field] ?? '\u{10ffff}'));
        if (order !== 0) return descending ? -order : order;
      }
      return 0;
    });
    const shown = found.slice(0, query.limit);
    const marks = shown.flatMap((row) => {
      const { mark } = visible(query.entity, String(row['id']));
      return mark === null ? [] : [[String(row['id']), mark] as const];
    });
    const source =
      model.profileEntity(query.entity) === undefined || cache === 'none'
        ? ('server' as const)
        : ('device' as const);
    if (source === 'server' && isAway()) throw new SyncError('not_on_device');
    return {
      rows: shown,
      titles: titlesOf(query.entity, shown),
      source,
      marks: Object.fromEntries(marks),
      ...(query.count ? { total: found.length } : {}),
    };
  }

  function add(
    request: MutationRequest,
    state: OutboxEntry['state'] = 'queued',
    verdict: Verdict | null = null,
  ): OutboxEntry {
    count += 1;
    const recordId = request.recordId ?? demoId(5, count);
    const seen =
      request.command === 'create' ? null : (request.seen ?? visible(request.entity, recordId).row);
    const at = new Date(now()).toISOString();
    const mutation = draftMutation(
      model,
      request,
      seen,
      { id: demoId(7, count), recordId, at: { device: at, corrected: at } },
      scope(),
    );
    const fields = checkMutation(model, mutation);
    if (Object.keys(fields).length > 0) throw new SyncError('validation', { fields });
    const after = applyMutation(model, mutation, seen, scope()) ?? seen ?? {};
    const entry: OutboxEntry = {
      mutation,
      state,
      position: count,
      seq: state === 'queued' || state === 'held' ? null : count,
      title: String(after[model.titleField(request.entity)] ?? ''),
      attempts: verdict === null ? 0 : 1,
      lastError: null,
      verdict,
      waitsFor: null,
    };
    entries = [...entries, entry];
    return entry;
  }

  function drop(id: string, state: OutboxEntry['state'] | null) {
    const entry = entries.find((each) => each.mutation.id === id);
    entries = entries
      .filter((each) => each.mutation.id !== id)
      .map((each) => (each.waitsFor === id ? { ...each, state: 'queued', waitsFor: null } : each));
    if (entry !== undefined && state !== null) history = [{ ...entry, state }, ...history];
    changed();
    return entry;
  }

  async function sync() {
    if (isAway()) throw new SyncError('network');
    activity = 'pushing';
    tell();
    await new Promise((resolve) => setTimeout(resolve, 600));
    for (const entry of entries.filter((each) => each.state === 'queued')) {
      const { entity, recordId } = entry.mutation;
      const next = applyMutation(model, entry.mutation, rows.get(entity)?.get(recordId) ?? null, scope());
      if (next === null) rows.get(entity)?.delete(recordId);
      else rows.get(entity)?.set(recordId, { ...next, _rev: 1_000 + entry.position });
      drop(entry.mutation.id, 'applied');
    }
    activity = 'idle';
    changed();
  }

  if (kind === 'problems') seedProblems();
  function seedProblems() {
    add({
      entity: 'work_order',
      recordId: demoId(2, 4),
      command: 'update',
      values: { priority: 'high', labour_minutes: 45 },
    });
    const clash = { base: 'normal', theirs: 'low', mine: 'high' };
    const text = {
      base: 'Reported by the front desk.',
      theirs: 'Reported by the front desk. Guest in 305 moved.',
      mine: 'Breaker F4 is undersized.',
    };
    const by = { name: 'Dana Okafor', at: new Date(now() - 5_400_000).toISOString() };
    add(
      {
        entity: 'work_order',
        recordId: demoId(2, 0),
        command: 'update',
        values: { priority: 'high', description: text.mine, labour_minutes: 30 },
      },
      'conflict',
      {
        id: demoId(7, 2),
        seq: 2,
        outcome: 'conflict',
        code: 'field_conflict',
        clashes: { priority: clash, description: text },
        theirs: rows.get('work_order')?.get(demoId(2, 0)) ?? null,
        by,
      },
    );
    const made = add(
      {
        entity: 'account',
        command: 'create',
        values: { name: 'Seaside Sauna', city: 'Oslo', email: 'office@sauna' },
      },
      'rejected',
      { id: demoId(7, 3), seq: 3, outcome: 'rejected', code: 'validation', fields: { email: 'wrong_type' } },
    );
    const held = add(
      {
        entity: 'work_order',
        command: 'create',
        values: { title: 'Stove does not light', account: made.mutation.recordId, due: '2026-11-24' },
      },
      'held',
    );
    entries = entries.map((entry) => (entry === held ? { ...entry, waitsFor: made.mutation.id } : entry));
  }

  return {
    status: async () => status(),
    bundle: async () => (isSignedIn ? bundle : null),
    async signIn(login, password) {
      if (password !== 'satchel' || login === '') throw new SyncError('wrong_credentials');
      isSignedIn = true;
      tell({ kind: 'bundle', hash: bundle.hash });
    },
    async signOut() {
      isSignedIn = false;
      tell();
    },
    query: async (query) => runQuery(query),
    async get(entity, id) {
      const { row, last, pendingFields, mark } = visible(entity, id);
      const shown = row ?? last;
      if (shown === null) return null;
      const source = model.profileEntity(entity) === undefined || cache === 'none' ? 'server' : 'device';
      return {
        row: shown,
        titles: titlesOf(entity, [shown]),
        source,
        mark,
        pendingFields,
        entries: entriesOf(id),
      };
    },
    async mutate(request) {
      const { mutation } = add(request);
      changed();
      return {
        mutationId: mutation.id,
        recordId: mutation.recordId,
        row: visible(mutation.entity, mutation.recordId).row,
      };
    },
    pin: async (entity, recordId) => void pinned.set(`${entity}/${recordId}`, { entity, recordId }),
    unpin: async (entity, recordId) => void pinned.delete(`${entity}/${recordId}`),
    pins: async () =>
      [...pinned].map(([pinId, { entity, recordId }]) => {
        const title = visible(entity, recordId).row?.[model.titleField(entity)];
        return { pinId, entity, recordId, title: title === undefined ? null : String(title), mark: null };
      }),
    outbox: async () => entries,
    history: async (limit) => history.slice(0, limit),
    async undo(id) {
      drop(id, null);
    },
    async discard(id) {
      drop(id, 'discarded');
    },
    async resolve(id, resolution) {
      const entry = drop(id, 'discarded');
      if (entry !== undefined && resolution.kind === 'keep') {
        const { entity, recordId } = entry.mutation;
        add({ entity, recordId, command: 'update', values: resolution.values, supersedes: id });
      }
      changed();
    },
    async resubmit(id, values) {
      const entry = entries.find((each) => each.mutation.id === id);
      if (entry === undefined) throw new SyncError('not_found');
      const { entity, recordId, command, changes } = entry.mutation;
      const mine = Object.fromEntries(Object.entries(changes).map(([name, change]) => [name, change.value]));
      const { mutation } = add({ entity, recordId, command, values: { ...mine, ...values }, supersedes: id });
      drop(id, 'discarded');
      return { mutationId: mutation.id, recordId, row: visible(entity, recordId).row };
    },
    async undoMerge(id, fields) {
      const entry = history.find((each) => each.mutation.id === id);
      if (entry === undefined) throw new SyncError('not_found');
      const { entity, recordId } = entry.mutation;
      const settled = Object.entries(entry.verdict?.settled ?? {}).filter(([name]) => fields.includes(name));
      const values = Object.fromEntries(settled.map(([name, clash]) => [name, losingValue(clash)]));
      const { mutation } = add({ entity, recordId, command: 'update', values });
      return { mutationId: mutation.id, recordId, row: visible(entity, recordId).row };
    },
    plan: async () => ({ entities: [], rows: 92, bytes: 48_000, seconds: 1 }),
    async download() {
      if (isAway()) throw new SyncError('network');
      cache = 'busy';
      activity = 'downloading';
      tell();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      cache = 'available';
      activity = 'idle';
      changed();
    },
    sync,
    async setForcedOffline(on) {
      isForced = on;
      tell();
    },
    async clearCache() {
      cache = 'none';
      changed();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => listeners.clear(),
  };
}
