// A device in a run: the real engine over SQLite in memory, which can be killed between any two calls to its storage, lose its files, be taken over by
// another tab, and be told a wrong time. What a person was told is saved is written down, to be asked for in the end.
import { SyncError, type SealedMutation, type Verdict } from '@satchel/model';
import type { Call, DeviceStorage, EngineClient, Ids, Reply, Transport } from '@satchel/device';
import { createNodeEngine, type NodeStorage } from '@satchel/device/node';
import { fragileStorage } from '@satchel/device/testing';
import { seededIds, type Chance } from './chance.ts';
import { createHandClock, type HandClock } from './hand-clock.ts';
import { createViewTaker, type View } from './view.ts';
import { createWire, type Road, type Wire } from './wire.ts';

/** Who is in the world, and what they may do. */
export interface Character {
  readonly id: string;
  readonly login: string;
  readonly role: string;
}

/** The process died while it was at it: nobody knows how far it came. */
export const died = Symbol('died');

export interface SimDevice {
  readonly person: Character;
  readonly wire: Wire;
  readonly clock: HandClock;
  /** The engine as it is now; another object after a crash. */
  engine(): EngineClient;
  storage(): NodeStorage;
  /** Kills the process and starts it again on what was durable. */
  crash(): Promise<void>;
  /** Another tab takes over: the old engine ends as it stands, and what it had on the wire arrives all the same. */
  handOver(): Promise<void>;
  /** The platform throws away cache.db while the app is closed. */
  losesCache(): Promise<void>;
  /** The platform throws away everything: the person signs in on what is, for the server, another device. */
  losesEverything(): Promise<void>;
  /** The call to storage with the first of these numbers is the last of this process; the others are for those after it. None: it lives on. */
  dieAt(...calls: readonly number[]): void;
  /** Starts the process again where it has died by itself. */
  wake(): Promise<void>;
  /** Does something with the engine; where the process dies under it, it is started again and the answer is `died`. */
  during<T>(work: (engine: EngineClient) => Promise<T>): Promise<T | typeof died>;
  /** Signs in where that is needed. False: not now. */
  isSignedIn(): Promise<boolean>;
  /** Lets everything that is due happen, and what it starts. */
  settle(): Promise<void>;
  /** Keeps a copy of the storage as it stands, as a backup of the phone does. */
  keepsCopy(): void;
  /** The phone is set up again from the copy; false where there is none. */
  goesBack(): Promise<boolean>;
  /** Pushes that were answered since this was last asked. */
  takePushes(): readonly AnsweredPush[];
  /** What it held at each cursor taken since this was last asked. */
  takeViews(): readonly View[];
  /** Times the process died. */
  deaths(): number;
  /** Pulls answered, also those that came with a push. */
  pulls(): number;
}

export interface DeviceOptions {
  readonly person: Character;
  readonly login: string;
  readonly password: string;
  readonly road: Road;
  readonly chance: Chance;
  readonly storage: NodeStorage;
  readonly wallMs: number;
}

export interface AnsweredPush {
  readonly mutations: readonly SealedMutation[];
  readonly verdicts: readonly Verdict[];
}

/** One process: when it is over nothing of it goes on. */
interface Life {
  isOver: boolean;
  end(): void;
  readonly ended: Promise<typeof died>;
}

/** Signed in. */
export async function startDevice(options: DeviceOptions): Promise<SimDevice> {
  const { person, chance, wallMs } = options;
  const clock = createHandClock(wallMs);
  const wire = createWire(options.road, chance.fork());
  const ids = seededIds(chance.fork(), wallMs + chance.below(1_000_000_000));
  const witness = createWitness();
  let copy: NodeStorage | null = null;
  let storage = options.storage;
  let life = beginLife();
  let fragile = fragileStorage();
  let deathsToCome: number[] = [];
  let deaths = 0;

  const open = async (): Promise<EngineClient> => {
    const mine = beginLife();
    life = mine;
    fragile = fragileStorage(mine.end);
    const death = deathsToCome.shift();
    if (death !== undefined) fragile.arm(death);
    return startProcess({ storage, life: mine, wrap: fragile.wrap, wire, clock, ids, chance, witness });
  };
  /** Opens it, as often as it takes: it may die while it puts right what the last death left. */
  const reopen = async (): Promise<EngineClient> => {
    for (;;) {
      try {
        return await open();
      } catch (error) {
        if (!life.isOver) throw error;
        deaths += 1;
        storage = storage.crash();
      }
    }
  };
  let engine = await open();
  /** Nothing of the process that ends here reaches storage or the wire any more. */
  const kill = (): void => {
    deaths += 1;
    engine.close();
    fragile.arm(1);
    life.end();
  };
  const restart = async (): Promise<void> => {
    kill();
    storage = storage.crash();
    engine = await reopen();
  };
  const wake = async (): Promise<void> => {
    if (life.isOver) await restart();
  };
  const during: SimDevice['during'] = async (work) => {
    await wake();
    const current = life;
    const done = Promise.resolve().then(() => work(engine));
    // When the process has died nobody waits for what it was doing.
    done.catch(() => undefined);
    let outcome: Awaited<typeof done> | typeof died;
    try {
      outcome = await Promise.race([done, current.ended]);
    } catch (error) {
      if (!current.isOver) throw error;
      outcome = died;
    }
    if (!current.isOver) return outcome;
    await wake();
    return died;
  };
  const signIn = () => during((current) => current.signIn(options.login, options.password));
  await signIn();
  return {
    person,
    wire,
    clock,
    engine: () => engine,
    storage: () => storage,
    crash: restart,
    async handOver() {
      // Its requests are on their way; only nobody hears the answers.
      kill();
      engine = await reopen();
    },
    async losesCache() {
      kill();
      storage = storage.crash();
      await storage.resetCache();
      witness.startsAnew();
      engine = await reopen();
    },
    async losesEverything() {
      kill();
      const left = storage;
      storage = left.another();
      left.close();
      witness.startsAnew();
      engine = await reopen();
    },
    dieAt: (...calls) => {
      const [now, ...later] = calls;
      fragile.arm(now ?? Number.POSITIVE_INFINITY);
      deathsToCome = later;
    },
    wake,
    during,
    async isSignedIn() {
      await wake();
      const status = await during((current) => current.status());
      if (status === died) return false;
      if (status.session.state === 'signed-in') return true;
      try {
        return (await signIn()) !== died;
      } catch (error) {
        if (!(error instanceof SyncError)) throw error;
        return false;
      }
    },
    async settle() {
      for (let round = 0; round < 20; round += 1) {
        await engine.sync();
        const { outbox, synced } = await engine.status();
        if (synced || (outbox.waiting === 0 && outbox.settling === 0)) return;
        clock.advance(clock.nextDueMs() ?? 1_000);
      }
    },
    keepsCopy() {
      copy?.close();
      copy = storage.copy();
    },
    async goesBack() {
      if (copy === null) return false;
      kill();
      storage.close();
      storage = copy;
      copy = null;
      witness.startsAnew();
      engine = await reopen();
      return true;
    },
    takePushes: witness.takePushes,
    takeViews: witness.takeViews,
    deaths: () => deaths,
    pulls: witness.pulls,
  };
}

