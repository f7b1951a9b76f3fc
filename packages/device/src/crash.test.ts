// The process dies at any call to storage; what was confirmed must be there afterwards, once. The scenario is run again for each call.
import { describe, expect, it } from 'vitest';
import { createFakeServer, type FakeServer } from './testing/fake-server.ts';
import { fragileStorage, type Fragile } from './testing/fragile-storage.ts';
import { expectSameRows } from './testing/same-rows.ts';
import { idOf, jobRow, sampleBundle } from './testing/sample.ts';
import { readyDevice, startDevice, type TestDevice } from './testing/world.ts';

function filledServer(): FakeServer {
  const server = createFakeServer(sampleBundle());
  for (let number = 1; number <= 4; number += 1) server.write('job', jobRow(number));
  server.write('customer', { id: idOf(50), name: 'Acme' });
  return server;
}

/** What a person does; each confirmed save notes what must come true on the server. */
async function workDay(device: TestDevice, server: FakeServer, promises: (() => void)[]): Promise<void> {
  const { engine } = device;
  await engine.setForcedOffline(true);
  await engine.mutate({
    entity: 'job',
    recordId: idOf(1),
    command: 'update',
    values: { minutes: 5, title: 'Edited' },
  });
  promises.push(() => expect(server.row('job', idOf(1))).toMatchObject({ title: 'Edited', minutes: 5 }));
  const made = await engine.mutate({
    entity: 'job',
    command: 'create',
    values: { title: 'Made', customer: idOf(50) },
  });
  promises.push(() => expect(server.row('job', made.recordId)?.['title']).toBe('Made'));
  await engine.mutate({ entity: 'note', command: 'create', values: { text: 'Child', job: made.recordId } });
  promises.push(() => expect(server.rows('note').map((row) => row['text'])).toEqual(['Child']));
  await engine.mutate({ entity: 'job', recordId: idOf(3), command: 'delete' });
  promises.push(() => expect(server.row('job', idOf(3))).toBeUndefined());
  server.write('job', jobRow(2, { title: 'By others' }));
  await engine.setForcedOffline(false);
  await engine.sync();
  await device.settles();
}

async function comesHome(
  device: TestDevice,
  server: FakeServer,
  promises: readonly (() => void)[],
): Promise<void> {
  device.road.fate = () => 'arrives';
  const again = await device.crashes();
  await again.engine.setForcedOffline(false);
  await again.engine.sync();
  await again.engine.download();
  await again.settles();
  for (const promise of promises) promise();
  expect(await again.engine.outbox()).toEqual([]);
  expect(await again.status()).toMatchObject({ synced: true, problem: null, heals: 0 });
  await expectSameRows(again, server);
  expect([...server.effects.values()].every((count) => count === 1)).toBe(true);
  again.engine.close();
}

async function dieAt(
  number: number,
  story: (device: TestDevice, server: FakeServer, promises: (() => void)[]) => Promise<void>,
  start: (server: FakeServer, fragile: Fragile) => Promise<TestDevice>,
): Promise<boolean> {
  const server = filledServer();
  const fragile = fragileStorage();
  const device = await start(server, fragile);
  fragile.arm(number);
  const promises: (() => void)[] = [];
  // A dead process answers nobody; only what was confirmed before counts.
  const ended = story(device, server, promises).catch(() => undefined);
  await Promise.race([ended, device.settles()]);
  const died = fragile.isDead();
  await comesHome(device, server, promises);
  return died;
}

const ready = (server: FakeServer, fragile: Fragile) => readyDevice(server, { wrap: fragile.wrap });

describe('a process that dies', () => {
  it(
    '[STORE-1] a confirmed save survives a crash at any call to storage, and has one effect',
    { timeout: 120_000 },
    async () => {
      let number = 1;
      for (; await dieAt(number, workDay, ready); number += 3);
      expect(number).toBeGreaterThan(60);
    },
  );

  it(
    '[DOWN-1] a download that dies at any call to storage goes on and ends proven',
    { timeout: 120_000 },
    async () => {
      const story = async (device: TestDevice) => {
        await device.engine.download();
        await device.settles();
      };
      const signedIn = async (server: FakeServer, fragile: Fragile) => {
        const device = await startDevice(server, { wrap: fragile.wrap });
        await device.engine.signIn('maya', 'satchel');
        await device.settles();
        return device;
      };
      let number = 1;
      for (; await dieAt(number, story, signedIn); number += 3);
      expect(number).toBeGreaterThan(30);
    },
  );
});
