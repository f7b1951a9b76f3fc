import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldChange } from './mutation.ts';
import { mergeChanges, type MergeResult } from './merge.ts';
import { safePolicy } from './policy.ts';
import { job } from './testing/workshop.ts';
import { sameValue, type Row, type Value } from './value.ts';

fc.configureGlobal({ seed: 8420 });

const policy = safePolicy;
const merge = (changes: Readonly<Record<string, FieldChange>>, theirs: Row): MergeResult =>
  mergeChanges({ entity: job, changes, theirs, policy });

/** The field's value after the merge; the string 'conflict' where somebody must be asked. */
function after(field: string, base: Value, mine: Value, theirs: Value): Value {
  const result = merge({ [field]: { base, value: mine } }, { [field]: theirs });
  if (result.kind === 'conflict') return 'conflict';
  return Object.hasOwn(result.values, field) ? (result.values[field] ?? null) : theirs;
}

const tools = fc
  .subarray(['drill', 'hammer', 'ladder', 'saw'])
  .map((items) => (items.length === 0 ? null : [...items].sort()));
const numbers = fc.option(fc.integer({ min: -1000, max: 1000 }));
const words = fc.option(fc.string({ minLength: 1 }));
const three = <T extends Value>(values: fc.Arbitrary<T>) => fc.tuple(values, values, values);
const anyField = fc.oneof(
  fc.tuple(fc.constantFrom('title', 'log', 'contact', 'due'), three(words)),
  fc.tuple(fc.constantFrom('minutes', 'best', 'least', 'price'), three(numbers)),
  fc.tuple(fc.constant('tools'), three(tools)),
);
const hasProperty = (check: (field: string, base: Value, mine: Value, theirs: Value) => void) =>
  fc.assert(
    fc.property(anyField, ([field, [base, mine, theirs]]) => {
      check(field, base, mine, theirs);
    }),
  );

describe('laws', () => {
  it('[MERGE-1] a field that I did not change stays theirs', () => {
    hasProperty((field, base, _, theirs) => expect(after(field, base, base, theirs)).toEqual(theirs));
  });
  it('[MERGE-2] a field changed on one side only is taken without asking', () => {
    hasProperty((field, base, mine) => expect(after(field, base, mine, base)).toEqual(mine));
  });
  it('[MERGE-3] where both sides made the same of a field, it stays so; only a sum counts both', () => {
    hasProperty((field, base, mine) => {
      if (field === 'minutes') return;
      expect(after(field, base, mine, mine)).toEqual(mine);
    });
  });
  it('[MERGE-5] fields outside the mutation are never written', () => {
    hasProperty((field, base, mine, theirs) => {
      const result = merge(
        { [field]: { base, value: mine } },
        { [field]: theirs, street: 'x', number: 'J-1' },
      );
      const touched = result.kind === 'merged' ? Object.keys(result.values) : [];
      expect(touched.filter((name) => name !== field)).toEqual([]);
    });
  });
  it('[MERGE-12] merging the same change into its own result changes nothing, except for a sum, which the ledger keeps from running twice', () => {
    hasProperty((field, base, mine, theirs) => {
      const once = after(field, base, mine, theirs);
      if (once === 'conflict' || field === 'minutes') return;
      const twice = after(field, base, mine, once);
      if (twice !== 'conflict') expect(twice).toEqual(once);
    });
  });
});

describe('conflicts', () => {
  it('[MERGE-4] a field that both sides changed differently is a conflict, and then nothing of the mutation is written', () => {
    const changes = {
      title: { base: 'a', value: 'b' },
      price: { base: 1, value: 2 },
      best: { base: 1, value: 9 },
    };
    expect(merge(changes, { title: 'c', price: 3, best: 5 })).toEqual({
      kind: 'conflict',
      clashes: { title: { base: 'a', theirs: 'c', mine: 'b' }, price: { base: 1, theirs: 3, mine: 2 } },
      settledBy: 'person',
    });
  });
  it('[MERGE-11] client and server settle without asking and keep what lost; supervisor leaves it to one', () => {
    expect(merge({ contact: { base: 'a@x', value: 'b@x' } }, { contact: 'c@x' })).toEqual({
      kind: 'merged',
      values: { contact: 'b@x' },
      settled: { contact: { base: 'a@x', theirs: 'c@x', mine: 'b@x', result: 'b@x', rule: 'client' } },
    });
    expect(merge({ due: { base: '2024-01-01', value: '2024-01-02' } }, { due: '2024-01-03' })).toMatchObject({
      kind: 'merged',
      values: {},
      settled: { due: { result: '2024-01-03', rule: 'server' } },
    });
    expect(merge({ approved: { base: null, value: true } }, { approved: false })).toMatchObject({
      kind: 'conflict',
      settledBy: 'supervisor',
    });
  });
  it('[MERGE-11] the field decides before the entity, the entity before the policy', () => {
    const by = (conflict: 'client' | undefined, rule: 'server' | 'ask') =>
      mergeChanges({
        entity: { ...job, ...(conflict === undefined ? {} : { conflict }) },
        changes: { title: { base: 'a', value: 'b' } },
        theirs: { title: 'c' },
        policy: { conflict: { ...safePolicy.conflict, overlapping: rule } },
      });
    expect(by('client', 'ask')).toMatchObject({ values: { title: 'b' } });
    expect(by(undefined, 'server')).toMatchObject({ kind: 'merged', values: {} });
  });
});

