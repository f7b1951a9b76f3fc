import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from '@satchel/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../store/database.ts';
import { makeWorld, testUrl, type World } from '../testing/world.ts';
import { clampSnapshot, type Snapshot } from './cursor.ts';
import { headOf, headSql } from './head.ts';

let world: World;
let writing: Database;
beforeAll(async () => {
  world = await makeWorld();
  writing = await openDatabase(testUrl(), { connections: 30 });
});
afterAll(async () => {
  await writing.close();
  await world.close();
});

/** What the log holds that the snapshot had not seen, and the snapshot to go on from. */
async function take(since: Snapshot): Promise<{ readonly ids: readonly string[]; readonly next: Snapshot }> {
  const { database, organisation } = world;
  const log = organisation.table('_change');
  return database.read(async (tx) => {
    const head = headOf((await tx.rows(headSql(organisation, since, null)))[0]);
    const rows = await tx.rows<{ record_id: string }>(
      sql`select record_id from ${log} where xid >= ${since.xmax}::xid8
          union all select record_id from ${log} where xid = any(${since.running}::xid8[])`,
    );
    expect(head.hasChanges).toBe(rows.length > 0);
    return {
      ids: rows.map((row) => row.record_id),
      next: clampSnapshot(head.snapshot, head.top, head.isStandby),
    };
  });
}

/** A generator of its own, so that a failing run can be run again. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function writer(seed: number, untilMs: number): Promise<void> {
  const next = chance(seed);
  while (performance.now() < untilMs) {
    const isSlow = next() < 0.05;
    const fails = next() < 0.1;
    const work = writing.write(async (tx) => {
      const site = world.organisation.table('site');
      await tx.rows(
        sql`insert into ${site} (name) select 'w' from generate_series(1, ${1 + Math.floor(next() * 3)}::int)`,
      );
      await tx.rows('savepoint a');
      await tx.rows(sql`insert into ${site} (name) values ('inner')`);
      await tx.rows(next() < 0.3 ? 'rollback to savepoint a' : 'release savepoint a');
      if (isSlow) await sleep(next() * 400);
      if (fails) throw new RangeError('meant to fail');
    });
    await work.catch((error: unknown) => {
      if (!(error instanceof RangeError)) throw error;
    });
  }
}

describe('a cursor', () => {
  it('[CURSOR-5] loses nothing and tells nothing twice while 24 writers commit slowly, out of order, or not at all', async () => {
    const first = await take({ xmax: '0', running: [] });
    const untilMs = performance.now() + 4_000;
    let isOver = false;
    const writers = Promise.all(Array.from({ length: 24 }, (_, index) => writer(index + 1, untilMs))).then(
      () => {
        isOver = true;
      },
    );
    const heard: string[] = [];
    let cursor = first.next;
    const poll = async () => {
      const { ids, next } = await take(cursor);
      heard.push(...ids);
      cursor = next;
    };
    while (!isOver) {
      await poll();
      await sleep(5);
    }
    await writers;
    await poll();
    const committed = await world.sql<{ id: string }>('select id from {s}.site');
    expect(committed.length).toBeGreaterThan(300);
    expect(new Set(heard).size).toBe(heard.length);
    expect(heard.sort()).toEqual(committed.map((row) => row.id).sort());
  });
});
