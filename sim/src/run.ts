// One run from one seed: a day in which everything goes wrong, then a fair network, then the questions. Safety is asked all along, liveness in the end:
// with a fair network every run comes to rest within a bounded number of pulls.
import { SyncError } from '@satchel/model';
import { actOnDevice, settleFirst, type Journal } from './actions.ts';
import { seededChance, type Chance } from './chance.ts';
import { died, type SimDevice } from './device.ts';
import {
  finalFaults,
  lies,
  refusalFaults,
  restFaults,
  sightAndPushFaults,
  viewFaults,
  type Traveller,
} from './questions.ts';
import type { Stage, Weather } from './stage.ts';
import { fairWire, roughWire } from './wire.ts';

export interface RunOptions {
  readonly seed: number;
  readonly steps: number;
}

export interface RunReport {
  readonly seed: number;
  readonly steps: number;
  readonly mutations: number;
  readonly pulls: number;
  readonly crashes: number;
  readonly heals: number;
  /** Confirmed changes that went with a lost storage before they were sent: known, and said. */
  readonly lost: number;
  /** What is wrong, in words; empty when every promise held. */
  readonly faults: readonly string[];
  /** What was done, for whoever reads a failing seed. */
  readonly log: readonly string[];
}

/** Rounds of syncing and deciding after which everything has come to rest. */
const quietRounds = 12;
/** Pulls that one device may need for that, with everything that waits, conflicts and has to be repaired. */
const quietPullsMax = 120;

interface Day {
  readonly stage: Stage;
  readonly chance: Chance;
  readonly weather: DayWeather;
  readonly travellers: readonly Traveller[];
  readonly log: string[];
  readonly faults: string[];
  /** Restores the last backup; null while there is none. */
  restore: (() => Promise<void>) | null;
  wasSetBack: boolean;
}

interface DayWeather extends Weather {
  /** Caches, and now and then whole storages, are thrown away. */
  readonly losesStorage: boolean;
}

/** `openStage` gets the chance of this run, so that the same seed is the same run. The stage is closed in the end. */
export async function runSeed(
  { seed, steps }: RunOptions,
  openStage: (chance: Chance) => Promise<Stage>,
): Promise<RunReport> {
  const chance = seededChance(seed);
  const stage = await openStage(chance.fork());
  try {
    await stage.stock(chance);
    const day: Day = {
      stage,
      chance,
      weather: weatherOf(seed),
      travellers: await travellersOf(stage),
      log: [],
      faults: [],
      restore: null,
      wasSetBack: false,
    };
    await liveThrough(day, steps);
    await calmDown(day);
    day.faults.push(...(await finalFaults(stage, day.travellers)));
    const figures = await figuresOf(day);
    if (isTellingAll(day.weather) && figures.heals > 0)
      day.faults.push(`${figures.heals} rows were repaired that a pull should have told`);
    return { seed, steps, ...figures, faults: day.faults, log: day.log };
  } finally {
    await stage.close();
  }
}

/** Not every day has everything: on a plain one more may be asked. */
function weatherOf(seed: number): DayWeather {
  return { movesPeople: seed % 2 === 0, hasUpheaval: seed % 3 === 0, losesStorage: seed % 5 === 0 };
}

/** On such a day the log tells everything, and a row that had to be repaired was missed. */
function isTellingAll({ movesPeople, hasUpheaval, losesStorage }: DayWeather): boolean {
  return !movesPeople && !hasUpheaval && !losesStorage;
}

async function travellersOf(stage: Stage): Promise<readonly Traveller[]> {
  const travellers: Traveller[] = [];
  for (const [index, login] of stage.logins.entries()) {
    const person = stage.people.find((each) => each.login === login);
    if (person === undefined) throw new Error(`${login} is not there`);
    const device = await stage.device(person);
    travellers.push({
      name: `${login}${index}`,
      device,
      confirmed: new Set(),
      lost: new Set(),
      takenBack: new Set(),
      settled: new Set(),
    });
  }
  return travellers;
}

async function liveThrough(day: Day, steps: number): Promise<void> {
  const { travellers, chance, log, faults } = day;
  for (const { device } of travellers) await device.engine().download();
  for (const { device } of travellers) device.wire.set(roughWire);
  for (let step = 0; step < steps; step += 1) {
    const traveller = chance.pick(travellers);
    log.push(`${step} ${traveller.name}: ${await live(day, traveller)}`);
    for (const each of travellers) {
      await each.device.wake();
      faults.push(...sightAndPushFaults(each), ...(await viewFaults(day.stage, each)));
    }
    // One wrong view is enough of a story.
    if (faults.length > 0) return;
  }
}

