// A device in a test's hand: the engine over memory, a clock that only the test moves, and a road to the server on which the test decides what
// is lost, doubled or mangled.
import { SyncError } from '@satchel/model';
import { openNodeStorage, type NodeStorage } from '../adapters/node-storage.ts';
import type { Status } from '../api.ts';
import { createEngine, type EngineCore } from '../engine.ts';
import type { Call, Clock, DeviceStorage, Hints, Ports, Transport } from '../ports.ts';
import type { FakeServer } from './fake-server.ts';

/** What happens to one call on its way. */
export type Fate =
  'arrives' | 'lost' | 'answer-lost' | 'twice' | 'html' | 'truncated' | 'too-large' | 'busy' | 'broken';

export interface Road {
  /** Asked for each call, in order. */
  fate: (call: Call) => Fate;
  readonly calls: Call[];
}

export interface HandClock extends Clock {
  advance(ms: number): Promise<void>;
  wallMs: number;
}

export interface TestDevice {
  readonly engine: EngineCore;
  readonly road: Road;
  readonly clock: HandClock;
  readonly storage: NodeStorage;
  hint(hint: 'network-up' | 'network-down' | 'foreground'): void;
  /** Everything that runs without a timer has run. */
  settles(): Promise<void>;
  status(): Promise<Status>;
  /** The process dies and starts again on what was committed. */
  crashes(): Promise<TestDevice>;
}

export interface DeviceOptions {
  readonly storage?: NodeStorage;
  /** Wraps the storage, to make calls of it fail. */
  readonly wrap?: (storage: DeviceStorage) => DeviceStorage;
  readonly road?: Road;
  readonly clock?: HandClock;
  readonly ids?: { next(): string };
}

export function openRoad(): Road {
  return { fate: () => 'arrives', calls: [] };
}

export async function startDevice(server: FakeServer, options: DeviceOptions = {}): Promise<TestDevice> {
  const storage = options.storage ?? (await openNodeStorage());
  const road = options.road ?? openRoad();
  const clock = options.clock ?? handClock();
  const ids = options.ids ?? countedIds();
  const listeners = new Set<(hint: 'network-up' | 'network-down' | 'foreground') => void>();
  const hints: Hints = {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const ports: Ports = {
    storage: options.wrap?.(storage) ?? storage,
    transport: roadTo(server, road),
    hints,
    clock,
    ids,
    chance: () => 0.5,
    deviceName: 'Test',
  };
  const engine = await createEngine(ports);
  return {
    engine,
    road,
    clock,
    storage,
    hint: (hint) => {
      for (const listener of listeners) listener(hint);
    },
    settles: turns,
    status: () => engine.status(),
    crashes: async () => {
      engine.close();
      return await startDevice(server, { road, clock, ids, storage: storage.crash() });
    },
  };
}

/** Signs in, downloads everything and waits until it is quiet. */
export async function readyDevice(server: FakeServer, options: DeviceOptions = {}): Promise<TestDevice> {
  const device = await startDevice(server, options);
  await device.engine.signIn('maya', 'satchel');
  await device.engine.download();
  await device.engine.sync();
  await device.settles();
  return device;
}

export function handClock(): HandClock {
  let monotonic = 0;
  let timers: { readonly at: number; readonly work: () => void }[] = [];
  const clock: HandClock = {
    wallMs: 1_800_000_000_000,
    wall: () => clock.wallMs + monotonic,
    monotonic: () => monotonic,
    breathe: () => Promise.resolve(),
    after: (delayMs, work) => {
      const timer = { at: monotonic + delayMs, work };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    advance: async (ms) => {
      const until = monotonic + ms;
      for (;;) {
        const due = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        monotonic = Math.max(monotonic, due.at);
        timers = timers.filter((each) => each !== due);
        due.work();
        await turns();
      }
      monotonic = until;
      await turns();
    },
  };
  return clock;
}

/** Ids that sort by when they were made, the same in each run. */
export function countedIds(): { next(): string } {
  let count = 0;
  return {
    next: () => {
      count += 1;
      return `01a00000-0000-7000-8000-${count.toString(16).padStart(12, '0')}`;
    },
  };
}

async function turns(): Promise<void> {
  // Nothing here waits on anything but promises and the hand clock.
  for (let turn = 0; turn < 1_000; turn += 1) await Promise.resolve();
}

function roadTo(server: FakeServer, road: Road): Transport {
  return {
    call: async (call, signal) => {
      road.calls.push(call);
      await Promise.resolve();
      if (signal?.aborted) throw new SyncError('cancelled');
      const fate = road.fate(call);
      if (fate === 'lost') throw new SyncError('network');
      if (fate === 'html') throw new SyncError('not_our_server');
      if (fate === 'busy') return { status: 503, body: { code: 'unavailable' }, bytes: 0 };
      if (fate === 'too-large') return { status: 413, body: null, bytes: 0 };
      const body = call.body === undefined ? undefined : (JSON.parse(JSON.stringify(call.body)) as unknown);
      if (fate === 'twice') server.handle(call.method, call.path, body, call.token);
      const answer = server.handle(call.method, call.path, body, call.token);
      if (fate === 'answer-lost') throw new SyncError('timeout');
      if (fate === 'truncated') throw new SyncError('bad_response');
      if (fate === 'broken') return { status: 200, body: { surprise: true }, bytes: 0 };
      return { ...answer, bytes: 0 };
    },
    listen: () => () => undefined,
  };
}
