// Repairs are told to the server until it has them.
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeServer, type FakeServer } from './testing/fake-server.ts';
import { idOf, jobRow, sampleBundle } from './testing/sample.ts';
import { readyDevice, type TestDevice } from './testing/world.ts';

let server: FakeServer;
let device: TestDevice;

beforeEach(async () => {
  server = createFakeServer(sampleBundle());
  for (let number = 1; number <= 5; number += 1) server.write('job', jobRow(number));
  device = await readyDevice(server);
});

async function syncs(): Promise<void> {
  await device.settles();
  await device.engine.sync();
  await device.settles();
}
/** Damages rows here: one is lost, one is older than it should be, one should not be here. */
function damage(): void {
  const { cache } = device.storage;
  cache.run('delete from job where id = ?', [idOf(1)]);
  cache.run('update job set _rev = 7 where id = ?', [idOf(2)]);
  cache.run('update job set id = ? where id = ?', [idOf(99), idOf(3)]);
  server.write('customer', { id: idOf(61), name: `Trigger ${server.rows('customer').length}` });
}
const kept = () => device.storage.work.rows(`select value from setting where key = 'openHeals'`)[0]?.[0];

describe('a repair', () => {
  it('[HEAL-1] is noted with what was wrong and why, and told with a pull until the server has it', async () => {
    damage();
    let isDeaf = false;
    device.road.fate = ({ body }) => {
      const hasHeals = (body as { heals?: object[] } | undefined)?.heals !== undefined;
      if (!isDeaf || !hasHeals) return 'arrives';
      isDeaf = false;
      return 'answer-lost';
    };
    isDeaf = true;
    await device.engine.sync();
    await device.settles();
    expect(server.heals).toMatchObject([
      { number: 1, entity: 'job', why: 'digest', missing: 2, extra: 1, stale: 1 },
    ]);
    expect(JSON.parse(String(kept()))).toHaveLength(1);
    await device.clock.advance(2_000);
    await syncs();
    expect(JSON.parse(String(kept()))).toEqual([]);
    expect(server.heals).toHaveLength(1);
    expect((await device.status()).heals).toBe(4);
  });

  it('[HEAL-1] after a cursor too old is told with that reason; a comparison that finds nothing is no repair', async () => {
    const tooOld = async () => {
      server.horizon = 1_000_000;
      let calls = 0;
      device.road.fate = () => {
        calls += 1;
        if (calls > 1) server.horizon = 0;
        return 'arrives';
      };
      server.write('customer', { id: idOf(61), name: `Trigger ${server.rows('customer').length}` });
      const pulling = device.engine.sync();
      await device.settles();
      await pulling;
      await syncs();
      await syncs();
    };
    await tooOld();
    const first = server.heals.length;
    server.write('job', jobRow(4, { title: 'Changed long ago' }));
    await tooOld();
    expect(server.heals.slice(first).map(({ entity, why }) => [entity, why])).toContainEqual([
      'job',
      'horizon',
    ]);
    expect((await device.status()).heals).toBe(0);
  });

  it('[HEAL-3] outlives a crash, and no more than a hundred are kept', async () => {
    const many = Array.from({ length: 100 }, (_, index) => ({
      number: index + 1,
      entity: 'job',
      why: 'digest',
      buckets: 1,
      missing: 1,
      extra: 0,
      stale: 0,
      at: '2026-11-27T10:00:00.000Z',
    }));
    const set = (key: string, value: unknown) =>
      device.storage.work.run(
        'insert into setting values (?, ?) on conflict (key) do update set value = excluded.value',
        [key, JSON.stringify(value)],
      );
    set('openHeals', many);
    set('lastHeal', 100);
    await device.engine.setForcedOffline(true);
    device = await device.crashes();
    damage();
    // One push of news after the other until all are told, twenty with each pull.
    await device.engine.setForcedOffline(false);
    await syncs();
    for (let round = 0; round < 8; round += 1) {
      server.write('customer', { id: idOf(62), name: `Round ${round}` });
      await syncs();
    }
    expect(JSON.parse(String(kept()))).toEqual([]);
    expect(server.heals.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 101 }, (_, index) => index + 1),
    );
  });
});
