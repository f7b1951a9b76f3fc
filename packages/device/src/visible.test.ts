// Invariant 6 as a property: whatever a person, the server and crashes do, the visible row is rebase(base, outbox).
import { openModel, rebase, type Row } from '@satchel/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFakeServer, type FakeServer } from './testing/fake-server.ts';
import { expectSameRows } from './testing/same-rows.ts';
import { idOf, jobRow, maya, sampleBundle } from './testing/sample.ts';
import { readyDevice, type TestDevice } from './testing/world.ts';
import { openWorkStore } from './work-store.ts';

const jobs = [1, 2, 3];

type Act =
  | { readonly kind: 'edit'; readonly job: number; readonly minutes: number }
  | { readonly kind: 'rename'; readonly job: number; readonly title: string }
  | { readonly kind: 'create' | 'crash' | 'sync' | 'online' | 'offline' }
  | { readonly kind: 'delete' | 'finish' | 'undo' | 'discard' | 'theirs' | 'erase'; readonly job: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    kind: fc.constant('edit' as const),
    job: fc.constantFrom(...jobs),
    minutes: fc.integer({ min: 0, max: 50 }),
  }),
  fc.record({
    kind: fc.constant('rename' as const),
    job: fc.constantFrom(...jobs),
    title: fc.constantFrom('A', 'B', 'C'),
  }),
  fc.record({
    kind: fc.constantFrom(
      'create' as const,
      'crash' as const,
      'sync' as const,
      'online' as const,
      'offline' as const,
    ),
  }),
  fc.record({
    kind: fc.constantFrom(
      'delete' as const,
      'finish' as const,
      'undo' as const,
      'discard' as const,
      'theirs' as const,
      'erase' as const,
    ),
    job: fc.constantFrom(...jobs),
  }),
);

describe('the visible row', () => {
  it(
    '[BASE-1] is rebase(base, outbox) whatever happens, and equals the server once all is settled',
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 25 }), async (acts) => {
          const server = createFakeServer(sampleBundle());
          for (const job of jobs) server.write('job', jobRow(job));
          let device = await readyDevice(server);
          for (const each of acts) {
            device = await perform(device, server, each);
            await expectDerived(device);
          }
          await settleAll(device);
          await expectSameRows(device, server);
          expect(await device.status()).toMatchObject({ heals: 0, problem: null });
          expect([...server.effects.values()].every((count) => count === 1)).toBe(true);
          device.engine.close();
        }),
        { seed: 20_261_123, numRuns: 60 },
      );
    },
  );

  it('[BASE-2] a row told by the server while work is pending becomes the base and keeps the work on top', async () => {
    const server = createFakeServer(sampleBundle());
    server.write('job', jobRow(1));
    const device = await readyDevice(server);
    device.road.fate = (call) => (call.path === '/api/sync/push' ? 'busy' : 'arrives');
    await device.engine.mutate({
      entity: 'job',
      recordId: idOf(1),
      command: 'update',
      values: { title: 'Mine' },
    });
    await device.settles();
    server.write('job', jobRow(1, { due: '2026-12-24' }));
    await device.engine.sync();
    await device.settles();
    const view = await device.engine.get('job', idOf(1));
    expect(view).toMatchObject({ row: { title: 'Mine', due: '2026-12-24' }, pendingFields: ['title'] });
    const { entities, heals } = await device.status();
    expect({ state: entities['job']?.state, heals }).toEqual({ state: 'available', heals: 0 });
  });

  it('[BASE-3] a record that leaves the scope or is deleted keeps the work that is pending on it', async () => {
    const server = createFakeServer(sampleBundle());
    server.write('job', jobRow(1));
    const device = await readyDevice(server);
    device.road.fate = (call) => (call.path === '/api/sync/push' ? 'busy' : 'arrives');
    await device.engine.mutate({
      entity: 'job',
      recordId: idOf(1),
      command: 'update',
      values: { title: 'Mine' },
    });
    await device.settles();
    server.erase('job', idOf(1));
    await device.engine.sync();
    await device.settles();
    expect((await device.engine.get('job', idOf(1)))?.row['title']).toBe('Mine');
    expect((await device.engine.query({ entity: 'job', limit: 10 })).rows).toMatchObject([{ title: 'Mine' }]);
    const { entities, heals } = await device.status();
    expect({ job: entities['job'], heals }).toEqual({ job: { state: 'available', rows: 0 }, heals: 0 });
  });
});

async function perform(device: TestDevice, server: FakeServer, each: Act): Promise<TestDevice> {
  const { engine } = device;
  const refused = () => undefined;
  switch (each.kind) {
    case 'edit':
      await engine
        .mutate({
          entity: 'job',
          recordId: idOf(each.job),
          command: 'update',
          values: { minutes: each.minutes },
        })
        .catch(refused);
      break;
    case 'rename':
      await engine
        .mutate({ entity: 'job', recordId: idOf(each.job), command: 'update', values: { title: each.title } })
        .catch(refused);
      break;
    case 'delete':
    case 'finish':
      await engine.mutate({ entity: 'job', recordId: idOf(each.job), command: each.kind }).catch(refused);
      break;
    case 'create':
      await engine.mutate({ entity: 'job', command: 'create', values: { title: 'Made' } });
      break;
    case 'undo':
    case 'discard':
      for (const entry of await engine.outbox()) await engine[each.kind](entry.mutation.id).catch(refused);
      break;
    case 'theirs': {
      const row = server.row('job', idOf(each.job));
      if (row !== undefined)
        server.write('job', { ...row, title: `Theirs ${each.job}`, minutes: Number(row['minutes']) + 1 });
      break;
    }
    case 'erase':
      if (server.row('job', idOf(each.job)) !== undefined) server.erase('job', idOf(each.job));
      break;
    case 'sync':
      await engine.sync();
      break;
    case 'offline':
    case 'online':
      await engine.setForcedOffline(each.kind === 'offline');
      break;
    case 'crash':
      return await device.crashes();
  }
  await device.settles();
  return device;
}

/** Reads both files as they are and derives anew. */
async function expectDerived(device: TestDevice): Promise<void> {
  const work = openWorkStore(device.storage.work);
  const model = openModel(sampleBundle());
  const visible = new Map(
    (await device.engine.query({ entity: 'job', limit: 1_000 })).rows.map((row) => [row['id'], row]),
  );
  for (const { entity, id, row } of work.bases()) {
    if (entity !== 'job') continue;
    const derived = rebase(model, row, work.entriesOf(id), { user: maya }).row;
    expect(withoutRev(visible.get(id) ?? null)).toEqual(withoutRev(derived));
  }
}

function withoutRev(row: Row | null): Row | null {
  if (row === null) return null;
  const { _rev, ...rest } = row;
  return rest;
}

async function settleAll(device: TestDevice): Promise<void> {
  await device.engine.setForcedOffline(false);
  for (let round = 0; round < 30; round += 1) {
    await device.settles();
    await device.engine.sync();
    await device.settles();
    const open = await device.engine.outbox();
    if (open.length === 0) return;
    for (const entry of open) {
      if (entry.state === 'conflict') await device.engine.resolve(entry.mutation.id, { kind: 'take-theirs' });
      else if (entry.state === 'rejected') await device.engine.discard(entry.mutation.id);
    }
  }
  expect(await device.engine.outbox()).toEqual([]);
}
