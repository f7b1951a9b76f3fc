// Three processes on one PostgreSQL, as behind a load balancer that sends each request to another of them.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldService } from '@satchel/field-service';
import type { PullAnswer, PushAnswer, QueryAnswer, SealedMutation, SessionAnswer } from '@satchel/model';
import { mutation } from './push/testing/workshop.ts';
import { openDatabase, type Database } from './store/database.ts';
import { publish } from './store/organisation.ts';
import { callServer, launchServer, type ServerProcess } from './testing/server-process.ts';

const databaseName = `processes_${randomUUID().slice(0, 8)}`;
let maintenance: Database;
let database: Database;
let folder: string;
let processes: readonly { readonly process: ServerProcess; readonly url: string }[];

beforeAll(async () => {
  const given = process.env['TEST_DATABASE_URL'] ?? '';
  maintenance = await openDatabase(given, { connections: 1 });
  await maintenance.rows(`create database "${databaseName}"`);
  const url = given.replace(/\/[^/?]*(\?|$)/, `/${databaseName}$1`);
  folder = await mkdtemp(join(tmpdir(), 'satchel-processes-'));
  // At the same time, on an empty database.
  const launched = [1, 2, 3].map(() => launchServer({ DATABASE_URL: url, SATCHEL_DATA: folder }));
  processes = await Promise.all(launched.map(async (each) => ({ process: each, url: await each.ready })));
  database = await openDatabase(url, { connections: 2 });
}, 240_000);
afterAll(async () => {
  for (const { process: each } of processes) each.child.kill('SIGTERM');
  for (const { process: each } of processes) await each.ended;
  await database.close();
  await maintenance.rows(`drop database if exists "${databaseName}" with (force)`);
  await maintenance.close();
  await rm(folder, { recursive: true, force: true });
});

const urlOf = (index: number): string => processes[index % processes.length]?.url ?? '';

function signIn(index: number, login = 'maya'): Promise<SessionAnswer> {
  const device = { id: randomUUID(), name: 'Test' };
  return callServer(urlOf(index), '/api/session', { login, password: 'satchel', device });
}

