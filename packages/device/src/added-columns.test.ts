// Columns that a new bundle adds: only they are fetched, whatever happens meanwhile.
import type { Bundle, Field, PageRequest } from '@satchel/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeServer, type FakeServer } from './testing/fake-server.ts';
import { fragileStorage } from './testing/fragile-storage.ts';
import { expectSameRows } from './testing/same-rows.ts';
import { idOf, jobRow, sampleBundle } from './testing/sample.ts';
import { readyDevice, type TestDevice } from './testing/world.ts';

const job = idOf(1);
const floor: Field = { type: 'integer', label: 'Floor' };
const place: Field = { type: 'text', label: 'Place', searchable: true };

/** The sample with other fields of jobs. */
function bundleWith(edit: (fields: Record<string, Field>) => void, letter: string): Bundle {
  const base = sampleBundle(undefined, letter.repeat(64));
  const entities = base.entities.map((entity) => {
    if (entity.name !== 'job') return entity;
    const fields: Record<string, Field> = { ...entity.fields };
    edit(fields);
    return { ...entity, fields };
  });
  return { ...base, entities };
}
const wider = (letter = 'b') => bundleWith((fields) => Object.assign(fields, { floor, place }), letter);

/** Publishes and fills the new columns of rows in place: no revision moves. */
function publishes(server: FakeServer, bundle: Bundle = wider()): void {
  server.bundle = bundle;
  const names = Object.keys(bundle.entities.find(({ name }) => name === 'job')?.fields ?? {});
  server.amend('job', (row, index) => ({
    ...row,
    ...(names.includes('floor') ? { floor: index } : {}),
    ...(names.includes('place') ? { place: `Place${index}` } : {}),
  }));
}
function filledServer(): FakeServer {
  const server = createFakeServer(sampleBundle());
  for (let number = 1; number <= 10; number += 1) server.write('job', jobRow(number));
  server.write('customer', { id: idOf(50), name: 'Acme' });
  return server;
}
async function syncs(device: TestDevice): Promise<void> {
  await device.engine.sync();
  await device.settles();
  await device.clock.advance(2_000);
  await device.settles();
}
const pagesOf = (device: TestDevice, from = 0): PageRequest[] =>
  device.road.calls
    .slice(from)
    .filter(({ path }) => path === '/api/sync/page')
    .map(({ body }) => body as PageRequest);

let server: FakeServer;
let device: TestDevice;
beforeEach(async () => {
  server = filledServer();
  device = await readyDevice(server);
});

