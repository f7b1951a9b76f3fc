import { SyncError } from '@satchel/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeServer, type FakeServer } from './testing/fake-server.ts';
import { expectSameRows } from './testing/same-rows.ts';
import { idOf, jobRow, sampleBundle } from './testing/sample.ts';
import { readyDevice, type TestDevice } from './testing/world.ts';

let server: FakeServer;
let device: TestDevice;
const job = idOf(1);

const update = (values: Record<string, string | number | null>, recordId = job) =>
  device.engine.mutate({ entity: 'job', recordId, command: 'update', values });
const codeOf = async (promise: Promise<unknown>) => {
  const error = await promise.then(() => null).catch((caught: unknown) => caught);
  return error instanceof SyncError ? error.code : error;
};
const states = async () => (await device.engine.outbox()).map((entry) => entry.state);
const view = async (id = job) => await device.engine.get('job', id);
const offline = async () => await device.engine.setForcedOffline(true);
const online = async () => {
  await device.settles();
  device.road.fate = () => 'arrives';
  await device.engine.setForcedOffline(false);
  await device.settles();
  await device.engine.sync();
  await device.settles();
};

beforeEach(async () => {
  server = createFakeServer(sampleBundle());
  for (let number = 1; number <= 4; number += 1) server.write('job', jobRow(number));
  device = await readyDevice(server);
});

describe('the write path', () => {
  it('[OUTBOX-1] a save is in the outbox and in the visible row when it is confirmed', async () => {
    await offline();
    const receipt = await update({ title: 'Mine' });
    expect(receipt.row?.['title']).toBe('Mine');
    expect(await view()).toMatchObject({ mark: 'waiting', pendingFields: ['title'], row: { title: 'Mine' } });
    expect(server.row('job', job)?.['title']).toBe('Job 0001');
    await online();
    expect(server.row('job', job)?.['title']).toBe('Mine');
    expect(await view()).toMatchObject({ mark: null, pendingFields: [] });
    await expectSameRows(device, server);
  });

  it('[OUTBOX-2] saves of one record that nobody has sent become one change with the first base', async () => {
    await offline();
    await update({ title: 'One' });
    await update({ title: 'Two', due: '2026-12-01' });
    const entries = await device.engine.outbox();
    expect(entries).toHaveLength(1);
    expect(entries[0]?.mutation.changes).toEqual({
      title: { base: 'Job 0001', value: 'Two' },
      due: { base: null, value: '2026-12-01' },
    });
  });

  it('[OUTBOX-3] a save that is already on the wire is not changed: the next one is an entry of its own', async () => {
    device.road.fate = (call) => (call.path === '/api/sync/push' ? 'answer-lost' : 'arrives');
    await update({ title: 'One' });
    await device.settles();
    await update({ title: 'Two' });
    expect(await device.engine.outbox()).toHaveLength(2);
    await online();
    expect(server.row('job', job)?.['title']).toBe('Two');
    expect(Math.max(...server.effects.values())).toBe(1);
  });

  it('[OUTBOX-4] wrong values, unknown commands, guards and missing records are refused and leave nothing behind', async () => {
    expect(await codeOf(update({ title: null }))).toBe('validation');
    expect(await codeOf(update({ status: 'lost' }))).toBe('validation');
    expect(await codeOf(device.engine.mutate({ entity: 'job', recordId: job, command: 'explode' }))).toBe(
      'unknown_command',
    );
    expect(await codeOf(device.engine.mutate({ entity: 'ghost', command: 'create' }))).toBe('unknown_entity');
    expect(await codeOf(update({ title: 'x' }, idOf(99)))).toBe('record_gone');
    await update({ status: 'closed' });
    expect(await codeOf(update({ title: 'too late' }))).toBe('guarded');
    expect(
      await codeOf(
        device.engine.mutate({ entity: 'user', command: 'create', values: { name: 'x', login: 'x' } }),
      ),
    ).toBe('forbidden');
    expect((await device.engine.outbox()).length).toBeLessThanOrEqual(1);
  });

  it('[OUTBOX-5] offline only what the profile allows can be done', async () => {
    await offline();
    await device.engine.sync();
    expect(
      await codeOf(device.engine.mutate({ entity: 'price', command: 'create', values: { name: 'Hour' } })),
    ).toBe('action_not_offline');
    await device.engine.mutate({ entity: 'job', recordId: job, command: 'finish' });
    expect((await view())?.row['status']).toBe('done');
  });

  it('[OUTBOX-6] the same call repeated with its own id is one change', async () => {
    const request = { entity: 'job', command: 'create', values: { title: 'Once' }, mutationId: idOf(500) };
    const first = await device.engine.mutate(request);
    const second = await device.engine.mutate(request);
    expect(second).toEqual(first);
    await online();
    expect(server.rows('job').filter((row) => row['title'] === 'Once')).toHaveLength(1);
  });

  it('[OUTBOX-7] a number is given when first sent, so taking back leaves no gap', async () => {
    await offline();
    const first = await update({ title: 'One' });
    await update({ title: 'Other' }, idOf(2));
    await device.engine.undo(first.mutationId);
    await online();
    expect([...server.devices.values()][0]?.lastSeq).toBe(1);
    expect(server.row('job', job)?.['title']).toBe('Job 0001');
    expect(server.row('job', idOf(2))?.['title']).toBe('Other');
  });

  it('[OUTBOX-8] undo restores the row, and is refused once the change was sent', async () => {
    await offline();
    const { mutationId } = await update({ title: 'Mine' });
    await device.engine.undo(mutationId);
    expect(await view()).toMatchObject({ mark: null, row: { title: 'Job 0001' } });
    await device.engine.setForcedOffline(false);
    device.road.fate = (call) => (call.path === '/api/sync/push' ? 'lost' : 'arrives');
    const sent = await update({ title: 'Sent' });
    await device.engine.sync();
    await device.settles();
    expect(await codeOf(device.engine.undo(sent.mutationId))).toBe('bad_request');
    await online();
    await expectSameRows(device, server);
  });

  it('[OUTBOX-19] what is saved where no server answers stays off the wire: it can be joined and taken back, however often was tried', async () => {
    device.road.fate = () => 'lost';
    await device.engine.sync();
    device.road.calls.length = 0;
    const first = await update({ title: 'One' });
    await device.clock.advance(120_000);
    const second = await update({ title: 'Two' });
    await device.clock.advance(120_000);
    expect(second.mutationId).toBe(first.mutationId);
    expect(device.road.calls.length).toBeGreaterThan(2);
    expect(device.road.calls.filter(({ path }) => path === '/api/sync/push')).toEqual([]);
    await device.engine.undo(second.mutationId);
    expect((await view())?.row['title']).toBe('Job 0001');
    await update({ title: 'Three' });
    await online();
    expect(server.row('job', job)?.['title']).toBe('Three');
    expect(Math.max(...server.effects.values())).toBe(1);
  });

  it('[OUTBOX-9] undo of a create that later changes need is refused', async () => {
    await offline();
    const made = await device.engine.mutate({ entity: 'job', command: 'create', values: { title: 'New' } });
    await device.engine.mutate({ entity: 'job', recordId: made.recordId, command: 'finish' });
    expect(await codeOf(device.engine.undo(made.mutationId))).toBe('waits_for_other');
  });
});

