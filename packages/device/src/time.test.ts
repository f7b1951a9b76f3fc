// A device's own clock decides nothing: the same day ends the same, whatever the clock says and whenever it jumps.
import { describe, expect, it } from 'vitest';
import { createFakeServer, type FakeServer } from './testing/fake-server.ts';
import { expectSameRows } from './testing/same-rows.ts';
import { idOf, jobRow, sampleBundle } from './testing/sample.ts';
import { readyDevice, type TestDevice } from './testing/world.ts';
import { openWorkStore } from './work-store.ts';

const yearMs = 365 * 86_400_000;
const dayMs = 86_400_000;
/** By how many years the clock jumps at each turn of the day, by the name of the clock. */
const clocks: Readonly<Record<string, (turn: number) => number>> = {
  right: () => 0,
  'goes ahead': () => 3,
  'falls back': () => -2,
  'jumps both ways': (turn) => (turn % 2 === 0 ? 9 : -11),
  'falls before 1970 and beyond the calendar': (turn) => [-90, 9_000, -9_000, 50][turn % 4] ?? 0,
};

interface Outcome {
  readonly device: TestDevice;
  readonly server: FakeServer;
}

/** Saves, sends, restarts and decides, with a turn of the clock before and after each. */
async function live(jump: (turn: number) => number): Promise<Outcome> {
  const server = createFakeServer(sampleBundle());
  for (let number = 1; number <= 5; number += 1) server.write('job', jobRow(number));
  let device = await readyDevice(server);
  let turn = 0;
  const joltBy = (): void => {
    device.clock.wallMs += jump(turn) * yearMs;
    turn += 1;
  };
  const { clock, road } = device;
  const edit = async (number: number, values: Record<string, string | number>) => {
    joltBy();
    await device.engine.mutate({ entity: 'job', recordId: idOf(number), command: 'update', values });
    joltBy();
  };
  const syncs = async () => {
    joltBy();
    await device.engine.sync();
    await device.settles();
    joltBy();
  };
  const restarts = async () => {
    device = await device.crashes();
    joltBy();
    await device.settles();
  };
  await edit(1, { title: 'First' });
  await edit(1, { minutes: 5 });
  await syncs();
  await device.engine.setForcedOffline(true);
  await edit(2, { title: 'Mine' });
  server.write('job', jobRow(2, { title: 'Theirs' }));
  await edit(3, { title: 'Taken back' });
  const [, last] = await device.engine.outbox();
  await device.engine.undo(last?.mutation.id ?? '');
  await restarts();
  await edit(4, { title: 'After a restart', minutes: 3 });
  await device.engine.mutate({ entity: 'job', recordId: idOf(5), command: 'finish' });
  await device.engine.mutate({ entity: 'note', command: 'create', values: { text: 'New', job: idOf(4) } });
  // The sealed push gets no answer; the clock jumps while it is repeated.
  road.fate = (call) => {
    joltBy();
    return call.path === '/api/sync/push' ? 'answer-lost' : 'arrives';
  };
  await device.engine.setForcedOffline(false);
  await device.settles();
  await restarts();
  road.fate = () => {
    joltBy();
    return 'arrives';
  };
  await clock.advance(700_000);
  await syncs();
  const conflict = (await device.engine.outbox()).find(({ state }) => state === 'conflict');
  await device.engine.resolve(conflict?.mutation.id ?? '', { kind: 'keep', values: { title: 'Mine' } });
  await syncs();
  await restarts();
  await syncs();
  return { device, server };
}

async function tale({ device, server }: Outcome): Promise<unknown> {
  // The small server stamps with what the mutation tells; the real one with its own clock (TIME-3).
  const strip = (row: object) => ({ ...row, _rev: null, created_at: null, modified_at: null });
  const entries = [...(await device.engine.outbox()), ...(await device.engine.history(100))];
  return {
    rows: (await device.engine.query({ entity: 'job', order: [{ field: 'title' }], limit: 50 })).rows.map(
      strip,
    ),
    notes: (await device.engine.query({ entity: 'note', limit: 50 })).rows.map(strip),
    entries: entries.map(({ mutation: { at: _at, ...asked }, ...entry }) => ({ ...entry, mutation: asked })),
    writes: server.writes.map(({ entity, id, before, after, mutation }) => [
      entity,
      id,
      before === null ? null : strip(before),
      after === null ? null : strip(after),
      mutation?.id ?? null,
      mutation?.seq ?? null,
    ]),
    effects: [...server.effects],
    synced: (await device.status()).synced,
  };
}

describe('a clock that is wrong', () => {
  it('[TIME-1] changes no row, verdict, number, order or history, wherever it jumps', async () => {
    const right = await live(clocks['right'] ?? (() => 0));
    const expected = await tale(right);
    expect(expected).toMatchObject({ synced: true });
    expect(right.server.effects.size).toBe(6);
    for (const [name, jump] of Object.entries(clocks)) {
      const wild = await live(jump);
      expect(await tale(wild), name).toEqual(expected);
      await expectSameRows(wild.device, wild.server);
    }
  });

  it('[STORE-7] takes nothing out of the history early and keeps nothing in it, though the clock jumps by 40 years', async () => {
    for (const years of [40, -40]) {
      const server = createFakeServer(sampleBundle());
      server.write('job', jobRow(1));
      let device = await readyDevice(server);
      const edit = (title: string) =>
        device.engine.mutate({ entity: 'job', recordId: idOf(1), command: 'update', values: { title } });
      await edit('Accepted');
      await device.engine.sync();
      await device.settles();
      await device.engine.setForcedOffline(true);
      await edit('Refused');
      server.write('job', jobRow(1, { title: 'Theirs' }));
      await device.engine.setForcedOffline(false);
      await device.engine.sync();
      await device.settles();
      await device.engine.setForcedOffline(true);
      device = await device.crashes();
      device.clock.wallMs += years * yearMs;
      await device.engine.discard((await device.engine.outbox())[0]?.mutation.id ?? '');
      device = await device.crashes();
      await device.clock.advance(60_000);
      expect(await device.engine.history(10)).toHaveLength(2);
      await device.engine.setForcedOffline(false);
      await device.engine.sync();
      await device.settles();
      expect((await device.engine.history(10)).map(({ state }) => state)).toEqual(['discarded', 'applied']);
      const ends = device.storage.work.rows('select ended_at from history');
      expect(ends.every(([at]) => String(at).startsWith('2027-01-15'))).toBe(true);
      openWorkStore(device.storage.work).forgetHistoryBefore(
        new Date(1_800_000_000_000 + 31 * dayMs).toISOString(),
      );
      expect(await device.engine.history(10)).toEqual([]);
    }
  });

  it('[TIME-2] stands beside server time in each mutation; the next contact puts the offset right', async () => {
    const server = createFakeServer(sampleBundle());
    server.write('job', jobRow(1));
    const device = await readyDevice(server);
    device.clock.wallMs += 7 * yearMs;
    await device.engine.mutate({
      entity: 'job',
      recordId: idOf(1),
      command: 'update',
      values: { title: 'Mine' },
    });
    const [sent] = server.writes.slice(-1);
    const at = sent?.mutation?.at ?? (await device.engine.outbox())[0]?.mutation.at;
    expect(at?.device.slice(0, 4)).toBe('2034');
    expect(at?.corrected?.slice(0, 10)).toBe('2027-01-15');
    await device.engine.sync();
    const [{ mutation } = { mutation: null }] = await device.engine.history(1);
    expect(mutation?.at).toEqual(at);
    expect(Math.round(((await device.status()).clockOffsetMs ?? 0) / yearMs)).toBe(7);
  });
});
