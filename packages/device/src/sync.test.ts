import { SyncError } from '@satchel/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeServer, type FakeServer } from './testing/fake-server.ts';
import { expectSameRows } from './testing/same-rows.ts';
import { idOf, jobRow, sampleBundle } from './testing/sample.ts';
import { readyDevice, startDevice, type Fate, type TestDevice } from './testing/world.ts';

let server: FakeServer;
let device: TestDevice;
const job = idOf(1);

const update = (values: Record<string, string | number | null>, recordId = job) =>
  device.engine.mutate({ entity: 'job', recordId, command: 'update', values });
const titleHere = async (id = job) => (await device.engine.get('job', id))?.row['title'];
const codeOf = async (promise: Promise<unknown>) => {
  const error = await promise.then(() => null).catch((caught: unknown) => caught);
  return error instanceof SyncError ? error.code : error;
};
async function syncs(): Promise<void> {
  await device.settles();
  await device.engine.sync();
  await device.settles();
}

beforeEach(async () => {
  server = createFakeServer(sampleBundle());
  for (let number = 1; number <= 5; number += 1) server.write('job', jobRow(number));
  device = await readyDevice(server);
});

describe('pulling', () => {
  it('[SYNC-1] after a sync with nothing pending the rows equal the server scope, byte for byte', async () => {
    server.write('job', jobRow(1, { title: 'New title', tools: ['drill', 'pump'], due: '2026-12-31' }));
    server.write('customer', { id: idOf(60), name: 'Ångström', vip: true });
    server.erase('job', idOf(2));
    server.write('note', { id: idOf(70), text: 'Line one\nLine two 🛠', job });
    await syncs();
    await expectSameRows(device, server);
    expect(await device.status()).toMatchObject({ synced: true, heals: 0 });
  });

  it('[SYNC-2] rows that left the scope because of another row are found by digest, repaired and counted', async () => {
    // Nothing of these rows changes: only what the person may see does.
    server.inScope = (_, row) => row['id'] !== idOf(3);
    server.write('customer', { id: idOf(61), name: 'Trigger' });
    await syncs();
    await expectSameRows(device, server);
    expect(await device.status()).toMatchObject({ synced: true, heals: 1 });
    server.inScope = () => true;
    server.write('customer', { id: idOf(61), name: 'Trigger again' });
    await syncs();
    await expectSameRows(device, server);
    expect((await device.status()).heals).toBe(2);
  });

  it('[SYNC-3] a cursor too old is answered by comparing, not by starting again', async () => {
    server.write('job', jobRow(4, { title: 'Changed long ago' }));
    server.erase('job', idOf(5));
    server.horizon = 1_000_000;
    const calls = device.road.calls.length;
    const pulling = device.engine.sync();
    await device.settles();
    server.horizon = 0;
    await pulling;
    await syncs();
    await expectSameRows(device, server);
    expect(device.road.calls.slice(calls).some((call) => call.path === '/api/sync/page')).toBe(false);
    expect((await device.status()).synced).toBe(true);
  });

  it('[SYNC-4] a wake-up pulls, and so does the timer', async () => {
    server.write('job', jobRow(1, { title: 'By others' }));
    await device.clock.advance(300_000);
    expect(await titleHere()).toBe('By others');
  });

  it('[SYNC-16] an accepted change stays on the visible row until a pull that has its effect settles it', async () => {
    const handle = server.handle;
    const late = new Map<string, unknown>();
    // A standby that lags: its snapshot is from before the push.
    server.handle = (method, path, body, token) => {
      const answer = handle(method, path, body, token);
      const parts = answer.body as { pull?: object };
      if (path === '/api/sync/pull' && late.size > 0) return { status: 200, body: late.get('pull') };
      if (path === '/api/sync/push') delete parts.pull;
      return answer;
    };
    const token = (call: number) => device.road.calls[call]?.token ?? null;
    const before = device.road.calls.filter((call) => call.path === '/api/sync/pull').at(-1)?.body;
    late.set('pull', handle('POST', '/api/sync/pull', before, token(device.road.calls.length - 1)).body);
    await update({ title: 'Accepted' });
    await syncs();
    expect((await device.engine.outbox()).map((entry) => entry.state)).toEqual(['applied']);
    expect(await titleHere()).toBe('Accepted');
    late.clear();
    await syncs();
    expect(await device.engine.outbox()).toEqual([]);
    await expectSameRows(device, server);
  });

  it('[SYNC-5] a new bundle adds its columns, fetches their values and keeps the outbox', async () => {
    await device.engine.setForcedOffline(true);
    await update({ title: 'Mine' });
    const base = sampleBundle(undefined, 'b'.repeat(64));
    const entities = base.entities.map((entity) =>
      entity.name === 'job'
        ? { ...entity, fields: { ...entity.fields, floor: { type: 'integer', label: 'Floor' } as const } }
        : entity,
    );
    server.bundle = { ...base, entities, schemaVersion: 2 };
    server.write('job', jobRow(2, { floor: 7 }));
    await device.engine.setForcedOffline(false);
    await syncs();
    await device.clock.advance(2_000);
    await syncs();
    expect((await device.engine.bundle())?.hash).toBe('b'.repeat(64));
    expect((await device.engine.get('job', idOf(2)))?.row['floor']).toBe(7);
    expect(server.row('job', job)?.['title']).toBe('Mine');
    await expectSameRows(device, server);
  });
});