describe('refusals', () => {
  async function conflict(): Promise<string> {
    await offline();
    const { mutationId } = await update({ title: 'Mine', due: '2026-12-24' });
    server.write('job', jobRow(1, { title: 'Theirs' }));
    await online();
    expect(await states()).toEqual(['conflict']);
    return mutationId;
  }

  it('[OUTBOX-10] a conflict applies nothing, shows theirs, and stays until a person decides', async () => {
    await conflict();
    expect(await view()).toMatchObject({ mark: 'conflict', row: { title: 'Theirs', due: null } });
    const [entry] = await device.engine.outbox();
    expect(entry?.verdict?.clashes).toEqual({ title: { base: 'Job 0001', theirs: 'Theirs', mine: 'Mine' } });
    expect((await device.status()).synced).toBe(false);
    await online();
    expect(await states()).toEqual(['conflict']);
  });

  it('[OUTBOX-11] keeping mine sends a new mutation over the server row with everything else that was wanted', async () => {
    const refused = await conflict();
    await device.engine.resolve(refused, { kind: 'keep', values: { title: 'Mine' } });
    const [entry] = await device.engine.outbox();
    expect(entry?.mutation.supersedes).toBe(refused);
    await online();
    expect(server.row('job', job)).toMatchObject({ title: 'Mine', due: '2026-12-24' });
    expect(
      (await device.engine.history(10)).map((each) => [each.mutation.id === refused, each.state]),
    ).toEqual(
      expect.arrayContaining([
        [true, 'discarded'],
        [false, 'applied'],
      ]),
    );
    expect((await device.status()).synced).toBe(true);
    await expectSameRows(device, server);
  });

  it('[OUTBOX-18] what was changed and changed back, or adds up, is left as others made it when a clash is settled', async () => {
    await offline();
    await update({ title: 'Mine', due: '2026-12-24', minutes: 25 });
    const { mutationId } = await update({ due: null });
    server.write('job', jobRow(1, { title: 'Theirs', due: '2027-01-01', minutes: 10 }));
    await online();
    expect(await states()).toEqual(['conflict']);
    await device.engine.resolve(mutationId, { kind: 'keep', values: { title: 'Mine' } });
    await online();
    expect(server.row('job', job)).toMatchObject({ title: 'Mine', due: '2027-01-01', minutes: 35 });
    await expectSameRows(device, server);
  });

  it('[OUTBOX-12] taking theirs gives mine up and keeps it in the history', async () => {
    const refused = await conflict();
    await device.engine.resolve(refused, { kind: 'take-theirs' });
    expect(await device.engine.outbox()).toEqual([]);
    expect(await device.engine.history(10)).toMatchObject([
      { state: 'discarded', mutation: { id: refused } },
    ]);
    expect(await view()).toMatchObject({ mark: null, row: { title: 'Theirs' } });
    await expectSameRows(device, server);
  });

  it('[OUTBOX-13] what stands on a refused change is held and goes on after the decision, in order', async () => {
    await offline();
    const made = await device.engine.mutate({
      entity: 'job',
      command: 'create',
      values: { title: 'refuse me' },
    });
    const { recordId } = made;
    await device.engine.mutate({
      entity: 'note',
      command: 'create',
      values: { text: 'On it', job: recordId },
    });
    await update({ title: 'Unrelated' }, idOf(2));
    await online();
    expect(await states()).toEqual(['rejected', 'held']);
    expect(server.row('job', idOf(2))?.['title']).toBe('Unrelated');
    expect((await view(recordId))?.mark).toBe('rejected');
    await device.engine.mutate({
      entity: 'note',
      command: 'create',
      values: { text: 'Later', job: recordId },
    });
    expect(await states()).toEqual(['rejected', 'held', 'held']);
    await device.engine.resubmit(made.mutationId, { title: 'Fine now' });
    await online();
    expect(await device.engine.outbox()).toEqual([]);
    expect(server.row('job', recordId)?.['title']).toBe('Fine now');
    expect(server.rows('note')).toHaveLength(2);
    await expectSameRows(device, server);
  });

  it('[OUTBOX-14] giving up a refused create gives up the later changes of that record', async () => {
    await offline();
    const made = await device.engine.mutate({
      entity: 'job',
      command: 'create',
      values: { title: 'refuse me' },
    });
    await device.engine.mutate({ entity: 'job', recordId: made.recordId, command: 'finish' });
    await online();
    expect(await states()).toEqual(['rejected', 'held']);
    await device.engine.discard(made.mutationId);
    expect(await device.engine.outbox()).toEqual([]);
    expect(await device.engine.history(10)).toHaveLength(2);
    await expectSameRows(device, server);
  });

  it('[OUTBOX-15] a later change of a field that was settled otherwise starts from the settled value', async () => {
    const refused = await conflict();
    await update({ title: 'Mine again' });
    expect(await states()).toEqual(['conflict', 'held']);
    await device.engine.resolve(refused, { kind: 'keep', values: { title: 'Between' } });
    await online();
    expect(await states()).toEqual([]);
    expect(server.row('job', job)?.['title']).toBe('Mine again');
  });

  it('[OUTBOX-16] a record deleted by somebody else is a conflict, and keeping it makes it again', async () => {
    await offline();
    const { mutationId } = await update({ title: 'Still needed' });
    server.erase('job', job);
    await online();
    expect(await states()).toEqual(['conflict']);
    expect((await view())?.row['title']).toBe('Job 0001');
    await device.engine.resolve(mutationId, { kind: 'keep', values: { title: 'Still needed' } });
    await online();
    expect(server.row('job', job)?.['title']).toBe('Still needed');
    await expectSameRows(device, server);
  });

  it('[OUTBOX-17] edit and delete of one record go home one after the other', async () => {
    await offline();
    await update({ title: 'Last words' });
    await device.engine.mutate({ entity: 'job', recordId: job, command: 'delete' });
    expect(await view()).toMatchObject({ mark: 'deleted-here', row: { title: 'Last words' } });
    expect((await device.engine.query({ entity: 'job', limit: 50 })).rows).toHaveLength(3);
    await online();
    expect(await states()).toEqual([]);
    expect(server.row('job', job)).toBeUndefined();
    await expectSameRows(device, server);
  });
});
