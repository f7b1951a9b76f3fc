// Reading at a hot standby that keeps up, lags, dies, or is promoted: what a device is told is never older than what it was told before.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  limits,
  type DownloadPlan,
  type PullAnswer,
  type PushAnswer,
  type QueryAnswer,
} from '@satchel/model';
import { openReplica, type Database, type Organisation, type Replica, type Standing } from '@satchel/server';
import { startCluster, type Cluster, type Standby } from './testing/cluster.ts';
import { openRelay, type Relay } from './testing/relay.ts';
import {
  makeThings,
  openPool,
  pullThings,
  serveThings,
  signInToThings,
  type ThingServer,
  type ThingSession,
  type WholeAnswer,
} from './torture/things.ts';

let cluster: Cluster;
let primary: Database;
let organisation: Organisation;
let standby: Standby;
let there: Database;
let relay: Relay;
beforeAll(async () => {
  cluster = await startCluster();
  primary = await openPool(cluster.url(), 5);
  organisation = await makeThings(primary, 'things');
  standby = await cluster.standby();
  there = await openPool(standby.url, 2);
  relay = await openRelay(standby.url);
});
afterAll(async () => {
  await relay.close();
  await there.close();
  await primary.close();
  await cluster.close();
});

/** A server that reads at the standby; where each read was done is counted, and what was told of the standby kept. */
interface Reading {
  readonly server: ThingServer;
  readonly session: ThingSession;
  readonly told: Standing[];
  readonly reads: { standby: number; primary: number };
  pull(): Promise<WholeAnswer>;
}

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function startReading(url = relay.url): Promise<Reading> {
  const told: Standing[] = [];
  const reads = { standby: 0, primary: 0 };
  const replica = await openReplica(url, primary, (standing) => told.push(standing));
  const counting: Replica = {
    ...replica,
    upTo: async (at) => {
      const found = await replica.upTo(at);
      reads[found === null ? 'primary' : 'standby'] += 1;
      return found;
    },
  };
  const server = await serveThings(primary, counting);
  undo.push(
    () => replica.close(),
    () => server.close(),
  );
  await standby.caughtUp();
  const session = await signInToThings(server.post, organisation.name);
  let cursor = session.cursor;
  return {
    server,
    session,
    told,
    reads,
    pull: async () => {
      const answer = await pullThings(server.post, session, cursor);
      cursor = answer.cursor ?? cursor;
      return answer;
    },
  };
}

async function addThing(name: string): Promise<string> {
  const id = randomUUID();
  await primary.write((tx) =>
    tx.rows(`insert into "${organisation.schema}".thing (id, name) values ($1, $2)`, [id, name]),
  );
  return id;
}

function idsIn(answer: PullAnswer): readonly unknown[] {
  return answer.kind === 'delta' ? answer.changes.flatMap(({ rows }) => rows.map(([id]) => id)) : [];
}

/** Writes and pulls until something is so: the standby is looked at when somebody asks for what is new. */
async function until(pull: () => Promise<WholeAnswer>, isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await addThing('something new');
    await pull();
    await sleep(20);
  }
}

function createThing(seq: number, recordId: string) {
  const at = { device: '2026-03-01T08:00:00.000Z', corrected: null };
  return {
    id: randomUUID(),
    seq,
    entity: 'thing',
    recordId,
    command: 'create',
    changes: { name: { base: null, value: 'pushed' } },
    baseRev: null,
    schemaVersion: 1,
    at,
  };
}

