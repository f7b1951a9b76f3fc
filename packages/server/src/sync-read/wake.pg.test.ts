import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, testUrl, type World } from '../testing/world.ts';
import { openWake } from './wake.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

async function until(isSo: () => boolean): Promise<void> {
  for (let waitedMs = 0; !isSo() && waitedMs < 10_000; waitedMs += 20) await sleep(20);
  expect(isSo()).toBe(true);
}

describe('wake-ups', () => {
  it('[RECON-4] come after a commit, once for it, also after the listening connection broke', async () => {
    const errors: unknown[] = [];
    const wake = await openWake(testUrl(), (error) => errors.push(error));
    let heard = 0;
    const forget = wake.onChange(world.organisation.name, () => (heard += 1));
    await sleep(100);
    await world.sql(
      `insert into {s}.site (name) values ('a'); insert into {s}.site (name) values ('b'); update {s}.site set name = 'c'`,
    );
    await until(() => heard === 1);
    await world.database.rows(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'satchel wake-ups'`,
    );
    // Whoever listened is woken once, because something may have been missed.
    await until(() => heard === 2);
    expect(errors.length).toBeGreaterThan(0);
    await world.sql(`insert into {s}.site (name) values ('d')`);
    await until(() => heard === 3);
    forget();
    await world.sql(`insert into {s}.site (name) values ('e')`);
    await sleep(100);
    expect(heard).toBe(3);
    await wake.close();
  });
});
