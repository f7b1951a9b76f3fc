import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildBundle } from './build-bundle.ts';
import { heldBy, dependsOn, resourcesOf } from './dependency.ts';
import { openModel } from './model.ts';
import { rebase, type PendingEntry, type PendingState } from './rebase.ts';
import { mutation, mutationId } from './testing/mutations.ts';
import { ids, maya, workshop } from './testing/workshop.ts';
import type { Row, Value } from './value.ts';

fc.configureGlobal({ seed: 8420 });

const model = openModel(buildBundle(workshop, ['technician']));
const scope = { user: maya };
const base: Row = {
  id: ids.job,
  title: 'Door',
  state: 'open',
  minutes: 30,
  tools: ['drill'],
  log: 'start',
  price: null,
  _rev: 7,
};
const entry = (
  n: number,
  command: string,
  changes: Readonly<Record<string, readonly [Value, Value]>> = {},
  state: PendingState = 'queued',
): PendingEntry => ({
  mutation: mutation(n, command, changes),
  state,
});
const show = (entries: readonly PendingEntry[], row: Row | null = base) => rebase(model, row, entries, scope);

const states = fc.constantFrom<PendingState>(
  'queued',
  'held',
  'sending',
  'retrying',
  'applied',
  'merged',
  'conflict',
  'rejected',
  'discarded',
);
const change = fc.oneof(
  fc.tuple(fc.constantFrom('title', 'log'), fc.string({ minLength: 1 }), fc.string({ minLength: 1 })),
  fc.tuple(
    fc.constantFrom('minutes', 'price'),
    fc.integer({ min: 0, max: 99 }),
    fc.integer({ min: 0, max: 99 }),
  ),
);
const updates = fc
  .array(fc.tuple(change, states))
  .map((list) =>
    list.map(([[field, from, to], state], index) =>
      entry(index + 1, 'update', { [field]: [from, to] }, state),
    ),
  );

describe('rebase', () => {
  it('[REBASE-1] without entries the visible row is the base, with no mark', () => {
    expect(show([])).toEqual({ row: base, last: base, pendingFields: [], mark: null });
    expect(show([], null).row).toBeNull();
  });

  it('[REBASE-2] the same base and entries always give the same row, and neither is changed', () => {
    fc.assert(
      fc.property(updates, (entries) => {
        const before = structuredClone(entries);
        expect(show(entries)).toEqual(show(entries));
        expect(entries).toEqual(before);
      }),
    );
  });

  it('[REBASE-3] entries count in the order in which the person made them: laying over some and then the rest is laying over all', () => {
    fc.assert(
      fc.property(updates, fc.nat(), (entries, cut) => {
        const at = entries.length === 0 ? 0 : cut % entries.length;
        const half = show(entries.slice(0, at)).row;
        expect(show(entries.slice(at), half).row).toEqual(show(entries).row);
      }),
    );
  });

  it('[REBASE-4] refused and discarded changes take no part', () => {
    fc.assert(
      fc.property(updates, (entries) => {
        const active = entries.filter(({ state }) => !['conflict', 'rejected', 'discarded'].includes(state));
        expect(show(entries).row).toEqual(show(active).row);
      }),
    );
  });

  it('[REBASE-4] a refused create does, because what it holds is nowhere else, with what was built on it; a discarded one does not', () => {
    const made = (state: PendingState) => entry(1, 'create', { title: [null, 'Gate'] }, state);
    const more = entry(2, 'update', { price: [null, 5] }, 'held');
    expect(show([made('rejected'), more], null).row).toMatchObject({ title: 'Gate', price: 5 });
    expect(show([made('discarded')], null).row).toBeNull();
  });

  it('[REBASE-5] over a fresher base my values stay visible, and rules merge as the server will', () => {
    const fresher = { ...base, title: 'Their door', minutes: 45, log: 'start\ntheirs', price: 9 };
    const mine = [
      entry(1, 'update', { title: ['Door', 'My door'], minutes: [30, 40], log: ['start', 'start\nmine'] }),
    ];
    expect(show(mine, fresher).row).toMatchObject({
      title: 'My door',
      minutes: 55,
      log: 'start\ntheirs\nmine',
      price: 9,
    });
  });

  it('[REBASE-6] pending fields are those that differ from the base, stamps aside', () => {
    expect(show([entry(1, 'update', { title: ['Door', 'Gate'], minutes: [30, 30] })]).pendingFields).toEqual([
      'title',
    ]);
    expect(
      show([entry(1, 'update', { title: ['Door', 'Gate'] }), entry(2, 'update', { title: ['Gate', 'Door'] })])
        .pendingFields,
    ).toEqual([]);
  });

  it('[REBASE-7] the mark tells the most pressing thing', () => {
    const mark = (...list: readonly [string, PendingState][]) =>
      show(list.map(([command, state], index) => entry(index + 1, command, {}, state))).mark;
    expect(mark(['update', 'queued'], ['update', 'conflict'], ['update', 'rejected'])).toBe('conflict');
    expect(mark(['update', 'rejected'], ['update', 'held'])).toBe('rejected');
    expect(mark(['create', 'queued'], ['update', 'held'])).toBe('held');
    expect(mark(['create', 'queued'], ['delete', 'queued'])).toBe('deleted-here');
    expect(mark(['create', 'sending'], ['update', 'queued'])).toBe('created-here');
    expect(mark(['update', 'retrying'])).toBe('waiting');
    expect(mark(['update', 'applied'], ['create', 'discarded'])).toBeNull();
  });

  it('[REBASE-8] a record deleted here has no visible row, and its last state is kept at hand', () => {
    const result = show([entry(1, 'update', { title: ['Door', 'Gate'] }), entry(2, 'delete')]);
    expect([result.row, result.last?.['title'], result.mark]).toEqual([null, 'Gate', 'deleted-here']);
  });

  it('[REBASE-9] once the server has every plain change, laying them over its row changes nothing', () => {
    const plain = fc
      .array(fc.string({ minLength: 1 }), { minLength: 1 })
      .map((titles) =>
        titles.map((title, index) =>
          entry(index + 1, 'update', { title: [titles[index - 1] ?? 'Door', title] }, 'applied'),
        ),
      );
    fc.assert(
      fc.property(plain, (entries) => {
        const settled = show(entries).row;
        expect(show(entries.slice(-1), settled).row).toEqual(settled);
      }),
    );
  });

  it('[REBASE-9] a create that the server already has shows the row of the server', () => {
    expect(show([entry(1, 'create', { title: [null, 'Mine'] }, 'retrying')]).row).toEqual(base);
  });
});

