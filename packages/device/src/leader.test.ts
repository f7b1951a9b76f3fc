import { describe, expect, it } from 'vitest';
import { SyncError } from '@satchel/model';
import { createIds } from './adapters/ids.ts';
import type { EngineClient, EngineEvent, Status } from './api.ts';
import {
  askLeaderEveryMs,
  joinPeers,
  leaderSilencesMax,
  type Channel,
  type Peer,
  type PeerMessage,
} from './leader.ts';
import { engineOver, runCall, valueFrom } from './rpc.ts';

/** Tabs of one browser: their channel, their lock, and one hand-driven clock. */
function openBrowser() {
  const tabs = new Set<{ frozen: boolean; missed: PeerMessage[]; hear: (message: PeerMessage) => void }>();
  const waiting: (() => void)[] = [];
  const timers = new Map<number, () => void>();
  const ids = createIds();
  let isHeld = false;
  let timerCount = 0;
  const closed: string[] = [];
  const faults: unknown[] = [];

  function release(): void {
    isHeld = false;
    grant();
  }
  function grant(): void {
    if (isHeld) return;
    const next = waiting.shift();
    if (next === undefined) return;
    isHeld = true;
    next();
  }

  return {
    closed,
    faults,
    open(name: string, engine: Partial<EngineClient>, refuses?: SyncError) {
      const tab = {
        frozen: false,
        missed: [] as PeerMessage[],
        hear: (_message: PeerMessage): void => undefined,
      };
      tabs.add(tab);
      const channel: Channel = {
        post(message) {
          for (const other of tabs)
            if (other !== tab)
              queueMicrotask(() => {
                if (tab.frozen || !tabs.has(other)) return;
                if (other.frozen) other.missed.push(message);
                else other.hear(message);
              });
        },
        listen: (listener) => {
          tab.hear = listener;
        },
        close: () => tabs.delete(tab),
      };
      const hints: string[] = [];
      const peer = joinPeers({
        channel,
        acquire: () =>
          new Promise((resolve) => {
            waiting.push(() => resolve(release));
            grant();
          }),
        open: () =>
          refuses === undefined
            ? Promise.resolve({
                status: () => Promise.resolve({ entities: { account: {} } } as unknown as Status),
                subscribe: () => () => true,
                close: () => closed.push(name),
                ...engine,
              } as EngineClient)
            : Promise.reject(refuses),
        clock: {
          wall: () => 0,
          monotonic: () => 0,
          breathe: () => Promise.resolve(),
          after(_delayMs, work) {
            timerCount += 1;
            const id = timerCount;
            timers.set(id, work);
            return () => timers.delete(id);
          },
        },
        ids,
        onHint: (hint) => hints.push(hint),
        report: (fault) => faults.push(fault),
      });
      /** A killed tab: its lock comes free, nothing else is heard of it. */
      const dies = (): void => {
        tabs.delete(tab);
        tab.frozen = true;
        release();
      };
      /** A frozen tab goes on: it hears now what was said meanwhile. */
      const thaws = (): void => {
        tab.frozen = false;
        for (const message of tab.missed.splice(0)) tab.hear(message);
      };
      return { peer, tab, hints, dies, thaws };
    },
    /** Lets everything that waits for nothing but time happen, this many times a second long. */
    async passes(seconds = 0) {
      for (let second = 0; second <= seconds; second += 1) {
        for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
        if (second === seconds) return;
        const due = [...timers.values()];
        timers.clear();
        for (const work of due) work();
      }
    },
  };
}

const countingEngine = (name: string) => {
  const calls: unknown[][] = [];
  return {
    calls,
    engine: {
      history: (limit: number) => {
        calls.push(['history', limit]);
        return Promise.resolve([name] as never);
      },
    },
  };
};

/** Keeps saves by the id of their mutation, as the real engine does; all tabs work on the same database. */
function openSaves() {
  const titles = new Map<string, unknown>();
  let answers = true;
  return {
    titles,
    /** From now on what is saved is durable, and nobody hears of it. */
    falls: (silent: boolean) => void (answers = !silent),
    engine: {
      mutate: (request: { readonly mutationId?: string; readonly values?: object }) => {
        const { mutationId = '' } = request;
        if (!titles.has(mutationId)) titles.set(mutationId, request.values);
        return answers ? Promise.resolve({ mutationId } as never) : new Promise<never>(() => undefined);
      },
    },
  };
}
const save = (peer: Peer, mutationId: string) =>
  peer.call('mutate', [
    { mutationId, entity: 'item', command: 'create', values: { title: mutationId } },
  ]) as Promise<unknown>;

