import type { Mutation } from '@satchel/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { openNodeDatabase } from './adapters/node-storage.ts';
import { seal } from './push.ts';
import { leaveClonedId } from './session.ts';
import { idOf } from './testing/sample.ts';
import { openWorkStore, type WorkStore } from './work-store.ts';

let work: WorkStore;

const mutation = (number: number, recordId = idOf(1)): Mutation => ({
  id: idOf(100 + number),
  entity: 'job',
  recordId,
  command: 'update',
  changes: { title: { base: 'a', value: `b${number}` } },
  baseRev: 1,
  schemaVersion: 1,
  at: { device: '2026-11-21T08:00:00.000Z', corrected: null },
});

beforeEach(async () => {
  work = openWorkStore(await openNodeDatabase());
});

describe('the work store', () => {
  it('[STORE-2] what leaves the outbox stands in the history with its payload until its days are over', () => {
    work.append(mutation(1));
    work.archive(mutation(1).id, 'discarded', '2026-11-01T00:00:00.000Z');
    expect(work.entries()).toEqual([]);
    expect(work.history(10)).toMatchObject([{ state: 'discarded', mutation: mutation(1) }]);
    work.forgetHistoryBefore('2026-11-01T00:00:00.000Z');
    expect(work.history(10)).toHaveLength(1);
    work.forgetHistoryBefore('2026-11-02T00:00:00.000Z');
    expect(work.history(10)).toEqual([]);
  });

  it('[STORE-7] what left the outbox before the server had told the time is kept for its days from when it did', () => {
    work.append(mutation(1));
    work.archive(mutation(1).id, 'discarded', null);
    work.forgetHistoryBefore('2026-11-02T00:00:00.000Z');
    expect(work.history(10)).toHaveLength(1);
    work.dateHistory('2026-11-20T00:00:00.000Z');
    work.forgetHistoryBefore('2026-11-20T00:00:00.000Z');
    expect(work.history(10)).toHaveLength(1);
    work.forgetHistoryBefore('2026-11-21T00:00:00.000Z');
    expect(work.history(10)).toEqual([]);
  });

  it('[STORE-3] numbers are dense, given once, and sent again in their order before anything new', () => {
    for (const number of [1, 2, 3]) work.append(mutation(number));
    expect(seal(work, 1_000_000).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    work.append(mutation(4));
    expect(seal(work, 1_000_000).map(({ seq, id }) => [seq, id])).toEqual(
      [1, 2, 3, 4].map((number) => [number, mutation(number).id]),
    );
    expect(work.get('lastSeq')).toBe(4);
  });

  it('[STORE-8] a copied device keeps what it has under numbers anew, and a change that the other one sent otherwise becomes one of its own', () => {
    for (const number of [1, 2, 3]) work.append(mutation(number));
    seal(work, 1_000_000);
    const fresh = [idOf(900), idOf(901)];
    leaveClonedId(work, { next: () => fresh.shift() ?? '' }, mutation(2).id);
    expect(work.get('deviceId')).toBe(idOf(900));
    expect(work.entry(mutation(2).id)).toBeNull();
    expect(seal(work, 1_000_000)).toEqual([
      { ...mutation(1), seq: 1 },
      { ...mutation(2), id: idOf(901), seq: 2 },
      { ...mutation(3), seq: 3 },
    ]);
  });

  it('[STORE-4] a push takes as many changes as fit, and at least one', () => {
    for (const number of [1, 2, 3]) work.append(mutation(number));
    const bytes = JSON.stringify(mutation(1)).length;
    expect(seal(work, 2 * bytes)).toHaveLength(2);
    expect(seal(work, 1)).toHaveLength(1);
  });

  it('[STORE-5] an entry that replaces another takes its place', () => {
    for (const number of [1, 2]) work.append(mutation(number));
    const place = work.entry(mutation(1).id)?.position;
    work.archive(mutation(1).id, 'discarded', '2026-11-01T00:00:00.000Z');
    work.append(mutation(3), place);
    expect(work.entries().map((entry) => entry.mutation.id)).toEqual([mutation(3).id, mutation(2).id]);
    work.archive(mutation(3).id, 'applied', '2026-11-01T00:00:00.000Z');
    expect(work.history(10)).toHaveLength(2);
  });

  it('[STORE-6] settings come back as they were, and a wipe keeps only the device id', () => {
    work.set('deviceId', idOf(7));
    work.set('forcedOffline', true);
    work.setBase('job', idOf(1), null);
    expect([work.get('forcedOffline'), work.base('job', idOf(1)), work.base('job', idOf(2))]).toEqual([
      true,
      { row: null },
      undefined,
    ]);
    work.wipe();
    expect([work.get('forcedOffline'), work.get('deviceId'), work.bases()]).toEqual([null, idOf(7), []]);
  });
});
