// What may happen to a history under a cursor: it is moved, set back, taken over by another server, or its log is pruned while somebody writes slowly.
import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type PullAnswer } from '@satchel/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetForeignChanges } from '../store/foreign-log.ts';
import { openOrganisation, pruneChangeLog, type Organisation } from '../store/organisation.ts';
import { makeDevice, makeWorld, people, type TestDevice, type World } from '../testing/world.ts';
import { openCursor, sealCursor, type Cursor } from './cursor.ts';
import { pull } from './pull.ts';

const now = '2026-11-21T09:00:00.000Z';
let world: World;
let device: TestDevice;

beforeEach(async () => {
  world = await makeWorld();
  await world.sql(`insert into {s}.job (title, owner) values ('of Ada', '${people.ada}')`);
  device = await makeDevice(world, people.ada);
  await device.download(now);
  await device.sync(now);
});
afterEach(() => world.close());

async function pullWith(cursor: string | null, organisation: Organisation = world.organisation) {
  const user = await world.person(people.ada);
  const request = { bundle: organisation.bundleFor(user.roles).hash, cursor, settledSeq: 0 };
  return pull(world.database, organisation, { user, deviceId: device.id }, request, now);
}
const kindOf = (answer: PullAnswer) => (answer.kind === 'reconcile' ? answer.why : answer.kind);
function other(change: (cursor: Cursor) => Partial<Cursor>): string {
  const { secret } = world.organisation;
  const cursor = openCursor(secret, device.cursor ?? '');
  if (cursor === null) throw new Error('no cursor');
  return sealCursor(secret, { ...cursor, ...change(cursor) });
}

describe('a history', () => {
  it('[CURSOR-8] that was copied to another place is another one, although it brings the same name, secret and log', async () => {
    expect(kindOf(await pullWith(device.cursor))).toBe('nothing');
    const tables = await world.sql<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = $1`,
      [world.organisation.schema],
    );
    // What a dump and its restore leave: the same tables with the same rows in a schema that was made anew.
    await world.sql(`alter schema {s} rename to "${world.organisation.schema}_old"`);
    await world.sql(`create schema {s}`);
    for (const { name } of tables)
      await world.sql(`alter table "${world.organisation.schema}_old"."${name}" set schema {s}`);
    const moved = await openOrganisation(world.database, world.organisation.name);
    expect(moved.secret).toEqual(world.organisation.secret);
    expect(kindOf(await pullWith(device.cursor, moved))).toBe('history');
    await world.sql(`drop schema "${world.organisation.schema}_old" cascade`);
  });

  it('[CURSOR-8] from another cluster leaves nothing in the log of transactions that are still to come here', async () => {
    const far = '900000000000';
    await world.sql(
      `insert into {s}._change (xid, entity, record_id, op) values ('${far}', 1, gen_random_uuid(), 'I')`,
    );
    await world.sql(`insert into {s}._log_mark (xid) values ('${far}')`);
    await world.sql(`update {s}._organisation set horizon = '${far}'`);
    await world.database.write((tx) => forgetForeignChanges(tx, world.organisation.schema));
    const [left] = await world.sql<{ foreign: number; marks: number; isNear: boolean }>(
      `select (select count(*) from {s}._change where xid >= '${far}'::xid8) as foreign,
         (select count(*) from {s}._log_mark) as marks, horizon <= pg_snapshot_xmax(pg_current_snapshot()) as "isNear" from {s}._organisation`,
    );
    expect(left).toEqual({ foreign: 0, marks: 0, isNear: true });
    expect(kindOf(await pullWith(device.cursor))).toBe('horizon');
  });

  it('[CURSOR-9] that a standby took over is another one; a cursor that tells no timeline is served', async () => {
    expect(kindOf(await pullWith(other(() => ({ timeline: '000000F7' }))))).toBe('history');
    expect(kindOf(await pullWith(other(() => ({ timeline: null }))))).toBe('nothing');
    // Of a future that a restore took back.
    const future = ({ snapshot }: Cursor) => ({ snapshot: { ...snapshot, xmax: `${snapshot.xmax}0` } });
    expect(kindOf(await pullWith(other(future)))).toBe('history');
  });
});

describe('pruning', () => {
  it('[CURSOR-10] beside a transaction that stays open loses nothing of it: cursors from before compare, later ones are told when it commits', async () => {
    let commit = () => {};
    const mayCommit = new Promise<void>((resolve) => {
      commit = () => resolve();
    });
    let hasWritten = false;
    const slow = world.database.write(async (tx) => {
      await tx.rows(
        sql`insert into ${world.organisation.table('job')} (title, owner) values ('slow', ${people.ada}::uuid)`,
      );
      hasWritten = true;
      await mayCommit;
    });
    while (!hasWritten) await sleep(5);
    await world.sql(`insert into {s}.job (title, owner) values ('quick', '${people.ada}')`);
    await device.pull(now);
    await pruneChangeLog(world.database, world.organisation, 0);
    expect(kindOf((await device.pull(now)).answer)).toBe('horizon');
    await device.sync(now);
    expect(kindOf((await device.pull(now)).answer)).toBe('nothing');
    commit();
    await slow;
    const { answer, differing } = await device.pull(now);
    expect([kindOf(answer), differing]).toEqual(['delta', []]);
    expect(JSON.stringify(answer.kind === 'delta' && answer.changes)).toContain('slow');
    // The log's only entry is older than what was pruned: the cursor does not go back to it.
    const cursor = openCursor(world.organisation.secret, device.cursor ?? '');
    expect(BigInt(cursor?.snapshot.xmax ?? 0)).toBeGreaterThanOrEqual(BigInt(cursor?.horizon ?? 0));
    expect(kindOf((await device.pull(now)).answer)).toBe('nothing');
    await pruneChangeLog(world.database, world.organisation, 0);
    expect(kindOf((await device.pull(now)).answer)).toBe('nothing');
  });
});
