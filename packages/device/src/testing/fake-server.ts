// A small honest server: rows in maps, one number as the clock of commits, the model's own rules for what a mutation does. It keeps the wire
// contract (sequence, ledger, three-way merge, snapshots, digests) and nothing else: no permissions, no SQL, one organisation.
import {
  dependsOn,
  digestOf,
  openModel,
  userOnWire,
  upcastToPresent,
  type Bundle,
  type Heal,
  type Identity,
  type Model,
  type PageAnswer,
  type PageRequest,
  type PullAnswer,
  type PullRequest,
  type PushAnswer,
  type PushRequest,
  type ReconcileRequest,
  type Row,
  type SealedMutation,
  type UserContext,
  type Value,
  type Verdict,
  type wire,
} from '@satchel/model';
import { judge } from './judge.ts';
import {
  columnsAsked,
  heldBehind,
  isOthersStill,
  liveRows,
  partOf,
  reconcileAnswer,
  recordHeals,
  refill,
  toldAgain,
  type LiveRequest,
} from './fake-answers.ts';
import { maya, omar } from './sample.ts';

interface Kept {
  readonly row: Row;
  readonly rev: number;
  readonly version: number;
  /** Who wrote each revision: a device id, or '' for other programs. */
  readonly writers: readonly { readonly rev: number; readonly device: string }[];
}
interface Device {
  readonly user: UserContext;
  lastSeq: number;
  readonly ledger: Map<number, { readonly mutation: SealedMutation; readonly verdict: Verdict }>;
}

/** One version of a row: what it was, what it became, and by which mutation; null: by another program. */
export interface FakeWrite {
  readonly entity: string;
  readonly id: string;
  readonly before: Row | null;
  readonly after: Row | null;
  readonly mutation: SealedMutation | null;
}

export interface FakeServer {
  bundle: Bundle;
  /** Rows that this answer counts as the person's; tests may narrow it. */
  inScope: (entity: string, row: Row) => boolean;
  pageRows: number;
  /** Does not take what people looked at. */
  isDeafToOpened: boolean;
  /** Cursors below this can no longer be served. */
  horizon: number;
  /** Records told in one answer; a larger delta comes in parts. */
  partRows: number;
  /** Called when a part was told: what others do before the next. */
  onPart: () => void;
  /** The person's rights are other than they were: cursors from before are told who the person is. */
  rights: number;
  /** Heals that devices told, each once. */
  readonly heals: Heal[];
  /** Mutations by id whose outcome the server cannot tell for now. */
  readonly unknown: Set<string>;
  /** How often each mutation had its effect. */
  readonly effects: Map<string, number>;
  /** Every write there was, in order. */
  readonly writes: readonly FakeWrite[];
  row(entity: string, id: string): Row | undefined;
  rows(entity: string): readonly Row[];
  /** An administrator runs what was set aside. */
  runsAgain(mutationId: string): void;
  /** Another program writes straight to the table. */
  write(entity: string, row: Row): void;
  erase(entity: string, id: string): void;
  /** Values change and revisions do not, as where a publish fills new columns. */
  amend(entity: string, change: (row: Row, index: number) => Row): void;
  expireSessions(): void;
  /** Everything as it is now. Calling what it gives sets the server back to that, under another history and without sessions. */
  backup(): () => void;
  devices: ReadonlyMap<string, Device>;
  handle(
    method: string,
    path: string,
    body: unknown,
    token: string | null,
  ): { status: number; body: unknown };
}

