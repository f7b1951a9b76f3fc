// A backup is taken in the middle of a day, the day goes on, and the server is restored to the backup: real engine, real server code, real PostgreSQL.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOrganisation, backup, restore } from '@satchel/server';
import { sql } from '@satchel/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededChance } from './chance.ts';
import { differences, heldBy, scopeOf } from './oracle.ts';
import { openSimWorld, password, type SimDevice, type SimWorld } from './world.ts';

const name = `set_back_${process.pid}`;
const chance = seededChance(20_261_127);
const file = 'noon.gz';
const voice = { say: () => undefined, progress: () => undefined, warn: () => undefined };
let world: SimWorld;
let cwd: string;
let account: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'satchel-noon-'));
  world = await openSimWorld(name, chance.fork());
  const [row] = await world.sql(
    `insert into account (id, name, status) values (gen_random_uuid(), 'Harbour Hotel', 'active') returning id`,
  );
  account = String(row?.['id']);
});
afterAll(async () => {
  await world.close();
  await rm(cwd, { recursive: true, force: true });
});

async function newOrder(title: string): Promise<string> {
  const [row] = await world.sql(
    `insert into work_order (id, title, status, priority, owner, account, team, labour_minutes)
     select gen_random_uuid(), $1, 'open', '3', u.id, $2, m.team, 0 from "user" u join team_member m on m."user" = u.id
     where u.login = 'ann' returning id`,
    [title, account],
  );
  return String(row?.['id']);
}

async function device(login: string): Promise<SimDevice> {
  const person = world.people.find((each) => each.login === login);
  if (person === undefined) throw new Error(`${login} is missing`);
  const made = await world.device(person);
  await made.engine().download();
  return made;
}

async function edits(of: SimDevice, recordId: string, values: Record<string, string | number>) {
  await of.engine().mutate({ entity: 'work_order', recordId, command: 'update', values });
}

async function setBack(): Promise<void> {
  const { database } = world;
  await database.write(async (tx) => {
    await tx.rows(`drop schema "org_${name}" cascade`);
    await tx.rows(sql`delete from "satchel"."organisation" where name = ${name}`);
  });
  expect(await restore({ database, voice, cwd }, [file], {})).toMatchObject({ ok: true });
}

async function comesBack(of: SimDevice): Promise<void> {
  await of.engine().sync();
  expect((await of.engine().status()).session.state).toBe('expired');
  await of.engine().signIn(`${of.person.login}@${name}`, password);
  await of.settle();
}

/** What the device hears from now on, but the bundle. */
function listenTo(of: SimDevice) {
  const heard: { readonly path: string; readonly bytes: number; readonly rows: readonly string[] }[] = [];
  const call = of.wire.call;
  of.wire.call = async (request, signal) => {
    const reply = await call(request, signal);
    if (request.path.startsWith('/api/bundle')) return reply;
    const text = JSON.stringify(reply.body);
    heard.push({
      path: request.path,
      bytes: reply.bytes,
      rows: [...text.matchAll(/Quiet \d+/g)].map(String),
    });
    return reply;
  };
  return heard;
}

const orderOf = async (id: string) =>
  (await world.sql('select * from work_order where id = $1', [id]))[0] ?? {};

it('[BACK-1] [BACK-3] a server restored to noon gets the afternoon back from two devices, once, and asks where others were faster', async () => {
  const [minutes, title, clash] = [
    await newOrder('Minutes'),
    await newOrder('Title'),
    await newOrder('Clash'),
  ];
  for (let number = 0; number < 60; number += 1) await newOrder(`Quiet ${number}`);
  const [ann, ben] = [await device('ann'), await device('ben')];
  await edits(ann, minutes, { labour_minutes: 10 });
  await ann.settle();
  const organisation = await openOrganisation(world.database, name);
  expect(await backup({ organisation, database: world.database, voice, cwd }, [file])).toMatchObject({
    ok: true,
  });

  // The afternoon: several pushes of two devices, on the same records too.
  await edits(ann, minutes, { labour_minutes: 25 });
  await ann.settle();
  await ben.settle();
  await edits(ben, minutes, { labour_minutes: 55 });
  await edits(ben, title, { title: 'By Ben' });
  await ben.settle();
  const made = await ann.engine().mutate({
    entity: 'work_order',
    command: 'create',
    values: { title: 'Made in the afternoon', account, priority: '2' },
  });
  await ann.settle();
  await edits(ann, made.recordId, { priority: '1' });
  await edits(ann, clash, { title: 'As Ann wants it' });
  await ann.settle();
  expect((await orderOf(minutes))['labour_minutes']).toBe('55');

  await setBack();
  expect((await orderOf(minutes))['labour_minutes']).toBe('10');
  expect(await orderOf(made.recordId)).toEqual({});
  await world.sql(`update work_order set title = 'As the office wants it' where id = $1`, [clash]);

  const heard = listenTo(ann);
  await comesBack(ann);
  await comesBack(ben);
  await ann.settle();
  expect(await orderOf(made.recordId)).toMatchObject({ title: 'Made in the afternoon', priority: '1' });
  expect((await orderOf(minutes))['labour_minutes']).toBe('55');
  expect((await orderOf(title))['title']).toBe('By Ben');
  const [entry, ...others] = await ann.engine().outbox();
  expect(others).toEqual([]);
  expect(entry).toMatchObject({ state: 'conflict', mutation: { recordId: clash } });
  await ann.engine().resolve(entry?.mutation.id ?? '', { kind: 'take-theirs' });
  for (const each of [ann, ben]) {
    await each.settle();
    expect(await each.engine().status()).toMatchObject({ synced: true, setBack: null });
    const { model } = await world.whois(each.person);
    expect(differences(heldBy(each, model), await scopeOf(world, each.person), model)).toEqual([]);
  }
  const effects = await world.sql(
    `select mutation_id from _ledger where verdict->>'outcome' in ('applied', 'merged') group by 1 having count(*) > 1`,
  );
  expect(effects).toEqual([]);
  // Rows kept their revisions, so what was the same at noon is not fetched: no page, and only the rows that differ.
  expect(heard.some(({ path }) => path === '/api/sync/page')).toBe(false);
  expect(heard.flatMap(({ rows }) => rows)).not.toContain('Quiet 1');
  const bytes = heard.reduce((sum, each) => sum + each.bytes, 0);
  console.info(`coming back took ${bytes} bytes of answers, the bundle apart`);
});
