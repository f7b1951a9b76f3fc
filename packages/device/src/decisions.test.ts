// What the device does by rule and not by asking: edits of deleted records, and closed records.
import { describe, expect, it } from 'vitest';
import { safePolicy, SyncError, type ClosedRule, type DeleteRule, type Solution } from '@satchel/model';
import { createFakeServer, type FakeServer } from './testing/fake-server.ts';
import { expectSameRows } from './testing/same-rows.ts';
import { idOf, jobRow, sampleBundle, sampleSolution } from './testing/sample.ts';
import { readyDevice, type TestDevice } from './testing/world.ts';

let server: FakeServer;
let device: TestDevice;
const job = idOf(1);

/** The sample under other rules: a closed job is closed, and notes go with their job. */
function sampleUnder(deleteVsEdit: DeleteRule, closedRecord: ClosedRule): Solution {
  return {
    ...sampleSolution,
    policy: { ...safePolicy, conflict: { ...safePolicy.conflict, deleteVsEdit, closedRecord } },
    entities: sampleSolution.entities.map((entity) => {
      if (entity.name === 'job')
        return { ...entity, guards: (entity.guards ?? []).map((guard) => ({ ...guard, closes: true })) };
      const { text } = entity.fields;
      if (entity.name !== 'note' || text === undefined) return entity;
      return {
        ...entity,
        fields: { text, job: { type: 'lookup', label: 'Job', to: ['job'], onDelete: 'cascade' } },
      };
    }),
  };
}
const startUnder = async (deleteVsEdit: DeleteRule, closedRecord: ClosedRule = 'allow-append-only') => {
  server = createFakeServer(sampleBundle(sampleUnder(deleteVsEdit, closedRecord)));
  for (let number = 1; number <= 2; number += 1) server.write('job', jobRow(number));
  device = await readyDevice(server);
};
const comesBack = async () => {
  await device.engine.setForcedOffline(false);
  await device.engine.sync();
  await device.settles();
};
const update = (values: Record<string, string | null>) =>
  device.engine.mutate({ entity: 'job', recordId: job, command: 'update', values });
const codeOf = async (promise: Promise<unknown>) => {
  const error = await promise.then(() => null).catch((caught: unknown) => caught);
  return error instanceof SyncError ? error.code : error;
};

describe('deleted by somebody else', () => {
  it('[OUTBOX-20] under recreate an edit makes the record again under its id, nobody asked, and the history has both', async () => {
    await startUnder('recreate');
    await device.engine.setForcedOffline(true);
    await update({ title: 'Mine' });
    server.erase('job', job);
    await comesBack();
    expect(server.row('job', job)).toMatchObject({ title: 'Mine', status: 'open' });
    expect(await device.engine.outbox()).toEqual([]);
    expect((await device.engine.history(5)).map(({ state }) => state).sort()).toEqual([
      'applied',
      'discarded',
    ]);
    await expectSameRows(device, server);
  });

  it('[OUTBOX-20] a crash between the verdict and the making again changes nothing', async () => {
    await startUnder('recreate');
    await device.engine.setForcedOffline(true);
    await update({ title: 'Mine' });
    server.erase('job', job);
    const { road } = device;
    road.fate = (call) => (call.path === '/api/sync/push' ? 'answer-lost' : 'arrives');
    await comesBack();
    road.fate = () => 'arrives';
    device = await device.crashes();
    for (let times = 0; times < 2; times += 1) {
      await device.engine.sync();
      await device.settles();
    }
    expect(server.row('job', job)).toMatchObject({ title: 'Mine' });
    expect(await device.engine.outbox()).toEqual([]);
    await expectSameRows(device, server);
  });

  it('[OUTBOX-20] under delete-wins the edit yields, and what was wanted stays in the history', async () => {
    await startUnder('delete-wins');
    await device.engine.setForcedOffline(true);
    await update({ title: 'Mine' });
    server.erase('job', job);
    await comesBack();
    expect(await device.engine.outbox()).toEqual([]);
    const [entry] = await device.engine.history(5);
    expect(entry).toMatchObject({ state: 'merged', verdict: { rule: 'delete-wins' } });
    expect(entry?.mutation.changes).toMatchObject({ title: { value: 'Mine' } });
    expect(await device.engine.get('job', job)).toBeNull();
    await expectSameRows(device, server);
  });

  it('[OUTBOX-20] under recreate a delete of what others changed is not done, and the record is back', async () => {
    await startUnder('recreate');
    await device.engine.setForcedOffline(true);
    await device.engine.mutate({ entity: 'job', recordId: job, command: 'delete' });
    server.write('job', jobRow(1, { title: 'Theirs' }));
    await comesBack();
    expect(await device.engine.get('job', job)).toMatchObject({ row: { title: 'Theirs' }, mark: null });
    expect((await device.engine.history(5))[0]).toMatchObject({
      state: 'merged',
      verdict: { rule: 'recreate' },
    });
    await expectSameRows(device, server);
  });
});