describe('rules', () => {
  it('[MERGE-6] appended texts are both kept, on lines of their own, with the common beginning once', () => {
    expect(after('log', 'start', 'start\nmine', 'start\ntheirs')).toBe('start\ntheirs\nmine');
    expect(after('log', null, 'mine', 'theirs')).toBe('theirs\nmine');
    expect(after('log', 'start', 'start mine', 'start')).toBe('start mine');
  });
  it('[MERGE-6] an edit that did more than append is a conflict', () => {
    expect(after('log', 'start', 'rewritten', 'start\ntheirs')).toBe('conflict');
  });
  it('[MERGE-6] several people appending in any order lose no line', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 6 }),
        (lines) => {
          const log = lines.reduce<Value>(
            (theirs, line) => after('log', 'start', `start\n${line}`, theirs),
            'start',
          );
          expect(String(log).split('\n')).toEqual(expect.arrayContaining(['start', ...lines]));
        },
      ),
    );
  });
  it('[MERGE-7] the greatest or the least wins, and a value wins over none', () => {
    expect([after('best', 1, 5, 9), after('best', 1, 9, 5), after('best', 1, null, 5)]).toEqual([9, 9, 5]);
    expect([after('least', 7, 5, 3), after('least', 7, 3, 5)]).toEqual([3, 3]);
  });
  it('[MERGE-8] a sum counts every difference once, in any order, equal ones too', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 500 }),
        fc.array(fc.integer({ min: -50, max: 50 })),
        (base, steps) => {
          const total = steps.reduce<Value>(
            (theirs, step) => after('minutes', base, base + step, theirs),
            base,
          );
          expect(total).toBe(steps.reduce((sum, step) => sum + step, base));
        },
      ),
    );
    expect(after('minutes', null, 5, 5)).toBe(10);
  });
  it('[MERGE-8] a sum that leaves the whole numbers is a conflict', () => {
    expect(after('minutes', 0, Number.MAX_SAFE_INTEGER, 1)).toBe('conflict');
  });
  it('[MERGE-9] sets keep what either side added and drop what either side took away, whoever comes first', () => {
    expect(after('tools', ['drill', 'saw'], ['drill', 'hammer'], ['drill', 'ladder', 'saw'])).toEqual([
      'drill',
      'hammer',
      'ladder',
    ]);
    fc.assert(
      fc.property(tools, tools, tools, (base, a, b) => {
        expect(sameValue(after('tools', base, a, b), after('tools', base, b, a))).toBe(true);
      }),
    );
  });
  it('[MERGE-10] fields of a group clash together: one address is never made of two', () => {
    const changes = { street: { base: 'Old 1', value: 'Mine 1' }, town: { base: 'Here', value: 'Here' } };
    expect(merge(changes, { street: 'Old 1', town: 'There' })).toEqual({
      kind: 'conflict',
      clashes: {
        street: { base: 'Old 1', theirs: 'Old 1', mine: 'Mine 1' },
        town: { base: 'Here', theirs: 'There', mine: 'Here' },
      },
      settledBy: 'person',
    });
    expect(merge(changes, { street: 'Old 1', town: 'Here' })).toEqual({
      kind: 'merged',
      values: { street: 'Mine 1' },
      settled: {},
    });
    expect(
      merge({ ...changes, street: { base: 'Old 1', value: 'Old 1' } }, { street: 'x', town: 'y' }),
    ).toMatchObject({ values: {} });
  });
});
