// Tabs of one device store agree on one leader: whoever holds the lock owns the database and runs the engine; the others send it their calls.
// What must stay true: a call gets exactly one answer; a call is put to each leader at most once; when a leader goes, the calls it did not
// answer are put to the next one. So a call may be run twice over a hand-over: reads do no harm, `mutate` carries the id of its mutation.
// A leader whose tab is frozen holds the lock and the files, which nobody can take from it: its callers are told `timeout`, and only its thaw or its end helps.
import { SyncError } from '@satchel/model';
import type { EngineClient, EngineEvent } from './api.ts';
import type { Clock, Hint, Ids } from './ports.ts';
import { runCall, valueFrom, type CallResult, type EngineMethod } from './rpc.ts';

/** How often a tab that waits for an answer asks whether the leader is there. */
export const askLeaderEveryMs = 1_000;
/** So many unanswered questions in a row mean a frozen leader. Longer than any one piece of work in the engine's thread. */
export const leaderSilencesMax = 15;

export type PeerMessage =
  | { readonly kind: 'who' }
  | { readonly kind: 'leader'; readonly peer: string }
  | {
      readonly kind: 'call';
      readonly to: string;
      readonly from: string;
      readonly id: string;
      readonly method: EngineMethod;
      readonly args: readonly unknown[];
    }
  | { readonly kind: 'answer'; readonly to: string; readonly id: string; readonly result: CallResult }
  | { readonly kind: 'event'; readonly event: EngineEvent }
  | { readonly kind: 'hint'; readonly hint: Hint };

/** Every message reaches all other tabs, never its sender. */
export interface Channel {
  post(message: PeerMessage): void;
  listen(listener: (message: PeerMessage) => void): void;
  close(): void;
}

export interface PeerPorts {
  readonly channel: Channel;
  /** Resolves once this tab holds the lock, perhaps never; the lock is let go by the function it gives, or when the tab dies. */
  readonly acquire: (signal: AbortSignal) => Promise<() => void>;
  /** Opens storage and engine; closing what it gives closes both. */
  readonly open: () => Promise<EngineClient>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Only the leader's engine hears hints, from whichever tab. */
  readonly onHint: (hint: Hint) => void;
  /** A fault that nobody can be told of by an answer. */
  readonly report: (fault: unknown) => void;
}

export interface Peer {
  /** Throws SyncError: the engine's own, `timeout` when the leader does not move, `cancelled` when this peer is closed. */
  call(method: EngineMethod, args: readonly unknown[]): Promise<unknown>;
  subscribe(listener: (event: EngineEvent) => void): () => void;
  tell(hint: Hint): void;
  close(): Promise<void>;
}

interface PendingCall {
  readonly method: EngineMethod;
  readonly args: readonly unknown[];
  readonly settle: (result: CallResult) => void;
}

type Role =
  | { readonly kind: 'follower'; readonly leader: string | null }
  | { readonly kind: 'leader'; readonly engine: Promise<EngineClient>; readonly release: () => void }
  | { readonly kind: 'closed' };