describe('a field that a role now hides', () => {
  it('[FLS-7] leaves the device: its column, and its value in the bases and verdicts of pending work, which goes on', async () => {
    await device.engine.setForcedOffline(true);
    await update({ title: 'Mine' });
    server.write('job', jobRow(1, { title: 'Theirs', remarks: 'SESAME' }));
    await device.engine.setForcedOffline(false);
    await syncs();
    expect((await device.engine.outbox())[0]?.verdict?.theirs).toMatchObject({ remarks: 'SESAME' });
    const base = sampleBundle(undefined, 'b'.repeat(64));
    const entities = base.entities.map((entity) => {
      const { remarks: _hidden, ...fields } = entity.fields;
      return entity.name === 'job' ? { ...entity, fields } : entity;
    });
    server.bundle = { ...base, entities };
    server.write('customer', { id: idOf(61), name: 'Trigger' });
    await syncs();
    await device.clock.advance(2_000);
    await syncs();
    const { work, cache } = device.storage;
    const kept = JSON.stringify([work.rows('select row from base'), work.rows('select verdict from outbox')]);
    expect(kept).toContain('Theirs');
    expect(kept).not.toContain('SESAME');
    expect(JSON.stringify(cache.rows('select * from job'))).not.toContain('SESAME');
    expect((await device.engine.outbox()).map(({ state }) => state)).toEqual(['conflict']);
    expect(await titleHere()).toBe('Theirs');
  });
});

describe('a bad road', () => {
  const fates: readonly Fate[] = [
    'lost',
    'answer-lost',
    'twice',
    'html',
    'truncated',
    'too-large',
    'busy',
    'broken',
  ];
  for (const fate of fates) {
    it(`[SYNC-6] nothing is lost or done twice when a push is ${fate}`, async () => {
      let left = 2;
      device.road.fate = (call) => (call.path === '/api/sync/push' && left-- > 0 ? fate : 'arrives');
      await update({ minutes: 10 });
      const made = await device.engine.mutate({
        entity: 'job',
        command: 'create',
        values: { title: 'Made' },
      });
      await update({ minutes: 25 });
      await device.settles();
      for (let round = 0; round < 4; round += 1) await device.clock.advance(60_000);
      await syncs();
      expect(await device.engine.outbox()).toEqual([]);
      expect(server.row('job', job)?.['minutes']).toBe(25);
      expect(server.row('job', made.recordId)?.['title']).toBe('Made');
      expect([...server.effects.values()].every((count) => count === 1)).toBe(true);
      await expectSameRows(device, server);
    });
  }

  it('[SYNC-7] an unknown outcome fences what comes after it until the server knows', async () => {
    await device.engine.setForcedOffline(true);
    const first = await update({ title: 'First' });
    await update({ title: 'Second' }, idOf(2));
    server.unknown.add(first.mutationId);
    await device.engine.setForcedOffline(false);
    await syncs();
    expect((await device.engine.outbox()).map((entry) => [entry.state, entry.seq])).toEqual([
      ['retrying', 1],
      ['retrying', 2],
    ]);
    expect(server.row('job', idOf(2))?.['title']).toBe('Job 0002');
    server.unknown.clear();
    await device.clock.advance(60_000);
    expect(await device.engine.outbox()).toEqual([]);
    expect(server.row('job', idOf(2))?.['title']).toBe('Second');
  });

  it('[SYNC-8] synced is said only when nothing waits and the last sync was proven', async () => {
    expect((await device.status()).synced).toBe(true);
    device.road.fate = () => 'lost';
    await update({ title: 'Mine' });
    await device.settles();
    expect(await device.status()).toMatchObject({
      synced: false,
      connection: 'offline',
      outbox: { waiting: 1 },
    });
    device.road.fate = () => 'arrives';
    await device.clock.advance(60_000);
    expect(await device.status()).toMatchObject({ synced: true, connection: 'online', problem: null });
  });

  it('[SYNC-9] a captive portal is degraded, not offline, and is told as what it is', async () => {
    device.road.fate = () => 'html';
    await syncs();
    expect(await device.status()).toMatchObject({ connection: 'degraded', problem: 'not_our_server' });
  });
});

