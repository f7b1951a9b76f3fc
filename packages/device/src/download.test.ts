import { beforeEach, describe, expect, it } from 'vitest';
import type { EngineEvent } from './api.ts';
import { createFakeServer, type FakeServer } from './testing/fake-server.ts';
import { expectSameRows } from './testing/same-rows.ts';
import { idOf, jobRow, sampleBundle } from './testing/sample.ts';
import { startDevice, type TestDevice } from './testing/world.ts';

let server: FakeServer;
let device: TestDevice;

beforeEach(async () => {
  server = createFakeServer(sampleBundle());
  for (let number = 1; number <= 10; number += 1) server.write('job', jobRow(number));
  server.write('customer', { id: idOf(50), name: 'Zoë Müller' });
  device = await startDevice(server);
  await device.engine.signIn('maya', 'satchel');
  await device.settles();
});

const pages = () => device.road.calls.filter((call) => call.path === '/api/sync/page').length;

describe('the first download', () => {
  it('[DOWN-2] an interruption on any page repeats at most that page', async () => {
    for (let cut = 0; cut < 6; cut += 1) {
      let page = 0;
      device.road.fate = (call) => (call.path === '/api/sync/page' && page++ === cut ? 'lost' : 'arrives');
      await device.engine.download();
      const before = pages();
      await device.clock.advance(60_000);
      await device.settles();
      expect(pages() - before).toBeLessThanOrEqual(6 - cut + 1);
      expect(await device.status()).toMatchObject({ cache: 'available', synced: true });
      await expectSameRows(device, server);
      await device.engine.clearCache();
    }
  });

  it('[DOWN-3] an entity is available only when its digest matched, and readable when its own pages are in', async () => {
    const seen: string[] = [];
    device.engine.subscribe((event: EngineEvent) => {
      if (event.kind === 'status') seen.push(event.status.entities['job']?.state ?? '');
    });
    device.road.fate = (call) => (call.path === '/api/sync/pull' ? 'lost' : 'arrives');
    await device.engine.download();
    const status = await device.status();
    expect(status.entities['job']).toMatchObject({ state: 'initializing', rows: 10, rowsExpected: 10 });
    expect(status.synced).toBe(false);
    expect((await device.engine.query({ entity: 'job', limit: 50 })).source).toBe('device');
    device.road.fate = () => 'arrives';
    await device.clock.advance(60_000);
    expect((await device.status()).entities['job']).toEqual({ state: 'available', rows: 10 });
    expect(seen.length).toBeGreaterThan(0);
  });

  it('[DOWN-4] what changes on the server during the download is right at its end', async () => {
    let page = 0;
    device.road.fate = (call) => {
      if (call.path === '/api/sync/page' && page++ === 2) {
        server.write('job', jobRow(1, { title: 'Changed during' }));
        server.erase('job', idOf(2));
        server.write('job', jobRow(11));
      }
      return 'arrives';
    };
    await device.engine.download();
    await expectSameRows(device, server);
    expect(await device.status()).toMatchObject({ synced: true, heals: 0 });
  });

  it('[DOWN-5] work done before and during the download stays visible and goes home', async () => {
    const seen = (await device.engine.get('job', idOf(3)))?.row ?? {};
    device.road.fate = (call) => (call.path === '/api/sync/push' ? 'lost' : 'arrives');
    await device.engine.mutate({
      entity: 'job',
      recordId: idOf(3),
      command: 'update',
      values: { title: 'Mine' },
      seen,
    });
    const made = await device.engine.mutate({
      entity: 'job',
      command: 'create',
      values: { title: 'Made here' },
    });
    await device.settles();
    await device.engine.download();
    const here = await device.engine.query({ entity: 'job', order: [{ field: 'title' }], limit: 50 });
    expect(here.rows.map((row) => row['title'])).toEqual(expect.arrayContaining(['Mine', 'Made here']));
    expect(here.marks).toEqual({ [idOf(3)]: 'waiting', [made.recordId]: 'created-here' });
    device.road.fate = () => 'arrives';
    await device.clock.advance(600_000);
    await device.engine.sync();
    await expectSameRows(device, server);
    expect(await device.status()).toMatchObject({ synced: true, heals: 0 });
  });

  it('[DOWN-6] search finds by the beginning of words, without case and accents, from the first download on', async () => {
    await device.engine.download();
    const find = async (search: string, entity = 'customer') =>
      (await device.engine.query({ entity, search, limit: 10 })).rows.length;
    expect(await find('zoe')).toBe(1);
    expect(await find('MULL')).toBe(1);
    expect(await find('uller')).toBe(0);
    expect(await find('0007', 'job')).toBe(1);
    await device.engine.mutate({
      entity: 'customer',
      recordId: idOf(50),
      command: 'update',
      values: { name: 'Ada' },
    });
    expect(await find('zoe')).toBe(0);
    expect(await find('ada')).toBe(1);
  });

  it('[DOWN-7] a refused entity is not available with its reason, and the others are', async () => {
    const handle = server.handle;
    server.handle = (method, path, body, token) => {
      const isJobPage = path === '/api/sync/page' && (body as { entity: string }).entity === 'job';
      return isJobPage ? { status: 403, body: { code: 'forbidden' } } : handle(method, path, body, token);
    };
    await device.engine.download();
    const { entities, synced } = await device.status();
    expect(entities['job']).toEqual({ state: 'not-available', reason: 'permission' });
    expect(entities['customer']).toMatchObject({ state: 'available' });
    expect(synced).toBe(false);
  });

  it('[DOWN-8] one request proves all entities after the last page', async () => {
    await device.engine.download();
    const paths = device.road.calls.map((call) => call.path);
    const after = paths.slice(paths.lastIndexOf('/api/sync/page') + 1);
    expect(after).toEqual(['/api/sync/pull']);
    expect(await device.status()).toMatchObject({ cache: 'available', synced: true, heals: 0 });
  });

  it('[DOWN-9] a cache that is cleared under a page on its way is not filled by it, and can be downloaded anew', async () => {
    let clearing: Promise<void> | null = null;
    device.road.fate = (call) => {
      if (call.path === '/api/sync/page') clearing ??= device.engine.clearCache();
      return 'arrives';
    };
    await device.engine.download();
    await clearing;
    await device.settles();
    expect(await device.status()).toMatchObject({ cache: 'cleared' });
    expect((await device.engine.query({ entity: 'job', limit: 50 })).source).toBe('server');
    await device.engine.download();
    expect(await device.status()).toMatchObject({ cache: 'available', synced: true, heals: 0 });
    await expectSameRows(device, server);
  });

  it('[CACHE-1] dropping the cache drops no work', async () => {
    await device.engine.download();
    await device.engine.setForcedOffline(true);
    await device.engine.mutate({
      entity: 'job',
      recordId: idOf(1),
      command: 'update',
      values: { title: 'Kept' },
    });
    await device.engine.clearCache();
    expect(await device.status()).toMatchObject({ cache: 'cleared', outbox: { waiting: 1 } });
    expect((await device.engine.get('job', idOf(1)))?.row['title']).toBe('Kept');
    await device.engine.setForcedOffline(false);
    await device.engine.sync();
    await device.engine.download();
    await expectSameRows(device, server);
    expect(server.row('job', idOf(1))?.['title']).toBe('Kept');
  });
});