/** What is seen and heard of a device, whichever process of it runs. */
interface Witness extends Pick<SimDevice, 'takeViews' | 'takePushes' | 'pulls'> {
  committed(storage: DeviceStorage): void;
  answered(call: Call, reply: Reply): void;
  /** The cache is another one. */
  startsAnew(): void;
}

function createWitness(): Witness {
  const views: View[] = [];
  const pushes: AnsweredPush[] = [];
  let taker = createViewTaker();
  let pulls = 0;
  return {
    committed(storage) {
      const view = taker.take(storage);
      if (view !== null) views.push(view);
    },
    answered({ path, body }, reply) {
      const { pull, mutations } = (body ?? {}) as { pull?: unknown; mutations?: SealedMutation[] };
      if (path === '/api/sync/pull' || pull !== undefined) pulls += 1;
      const { verdicts } = (reply.body ?? {}) as { verdicts?: Verdict[] };
      if (mutations !== undefined && verdicts !== undefined) pushes.push({ mutations, verdicts });
    },
    startsAnew() {
      taker = createViewTaker();
    },
    takeViews: () => views.splice(0),
    takePushes: () => pushes.splice(0),
    pulls: () => pulls,
  };
}

interface ProcessOptions {
  readonly storage: NodeStorage;
  /** Makes storage that dies. */
  readonly wrap: (storage: DeviceStorage) => DeviceStorage;
  readonly life: Life;
  readonly wire: Wire;
  readonly clock: HandClock;
  readonly ids: Ids;
  readonly chance: Chance;
  readonly witness: Witness;
}

/** An engine that lives as long as `life`: afterwards nothing of it reaches the wire, and no timer of it goes off. */
function startProcess(options: ProcessOptions): Promise<EngineClient> {
  const { storage, wrap, life, wire, clock, ids, chance, witness } = options;
  return createNodeEngine({
    storage: watchCommits(wrap(storage), () => witness.committed(storage)),
    transport: mortal(overheard(wire, witness.answered), life),
    clock: {
      ...clock,
      after: (delayMs, work) => clock.after(delayMs, () => (life.isOver ? undefined : work())),
    },
    ids,
    chance: () => chance.next(),
    hints: { subscribe: () => () => undefined },
    deviceName: 'Simulated',
  });
}

function beginLife(): Life {
  let tell: (value: typeof died) => void = () => undefined;
  const ended = new Promise<typeof died>((resolve) => {
    tell = resolve;
  });
  const life: Life = {
    isOver: false,
    end: () => {
      life.isOver = true;
      tell(died);
    },
    ended,
  };
  return life;
}

/** Calls of a process that is over are never answered. */
function mortal(transport: Transport, life: Life): Transport {
  const forEver = new Promise<never>(() => undefined);
  return {
    async call(call, signal) {
      if (life.isOver) return forEver;
      try {
        const reply = await transport.call(call, signal);
        return life.isOver ? forEver : reply;
      } catch (error) {
        if (life.isOver) return forEver;
        throw error;
      }
    },
    listen: (token, listener) => transport.listen(token, listener),
  };
}

/** Tells of every call that was answered. */
function overheard(transport: Transport, answered: (call: Call, reply: Reply) => void): Transport {
  return {
    ...transport,
    async call(call, signal) {
      const reply = await transport.call(call, signal);
      answered(call, reply);
      return reply;
    },
  };
}

/** Tells after each transaction of cache.db that committed. */
function watchCommits(storage: DeviceStorage, committed: () => void): DeviceStorage {
  const watch = (cache: DeviceStorage['cache']): DeviceStorage['cache'] => ({
    ...cache,
    transaction: (work) => {
      const result = cache.transaction(work);
      committed();
      return result;
    },
  });
  return {
    work: storage.work,
    cache: watch(storage.cache),
    resetCache: async () => watch(await storage.resetCache()),
    estimate: () => storage.estimate(),
    close: () => storage.close(),
  };
}
