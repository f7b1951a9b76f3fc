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

interface Page {
  readonly rows: number;
  readonly columns: readonly { readonly name: string }[];
}

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

  it('[DOWN-10] lists and searches are right between any two pieces of what is made after the last page', async () => {
    const answers: string[] = [];
    device.clock.breathe = async () => {
      const { engine } = device;
      const list = await engine.query({ entity: 'job', order: [{ field: 'title' }], limit: 50 });
      const search = await engine.query({ entity: 'job', search: '0007', limit: 50 });
      answers.push(`${list.source} ${list.rows.length} ${search.source} ${search.rows.length}`);
    };
    await device.engine.download();
    expect(answers.length).toBeGreaterThan(1);
    expect(new Set(answers)).toEqual(new Set(['device 10 device 1']));
    expect(await device.status()).toMatchObject({ cache: 'available', activity: 'idle', synced: true });
  });

  it('[DOWN-10] what is left to make when the process ends is made by the next one, and the status is true meanwhile', async () => {
    const states: string[] = [];
    device.clock.breathe = async () => {
      const { cache, activity, synced } = await device.status();
      states.push(`${cache} ${activity} ${synced}`);
      // The process goes no further.
      await new Promise(() => undefined);
    };
    const ended = device.engine.download();
    await device.settles();
    expect(states).toEqual(['available indexing true']);
    const again = await device.crashes();
    let pieces = 0;
    again.clock.breathe = () => {
      pieces += 1;
      return Promise.resolve();
    };
    await again.settles();
    expect(pieces).toBeGreaterThan(1);
    expect(await again.status()).toMatchObject({
      cache: 'available',
      activity: 'idle',
      synced: true,
      heals: 0,
    });
    await Promise.race([ended, again.settles()]);
  });

  it('[DOWN-11] a page that is not what it says is refused whole, and the download goes on with a right one', async () => {
    const handle = server.handle;
    const spoilings: readonly ((page: Page) => unknown)[] = [
      (page) => ({ ...page, rows: page.rows + 1 }),
      (page) => ({ ...page, columns: page.columns.filter(({ name }) => name !== 'id') }),
      (page) => ({ ...page, columns: [...page.columns, page.columns[1]] }),
      (page) => ({
        ...page,
        columns: [...page.columns, { name: 'x', values: page.columns.map(() => ({})) }],
      }),
      (page) => ({
        ...page,
        columns: [...page.columns, { name: 'x', dictionary: ['a'], codes: [1, 0, 0, 0] }],
      }),
    ];
    for (const spoil of spoilings) {
      server.handle = (method, path, body, token) => {
        const answer = handle(method, path, body, token);
        return path === '/api/sync/page' ? { ...answer, body: spoil(answer.body as Page) } : answer;
      };
      await device.engine.download();
      expect(await device.status()).toMatchObject({ cache: 'initializing', problem: 'bad_response' });
      expect(device.storage.cache.rows('select count(*) from job')).toEqual([[0]]);
    }
    server.handle = handle;
    await device.clock.advance(600_000);
    expect(await device.status()).toMatchObject({ cache: 'available', synced: true, heals: 0 });
    await expectSameRows(device, server);
  });

  it('[DOWN-12] two pages of an entity are on their way at once, and a wrong guess of where the second begins costs no row', async () => {
    const asked: string[] = [];
    const handle = server.handle;
    server.handle = (method, path, body, token) => {
      const { entity, after } = body as { entity: string; after: string | null };
      if (path === '/api/sync/page' && entity === 'job') asked.push(after ?? 'start');
      const answer = handle(method, path, body, token);
      // The guess was made; now the pages begin elsewhere.
      if (path === '/api/sync/page' && after === null && entity === 'job') server.erase('job', idOf(5));
      return answer;
    };
    await device.engine.download();
    expect(asked).toEqual(['start', idOf(3), idOf(6), idOf(7), idOf(10)].slice(0, asked.length));
    expect(asked.length).toBeGreaterThan(3);
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
