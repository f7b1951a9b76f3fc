// The server as a process, killed without warning between a push and its answer: what the device sends again has its effect once, and nothing is lost.
import { randomUUID } from 'node:crypto';
import { access, chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql, type PushAnswer, type QueryAnswer, type SessionAnswer } from '@satchel/model';
import { mutation } from './push/testing/workshop.ts';
import { openDatabase, type Database } from './store/database.ts';
import { findRunning, startEmbedded } from './store/embedded.ts';
import { callServer, launchServer, type ServerProcess } from './testing/server-process.ts';

const databaseName = `main_${randomUUID().slice(0, 8)}`;
let url: string;
let maintenance: Database;
let folder: string;

beforeAll(async () => {
  const given = process.env['TEST_DATABASE_URL'] ?? '';
  maintenance = await openDatabase(given, { connections: 1 });
  await maintenance.rows(`create database "${databaseName}"`);
  url = given.replace(/\/[^/?]*(\?|$)/, `/${databaseName}$1`);
  folder = await mkdtemp(join(tmpdir(), 'satchel-main-'));
});
afterAll(async () => {
  await maintenance.rows(`drop database if exists "${databaseName}" with (force)`);
  await maintenance.close();
  await rm(folder, { recursive: true, force: true });
});

interface Running extends ServerProcess {
  readonly url: string;
}

function launch(
  env: Readonly<Record<string, string>>,
  options: { readonly detached?: boolean } = {},
): ServerProcess {
  return launchServer({ DATABASE_URL: url, SATCHEL_DATA: folder, ...env }, options);
}

async function start(): Promise<Running> {
  const launched = launch({});
  return { ...launched, url: await launched.ready };
}

function call<T>(server: Running, path: string, body: object, token = ''): Promise<T> {
  return callServer<T>(server.url, path, body, token);
}

async function anAccount(server: Running, { bundle, token }: SessionAnswer): Promise<string> {
  const query = { entity: 'account', limit: 1 };
  const answer = await call<QueryAnswer>(server, '/api/query', { bundle, query }, token);
  return String(answer.rows[0]?.['id']);
}

it('[PUSH-20] a server killed between a push and its answer loses nothing and does nothing twice', async () => {
  let server = await start();
  const device = { id: randomUUID(), name: 'Test' };
  const session = await call<SessionAnswer>(server, '/api/session', {
    login: 'maya',
    password: 'satchel',
    device,
  });
  const account = await anAccount(server, session);
  const recordId = randomUUID();
  const entity = 'work_order';
  const mutations = [
    mutation({
      seq: 1,
      entity,
      recordId,
      command: 'create',
      set: { title: 'Killed in the act', account, labour_minutes: 0 },
    }),
    ...Array.from({ length: 120 }, (_, index) =>
      mutation({
        seq: index + 2,
        entity,
        recordId,
        set: { labour_minutes: index + 1 },
        saw: { labour_minutes: index },
      }),
    ),
  ];
  const body = { bundle: session.bundle, mutations };
  const database = await openDatabase(url, { connections: 1 });
  const recorded = async () => {
    const rows = await database.rows<{ count: number }>(
      sql`select count(*) as count from org_demo._ledger where device_id = ${device.id}`,
    );
    return rows[0]?.count ?? 0;
  };
  for (const killAt of [3, 60]) {
    const answer = call<PushAnswer>(server, '/api/sync/push', body, session.token).catch(() => 'no answer');
    while ((await recorded()) < killAt) await sleep(1);
    server.child.kill('SIGKILL');
    expect(await server.ended).toBe('SIGKILL');
    await answer;
    server = await start();
  }
  const answer = await call<PushAnswer>(server, '/api/sync/push', body, session.token);
  expect(answer.lastSeq).toBe(mutations.length);
  expect(answer.verdicts.map((verdict) => verdict.original ?? verdict.outcome)).toEqual(
    mutations.map(() => 'applied'),
  );
  expect(answer.verdicts[0]?.outcome).toBe('duplicate');
  const rows = await database.rows(
    sql`select labour_minutes from org_demo.work_order where id = ${recordId}`,
  );
  expect(await recorded()).toBe(mutations.length);
  await database.close();
  expect(rows).toEqual([{ labour_minutes: 120 }]);
  server.child.kill('SIGTERM');
  expect(await server.ended).toBe(0);
}, 120_000);

it('[HTTP-8] a port that is taken is refused in words that say what to do', async () => {
  const holder = createServer();
  await new Promise<void>((done) => holder.listen(0, '127.0.0.1', done));
  const address = holder.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const server = launch({ PORT: String(port) });
  expect(await server.ended).toBe(1);
  expect(server.errors()).toContain(`Port ${port} is taken`);
  await new Promise((done) => holder.close(done));
}, 60_000);

it('[HTTP-9] a data folder that another process uses is refused in words that say what to do', async () => {
  await chmod(folder, 0o755);
  const dataFolder = join(folder, 'data');
  const owner = await startEmbedded(dataFolder);
  const server = launch({ DATABASE_URL: '', SATCHEL_DATA: dataFolder });
  expect(await server.ended).toBe(1);
  await owner.close();
  expect(server.errors()).toContain(`is in use by another process (${process.pid})`);
}, 60_000);

it('[HTTP-10] told to stop, it answers what is under way, stops its database and gives up the folder', async () => {
  await chmod(folder, 0o755);
  const dataFolder = join(folder, 'ends');
  // As from a terminal: the signal reaches the whole process group.
  const launched = launch({ DATABASE_URL: '', SATCHEL_DATA: dataFolder }, { detached: true });
  const server = { ...launched, url: await launched.ready };
  const device = { id: randomUUID(), name: 'Test' };
  const logIn = { login: 'maya', password: 'satchel', device };
  const { token } = await call<SessionAnswer>(server, '/api/session', logIn);
  const idle = await fetch(`${server.url}/api/sync/events`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const database = await openDatabase((await findRunning(dataFolder)) ?? '', { connections: 1 });
  let isStopping = false;
  const answer = await database.write(async (tx) => {
    await tx.rows(sql`lock table org_demo._session in access exclusive mode`);
    const asked = fetch(`${server.url}/api/session`, { headers: { authorization: `Bearer ${token}` } });
    const waiting = sql`select 1 from pg_locks where not granted`;
    while ((await tx.rows(waiting)).length === 0) await sleep(10);
    isStopping = process.kill(-(server.child.pid ?? 0), 'SIGINT');
    await sleep(300);
    return { asked };
  });
  await database.close();
  const { user } = (await (await answer.asked).json()) as SessionAnswer;
  expect(isStopping && user.login).toBe('maya');
  await idle.text();
  expect(await server.ended).toBe(0);
  expect(server.errors()).toBe('');
  await expect(access(join(dataFolder, 'owner.pid'))).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(access(join(dataFolder, 'postgres', 'postmaster.pid'))).rejects.toMatchObject({
    code: 'ENOENT',
  });
}, 90_000);