/** Joins the tabs of a store, and leads them when the lock comes round. */
export function joinPeers(ports: PeerPorts): Peer {
  const { channel, clock } = ports;
  const self = ports.ids.next();
  const pending = new Map<string, PendingCall>();
  const listeners = new Set<(event: EngineEvent) => void>();
  const waitForLock = new AbortController();
  let role: Role = { kind: 'follower', leader: null };
  let silences = 0;
  let callOffAsking: (() => void) | null = null;

  function hear(message: PeerMessage): void {
    switch (message.kind) {
      case 'who':
        if (role.kind === 'leader') channel.post({ kind: 'leader', peer: self });
        return;
      case 'leader':
        if (role.kind === 'follower') follow(message.peer);
        return;
      case 'call':
        if (role.kind === 'leader' && message.to === self) void answer(role.engine, message);
        return;
      case 'answer':
        if (message.to === self) settle(message.id, message.result);
        return;
      case 'event':
        emit(message.event);
        return;
      case 'hint':
        if (role.kind === 'leader') ports.onHint(message.hint);
        return;
    }
  }

  function follow(leader: string): void {
    silences = 0;
    if (role.kind !== 'follower' || role.leader === leader) return;
    role = { kind: 'follower', leader };
    for (const [id, { method, args }] of pending)
      channel.post({ kind: 'call', to: leader, from: self, id, method, args });
  }

  async function answer(
    engine: Promise<EngineClient>,
    call: Extract<PeerMessage, { kind: 'call' }>,
  ): Promise<void> {
    const result = await runCall(engine, call, ports.report);
    if (role.kind !== 'closed') channel.post({ kind: 'answer', to: call.from, id: call.id, result });
  }

  function settle(id: string, result: CallResult): void {
    const call = pending.get(id);
    pending.delete(id);
    call?.settle(result);
  }

  function emit(event: EngineEvent): void {
    for (const listener of listeners) listener(event);
  }

  function put(id: string, { method, args }: PendingCall): void {
    if (role.kind === 'leader') {
      void runCall(role.engine, { method, args }, ports.report).then((result) => settle(id, result));
    } else if (role.kind === 'follower') {
      if (role.leader !== null) channel.post({ kind: 'call', to: role.leader, from: self, id, method, args });
      askForLeader();
    }
  }

  /** While calls wait, asks again and again who leads; an answer proves that the leader moves. */
  function askForLeader(): void {
    if (callOffAsking !== null) return;
    silences = 0;
    const ask = (): void => {
      callOffAsking = null;
      if (role.kind !== 'follower' || pending.size === 0) return;
      if (silences >= leaderSilencesMax) return failAll('timeout');
      silences += 1;
      channel.post({ kind: 'who' });
      callOffAsking = clock.after(askLeaderEveryMs, ask);
    };
    ask();
  }

  function failAll(code: 'timeout' | 'cancelled'): void {
    for (const id of [...pending.keys()]) settle(id, { ok: false, code, detail: { waitingFor: 'leader' } });
  }

  async function lead(): Promise<void> {
    const release = await ports.acquire(waitForLock.signal);
    if (role.kind === 'closed') return release();
    const engine = ports.open();
    role = { kind: 'leader', engine, release };
    channel.post({ kind: 'leader', peer: self });
    for (const [id, call] of pending) put(id, call);
    const opened = await engine;
    opened.subscribe((event) => {
      emit(event);
      channel.post({ kind: 'event', event });
    });
    for (const event of await everythingMayDiffer(opened)) {
      emit(event);
      channel.post({ kind: 'event', event });
    }
  }

  channel.listen(hear);
  lead().catch((fault: unknown) => {
    if (role.kind !== 'closed') ports.report(fault);
  });

  return {
    call(method, args) {
      if (role.kind === 'closed') return Promise.reject(new SyncError('cancelled', { method }));
      return new Promise<CallResult>((resolve) => {
        const call: PendingCall = { method, args, settle: resolve };
        const id = ports.ids.next();
        pending.set(id, call);
        put(id, call);
      }).then(valueFrom);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell(hint) {
      if (role.kind === 'leader') ports.onHint(hint);
      else channel.post({ kind: 'hint', hint });
    },
    async close() {
      const last = role;
      role = { kind: 'closed' };
      waitForLock.abort();
      callOffAsking?.();
      failAll('cancelled');
      channel.close();
      if (last.kind !== 'leader') return;
      await last.engine.then((engine) => engine.close(), ports.report);
      last.release();
    },
  };
}

/** What followers may have missed while there was no leader. */
async function everythingMayDiffer(engine: EngineClient): Promise<readonly EngineEvent[]> {
  const status = await engine.status();
  return [
    { kind: 'status', status },
    { kind: 'outbox' },
    { kind: 'rows', entities: Object.keys(status.entities) },
  ];
}