describe('sessions', () => {
  it('[SYNC-10] an expired session keeps everything readable and sends nothing until the person is back', async () => {
    server.expireSessions();
    await syncs();
    expect(await device.status()).toMatchObject({
      session: { state: 'expired' },
      problem: 'session_expired',
    });
    await update({ title: 'Still working' });
    expect(await titleHere()).toBe('Still working');
    await device.engine.signIn('maya', 'satchel');
    await syncs();
    expect(server.row('job', job)?.['title']).toBe('Still working');
    expect((await device.status()).synced).toBe(true);
  });

  it('[SYNC-11] another person neither sees nor sends work that is kept here', async () => {
    await device.engine.setForcedOffline(true);
    await update({ title: 'Secret' });
    expect(await codeOf(device.engine.signOut({ keepUnsent: false }))).toBe('waits_for_other');
    await device.engine.signOut({ keepUnsent: true });
    expect(await device.engine.outbox()).toEqual([]);
    expect(await codeOf(device.engine.query({ entity: 'job', limit: 10 }))).toBe('signed_out');
    expect(await codeOf(device.engine.signIn('omar', 'satchel'))).toBe('waits_for_other');
    expect((await device.status()).session.state).toBe('signed-out');
    await device.engine.signIn('maya', 'satchel');
    await syncs();
    expect(server.row('job', job)?.['title']).toBe('Secret');
  });

  it('[SYNC-12] with nothing kept another person may sign in, on a device id of their own', async () => {
    await device.engine.signOut({ keepUnsent: false });
    await device.engine.signIn('omar', 'satchel');
    await device.engine.download();
    expect((await device.status()).session).toMatchObject({ state: 'signed-in', user: { login: 'omar' } });
    expect(server.devices.size).toBe(2);
    await expectSameRows(device, server);
  });

  it('[SYNC-13] forced offline sends nothing and still answers from the device', async () => {
    await device.engine.setForcedOffline(true);
    const calls = device.road.calls.length;
    await update({ title: 'Quiet' });
    await device.clock.advance(3_600_000);
    expect(device.road.calls.length).toBe(calls);
    expect((await device.status()).connection).toBe('forced-offline');
    const again = await device.crashes();
    expect((await again.status()).connection).toBe('forced-offline');
    expect((await again.engine.get('job', job))?.row['title']).toBe('Quiet');
  });

  it('[SYNC-14] a wrong password changes nothing here', async () => {
    const fresh = await startDevice(server);
    expect(await codeOf(fresh.engine.signIn('maya', 'wrong'))).toBe('wrong_credentials');
    expect((await fresh.status()).session.state).toBe('signed-out');
    expect(await fresh.engine.bundle()).toBeNull();
  });
});

describe('live reads', () => {
  it('[SYNC-15] what is not carried is read live with pending changes laid over it, and not at all offline', async () => {
    server.write('price', { id: idOf(80), name: 'Hour', amount: 9_500 });
    server.write('price', { id: idOf(81), name: 'Travel', amount: 4_000 });
    const query = { entity: 'price', order: [{ field: 'name' }], limit: 50 };
    expect(await device.engine.query(query)).toMatchObject({
      source: 'server',
      rows: [{ name: 'Hour' }, { name: 'Travel' }],
    });
    device.road.fate = (call) => (call.path === '/api/sync/push' ? 'busy' : 'arrives');
    const seen = (await device.engine.get('price', idOf(80)))?.row;
    await device.engine.mutate({
      entity: 'price',
      recordId: idOf(80),
      command: 'update',
      values: { name: 'Zero hour' },
      ...(seen === undefined ? {} : { seen }),
    });
    await device.settles();
    const laidOver = await device.engine.query(query);
    expect(laidOver.rows.map((row) => row['name'])).toEqual(['Travel', 'Zero hour']);
    expect(laidOver.marks).toEqual({ [idOf(80)]: 'waiting' });
    device.road.fate = () => 'lost';
    await device.clock.advance(120_000);
    expect(await codeOf(device.engine.query(query))).toBe('not_on_device');
    expect((await device.engine.get('price', idOf(80)))?.row['name']).toBe('Zero hour');
    device.road.fate = () => 'arrives';
    await device.clock.advance(600_000);
    expect(server.row('price', idOf(80))?.['name']).toBe('Zero hour');
    expect((await device.status()).synced).toBe(true);
  });
});
