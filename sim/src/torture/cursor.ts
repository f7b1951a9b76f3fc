// Torture of the cursor: writers in every bad manner, PostgreSQL that loses its power under them, devices that go on pulling through it from primary and
// standby. In the end each device must hold exactly what plain SQL finds committed, told once.
import { setTimeout as sleep } from 'node:timers/promises';
import { openReplica, type Database, type Replica } from '@satchel/server';
import { seededChance, type Chance } from '../chance.ts';
import { startCluster, type Cluster, type Standby } from '../testing/cluster.ts';
import { createPoller, type Poller } from './poller.ts';
import {
  makeThings,
  openPool,
  Refused,
  serveThings,
  signInToThings,
  type ThingServer,
  type WholeAnswer,
} from './things.ts';
import { endPrepared, leftPrepared, write, type Book, type Manner } from './writer.ts';

export interface Variant {
  readonly name: string;
  readonly writers: number;
  readonly manner: Manner;
  /** Milliseconds of work between two crashes. */
  readonly lifeMs: number;
  /** Crashes after which everything is compared, and begun anew with nothing. */
  readonly livesPerRound: number;
}

/** Many writers hide the re-use of transaction ids, because the log always goes on; few of them that mostly fail show it. */
export const variants: readonly Variant[] = [
  {
    name: 'busy',
    writers: 24,
    manner: { rollBack: 0.1, slow: 0.05, slowMs: 400, prepared: 0.05, pauseMs: 0 },
    lifeMs: 4_000,
    livesPerRound: 3,
  },
  {
    name: 'failing',
    writers: 24,
    manner: { rollBack: 0.9, slow: 0.05, slowMs: 400, prepared: 0.05, pauseMs: 0 },
    lifeMs: 4_000,
    livesPerRound: 3,
  },
  {
    name: 'quiet',
    writers: 2,
    manner: { rollBack: 0.9, slow: 0.2, slowMs: 100, prepared: 0.05, pauseMs: 60 },
    lifeMs: 500,
    livesPerRound: 20,
  },
];

export interface Figures {
  transactions: number;
  /** Rows written by transactions that were committed, as the log has them. */
  committedRows: number;
  pulls: number;
  /** Of them, those for which a standby was read. */
  standbyPulls: number;
  crashes: number;
  /** Rows that some device did not hold in the end as they were, or held although they were not. */
  missed: number;
  duplicates: number;
  toldAgain: number;
  wrongViews: number;
  comparisons: number;
  /** Rows that were said to be committed and were not there, or said to be undone and were. */
  broken: number;
}

export const nothingYet: Figures = {
  transactions: 0,
  committedRows: 0,
  pulls: 0,
  standbyPulls: 0,
  crashes: 0,
  missed: 0,
  duplicates: 0,
  toldAgain: 0,
  wrongViews: 0,
  comparisons: 0,
  broken: 0,
};

/** Is that what it must be? */
export function isUnharmed(figures: Figures): boolean {
  return (
    figures.missed + figures.duplicates + figures.wrongViews + figures.comparisons + figures.broken === 0
  );
}

/** Rounds until the time is over, one at least; `tell` hears of each. */
export async function torture(
  variant: Variant,
  options: { readonly seed: number; readonly seconds: number },
  tell: (figures: Figures) => void = () => undefined,
): Promise<Figures> {
  const chance = seededChance(options.seed);
  const figures = { ...nothingYet };
  const cluster = await startCluster();
  try {
    const standby = await cluster.standby();
    const link = openLink();
    const servers = {
      primary: await serveThings(link.database),
      standby: await serveThings(link.database, link.replica),
    };
    const untilMs = performance.now() + options.seconds * 1_000;
    for (let round = 0; round === 0 || performance.now() < untilMs; round += 1) {
      const stage = { cluster, standby, variant, figures, link, servers };
      await oneRound(stage, `round_${round}`, chance.fork(), untilMs);
      tell(figures);
    }
    for (const server of Object.values(servers)) await server.close();
    return figures;
  } finally {
    await cluster.close();
  }
}

interface Stage {
  readonly cluster: Cluster;
  readonly standby: Standby;
  readonly variant: Variant;
  readonly figures: Figures;
  readonly link: Link;
  readonly servers: Servers;
}

type Servers = Readonly<Record<'primary' | 'standby', ThingServer>>;

/** What the servers hold on to while PostgreSQL comes back at another address. */
interface Link {
  readonly database: Database;
  readonly replica: Replica;
  /** Connections from here on; resolves when the old ones are closed. */
  relink(database: Database, replica: Replica): Promise<void>;
  unlink(): Promise<void>;
}

function openLink(): Link {
  let now: { readonly database: Database; readonly replica: Replica } | null = null;
  const linked = () => {
    if (now === null) throw new Error('there is no database at present');
    return now;
  };
  const unlink = async () => {
    await now?.replica.close();
    await now?.database.close();
    now = null;
  };
  return {
    database: {
      get url() {
        return linked().database.url;
      },
      rows: (statement, name) => linked().database.rows(statement, name),
      read: (work) => linked().database.read(work),
      write: (work) => linked().database.write(work),
      alone: (name, work) => linked().database.alone(name, work),
      close: unlink,
    },
    replica: {
      upTo: (at) => linked().replica.upTo(at),
      broke: (error) => linked().replica.broke(error),
      close: unlink,
    },
    relink: async (database, replica) => {
      await unlink();
      now = { database, replica };
    },
    unlink,
  };
}

