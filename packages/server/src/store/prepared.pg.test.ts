import { afterAll, beforeAll, expect, it } from 'vitest';
import pg from 'pg';
import { makeDevice, makeWorld, people, testUrl, type World } from '../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

it('[LOG-6] a prepared transaction is told of when it is committed, however much was told since it began', async () => {
  const now = '2026-11-21T09:00:00.000Z';
  const device = await makeDevice(world, people.ada);
  await device.download(now);
  const gid = `test-${world.organisation.name}`;
  const job = `"${world.organisation.schema}".job`;
  const client = new pg.Client(testUrl());
  await client.connect();
  await client.query(`begin; set local satchel.wake = off;
    insert into ${job} (title, owner) values ('prepared', '${people.ada}'); prepare transaction '${gid}'`);
  await client.query(`insert into ${job} (title, owner) values ('at once', '${people.ada}')`);
  const titles = () => [...(device.rows.get('job')?.values() ?? [])].map((row) => row['title']);
  await device.pull(now);
  expect(titles()).toEqual(['at once']);
  await client.query(`commit prepared '${gid}'`);
  await client.end();
  await device.pull(now);
  expect(titles().sort()).toEqual(['at once', 'prepared']);
});