type Event = (day: Day, traveller: Traveller) => Promise<string>;

/** What may happen in a step, and how often in a hundred. */
const events: readonly (readonly [number, Event])[] = [
  [42, ({ stage, chance }, each) => act(stage, each, chance)],
  [14, ({ stage, chance, weather }) => stage.office(chance, weather)],
  [13, sync],
  [8, rush],
  [4, anotherNetwork],
  [2, crash],
  [5, willDie],
  [2, handOver],
  [2, clockJumps],
  [2, download],
  [1, loseCache],
  [1, loseEverything],
  [1, keepCopy],
  [1, goBack],
  [1, backup],
  [1, restore],
];

async function live(day: Day, traveller: Traveller): Promise<string> {
  await traveller.device.wake();
  let left = day.chance.below(100);
  for (const [share, event] of events) {
    left -= share;
    if (left < 0) return event(day, traveller);
  }
  return 'nothing';
}

async function act(stage: Stage, traveller: Traveller, chance: Chance): Promise<string> {
  const { device, confirmed, takenBack } = traveller;
  const journal: Journal = {
    confirmed: (id) => confirmed.add(id),
    takesBack: (id) => confirmed.delete(id),
    tookBack: (id) => takenBack.add(id),
  };
  return (await actOnDevice(device, stage.business, journal, chance)) ?? 'nothing to do';
}

async function sync(day: Day, traveller: Traveller): Promise<string> {
  const { stage, faults } = day;
  if (!(await traveller.device.isSignedIn())) return 'no way to sign in';
  const outcome = await traveller.device.during((engine) => engine.sync());
  if (outcome === died) return 'sync, died over it';
  faults.push(...(await refusalFaults(stage, traveller, day.wasSetBack)));
  faults.push(...(await lies(stage, traveller)));
  return 'sync';
}

/** Several devices sync and act while the office writes, all at once. */
async function rush({ stage, chance, travellers, weather }: Day): Promise<string> {
  const several = travellers.filter(() => chance.happens(0.7));
  const theirs = several.map((each) => ({ each, own: chance.fork() }));
  const office = async (): Promise<string[]> => {
    const done: string[] = [];
    for (let left = 2 + chance.below(4); left > 0; left -= 1) done.push(await stage.office(chance, weather));
    return done;
  };
  const [acts] = await Promise.all([
    office(),
    ...theirs.map(async ({ each, own }) => {
      if (!(await each.device.isSignedIn())) return;
      await each.device.during((engine) => engine.sync());
      await act(stage, each, own);
      await each.device.during((engine) => engine.sync());
    }),
  ]);
  await stage.officeRests();
  return `all at once: ${several.map(({ name }) => name).join(', ')}; office: ${acts.join('; ')}`;
}

async function anotherNetwork({ chance }: Day, { device }: Traveller): Promise<string> {
  const next = chance.pick(['cut', 'rough', 'fair'] as const);
  device.wire.set(next === 'cut' ? 'cut' : next === 'rough' ? roughWire : fairWire);
  return `a ${next} network`;
}

async function crash(_: Day, { device }: Traveller): Promise<string> {
  await device.crash();
  return 'crash';
}

/** Not now: at some call to storage to come, and perhaps again soon after, when it puts right what that left. */
async function willDie({ chance }: Day, { device }: Traveller): Promise<string> {
  const calls = [1 + chance.below(150), ...(chance.happens(0.4) ? [1 + chance.below(60)] : [])];
  device.dieAt(...calls);
  return `will die at call ${calls.join(', then ')}`;
}

async function handOver(_: Day, { device }: Traveller): Promise<string> {
  await device.handOver();
  return 'another tab takes over';
}

async function clockJumps({ chance }: Day, { device }: Traveller): Promise<string> {
  device.clock.setWall(device.clock.wall() + (chance.below(2) - 0.5) * 4 * 365 * 86_400_000);
  device.clock.advance(chance.below(60_000));
  return 'the clock jumps';
}

async function download(_: Day, { device }: Traveller): Promise<string> {
  if (!(await device.isSignedIn())) return 'no way to sign in';
  return tryDownload(device);
}

/** A download that is refused is tried again later. */
async function tryDownload(device: SimDevice): Promise<string> {
  try {
    await device.during((engine) => engine.download());
    return 'download';
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return `download, ${error.code}`;
  }
}

async function loseCache(day: Day, traveller: Traveller): Promise<string> {
  if (!day.weather.losesStorage) return 'nothing';
  if (day.chance.happens(0.5)) await traveller.device.losesCache();
  else await traveller.device.during((engine) => engine.clearCache());
  await download(day, traveller);
  return 'cache lost';
}