describe('a hot standby', () => {
  it('[REPL-1] serves plans, pages, pulls, comparing and queries with all that was written before they were asked for', async () => {
    const { server, session, reads, pull } = await startReading();
    for (let round = 0; round < 10; round += 1) {
      const id = await addThing(`round ${round}`);
      expect(idsIn(await pull())).toContain(id);
    }
    await standby.caughtUp();
    const { bundle, token } = session;
    const plan = await server.post<DownloadPlan>('/api/sync/plan', { bundle }, token);
    const query = { entity: 'thing', limit: limits.queryRowsMax };
    const { rows } = await server.post<QueryAnswer>('/api/query', { bundle, query }, token);
    expect(plan.rows).toBe(rows.length);
    await server.post('/api/sync/reconcile', { step: 'buckets', bundle, entity: 'thing' }, token);
    expect((await pull()).kind).toBe('nothing');
    expect(reads.standby).toBeGreaterThan(0);
  });

  it('[REPL-2] that is behind is not read: nothing a device was told is taken back, and its own changes settle', async () => {
    const { server, session, told, reads, pull } = await startReading();
    await there.rows('select pg_wal_replay_pause()');
    const ids = [await addThing('before'), randomUUID()];
    const mutation = createThing(1, String(ids[1]));
    await server.post<PushAnswer>(
      '/api/sync/push',
      { bundle: session.bundle, mutations: [mutation] },
      session.token,
    );
    const answer = await pull();
    expect(idsIn(answer)).toEqual(expect.arrayContaining(ids));
    expect(answer.settles).toBe(1);
    expect(told).toEqual(['behind']);
    await addThing('meanwhile');
    expect(idsIn(await pull())).toHaveLength(1);
    await there.rows('select pg_wal_replay_resume()');
    await standby.caughtUp();
    await until(pull, () => told.at(-1) === 'ready');
    await standby.caughtUp();
    reads.standby = 0;
    const later = await pull();
    expect([later.kind, later.settles, reads.standby]).toEqual(['nothing', 1, 1]);
  });

  it('[REPL-3] that dies is told of once, and read again when it is back; devices notice nothing', async () => {
    const { told, reads, pull } = await startReading();
    await pull();
    relay.cut();
    for (let round = 0; round < 3; round += 1) {
      const id = await addThing('while it is gone');
      expect(idsIn(await pull())).toEqual([id]);
    }
    expect(told).toEqual(['gone']);
    relay.mend();
    await until(pull, () => told.at(-1) === 'ready');
    const before = reads.standby;
    await until(pull, () => reads.standby > before);
    expect(told).toEqual(['gone', 'ready']);
  });

  it('[REPL-4] gives out cursors that hide nothing of transactions it does not know to be open', async () => {
    const { reads, pull } = await startReading();
    const [late, early] = [randomUUID(), randomUUID()];
    const insert = `insert into "${organisation.schema}".thing (id, name) values ($1, 'open')`;
    await primary.write(async (tx) => {
      await tx.rows(insert, [late]);
      await primary.write((other) => other.rows(insert, [early]));
      await standby.caughtUp();
      expect(idsIn(await pull())).toEqual([early]);
    });
    await standby.caughtUp();
    expect(idsIn(await pull())).toContain(late);
    expect(reads.standby).toBeGreaterThan(0);
  });

  it('[REPL-5] that was promoted is another history: this one does not read there, and cursors are compared when it takes over', async () => {
    const other = await cluster.standby();
    const { session, told, pull } = await startReading(other.url);
    await other.caughtUp();
    await pull();
    const promoted = await openPool(other.url, 2);
    undo.push(() => promoted.close());
    await promoted.rows('select pg_promote()');
    await promoted.write((tx) =>
      tx.rows(`insert into "${organisation.schema}".thing (id, name) values ($1, 'elsewhere')`, [
        randomUUID(),
      ]),
    );
    const id = await addThing('here');
    const answer = await pull();
    expect(idsIn(answer)).toEqual([id]);
    await until(pull, () => told.includes('gone') || told.includes('behind'));
    const takenOver = await serveThings(promoted);
    undo.push(() => takenOver.close());
    const there = await pullThings(takenOver.post, session, answer.cursor ?? '');
    expect(there).toMatchObject({ kind: 'reconcile', why: 'history' });
  });
});