/** Lives of the database, a crash between each and the next; then the comparison. */
async function oneRound(stage: Stage, name: string, chance: Chance, untilMs: number): Promise<void> {
  const { cluster, variant, figures } = stage;
  const book: Book = { transactions: 0, present: new Set(), absent: new Set() };
  const pollers = await startPollers(stage, name);
  for (let life = 1; ; life += 1) {
    const isLast = life > variant.livesPerRound || performance.now() > untilMs;
    await oneLife(stage, `org_${name}`, chance, book, pollers, isLast);
    if (isLast) break;
    figures.crashes += 1;
  }
  figures.transactions += book.transactions;
  const database = await openPool(cluster.url(), 2);
  const rows = await database.rows<{ id: string; _rev: number }>(`select id, _rev from "org_${name}".thing`);
  const [log] = await database.rows<{ count: number }>(`select count(*) as count from "org_${name}"._change`);
  await database.close();
  const truth = new Map(rows.map((row) => [row.id, row._rev]));
  figures.committedRows += log?.count ?? 0;
  figures.broken += [...book.present].filter((id) => !truth.has(id)).length;
  figures.broken += [...book.absent].filter((id) => truth.has(id)).length;
  for (const { poller } of pollers) {
    figures.missed += poller.missing(truth).length;
    const { counts } = poller;
    for (const key of ['pulls', 'duplicates', 'toldAgain', 'wrongViews', 'comparisons'] as const)
      figures[key] += counts[key];
  }
}

interface Placed {
  readonly poller: Poller;
  /** Where it reads: always at the primary, where it may at the standby, or now here now there. */
  readonly place: 'primary' | 'standby' | 'either';
  /** Longest pause between two pulls, in milliseconds. */
  readonly pauseMs: number;
}

async function startPollers(stage: Stage, name: string): Promise<readonly Placed[]> {
  await relink(stage);
  const { link, servers } = stage;
  await makeThings(link.database, name);
  const placed = (place: Placed['place'], pauseMs: number) => async () => ({
    poller: createPoller(await signInToThings(servers.primary.post, name), place !== 'primary'),
    place,
    pauseMs,
  });
  const made: Placed[] = [];
  for (const make of [
    placed('primary', 10),
    placed('primary', 300),
    placed('standby', 10),
    placed('either', 50),
  ])
    made.push(await make());
  return made;
}

/** The servers go on with the database as it is reached now. */
async function relink({ cluster, standby, link, figures }: Stage): Promise<void> {
  await link.unlink();
  const database = await openPool(cluster.url(), 10);
  const replica = await openReplica(standby.url, database, () => undefined);
  const upTo: Replica['upTo'] = async (at) => {
    const found = await replica.upTo(at);
    if (found !== null) figures.standbyPulls += 1;
    return found;
  };
  await link.relink(database, { ...replica, upTo });
}

/** Writers and devices at work until the time is over and the power fails; in the last life they come to an orderly end. */
async function oneLife(
  stage: Stage,
  schema: string,
  chance: Chance,
  book: Book,
  pollers: readonly Placed[],
  isLast: boolean,
): Promise<void> {
  const { cluster, standby, variant, servers } = stage;
  const url = cluster.url();
  const database = await openPool(url, 1);
  const left = await leftPrepared(database);
  await database.close();
  let isOver = false;
  let areWritersDone = false;
  const isNow = () => isOver;
  const work = [
    endPrepared(url, left, chance.fork()),
    ...Array.from({ length: variant.writers }, () =>
      write(url, schema, chance.fork(), variant.manner, book, isNow),
    ),
  ];
  // Writers come first: a pull before anything is written would make every cursor young again.
  await relink(stage);
  const pulls = pollers.map((each) => keepPulling(each, servers, chance.fork(), () => areWritersDone));
  await sleep((variant.lifeMs * (1 + chance.next())) / 2);
  if (!isLast) await cluster.crash();
  isOver = true;
  await Promise.all(work);
  areWritersDone = true;
  await Promise.all(pulls);
  if (!isLast) return;
  await standby.caughtUp();
  for (const each of pollers) await drain(each, servers);
}

/** Not from the first moment of a life: a pull then would only make the cursor young again. */
async function keepPulling(
  each: Placed,
  servers: Servers,
  chance: Chance,
  isOver: () => boolean,
): Promise<void> {
  await sleep(chance.below(each.pauseMs * 4));
  while (!isOver()) {
    try {
      await pullOnce(each, servers, chance);
    } catch (error) {
      if (!(error instanceof Refused && error.status >= 500)) throw error;
    }
    await sleep(1 + chance.below(each.pauseMs));
  }
}

function pullOnce({ poller, place }: Placed, servers: Servers, chance: Chance): Promise<WholeAnswer> {
  const at = place === 'either' ? chance.pick(['primary', 'standby'] as const) : place;
  return poller.poll(servers[at].post);
}

/** What was committed last is told by one more pull, at the primary. */
async function drain({ poller }: Placed, servers: Servers): Promise<void> {
  await poller.poll(servers.primary.post);
}