export function createFakeServer(bundle: Bundle): FakeServer {
  const tables = new Map<string, Map<string, Kept>>();
  const writes: FakeWrite[] = [];
  const tombstones: { entity: string; id: string; version: number }[] = [];
  const devices = new Map<string, Device>();
  const sessions = new Map<string, string>();
  let history = 1;
  let version = 1;
  let revs = 1;
  let tokens = 0;
  const table = (entity: string) => {
    const found = tables.get(entity) ?? new Map<string, Kept>();
    tables.set(entity, found);
    return found;
  };
  const server: FakeServer = {
    bundle,
    inScope: () => true,
    pageRows: 3,
    isDeafToOpened: false,
    horizon: 0,
    partRows: Number.POSITIVE_INFINITY,
    onPart: () => undefined,
    rights: 0,
    heals: [],
    unknown: new Set(),
    effects: new Map(),
    writes,
    devices,
    row: (entity, id) => table(entity).get(id)?.row,
    rows: (entity) => [...table(entity).values()].map(({ row, rev }) => ({ ...row, _rev: rev })),
    runsAgain: (mutationId) => {
      for (const [id, device] of devices)
        for (const [seq, { mutation }] of device.ledger) {
          if (mutation.id !== mutationId) continue;
          const title = { base: null, value: 'Calm' };
          const calm = { ...mutation, changes: { ...mutation.changes, title } };
          device.ledger.set(seq, {
            mutation,
            verdict: { id: mutationId, seq, ...rule(calm, id, device.user) },
          });
        }
    },
    write: (entity, row) => put(entity, row, '', null),
    erase: (entity, id) => drop(entity, id, null),
    amend: (entity, change) => {
      for (const [at, [id, kept]] of [...table(entity)].entries())
        table(entity).set(id, { ...kept, row: change(kept.row, at) });
    },
    expireSessions: () => sessions.clear(),
    backup: () => {
      const kept = structuredClone({ tables, tombstones, devices });
      const writesKept = writes.length;
      return () => {
        writes.splice(writesKept);
        const again = structuredClone(kept);
        refill(tables, again.tables);
        refill(devices, again.devices);
        tombstones.splice(0, Infinity, ...again.tombstones);
        sessions.clear();
        history += 1;
      };
    },
    handle,
  };
  const model = (): Model => openModel(server.bundle);
  // A revision is drawn anew, not counted: multiplying by an odd number scatters it.
  const nextRev = () => (revs++ * 48_271) % 1_099_511_627_689;
  const serverTime = () => new Date(1_800_000_000_000 + version * 1_000).toISOString();

  function put(entity: string, row: Row, device: string, mutation: SealedMutation | null): void {
    version += 1;
    const rev = nextRev();
    const id = String(row['id']);
    const before = table(entity).get(id);
    const full: Record<string, Value> = {};
    for (const name of Object.keys(model().fields(entity))) full[name] = row[name] ?? null;
    writes.push({ entity, id, before: before?.row ?? null, after: full, mutation });
    table(entity).set(id, {
      row: full,
      rev,
      version,
      writers: [...(before?.writers ?? []), { rev, device }],
    });
  }
  function drop(entity: string, id: string, mutation: SealedMutation | null): void {
    version += 1;
    writes.push({ entity, id, before: table(entity).get(id)?.row ?? null, after: null, mutation });
    table(entity).delete(id);
    tombstones.push({ entity, id, version });
  }

  const here = () => `${history}.${version}.${server.rights}`;
  function handle(method: string, path: string, body: unknown, token: string | null) {
    const ok = (answer: unknown) => ({ status: 200, body: JSON.parse(JSON.stringify(answer)) as unknown });
    const problem = (status: number, code: string) => ({ status, body: { code } });
    if (method === 'POST' && path === '/api/session') return signIn(body, ok, problem);
    const device = sessions.get(token ?? '');
    if (device === undefined) return problem(401, 'session_expired');
    if (path === '/api/session') return method === 'GET' ? ok(identityOf(device)) : ok({});
    if (path.startsWith('/api/bundle')) return ok(server.bundle);
    if (path === '/api/sync/opened') return server.isDeafToOpened ? problem(503, 'unavailable') : ok({});
    const isForAnyBundle = path === '/api/sync/pull' || path === '/api/sync/push';
    if ((body as { bundle: string }).bundle !== server.bundle.hash && !isForAnyBundle)
      return problem(409, 'bundle_outdated');
    switch (path) {
      case '/api/sync/plan':
        return ok(plan());
      case '/api/sync/page':
        return ok(page(body as PageRequest));
      case '/api/sync/pull':
        return ok(pull(device, body as PullRequest));
      case '/api/sync/push': {
        const answer = push(device, body as PushRequest);
        return answer === 'cloned' ? problem(409, 'device_cloned') : ok(answer);
      }
      case '/api/sync/reconcile':
        return ok(compared(body as ReconcileRequest));
      case '/api/query':
        return ok(liveRows(server, serverTime(), body as LiveRequest));
      default:
        return problem(404, 'not_found');
    }
  }

  function signIn(
    body: unknown,
    ok: (answer: unknown) => { status: number; body: unknown },
    problem: (status: number, code: string) => { status: number; body: unknown },
  ) {
    const { login, password, device } = body as { login: string; password: string; device: { id: string } };
    const user = [maya, omar].find((each) => each.login === login);
    if (user === undefined || password !== 'satchel') return problem(401, 'wrong_credentials');
    const known = devices.get(device.id);
    if (known !== undefined && known.user.id !== user.id) return problem(409, 'device_cloned');
    if (known === undefined) devices.set(device.id, { user, lastSeq: 0, ledger: new Map() });
    const token = `token-${++tokens}`;
    sessions.set(token, device.id);
    return ok({ ...identityOf(device.id), token, expiresAt: serverTime() });
  }
  function identityOf(device: string): Identity {
    const { user, lastSeq } = devices.get(device) as Device;
    return {
      user: userOnWire(user),
      organisation: { id: 'sample', label: 'Sample' },
      bundle: server.bundle.hash,
      lastSeq,
      serverTime: serverTime(),
    };
  }
  const carried = () =>
    model()
      .carriedEntities()
      .map(({ name }) => name);
  const scope = (entity: string) =>
    [...table(entity).entries()].filter(([, kept]) => server.inScope(entity, kept.row));
  const digest = (entity: string) => digestOf(scope(entity).map(([, { rev }]) => rev));
  const columnsOf = (entity: string) => [...Object.keys(model().fields(entity)), '_rev'];
  const cells = (entity: string, { row, rev }: Kept): Value[] =>
    columnsOf(entity).map((name) => (name === '_rev' ? rev : (row[name] ?? null)));

  const compared = (request: ReconcileRequest) =>
    reconcileAnswer(request, scope(request.entity), columnsOf(request.entity), (kept) =>
      cells(request.entity, kept),
    );

  function plan() {
    const entities = carried().map((entity) => ({ entity, rows: scope(entity).length, bytes: 100 }));
    return { entities, rows: entities.reduce((sum, each) => sum + each.rows, 0), bytes: 300, seconds: 1 };
  }
  function page({ entity, after, columns: asked }: PageRequest): PageAnswer {
    const rows = scope(entity)
      .filter(([id]) => after === null || id > after)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const some = rows.slice(0, server.pageRows);
    const values = some.map(([, kept]) => cells(entity, kept));
    const columns = columnsAsked(columnsOf(entity), values, asked);
    const endOf = (last: number) => (rows.length > last ? (rows[last - 1]?.[0] ?? null) : null);
    const [next, nextButOne] = [endOf(server.pageRows), endOf(2 * server.pageRows)];
    return { entity, rows: some.length, columns, next, nextButOne, cursor: here(), serverTime: serverTime() };
  }
  function pull(device: string, request: PullRequest): PullAnswer {
    const known = devices.get(device) as Device;
    const outcomes = [...known.ledger.values()]
      .map(({ verdict }) => verdict)
      .filter(
        ({ id, seq, code }) =>
          seq > request.settledSeq || (request.awaits?.includes(id) && !isOthersStill(code)),
      );
    const told = recordHeals(server.heals, request.heals ?? []);
    const facts = {
      settles: known.lastSeq,
      outcomes: outcomes as never[],
      serverTime: serverTime(),
      ...told,
    };
    if (request.cursor === null) return { kind: 'nothing', cursor: null, ...facts };
    const [past, since = 0, rights] = request.cursor.split('.').map(Number);
    const cursor = here();
    if (past !== history || since < server.horizon)
      return { kind: 'reconcile', why: past === history ? 'horizon' : 'history', cursor, ...facts };
    if (request.bundle !== server.bundle.hash)
      return { kind: 'reconcile', why: 'bundle', cursor, identity: identityOf(device), ...facts };
    const isSame = rights === server.rights;
    const isQuiet = since === version && isSame && request.part === undefined;
    if (isQuiet && request.prove !== true) return { kind: 'nothing', cursor, ...facts };
    const [, atVersion = 0, atRights] = (request.part?.at ?? '').split('.').map(Number);
    const isResumed = request.part !== undefined && atRights === server.rights;
    const at = isResumed ? (request.part?.at ?? '') : cursor;
    const identity = isSame || isResumed ? {} : { identity: identityOf(device) };
    const changes = carried().map((entity) => changesOf(entity, since, isResumed ? atVersion : version));
    const part = partOf(changes, isResumed ? (request.part?.after ?? '') : '', server.partRows);
    if (isResumed || part.after !== null) {
      const answer = { kind: 'part', at, ...part, serverTime: serverTime(), ...told, ...identity } as const;
      // Others write after this answer was made.
      queueMicrotask(() => server.onPart());
      return answer;
    }
    const digests = Object.fromEntries(carried().map((entity) => [entity, digest(entity)]));
    return { kind: 'delta', cursor, changes, digests, ...facts, ...identity };
  }
  /** What changed after `since` and not after `until`: a later part tells only what is as it was at the first. */
  function changesOf(entity: string, since: number, until: number): wire.EntityChanges {
    const isAsked = (at: number) => at > since && at <= until;
    const changed = [...table(entity).entries()].filter(([, kept]) => isAsked(kept.version));
    const left = changed
      .filter(([, kept]) => !server.inScope(entity, kept.row))
      .map(([id]) => ({ id, why: 'left' as const }));
    const deleted = tombstones
      .filter((each) => each.entity === entity && isAsked(each.version) && !table(entity).has(each.id))
      .map(({ id }) => ({ id, why: 'deleted' as const }));
    const rows = changed
      .filter(([, kept]) => server.inScope(entity, kept.row))
      .map(([, kept]) => cells(entity, kept));
    return { entity, columns: columnsOf(entity), rows: rows as never[], gone: [...left, ...deleted] };
  }
  function push(deviceId: string, request: PushRequest): PushAnswer | 'cloned' {
    const device = devices.get(deviceId) as Device;
    const verdicts: Verdict[] = [];
    const refused: SealedMutation[] = [];
    const finish = (fence?: PushAnswer['fence']): PushAnswer => ({
      verdicts,
      lastSeq: device.lastSeq,
      ...(fence === undefined ? {} : { fence }),
      ...(request.pull === undefined ? {} : { pull: pull(deviceId, request.pull) }),
      serverTime: serverTime(),
    });
    for (const mutation of request.mutations) {
      const recorded = device.ledger.get(mutation.seq);
      if (recorded !== undefined) {
        if (JSON.stringify(recorded.mutation) !== JSON.stringify(mutation)) return 'cloned';
        const told = toldAgain(recorded.verdict);
        verdicts.push(told);
        if (['conflict', 'rejected', 'held'].includes(told.original ?? '')) refused.push(mutation);
        continue;
      }
      if (mutation.seq > device.lastSeq + 1)
        return finish({ seq: mutation.seq, code: 'sequence_gap', retryAfterMs: 0 });
      if (server.unknown.has(mutation.id))
        return finish({ seq: mutation.seq, code: 'server_error', retryAfterMs: 10 });
      const present = upcastToPresent(server.bundle, mutation);
      const blocker = refused.find((each) => dependsOn(model(), present, each));
      const verdict: Verdict =
        blocker === undefined
          ? { id: mutation.id, seq: mutation.seq, ...rule(present, deviceId, device.user) }
          : heldBehind(mutation, blocker.id);
      device.ledger.set(mutation.seq, { mutation, verdict });
      device.lastSeq = mutation.seq;
      verdicts.push(verdict);
      if (['conflict', 'rejected', 'held'].includes(verdict.outcome)) refused.push(mutation);
    }
    return finish();
  }

  function rule(mutation: SealedMutation, device: string, user: UserContext): Omit<Verdict, 'id' | 'seq'> {
    const { entity, recordId } = mutation;
    const kept = table(entity).get(recordId);
    const since =
      kept?.writers.slice(kept.writers.findIndex(({ rev }) => rev === mutation.baseRev) + 1) ?? [];
    const { verdict, effect } = judge(model(), mutation, {
      row: kept === undefined ? null : { ...kept.row, _rev: kept.rev },
      wasDeleted: tombstones.some((each) => each.id === recordId),
      isOvertaken: since.some((each) => each.device !== device),
      user,
      now: serverTime(),
    });
    if (effect !== undefined) server.effects.set(mutation.id, (server.effects.get(mutation.id) ?? 0) + 1);
    if (effect === null) drop(entity, recordId, mutation);
    else if (effect !== undefined) put(entity, effect, device, mutation);
    return verdict;
  }
  return server;
}