async function ask(index: number, method: string, path: string, token: string): Promise<Response> {
  return fetch(`${urlOf(index)}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
}

/** A work order, and minutes added to it one by one: each stands on the one before. */
async function workOn(session: SessionAnswer, steps: number) {
  const query = { entity: 'account', limit: 1 };
  const { rows } = await callServer<QueryAnswer>(
    urlOf(0),
    '/api/query',
    { bundle: session.bundle, query },
    session.token,
  );
  const recordId = randomUUID();
  const entity = 'work_order';
  const account = String(rows[0]?.['id']);
  const mutations: SealedMutation[] = [
    mutation({
      seq: 1,
      entity,
      recordId,
      command: 'create',
      set: { title: 'By way of three', account, labour_minutes: 0 },
    }),
    ...Array.from({ length: steps }, (_, index) =>
      mutation({
        seq: index + 2,
        entity,
        recordId,
        set: { labour_minutes: index + 1 },
        saw: { labour_minutes: index },
      }),
    ),
  ];
  return { recordId, mutations };
}

async function push(
  index: number,
  session: SessionAnswer,
  mutations: readonly SealedMutation[],
): Promise<PushAnswer> {
  const body = { bundle: session.bundle, mutations };
  return callServer<PushAnswer>(urlOf(index), '/api/sync/push', body, session.token);
}

/** What came of it: the row, how often it was written, and what the ledger holds. */
async function effectOf(recordId: string, deviceId: string) {
  const [row] = await database.rows<{ minutes: number }>(
    `select labour_minutes as minutes from org_demo.work_order where id = '${recordId}'`,
  );
  const [log] = await database.rows<{ writes: number }>(
    `select count(*) as writes from org_demo._change where record_id = '${recordId}'`,
  );
  const outcomes = await database.rows<{ outcome: string }>(
    `select verdict->>'outcome' as outcome from org_demo._ledger where device_id = '${deviceId}' order by seq`,
  );
  return { minutes: row?.minutes, writes: log?.writes, outcomes: outcomes.map((each) => each.outcome) };
}

async function deviceOf(mutations: readonly SealedMutation[]): Promise<string> {
  const [found] = await database.rows<{ id: string }>(
    `select device_id as id from org_demo._ledger where mutation_id = '${mutations[0]?.id}'`,
  );
  return found?.id ?? '';
}

describe('three processes', () => {
  it('[PROC-1] that start at the same time on an empty database make one demo', async () => {
    const [count] = await database.rows<{ count: number }>(
      'select count(*) as count from satchel.organisation',
    );
    expect(count).toEqual({ count: 1 });
    for (const index of [0, 1, 2]) expect(await signIn(index)).toMatchObject({ user: { login: 'maya' } });
  });

  it('[PROC-2] that are sent the same changes of one device at once, again and again, make one effect', async () => {
    const session = await signIn(0);
    const { recordId, mutations } = await workOn(session, 19);
    const answers = await Promise.all(
      Array.from({ length: 9 }, (_, index) => push(index, session, mutations.slice(0, 8 + index * 2))),
    );
    let last = answers[0];
    for (let index = 0; last?.lastSeq !== mutations.length; index += 1)
      last = await push(index, session, mutations);
    const effect = await effectOf(recordId, await deviceOf(mutations));
    expect(effect).toEqual({ minutes: 19, writes: 20, outcomes: mutations.map(() => 'applied') });
  });

  it('[PROC-3] know at the next request that a session was ended, or an account closed, by way of another', async () => {
    const first = await signIn(0);
    const second = await signIn(1, 'omar');
    for (const { token } of [first, second])
      for (const index of [0, 1, 2])
        expect((await ask(index, 'GET', '/api/session', token)).status).toBe(200);
    expect((await ask(1, 'DELETE', '/api/session', first.token)).status).toBe(200);
    for (const index of [0, 1, 2])
      expect((await ask(index, 'GET', '/api/session', first.token)).status).toBe(401);
    await database.rows(`update org_demo."user" set active = false where login = '${second.user.login}'`);
    for (const index of [0, 1, 2])
      expect((await ask(index, 'GET', '/api/session', second.token)).status).toBe(403);
  });

  it('[PROC-4] wake a device that listens at another than the one that was written to', async () => {
    const session = await signIn(0);
    const stop = new AbortController();
    const stream = await fetch(`${urlOf(0)}/api/sync/events`, {
      headers: { authorization: `Bearer ${session.token}` },
      signal: stop.signal,
    });
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    let heard = '';
    const { mutations } = await workOn(session, 0);
    await push(1, session, mutations);
    while (!heard.includes('event: change')) {
      const { value, done } = await reader.read();
      if (done) break;
      heard += new TextDecoder().decode(value);
    }
    stop.abort();
    expect(heard).toContain('event: change');
    const body = { bundle: session.bundle, cursor: null, settledSeq: 0 };
    expect(await callServer<PullAnswer>(urlOf(2), '/api/sync/pull', body, session.token)).toMatchObject({
      settles: 1,
    });
  });

  it('[PROC-5] serve what was published at the next request, each of them', async () => {
    const session = await signIn(0);
    for (const index of [0, 1, 2])
      expect((await ask(index, 'GET', `/api/bundle?hash=${session.bundle}`, session.token)).status).toBe(200);
    await publish(database, 'demo', { ...fieldService, label: 'Another name' });
    const hashes = await Promise.all(
      [0, 1, 2].map(async (index) => {
        const answer = await ask(index, 'GET', '/api/bundle', session.token);
        return ((await answer.json()) as { hash: string }).hash;
      }),
    );
    expect(new Set(hashes).size).toBe(1);
    expect(hashes[0]).not.toBe(session.bundle);
  });

  it('[PROC-6] lose nothing and do nothing twice when one of them is killed while a device is served by each in turn', async () => {
    const session = await signIn(0);
    const { recordId, mutations } = await workOn(session, 60);
    let lastSeq = 0;
    let isKilled = false;
    for (let turn = 0; lastSeq < mutations.length; turn += 1) {
      const some = mutations.slice(lastSeq, lastSeq + 6);
      const answer = push(turn, session, some).catch(() => null);
      if (!isKilled && lastSeq > 15 && turn % 3 === 2) {
        processes[2]?.process.child.kill('SIGKILL');
        isKilled = true;
      }
      lastSeq = (await answer)?.lastSeq ?? lastSeq;
    }
    expect(isKilled).toBe(true);
    expect(await processes[2]?.process.ended).toBe('SIGKILL');
    const effect = await effectOf(recordId, await deviceOf(mutations));
    expect(effect).toEqual({ minutes: 60, writes: 61, outcomes: mutations.map(() => 'applied') });
  });
});
