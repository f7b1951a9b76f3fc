import type { Bundle } from '@satchel/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeServer, type FakeServer } from './testing/fake-server.ts';
import { expectSameRows } from './testing/same-rows.ts';
import { idOf, jobRow, sampleBundle } from './testing/sample.ts';
import { readyDevice, type TestDevice } from './testing/world.ts';
import { openWorkStore } from './work-store.ts';

let server: FakeServer;
let device: TestDevice;
const job = idOf(1);

const edit = (title: string) =>
  device.engine.mutate({ entity: 'job', recordId: job, command: 'update', values: { title } });
async function syncs(): Promise<void> {
  await device.clock.advance(400_000);
  await device.engine.sync();
  await device.settles();
}
const newBundle = (change: object = {}): Bundle =>
  ({ ...sampleBundle(undefined, 'b'.repeat(64)), ...change }) as Bundle;

beforeEach(async () => {
  server = createFakeServer(sampleBundle());
  for (let number = 1; number <= 4; number += 1) server.write('job', jobRow(number));
  device = await readyDevice(server);
});

describe('between an old bundle and a new one', () => {
  it('[UPDATE-1] [UPDATE-2] the outbox goes first, under the old bundle; then the new one is fetched, in one sync', async () => {
    await device.engine.setForcedOffline(true);
    await edit('Mine');
    server.bundle = newBundle();
    const before = device.road.calls.length;
    await device.engine.setForcedOffline(false);
    await device.settles();
    const paths = device.road.calls.slice(before).map(({ path }) => path.split('?')[0]);
    expect(paths.indexOf('/api/sync/push')).toBeLessThan(paths.indexOf('/api/bundle'));
    expect(server.row('job', job)?.['title']).toBe('Mine');
    expect((await device.engine.bundle())?.hash).toBe('b'.repeat(64));
    await syncs();
    expect((await device.status()).synced).toBe(true);
  });

  it('[UPDATE-2] a page asked for under an old bundle is asked for again under the present one', async () => {
    await device.engine.clearCache();
    server.bundle = newBundle();
    await device.engine.download();
    await syncs();
    expect((await device.engine.bundle())?.hash).toBe('b'.repeat(64));
    await expectSameRows(device, server);
  });

  const entity = {
    name: 'x',
    label: 'X',
    labelPlural: 'X',
    icon: 'x',
    ownership: 'organisation',
    titleField: 'id',
  };
  const hostile: Readonly<Record<string, object>> = {
    'an entity without fields': { entities: [{ ...entity }] },
    'an entity that is null': { entities: [null] },
    'a name that is SQL': { entities: [{ ...entity, name: 'x"; drop table outbox; --', fields: {} }] },
    'a field that is SQL': {
      entities: [{ ...entity, fields: { 'a" text); --': { type: 'text', label: 'A' } } }],
    },
    'no policy': { policy: {} },
    'expressions that are missing': { expressions: {} },
  };
  for (const [what, change] of Object.entries(hostile))
    it(`[UPDATE-3] ${what}: the bundle before stays in use, work goes on and is sent`, async () => {
      const good = server.bundle;
      server.bundle = newBundle(change);
      const handle = server.handle;
      // Only what is told of the bundle is broken: the server works by what it has.
      server.handle = (method, path, body, token) => {
        if (path.startsWith('/api/bundle')) return handle(method, path, body, token);
        const broken = server.bundle;
        server.bundle = { ...good, hash: 'b'.repeat(64) };
        const answer = handle(method, path, body, token);
        server.bundle = broken;
        return answer;
      };
      await syncs();
      expect((await device.engine.bundle())?.hash).toBe(good.hash);
      expect((await device.status()).problem).toBe('bundle_broken');
      await edit('Sent all the same');
      await syncs();
      expect(server.row('job', job)?.['title']).toBe('Sent all the same');
      server.bundle = newBundle();
      await syncs();
      await syncs();
      expect(await device.status()).toMatchObject({ problem: null, synced: true });
    });

  it('[UPDATE-4] a stored bundle that this engine cannot open is fetched anew, and the outbox goes home', async () => {
    device.road.fate = () => 'lost';
    await edit('Waits');
    openWorkStore(device.storage.work).set('bundle', newBundle({ entities: [null] }));
    device = await device.crashes();
    await device.settles();
    expect((await device.status()).session.state).toBe('signed-in');
    device.road.fate = () => 'arrives';
    await syncs();
    await syncs();
    expect(server.row('job', job)?.['title']).toBe('Waits');
    expect((await device.status()).synced).toBe(true);
    await expectSameRows(device, server);
  });
});