describe('dependency', () => {
  const refused = (each: PendingEntry['mutation']) => ({ mutation: each, isRefused: true });
  const waiting = (each: PendingEntry['mutation']) => ({ mutation: each, isRefused: false });
  const part = (n: number, job: string | null, rest = {}) =>
    mutation(n, 'create', { job: [null, job] }, { entity: 'part', recordId: ids.part, ...rest });

  it('[REBASE-10] a mutation stands on the record it writes and on those it points to', () => {
    expect([...resourcesOf(model, part(1, ids.job))].sort()).toEqual([ids.job, ids.part].sort());
    const regarding = mutation(2, 'update', {
      regarding: [null, `customer/${ids.customer}`],
      title: [null, ids.otherJob],
    });
    expect([...resourcesOf(model, regarding)].sort()).toEqual([ids.customer, ids.job].sort());
  });

  it('[REBASE-11] what follows a refused change on the same record waits for it, and so does what points to a record it would have made', () => {
    const held = heldBy(model, [
      refused(mutation(1, 'create')),
      waiting(part(2, ids.job)),
      waiting(mutation(3, 'update')),
      waiting(mutation(4, 'update', {}, { recordId: ids.otherJob })),
    ]);
    expect([...held]).toEqual([
      [mutationId(2), mutationId(1)],
      [mutationId(3), mutationId(1)],
    ]);
  });

  it('[REBASE-11] a refused update does not hold back what merely points to its record, nor anything made before it', () => {
    expect(
      heldBy(model, [
        waiting(mutation(1, 'update')),
        refused(mutation(2, 'update')),
        waiting(part(3, ids.job)),
      ]).size,
    ).toBe(0);
  });

  it('[REBASE-11] what is held holds back in turn', () => {
    const chain = [
      refused(mutation(1, 'create')),
      waiting(part(2, ids.job)),
      waiting(mutation(3, 'update', {}, { entity: 'part', recordId: ids.part })),
    ];
    expect(heldBy(model, chain).get(mutationId(3))).toBe(mutationId(2));
  });

  it('[REBASE-12] the change that replaces a refused one does not wait for it', () => {
    const replacing = mutation(2, 'create', {}, { supersedes: mutationId(1) });
    expect(heldBy(model, [refused(mutation(1, 'create')), waiting(replacing)]).size).toBe(0);
    const between = [refused(mutation(1, 'create')), waiting(mutation(3, 'update')), waiting(replacing)];
    expect(heldBy(model, between).size).toBe(0);
    expect([
      dependsOn(model, replacing, mutation(1, 'create')),
      dependsOn(model, part(3, ids.job), replacing),
    ]).toEqual([false, true]);
  });
});