describe('columns that a new bundle adds', () => {
  it('[SYNC-5] only their values are fetched, with the rows readable meanwhile, and the rows are proven afterwards', async () => {
    const before = device.road.calls.length;
    publishes(server);
    const seen: string[] = [];
    device.road.fate = (call) => {
      if (call.path !== '/api/sync/page') return 'arrives';
      void device.engine.query({ entity: 'job', limit: 50 }).then((found) => {
        seen.push(`${found.source} ${found.rows.length}`);
      });
      return 'arrives';
    };
    await syncs(device);
    const pages = pagesOf(device, before);
    expect(pages.map(({ entity }) => entity)).toEqual(Array(4).fill('job'));
    expect(pages.every(({ columns }) => columns?.join() === 'floor,place')).toBe(true);
    const others = device.road.calls.slice(before).map(({ body }) => (body as { step?: string })?.step);
    expect(others).not.toContain('rows');
    expect(new Set(seen)).toEqual(new Set(['device 10']));
    await expectSameRows(device, server);
    expect(await device.status()).toMatchObject({ synced: true, heals: 0, cache: 'available' });
    expect((await device.engine.query({ entity: 'job', search: 'place3', limit: 5 })).rows).toHaveLength(1);
  });

  it('[SYNC-5] nothing is fetched for a column that is gone, and only the new one where one goes and one comes', async () => {
    const before = device.road.calls.length;
    server.bundle = bundleWith((fields) => delete fields['remarks'], 'b');
    await syncs(device);
    expect(pagesOf(device, before)).toEqual([]);
    publishes(
      server,
      bundleWith((fields) => {
        delete fields['due'];
        fields['floor'] = floor;
      }, 'c'),
    );
    await syncs(device);
    expect(new Set(pagesOf(device, before).map(({ columns }) => columns?.join()))).toEqual(
      new Set(['remarks,floor']),
    );
    await expectSameRows(device, server);
    expect(await device.status()).toMatchObject({ synced: true, heals: 0 });
  });

  it('[CACHE-10] rows that change, come and go between two pages end right, and none is healed without reason', async () => {
    publishes(server);
    let page = 0;
    device.road.fate = (call) => {
      if (call.path !== '/api/sync/page') return 'arrives';
      page += 1;
      if (page === 2) {
        server.write('job', jobRow(1, { title: 'After its page', floor: 70 }));
        server.write('job', jobRow(9, { title: 'Before its page', floor: 71 }));
        server.write('job', jobRow(11, { floor: 72 }));
        server.erase('job', idOf(8));
      }
      return 'arrives';
    };
    await syncs(device);
    expect(page).toBeGreaterThan(2);
    await expectSameRows(device, server);
    expect(await device.status()).toMatchObject({ synced: true, heals: 0 });
  });

  it('[CACHE-10] a row that no page had at its revision is made to differ: it is compared and brought whole', async () => {
    publishes(server);
    // Out of sight while the pages are told, back before the proof, without a write.
    device.road.fate = (call) => {
      if (call.path === '/api/sync/page') server.inScope = (_, row) => row['id'] !== idOf(4);
      return 'arrives';
    };
    const handle = server.handle;
    server.handle = (method, path, body, token) => {
      if (path === '/api/sync/pull') server.inScope = () => true;
      return handle(method, path, body, token);
    };
    await syncs(device);
    expect((await device.engine.get('job', idOf(4)))?.row).toMatchObject({ floor: 3, place: 'Place3' });
    await expectSameRows(device, server);
    expect(await device.status()).toMatchObject({ synced: true, heals: 1 });
  });

  it('[CACHE-10] pending work stays on top, gets the new columns in its base, and goes home', async () => {
    for (const id of [job, idOf(5)]) {
      await device.engine.setForcedOffline(true);
      await device.engine.mutate({
        entity: 'job',
        recordId: id,
        command: 'update',
        values: { title: 'Mine' },
      });
      server.write('job', { ...server.row('job', id), title: 'Theirs' });
      await device.engine.setForcedOffline(false);
      await syncs(device);
    }
    publishes(server);
    let page = 0;
    device.road.fate = (call) => {
      if (call.path === '/api/sync/page' && ++page === 1)
        server.write('job', { ...server.row('job', idOf(5)), minutes: 9, floor: 55 });
      return 'arrives';
    };
    await syncs(device);
    const conflicts = await device.engine.outbox();
    expect(conflicts.map(({ state }) => state)).toEqual(['conflict', 'conflict']);
    expect((await device.engine.get('job', job))?.row).toMatchObject({ floor: 0, place: 'Place0' });
    expect((await device.engine.get('job', idOf(5)))?.row).toMatchObject({ floor: 55, minutes: 9 });
    for (const { mutation } of conflicts)
      await device.engine.resolve(mutation.id, { kind: 'keep', values: { title: 'Mine' } });
    await syncs(device);
    expect(server.row('job', job)).toMatchObject({ title: 'Mine', floor: 0 });
    expect(server.row('job', idOf(5))).toMatchObject({ title: 'Mine', floor: 55 });
    await expectSameRows(device, server);
    expect(await device.status()).toMatchObject({ synced: true, heals: 0 });
  });

  it('[CACHE-10] a second bundle on the way begins the columns anew; one that drops them again asks for nothing more', async () => {
    for (const [letter, last] of [
      ['c', bundleWith((fields) => Object.assign(fields, { floor, place, lift: floor }), 'c')],
      ['d', sampleBundle(undefined, 'd'.repeat(64))],
    ] as const) {
      const from = device.road.calls.length;
      publishes(server, wider(letter === 'c' ? 'b' : 'e'));
      let page = 0;
      device.road.fate = (call) => {
        if (call.path === '/api/sync/page' && ++page === 3) server.bundle = last;
        return 'arrives';
      };
      await syncs(device);
      await syncs(device);
      if (letter === 'c') expect(pagesOf(device, from).at(-1)?.columns).toEqual(['floor', 'place', 'lift']);
      await expectSameRows(device, server);
      expect(await device.status()).toMatchObject({ synced: true, heals: 0 });
    }
  });

  it(
    '[CACHE-10] a device that dies at any call to storage goes on where the last page ended, and ends proven',
    { timeout: 240_000 },
    async () => {
      let diesAt = 1;
      for (; ; diesAt += 8) {
        const theirs = filledServer();
        theirs.pageRows = 5;
        const fragile = fragileStorage();
        const mine = await readyDevice(theirs, { wrap: fragile.wrap });
        await mine.engine.setForcedOffline(true);
        await mine.engine.mutate({ entity: 'job', recordId: job, command: 'update', values: { minutes: 5 } });
        publishes(theirs);
        const from = mine.road.calls.length;
        fragile.arm(diesAt);
        const ended = mine.engine
          .setForcedOffline(false)
          .then(() => mine.engine.sync())
          .then(() => mine.settles())
          .catch(() => undefined);
        await Promise.race([ended, mine.settles()]);
        const died = fragile.isDead();
        const again = await mine.crashes();
        await again.engine.setForcedOffline(false);
        await again.engine.sync();
        await again.engine.download();
        await again.settles();
        await expectSameRows(again, theirs);
        expect(await again.engine.outbox()).toEqual([]);
        expect(await again.status()).toMatchObject({ synced: true, problem: null, heals: 0 });
        expect(theirs.row('job', job)).toMatchObject({ minutes: 5, floor: 0 });
        const pages = pagesOf(again, from);
        expect(pages.every(({ columns }) => columns !== undefined)).toBe(true);
        // Two pages; a death costs the pages that were on their way and no more.
        expect(pages.length).toBeLessThanOrEqual(2 + 3);
        again.engine.close();
        if (!died) break;
      }
      expect(diesAt).toBeGreaterThan(60);
    },
  );
});
