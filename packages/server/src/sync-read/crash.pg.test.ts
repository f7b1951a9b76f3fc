import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from '@satchel/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../store/database.ts';
import { openOrganisation } from '../store/organisation.ts';
import { depot } from '../testing/depot.ts';
import { startOwner, type Owner } from '../testing/owner.ts';
import { makeDevice, makeWorld, people } from '../testing/world.ts';
import { pull } from './pull.ts';

const now = '2026-11-21T09:00:00.000Z';
let folder: string;
let owner: Owner;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'satchel-crash-'));
  await chmod(folder, 0o755);
  owner = await startOwner(folder);
});
afterAll(async () => {
  await owner.crashDatabase();
  await owner.kill();
  await rm(folder, { recursive: true, force: true });
});

const nextXid = 'select pg_snapshot_xmax(pg_current_snapshot())::text as xid';

/** PostgreSQL forgets failed ids only where its log was not written out meanwhile; on a busy machine that may take several crashes to meet. */
const crashesMax = 6;

describe('a cursor', () => {
  it('[CURSOR-6] from before a crash hides nothing that came after, although PostgreSQL gives failed ids a second time', async () => {
    let wereIdsGivenTwice = false;
    for (let crash = 0; crash < crashesMax && !wereIdsGivenTwice; crash += 1)
      wereIdsGivenTwice = await crashAndPull();
    expect(wereIdsGivenTwice).toBe(true);
  }, 120_000);
});

/** A row written after the crash reaches a device whose cursor is from before. True when its transaction had an id that had failed before. */
async function crashAndPull(): Promise<boolean> {
  const world = await makeWorld(depot, owner.url);
  const device = await makeDevice(world, people.ada);
  await device.download(now);
  await device.sync(now);
  for (let index = 0; index < 5; index += 1) {
    const failing = world.database.write(async (tx) => {
      await tx.rows(sql`insert into ${world.organisation.table('site')} (name) values ('never')`);
      throw new RangeError('meant to fail');
    });
    await expect(failing).rejects.toBeInstanceOf(RangeError);
  }
  const [before] = await world.database.rows<{ xid: string }>(nextXid);
  await device.pull(now);
  const user = await world.person(people.ada);
  await owner.crashDatabase();
  await world.database.close();
  await owner.kill();
  owner = await startOwner(folder);
  const database = await openDatabase(owner.url);
  const [after] = await database.rows<{ xid: string }>(nextXid);
  const organisation = await openOrganisation(database, world.organisation.name);
  const job = organisation.table('job');
  const [made] = await database.rows<{ id: string }>(
    sql`insert into ${job} (title, owner) values ('after', ${people.ada}::uuid) returning id`,
  );
  const request = { bundle: organisation.bundleFor(user.roles).hash, cursor: device.cursor, settledSeq: 0 };
  const answer = await pull(database, organisation, { user, deviceId: device.id }, request, now);
  const told = answer.kind === 'delta' ? answer.changes.flatMap(({ rows }) => rows.map(([id]) => id)) : [];
  expect(told).toContain(made?.id);
  await database.close();
  return BigInt(after?.xid ?? 0) < BigInt(before?.xid ?? 0);
}