/** What the server had accepted comes back with the next download; the rest is gone, and must be known to be. */
async function loseEverything(day: Day, traveller: Traveller): Promise<string> {
  if (!day.weather.losesStorage || day.chance.happens(0.5)) return 'nothing';
  const { device, confirmed, lost } = traveller;
  const open = await device.during((engine) => engine.outbox());
  if (open === died) return 'died';
  const settled = new Set(
    (await day.stage.ledger()).filter(({ verdict }) => verdict.outcome !== 'held').map((l) => l.mutation.id),
  );
  const unsent = open.filter(({ mutation }) => !settled.has(mutation.id));
  for (const { mutation } of unsent) lost.add(mutation.id);
  // What the history knew of the others is gone with it; the ledger has them.
  for (const id of confirmed) if (!lost.has(id)) confirmed.delete(id);
  await device.losesEverything();
  await download(day, traveller);
  return `storage lost, with ${unsent.length} changes not yet sent`;
}

async function keepCopy({ weather }: Day, { device }: Traveller): Promise<string> {
  if (!weather.losesStorage) return 'nothing';
  device.keepsCopy();
  return 'a copy of the phone is kept';
}

/** The phone is set up again from an older copy of itself: what it did since is known to the server alone, or gone. */
async function goBack(day: Day, traveller: Traveller): Promise<string> {
  const { device, confirmed, lost, takenBack } = traveller;
  const said = new Set((await day.stage.ledger()).map(({ mutation }) => mutation.id));
  if (!(await device.goesBack())) return 'nothing';
  for (const id of confirmed) if (!said.has(id)) lost.add(id);
  for (const id of confirmed) if (said.has(id)) confirmed.delete(id);
  // Of what was sent since, the copy may believe that it never was, and take it back.
  takenBack.clear();
  return 'the phone is what its copy was';
}

async function backup(day: Day): Promise<string> {
  if (!day.weather.hasUpheaval) return 'nothing';
  await day.stage.officeRests();
  day.restore = await day.stage.backup();
  return 'a backup is taken';
}

async function restore(day: Day): Promise<string> {
  if (day.restore === null) return 'nothing';
  await day.stage.officeRests();
  await day.restore();
  day.restore = null;
  day.wasSetBack = true;
  return 'the backup is restored';
}

/** With a fair network everything comes to rest in bounded rounds and pulls. */
async function calmDown({ stage, travellers, log, faults }: Day): Promise<void> {
  await stage.officeRests();
  await stage.repair();
  for (const { device } of travellers) {
    await device.wake();
    device.dieAt();
    device.wire.set(fairWire);
  }
  const pullsBefore = travellers.map(({ device }) => device.pulls());
  let said = -1;
  for (let round = 0; round < quietRounds; round += 1) {
    for (const { device } of travellers) await rest(device, round % 2 === 0, log);
    // At rest: a whole round in which nobody had anything to say, and everybody has heard everything.
    const saidNow = (await stage.ledger()).length;
    const states = await Promise.all(travellers.map(({ device }) => device.engine().status()));
    if (saidNow === said && states.every((status) => status.synced)) break;
    said = saidNow;
  }
  for (const [index, traveller] of travellers.entries()) {
    const pulls = traveller.device.pulls() - (pullsBefore[index] ?? 0);
    if (pulls > quietPullsMax) faults.push(`${traveller.name} needed ${pulls} pulls to come to rest`);
    faults.push(...(await viewFaults(stage, traveller)), ...(await restFaults(traveller)));
  }
}

async function rest(device: SimDevice, keepsMine: boolean, log: string[]): Promise<void> {
  await device.isSignedIn();
  const engine = device.engine();
  while ((await settleFirst(engine, keepsMine)) !== undefined) log.push('settled one');
  const { cache } = await engine.status();
  if (cache === 'none' || cache === 'cleared' || cache === 'initializing' || cache === 'partial')
    await tryDownload(device);
  await device.settle();
}

async function figuresOf({
  travellers,
}: Day): Promise<Pick<RunReport, 'mutations' | 'pulls' | 'crashes' | 'heals' | 'lost'>> {
  const total = { mutations: 0, pulls: 0, crashes: 0, heals: 0, lost: 0 };
  for (const { device, confirmed, lost } of travellers) {
    total.mutations += confirmed.size;
    total.pulls += device.pulls();
    total.crashes += device.deaths();
    total.heals += (await device.engine().status()).heals;
    total.lost += lost.size;
  }
  return total;
}
