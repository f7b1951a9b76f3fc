import { upcastRow, type Bundle, type Entity, type UpgradeStep } from '@satchel/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeServer, type FakeServer } from './testing/fake-server.ts';
import { expectSameRows } from './testing/same-rows.ts';
import { idOf, jobRow, sampleBundle } from './testing/sample.ts';
import { readyDevice, type TestDevice } from './testing/world.ts';

let server: FakeServer;
let device: TestDevice;
const [first, second] = [idOf(1), idOf(2)] as const;
const steps: readonly UpgradeStep[] = [
  { kind: 'renameField', entity: 'job', field: 'title', to: 'subject' },
  { kind: 'mapChoices', entity: 'job', field: 'tools', values: { pump: 'big_pump' } },
];

async function syncs(): Promise<void> {
  await device.settles();
  await device.engine.sync();
  await device.settles();
}
const edit = (recordId: string, values: Record<string, string | number | string[]>) =>
  device.engine.mutate({ entity: 'job', recordId, command: 'update', values });

/** The sample with titles of jobs called subjects, and big pumps. */
function nextBundle(): Bundle {
  const base = sampleBundle(undefined, 'b'.repeat(64));
  const entities = base.entities.map((entity): Entity => {
    if (entity.name !== 'job') return entity;
    const { title, ...fields } = entity.fields;
    if (title === undefined) throw new Error('no title');
    const choices = ['drill', 'ladder', 'big_pump'].map((value) => ({ value, label: value }));
    const tools = { type: 'multiChoice', label: 'Tools', choices } as const;
    return { ...entity, titleField: 'subject', fields: { subject: title, ...fields, tools } };
  });
  const views = base.views.map((view) => ({ ...view, order: [{ field: 'subject' }], columns: ['subject'] }));
  return { ...base, entities, views, schemaVersion: 2, upgrades: [{ to: 2, steps }] };
}
function publishes(): void {
  const rows = server.rows('job');
  server.bundle = nextBundle();
  for (const row of rows) server.write('job', upcastRow('job', row, steps).row);
}

beforeEach(async () => {
  server = createFakeServer(sampleBundle());
  for (let number = 1; number <= 4; number += 1) server.write('job', jobRow(number));
  device = await readyDevice(server);
});

describe('an outbox under a new version of the model', () => {
  it('[UPCAST-12] what waits is shown in the new words, and goes home', async () => {
    await device.engine.setForcedOffline(true);
    await edit(first, { title: 'Mine', tools: ['pump'] });
    publishes();
    device.road.fate = (call) => (call.path === '/api/sync/push' ? 'busy' : 'arrives');
    await device.engine.setForcedOffline(false);
    await syncs();
    await device.clock.advance(20_000);
    expect((await device.engine.bundle())?.schemaVersion).toBe(2);
    const [entry] = await device.engine.outbox();
    expect(entry?.mutation).toMatchObject({
      schemaVersion: 2,
      changes: { subject: { base: 'Job 0001', value: 'Mine' }, tools: { value: ['big_pump'] } },
    });
    expect((await device.engine.get('job', first))?.row).toMatchObject({
      subject: 'Mine',
      tools: ['big_pump'],
    });
    device.road.fate = () => 'arrives';
    await device.clock.advance(400_000);
    await syncs();
    expect(server.row('job', first)).toMatchObject({ subject: 'Mine', tools: ['big_pump'] });
    expect((await device.status()).synced).toBe(true);
    await expectSameRows(device, server);
  });

  it('[UPCAST-13] what was on the wire is sent again as it was, so that it has one effect', async () => {
    device.road.fate = (call) => (call.path === '/api/sync/push' ? 'answer-lost' : 'arrives');
    await edit(first, { title: 'Sent before', minutes: 5 });
    await syncs();
    publishes();
    await device.clock.advance(400_000);
    await syncs();
    const [entry] = await device.engine.outbox();
    device.road.fate = () => 'arrives';
    await device.clock.advance(400_000);
    await syncs();
    const sent = device.road.calls
      .filter((call) => call.path === '/api/sync/push')
      .flatMap((call) => (call.body as { mutations: { id: string; changes: object }[] }).mutations);
    expect(new Set(sent.map((mutation) => JSON.stringify(mutation))).size).toBe(1);
    expect(Object.keys(sent[0]?.changes ?? {})).toContain('title');
    expect(server.effects.get(entry?.mutation.id ?? sent[0]?.id ?? '')).toBe(1);
    expect(server.row('job', first)).toMatchObject({ subject: 'Sent before', minutes: 5 });
    expect((await device.status()).synced).toBe(true);
  });

  it('[UPCAST-12] a conflict made before is settled after, under the names of now', async () => {
    server.write('job', jobRow(2, { title: 'Theirs' }));
    await edit(second, { title: 'Mine' });
    await syncs();
    expect(await device.engine.outbox()).toMatchObject([{ state: 'conflict' }]);
    publishes();
    await syncs();
    await device.clock.advance(400_000);
    await syncs();
    const [entry] = await device.engine.outbox();
    expect(entry?.verdict?.clashes).toMatchObject({ subject: { mine: 'Mine', theirs: 'Theirs' } });
    await device.engine.resolve(entry?.mutation.id ?? '', { kind: 'keep', values: { subject: 'Mine' } });
    await syncs();
    expect(server.row('job', second)?.['subject']).toBe('Mine');
    expect((await device.status()).synced).toBe(true);
  });
});
