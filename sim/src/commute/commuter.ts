// A person on the way with a device: the real engine on a clock of the test and on a shaped road. Keeps the books of a ride: what was saved,
// what a change weighed when it was first sealed, what left the device, and how long changes took to go home once there was coverage again.
import type { SealedMutation } from '@satchel/model';
import type { EngineClient, Hint, Transport } from '@satchel/device';
import { createNodeEngine, fetchTransport } from '@satchel/device/node';
import { seededIds, type Chance } from '../chance.ts';
import { createHandClock, type HandClock } from '../hand-clock.ts';
import type { SimWorld } from '../world.ts';
import { createShapedRoad, type ShapedRoad } from './shaped-road.ts';

const startMs = Date.UTC(2026, 0, 5, 7, 0, 0);

export interface Commuter {
  readonly engine: EngineClient;
  readonly clock: HandClock;
  readonly road: ShapedRoad;
  /** The platform says that something happened to the network. */
  hint(hint: Hint): void;
  /** The server says that something changed. */
  wake(): void;
  /** Lets so much time pass, with everything that falls due in it. */
  passes(ms: number): Promise<void>;
  /** Coverage is back: from now on the clock runs for what waits. */
  coverageReturned(): Promise<void>;
  /** It is gone again: what did not go home counts from the next time on. */
  coverageLost(): void;
  readonly books: Books;
}

export interface Books {
  /** Bytes of each change as JSON when it was first put on the wire, by mutation id. */
  readonly sealedBytes: Map<string, number>;
  /** Bytes sent while there were changes on the way home, and bytes sent to ask for news. */
  sentBytes: number;
  askedBytes: number;
  pushes: number;
  failures: number;
  longestToSentMs: number;
}

export async function openCommuter(
  world: SimWorld,
  login: string,
  password: string,
  chance: Chance,
): Promise<Commuter> {
  const clock = createHandClock(startMs);
  const road = createShapedRoad(world, clock, chance.fork());
  const ids = seededIds(chance.fork(), startMs);
  const jitter = chance.fork();
  const books: Books = {
    sealedBytes: new Map(),
    sentBytes: 0,
    askedBytes: 0,
    pushes: 0,
    failures: 0,
    longestToSentMs: 0,
  };
  const hearsHints = new Set<(hint: Hint) => void>();
  const hearsWakes = new Set<() => void>();
  const real = fetchTransport({ baseUrl: '', clock, chance: () => jitter.next(), fetch: road.fetch });
  let awaited: { readonly sinceMs: number; readonly ids: ReadonlySet<string> } | null = null;

  const transport: Transport = {
    async call(call, signal) {
      return road.during(async () => {
        noteSealed(books, call.body);
        if (call.path === '/api/sync/push') books.pushes += 1;
        const before = road.sentBytes();
        const isForChanges = await hasOpen();
        try {
          return await real.call(call, signal);
        } catch (error) {
          books.failures += 1;
          throw error;
        } finally {
          books[isForChanges ? 'sentBytes' : 'askedBytes'] += road.sentBytes() - before;
        }
      });
    },
    listen(_token, listener) {
      hearsWakes.add(listener);
      return () => void hearsWakes.delete(listener);
    },
  };
  const engine = await createNodeEngine({
    transport,
    clock,
    ids,
    chance: () => jitter.next(),
    hints: {
      subscribe: (listener) => {
        hearsHints.add(listener);
        return () => void hearsHints.delete(listener);
      },
    },
    deviceName: 'Commuter',
  });

  async function hasOpen(): Promise<boolean> {
    const { waiting, settling } = (await engine.status()).outbox;
    return waiting + settling > 0;
  }

  async function waiting(): Promise<ReadonlySet<string>> {
    const open = (await engine.outbox()).filter(({ state }) =>
      ['queued', 'sending', 'retrying'].includes(state),
    );
    return new Set(open.map(({ mutation }) => mutation.id));
  }

  async function look(): Promise<void> {
    if (awaited === null) return;
    const still = await waiting();
    if ([...awaited.ids].some((id) => still.has(id))) return;
    books.longestToSentMs = Math.max(books.longestToSentMs, clock.monotonic() - awaited.sinceMs);
    awaited = null;
  }

  const commuter: Commuter = {
    engine,
    clock,
    road,
    books,
    hint(hint) {
      for (const hear of hearsHints) hear(hint);
    },
    wake() {
      for (const hear of hearsWakes) hear();
    },
    async passes(ms) {
      const until = clock.monotonic() + ms;
      for (;;) {
        await quiet(road);
        await look();
        const dueMs = clock.nextDueMs();
        if (dueMs === null || clock.monotonic() + dueMs > until) break;
        clock.advance(dueMs);
      }
      clock.advance(until - clock.monotonic());
      await quiet(road);
    },
    async coverageReturned() {
      const ids = await waiting();
      awaited = ids.size === 0 ? null : { sinceMs: clock.monotonic(), ids };
    },
    coverageLost() {
      awaited = null;
    },
  };
  await inTime(commuter, engine.signIn(login, password));
  await inTime(commuter, engine.download());
  await inTime(commuter, engine.sync());
  Object.assign(books, { sentBytes: 0, askedBytes: 0, pushes: 0, failures: 0 });
  return commuter;
}

/** Waits for something that takes time on the road. */
async function inTime(commuter: Commuter, work: Promise<unknown>): Promise<void> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  while (!isDone) await commuter.passes(100);
  await done;
}

/** Nothing moves any more without the clock: promises and the server's real work are through. */
async function quiet(road: ShapedRoad): Promise<void> {
  do {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  } while (road.isBusy());
}

function noteSealed(books: Books, body: unknown): void {
  const { mutations = [] } = (body ?? {}) as { readonly mutations?: readonly SealedMutation[] };
  for (const mutation of mutations)
    if (!books.sealedBytes.has(mutation.id))
      books.sealedBytes.set(mutation.id, Buffer.byteLength(JSON.stringify(mutation)));
}
