// A change that waits for a supervisor, as its author's device sees it: it stays until that is decided, and can always be withdrawn.
import { describe, expect, it } from 'vitest';
import { SyncError } from '@satchel/model';
import { createFakeServer, type FakeServer } from './testing/fake-server.ts';
import { disputedBundle, opensReview, supervises } from './testing/fake-supervisor.ts';
import { fragileStorage } from './testing/fragile-storage.ts';
import { expectSameRows } from './testing/same-rows.ts';
import { idOf, jobRow } from './testing/sample.ts';
import { readyDevice, type DeviceOptions, type TestDevice } from './testing/world.ts';

let server: FakeServer;
let device: TestDevice;
const job = idOf(1);

const comesBack = async () => {
  await device.engine.setForcedOffline(false);
  for (let times = 0; times < 2; times += 1) {
    await device.engine.sync();
    await device.settles();
  }
};
/** Two changes of one job, the first of which clashed: its id. */
const dispute = async (carries: boolean, options: DeviceOptions = {}): Promise<string> => {
  server = createFakeServer(disputedBundle(carries));
  server.write('job', jobRow(1, { due: '2027-01-01' }));
  device = await readyDevice(server, options);
  await device.engine.setForcedOffline(true);
  const first = await device.engine.mutate({
    entity: 'job',
    recordId: job,
    command: 'update',
    values: { due: '2027-02-01' },
  });
  await device.engine.mutate({ entity: 'job', recordId: job, command: 'finish' });
  server.write('job', jobRow(1, { due: '2027-03-01' }));
  await comesBack();
  if (carries) opensReview(server, first.mutationId);
  await comesBack();
  return first.mutationId;
};
const outbox = async () => (await device.engine.outbox()).map(({ state, verdict }) => [state, verdict?.code]);
const codeOf = async (promise: Promise<unknown>) => {
  const error = await promise.then(() => null).catch((caught: unknown) => caught);
  return error instanceof SyncError ? error.code : error;
};

describe('waiting for a supervisor', () => {
  it('[OUTBOX-23] it stays with what stands on it, is never called synced, and its author cannot settle it', async () => {
    const id = await dispute(true);
    expect(await outbox()).toMatchObject([
      ['conflict', 'needs_supervisor'],
      ['held', 'waits_for_other'],
    ]);
    expect(await device.status()).toMatchObject({ synced: false });
    expect(await codeOf(device.engine.resolve(id, { kind: 'take-theirs' }))).toBe('bad_request');
    expect(await codeOf(device.engine.resolve(id, { kind: 'keep', values: { due: '2027-02-01' } }))).toBe(
      'bad_request',
    );
    expect(await codeOf(device.engine.resubmit(id, { due: '2027-02-01' }))).toBe('bad_request');
  });

  it('[OUTBOX-23] an acceptance is learnt by the next pull, and what stood on it goes home', async () => {
    const id = await dispute(true);
    supervises(server, id, 'accept');
    await comesBack();
    expect(await device.engine.outbox()).toEqual([]);
    expect(server.row('job', job)).toMatchObject({ due: '2027-02-01', status: 'done' });
    expect((await device.engine.history(5)).find(({ mutation }) => mutation.id === id)).toMatchObject({
      state: 'merged',
      verdict: { by: { name: 'Sofia' } },
    });
    await expectSameRows(device, server);
  });

  it('[OUTBOX-23] a refusal by the supervisor is learnt by the next pull, and the person gives the change up', async () => {
    const id = await dispute(true);
    supervises(server, id, 'decline');
    await comesBack();
    expect((await outbox())[0]).toEqual(['rejected', 'declined']);
    await device.engine.discard(id);
    await comesBack();
    expect(await device.engine.outbox()).toEqual([]);
    expect(server.row('job', job)).toMatchObject({ due: '2027-03-01', status: 'done' });
    await expectSameRows(device, server);
  });

  it('[OUTBOX-24] withdrawing is told to the server with the next push, and what was held goes on', async () => {
    const id = await dispute(true);
    await device.engine.setForcedOffline(true);
    await device.engine.discard(id);
    const [withdrawal] = await device.engine.outbox();
    expect(withdrawal).toMatchObject({ mutation: { entity: 'review', recordId: id, command: 'withdraw' } });
    expect(await device.engine.get('review', id)).toMatchObject({ row: { state: 'withdrawn' } });
    expect(await codeOf(device.engine.undo(withdrawal?.mutation.id ?? ''))).toBe('bad_request');
    await comesBack();
    expect(server.row('review', id)).toMatchObject({ state: 'withdrawn' });
    expect(await device.engine.outbox()).toEqual([]);
    expect(server.row('job', job)).toMatchObject({ due: '2027-03-01', status: 'done' });
    await expectSameRows(device, server);
  });

  it('[OUTBOX-24] a withdrawal that comes too late is refused in words, and can be put away', async () => {
    const id = await dispute(true);
    await device.engine.setForcedOffline(true);
    await device.engine.discard(id);
    supervises(server, id, 'accept');
    await comesBack();
    const [late] = await device.engine.outbox();
    expect(late).toMatchObject({ state: 'rejected', verdict: { code: 'guarded' } });
    await device.engine.discard(late?.mutation.id ?? '');
    await comesBack();
    expect(await device.engine.outbox()).toEqual([]);
    expect(server.row('job', job)).toMatchObject({ due: '2027-02-01', status: 'done' });
    await expectSameRows(device, server);
  });

  it('[OUTBOX-24] whoever may not read reviews can withdraw all the same', async () => {
    const id = await dispute(false);
    expect((await outbox())[0]).toEqual(['conflict', 'needs_supervisor']);
    await device.engine.setForcedOffline(true);
    await device.engine.discard(id);
    expect((await device.engine.outbox())[0]).toMatchObject({ mutation: { command: 'withdraw' } });
    expect((await device.engine.outbox()).map(({ state }) => state)).toEqual(['queued', 'queued']);
    device = await device.crashes();
    expect(await outbox()).toHaveLength(2);
  });

  it(
    '[OUTBOX-24] a crash at any call to storage while withdrawing leaves it waiting or withdrawn, and nothing between',
    { timeout: 120_000 },
    async () => {
      for (let number = 1; ; number += 1) {
        const fragile = fragileStorage();
        const id = await dispute(true, { wrap: fragile.wrap });
        await device.engine.setForcedOffline(true);
        fragile.arm(number);
        const ended = device.engine.discard(id).catch(() => undefined);
        await Promise.race([ended, device.settles()]);
        const hasDied = fragile.isDead();
        device = await device.crashes();
        await comesBack();
        const isWithdrawn = server.row('review', id)?.['state'] === 'withdrawn';
        expect(await outbox()).toHaveLength(isWithdrawn ? 0 : 2);
        if (!isWithdrawn) await device.engine.discard(id);
        await comesBack();
        expect(await device.engine.outbox()).toEqual([]);
        expect(server.row('job', job)).toMatchObject({ due: '2027-03-01', status: 'done' });
        await expectSameRows(device, server);
        if (!hasDied) break;
      }
    },
  );
});