describe('merged without asking', () => {
  const mergesMinutes = async () => {
    await startUnder('ask');
    await device.engine.setForcedOffline(true);
    const receipt = await device.engine.mutate({
      entity: 'job',
      recordId: job,
      command: 'update',
      values: { minutes: 30 },
    });
    server.write('job', jobRow(1, { minutes: 20 }));
    await comesBack();
    return receipt.mutationId;
  };

  it('[OUTBOX-21] the history tells what a rule settled: base, theirs, mine, result, rule, and with whose change', async () => {
    const id = await mergesMinutes();
    const [entry] = await device.engine.history(5);
    expect(entry).toMatchObject({
      mutation: { id },
      state: 'merged',
      verdict: {
        by: { name: 'Dana' },
        settled: { minutes: { base: 0, theirs: 20, mine: 30, result: 50, rule: 'sum' } },
      },
    });
  });

  it('[OUTBOX-21] the value that lost can be had instead: an ordinary update from the result', async () => {
    const id = await mergesMinutes();
    await device.engine.undoMerge(id, ['minutes']);
    await comesBack();
    expect(server.row('job', job)).toMatchObject({ minutes: 30 });
    expect(await device.engine.outbox()).toEqual([]);
    await expectSameRows(device, server);
  });

  it('[OUTBOX-21] what others did since is met like by any other update, also after a restart', async () => {
    const id = await mergesMinutes();
    await device.engine.setForcedOffline(true);
    device = await device.crashes();
    await device.engine.undoMerge(id, ['minutes']);
    server.write('job', jobRow(1, { minutes: 60 }));
    await comesBack();
    expect(server.row('job', job)).toMatchObject({ minutes: 40 });
    await expectSameRows(device, server);
  });

  it('[OUTBOX-21] only what a rule settled can be had otherwise', async () => {
    const id = await mergesMinutes();
    expect(await codeOf(device.engine.undoMerge(id, ['title']))).toBe('bad_request');
    expect(await codeOf(device.engine.undoMerge(idOf(99), ['minutes']))).toBe('not_found');
    server.erase('job', job);
    await device.engine.sync();
    await device.settles();
    expect(await codeOf(device.engine.undoMerge(id, ['minutes']))).toBe('not_on_device');
  });
});

describe('set aside by the server', () => {
  it('[OUTBOX-22] what an administrator ran again is learnt by the next pull, and what stood on it goes home', async () => {
    await startUnder('ask');
    const made = await device.engine.mutate({
      entity: 'job',
      command: 'create',
      values: { title: 'crash me' },
    });
    await device.engine.mutate({
      entity: 'note',
      command: 'create',
      values: { text: 'On it', job: made.recordId },
    });
    await comesBack();
    expect((await device.engine.outbox()).map(({ state }) => state)).toEqual(['rejected', 'held']);
    await device.engine.sync();
    expect((await device.engine.outbox())[0]).toMatchObject({ verdict: { code: 'quarantined' } });
    server.runsAgain(made.mutationId);
    for (let times = 0; times < 2; times += 1) await comesBack();
    expect(await device.engine.outbox()).toEqual([]);
    expect(server.row('job', made.recordId)).toMatchObject({ title: 'Calm' });
    expect(server.rows('note')).toHaveLength(1);
    await expectSameRows(device, server);
  });
});

describe('closed', () => {
  it('[OUTBOX-4] what a closed record lets through is what its rule says, before anything is written', async () => {
    const tried = async (closedRecord: ClosedRule) => {
      await startUnder('ask', closedRecord);
      await update({ status: 'closed' });
      const note = { entity: 'note', command: 'create', values: { text: 'Rang', job } };
      return [
        await codeOf(update({ remarks: 'Added' })),
        await codeOf(update({ title: 'Other' })),
        await codeOf(device.engine.mutate(note)),
      ];
    };
    expect(await tried('reject')).toEqual(['guarded', 'guarded', 'guarded']);
    expect(await tried('allow-append-only')).toEqual([null, 'guarded', 'guarded']);
    expect(await tried('allow')).toEqual([null, null, null]);
  });
});
