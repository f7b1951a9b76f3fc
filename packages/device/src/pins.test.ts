import { safePolicy, SyncError, type Solution } from '@satchel/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeServer, type FakeServer } from './testing/fake-server.ts';
import { idOf, jobRow, sampleBundle, sampleSolution } from './testing/sample.ts';
import { readyDevice, type TestDevice } from './testing/world.ts';

const keeping: Solution = {
  ...sampleSolution,
  policy: {
    ...safePolicy,
    scope: { recents: { entities: 5, records: 30 }, pins: { records: 2 }, addOnAccess: true },
  },
};
let server: FakeServer;
let device: TestDevice;
beforeEach(async () => {
  server = createFakeServer(sampleBundle(keeping));
  for (let number = 1; number <= 5; number += 1) server.write('job', jobRow(number));
  device = await readyDevice(server);
});
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => (error instanceof SyncError ? error.code : error),
  );
const told = () =>
  device.road.calls.filter(({ path }) => path === '/api/sync/opened').map(({ body }) => body);
async function syncs(): Promise<void> {
  await device.engine.sync();
  await device.settles();
}

describe('pins', () => {
  it('[PIN-3] are made and taken back without a network, shown at once, and sent like any change', async () => {
    const { engine } = device;
    await engine.setForcedOffline(true);
    await engine.pin('job', idOf(1));
    await engine.pin('job', idOf(1));
    await engine.pin('job', idOf(9));
    expect(await engine.pins()).toMatchObject([
      { entity: 'job', recordId: idOf(1), title: 'Job 0001', mark: 'created-here' },
      { entity: 'job', recordId: idOf(9), title: null, mark: 'created-here' },
    ]);
    expect(await codeOf(engine.pin('job', idOf(2)))).toBe('too_many_pins');
    expect(await codeOf(engine.pin('price', idOf(2)))).toBe('not_available_offline');
    expect((await engine.outbox()).map(({ mutation }) => mutation.entity)).toEqual(['pin', 'pin']);
    await engine.setForcedOffline(false);
    await syncs();
    expect(server.rows('pin').map(({ record }) => record)).toEqual([`job/${idOf(1)}`, `job/${idOf(9)}`]);
    await engine.unpin('job', idOf(9));
    await syncs();
    expect(await engine.pins()).toMatchObject([{ recordId: idOf(1), mark: null }]);
    expect(server.rows('pin')).toHaveLength(1);
  });

  it('[PIN-3] there are none where the policy has none', async () => {
    const plain = await readyDevice(createFakeServer(sampleBundle()));
    expect(await plain.engine.pins()).toEqual([]);
    expect(await codeOf(plain.engine.pin('job', idOf(1)))).toBe('not_available_offline');
  });
});

describe('records looked at', () => {
  it('[RECENT-6] are told once each with the next sync, in order, and never through the outbox', async () => {
    const { engine } = device;
    await engine.setForcedOffline(true);
    for (const number of [1, 1, 2, 1]) await engine.get('job', idOf(number));
    expect(await engine.get('job', idOf(99)).catch(() => null)).toBeNull();
    await engine.query({ entity: 'job', limit: 10 });
    expect(await engine.outbox()).toEqual([]);
    device = await device.crashes();
    await device.engine.setForcedOffline(false);
    await syncs();
    const opened = [2, 1].map((number) => ({ entity: 'job', id: idOf(number) }));
    expect(told()).toEqual([{ opened }]);
    await syncs();
    expect(told()).toHaveLength(1);
  });

  it('[RECENT-6] what the server cannot take now is told later, and keeps nothing else waiting', async () => {
    const { engine } = device;
    server.isDeafToOpened = true;
    await engine.get('job', idOf(1));
    await engine.mutate({ entity: 'job', recordId: idOf(2), command: 'update', values: { title: 'Mine' } });
    await syncs();
    expect(server.row('job', idOf(2))?.['title']).toBe('Mine');
    expect((await device.status()).synced).toBe(true);
    server.isDeafToOpened = false;
    await syncs();
    expect(told().at(-1)).toEqual({ opened: [{ entity: 'job', id: idOf(1) }] });
  });
});