const history = (peer: Peer, limit: number): Promise<unknown> => peer.call('history', [limit]);

describe('tabs of one store', () => {
  it('[LEAD-1] one tab runs the engine, the others get their answers from it', async () => {
    const browser = openBrowser();
    const one = countingEngine('one');
    const two = countingEngine('two');
    const first = browser.open('one', one.engine);
    const second = browser.open('two', two.engine);
    const answers = Promise.all([history(first.peer, 1), history(second.peer, 2)]);
    await browser.passes(2);
    expect(await answers).toEqual([['one'], ['one']]);
    expect(two.calls).toEqual([]);
  });

  it('[LEAD-2] calls that a dead leader did not answer are put to the next one, each once', async () => {
    const browser = openBrowser();
    const two = countingEngine('two');
    const first = browser.open('one', { history: () => new Promise(() => undefined) });
    await browser.passes(1);
    const second = browser.open('two', two.engine);
    const third = browser.open('three', {});
    const answers = Promise.all([history(second.peer, 2), history(third.peer, 3)]);
    await browser.passes(2);
    expect(two.calls).toEqual([]);
    first.dies();
    await browser.passes(2);
    expect(await answers).toEqual([['two'], ['two']]);
    expect(two.calls.length).toBe(2);
  });

  it('[LEAD-2] a leader that closes hands over in order: engine closed, then lock let go', async () => {
    const browser = openBrowser();
    const first = browser.open('one', {});
    const second = browser.open('two', countingEngine('two').engine);
    await browser.passes();
    await first.peer.close();
    expect(browser.closed).toEqual(['one']);
    const answer = history(second.peer, 1);
    await browser.passes(1);
    expect(await answer).toEqual(['two']);
    await expect(history(first.peer, 1)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('[LEAD-3] a frozen leader makes calls fail with a typed error instead of waiting for ever', async () => {
    const browser = openBrowser();
    const first = browser.open('one', countingEngine('one').engine);
    const second = browser.open('two', {});
    await browser.passes(1);
    first.tab.frozen = true;
    const answer = expect(history(second.peer, 1)).rejects.toMatchObject({ code: 'timeout', retry: 'soon' });
    await browser.passes(leaderSilencesMax + 1);
    await answer;
    expect(leaderSilencesMax * askLeaderEveryMs).toBe(15_000);
  });

  it('[LEAD-9] a save told as timed out is an unknown outcome: the leader that thaws may do it, and repeating it under its id is one save', async () => {
    const browser = openBrowser();
    const saves = openSaves();
    const first = browser.open('one', saves.engine);
    const second = browser.open('two', saves.engine);
    await browser.passes(1);
    first.tab.frozen = true;
    const lost = expect(save(second.peer, 'a')).rejects.toMatchObject({
      code: 'timeout',
      detail: { waitingFor: 'leader' },
    });
    await browser.passes(leaderSilencesMax + 1);
    await lost;
    expect(saves.titles.size).toBe(0);
    first.thaws();
    await browser.passes(1);
    expect(saves.titles.size).toBe(1);
    const again = save(second.peer, 'a');
    await browser.passes(1);
    expect(await again).toEqual({ mutationId: 'a' });
    expect(saves.titles.size).toBe(1);
  });

  it('[LEAD-9] nobody leads beside a frozen leader; when its tab is ended the next one does, and answers', async () => {
    const browser = openBrowser();
    const two = countingEngine('two');
    const first = browser.open('one', {});
    const second = browser.open('two', two.engine);
    await browser.passes(1);
    first.tab.frozen = true;
    const lost = expect(history(second.peer, 1)).rejects.toMatchObject({ code: 'timeout' });
    await browser.passes(leaderSilencesMax + 1);
    await lost;
    expect(two.calls).toEqual([]);
    const waits = history(second.peer, 2);
    await browser.passes(1);
    first.dies();
    await browser.passes(1);
    expect(await waits).toEqual(['two']);
    expect(two.calls).toEqual([['history', 2]]);
  });

  it('[LEAD-10] a save that the dying leader made without answering is put to the next one under its id, and has one effect', async () => {
    const browser = openBrowser();
    const saves = openSaves();
    const first = browser.open('one', saves.engine);
    const second = browser.open('two', saves.engine);
    const third = browser.open('three', saves.engine);
    await browser.passes(1);
    saves.falls(true);
    const answers = Promise.all([save(second.peer, 'b'), save(third.peer, 'c')]);
    await browser.passes(1);
    expect([...saves.titles.keys()]).toEqual(['b', 'c']);
    saves.falls(false);
    first.dies();
    await browser.passes(1);
    expect(await answers).toEqual([{ mutationId: 'b' }, { mutationId: 'c' }]);
    expect(saves.titles.size).toBe(2);
  });

  it('[LEAD-3] a leader that moves may take as long over a call as it needs', async () => {
    const browser = openBrowser();
    let finish: (value: never) => void = () => undefined;
    browser.open('one', { history: () => new Promise((resolve) => (finish = resolve)) });
    const second = browser.open('two', {});
    await browser.passes(1);
    const answer = history(second.peer, 1);
    await browser.passes(leaderSilencesMax * 4);
    finish(['late'] as never);
    await browser.passes(1);
    expect(await answer).toEqual(['late']);
  });

  it('[LEAD-4] events reach every tab, and a new leader tells that everything may differ', async () => {
    const browser = openBrowser();
    let tell: (event: EngineEvent) => void = () => undefined;
    const subscribe = (listener: (event: EngineEvent) => void) => {
      tell = listener;
      return () => undefined;
    };
    const first = browser.open('one', { subscribe });
    const second = browser.open('two', {});
    const heard: string[][] = [[], []];
    for (const [index, { peer }] of [first, second].entries())
      peer.subscribe((event) => void heard[index]?.push(event.kind));
    await browser.passes();
    tell({ kind: 'bundle', hash: 'h' });
    await browser.passes();
    expect(heard).toEqual(Array(2).fill(['status', 'outbox', 'rows', 'bundle']));
    first.dies();
    await browser.passes();
    expect(heard[1]?.slice(4)).toEqual(['status', 'outbox', 'rows']);
  });

  it('[LEAD-5] storage that cannot be opened is told to every caller by its code', async () => {
    const browser = openBrowser();
    const first = browser.open('one', {}, new SyncError('storage_unavailable', { reason: 'private window' }));
    const second = browser.open('two', {});
    const failure = { code: 'storage_unavailable', detail: { reason: 'private window' } };
    const both = Promise.all(
      [first, second].map(({ peer }) => expect(history(peer, 1)).rejects.toMatchObject(failure)),
    );
    await browser.passes(2);
    await both;
  });

  it('[LEAD-6] a hint from any tab reaches the leader only', async () => {
    const browser = openBrowser();
    const first = browser.open('one', {});
    const second = browser.open('two', {});
    await browser.passes();
    second.peer.tell('foreground');
    first.peer.tell('network-up');
    await browser.passes();
    expect([first.hints, second.hints]).toEqual([['network-up', 'foreground'], []]);
  });
});

describe('calls as messages', () => {
  it('[RPC-1] a SyncError crosses by code and detail; a fault of the program is reported and told as unavailable', async () => {
    const faults: unknown[] = [];
    const engine = engineOver((method) => {
      if (method === 'undo')
        return Promise.reject(new SyncError('validation', { fields: { name: 'required' } }));
      return Promise.reject(new TypeError('x is undefined'));
    });
    const refused = await runCall(Promise.resolve(engine), { method: 'undo', args: ['1'] }, (fault) =>
      faults.push(fault),
    );
    expect(faults).toEqual([]);
    expect(() => valueFrom(structuredClone(refused))).toThrowError(
      expect.objectContaining({ code: 'validation', detail: { fields: { name: 'required' } } }),
    );
    const broken = await runCall(Promise.resolve(engine), { method: 'sync', args: [] }, (fault) =>
      faults.push(fault),
    );
    expect(broken).toMatchObject({ ok: false, code: 'unavailable' });
    expect(faults.length).toBe(1);
  });

  it('[RPC-2] a message can name only calls of the engine', async () => {
    const engine = engineOver(() => Promise.resolve('ran'));
    const named = (method: string) =>
      runCall(Promise.resolve(engine), { method: method as 'sync', args: [] }, () => undefined);
    expect(await named('sync')).toEqual({ ok: true, value: 'ran' });
    for (const method of ['constructor', 'toString', 'close', 'subscribe', '__proto__']) {
      expect(await named(method)).toMatchObject({ ok: false, code: 'bad_request' });
    }
  });
});
