import type { OutboxEntry } from '@satchel/device';
import type { FieldClash, Mutation, Verdict } from '@satchel/model';
import { describe, expect, it } from 'vitest';
import { bothTexts, resolutionOf } from './choices.ts';
import { canDiscard, canUndo, groupEntries, recordCount, waitsForSupervisor } from './entry-words.ts';
import { hasMergedFields, mergedLine } from './merged-words.ts';

function entry(id: string, waitsFor: string | null = null, more: Partial<OutboxEntry> = {}): OutboxEntry {
  const mutation: Mutation = {
    id,
    entity: 'job',
    recordId: `record of ${id}`,
    command: 'update',
    changes: {},
    baseRev: 1,
    schemaVersion: 1,
    at: { device: '2026-03-09T10:00:00.000Z', corrected: null },
  };
  return {
    mutation,
    state: waitsFor ? 'held' : 'queued',
    position: 1,
    seq: null,
    title: id,
    attempts: 0,
    lastError: null,
    verdict: null,
    waitsFor,
    ...more,
  };
}

describe('merged changes', () => {
  const merged = (more: Partial<Verdict>, command = 'update') => {
    const plain = entry('a');
    const verdict: Verdict = { id: 'a', seq: 1, outcome: 'merged', ...more };
    return { ...plain, mutation: { ...plain.mutation, command }, state: 'merged' as const, verdict };
  };
  const by = { name: 'Omar', at: '2026-03-09T10:00:00.000Z' };

  it('[APP-11] one line says with whose changes it was merged, or what became of a delete', () => {
    expect(mergedLine(merged({ by }))).toEqual({ key: 'merged.by', name: 'Omar' });
    expect(mergedLine(merged({}))).toEqual({ key: 'merged.nobody' });
    expect(mergedLine(merged({ rule: 'delete-wins' }))).toEqual({ key: 'merged.lostToDelete' });
    expect(mergedLine(merged({ rule: 'delete-wins', by }, 'delete'))).toMatchObject({
      key: 'merged.deletedAnyway',
    });
    expect(mergedLine(merged({ rule: 'recreate', by }, 'delete'))).toMatchObject({
      key: 'merged.notDeleted',
    });
    expect(mergedLine(entry('b'))).toBeNull();
  });

  it('[APP-11] there is more to see where a rule settled a field', () => {
    const clash = { base: 1, theirs: 2, mine: 3, result: 4, rule: 'sum' } as const;
    expect(hasMergedFields(merged({ settled: { minutes: clash } }))).toBe(true);
    expect(hasMergedFields(merged({}))).toBe(false);
  });
});

describe('the outbox', () => {
  it('[F-166] keeps the order in which the person acted, held changes under the first failing link of their chain', () => {
    const groups = groupEntries([
      entry('a'),
      entry('b', 'a'),
      entry('c', 'b'),
      entry('d'),
      entry('e', 'gone'),
    ]);
    expect(groups.map(({ head, held }) => [head.mutation.id, held.map((each) => each.mutation.id)])).toEqual([
      ['a', ['b', 'c']],
      ['d', []],
      ['e', []],
    ]);
  });

  it('[APP-6] a chain that bites its own tail still shows every change once', () => {
    const groups = groupEntries([entry('a', 'b'), entry('b', 'a')]);
    expect(groups.flatMap(({ head, held }) => [head, ...held]).length).toBe(2);
  });

  it('[F-123] counts changes and records apart', () => {
    const twice = entry('a');
    expect(recordCount([twice, twice, entry('b')])).toBe(2);
  });

  it('[F-174] only a change that was never put on the wire can be taken back, only a refused or held one given up', () => {
    expect([canUndo(entry('a')), canUndo(entry('a', null, { seq: 4 }))]).toEqual([true, false]);
    expect(canUndo(entry('a', null, { state: 'sending', seq: 4 }))).toBe(false);
    expect([
      canDiscard(entry('a')),
      canDiscard(entry('a', 'b')),
      canDiscard(entry('a', null, { state: 'conflict' })),
    ]).toEqual([false, true, true]);
  });
});

describe('what waits for a supervisor', () => {
  it('[APP-18] is told from what needs the person, can be withdrawn, and the withdrawal is not taken back', () => {
    const [conflict] = [entry('a', null, { state: 'conflict', seq: 3 })];
    const verdict = { id: 'a', seq: 3, outcome: 'conflict', code: 'needs_supervisor' } as const;
    const waiting = { ...conflict, verdict };
    expect([waitsForSupervisor(conflict), waitsForSupervisor(waiting)]).toEqual([false, true]);
    expect(canDiscard(waiting)).toBe(true);
    const { mutation } = entry('b');
    const withdrawal = { ...entry('b'), mutation: { ...mutation, entity: 'review', command: 'withdraw' } };
    expect(canUndo(withdrawal)).toBe(false);
  });
});

describe('settling a conflict', () => {
  const clashes: Readonly<Record<string, FieldClash>> = {
    priority: { base: 'low', theirs: 'high', mine: 'mid' },
    text: { base: 'a', theirs: 'a\nb', mine: 'a\nc' },
  };
  const mutation: Mutation = {
    ...entry('a').mutation,
    changes: {
      priority: { base: 'low', value: 'mid' },
      text: { base: 'a', value: 'a\nc' },
      minutes: { base: 1, value: 5 },
    },
  };

  it('[F-189] keeps for each field whose value was chosen, and leaves my other changes to the engine', () => {
    expect(resolutionOf(mutation, clashes, { priority: { kind: 'theirs' }, text: { kind: 'both' } })).toEqual(
      {
        kind: 'keep',
        values: { text: 'a\nb\na\nc' },
      },
    );
    expect(
      resolutionOf(mutation, clashes, { priority: { kind: 'edit', value: 'top' }, text: { kind: 'mine' } }),
    ).toEqual({
      kind: 'keep',
      values: { priority: 'top', text: 'a\nc' },
    });
  });

  it('[F-189] takes theirs altogether only where nothing of mine is left', () => {
    const only: Mutation = { ...mutation, changes: { priority: { base: 'low', value: 'mid' } } };
    const clash = { priority: clashes['priority'] as FieldClash };
    expect(resolutionOf(only, clash, { priority: { kind: 'theirs' } })).toEqual({ kind: 'take-theirs' });
  });

  it('[F-189] both texts are kept once where one holds the other', () => {
    expect(bothTexts({ base: '', theirs: 'abc', mine: 'b' })).toBe('abc');
    expect(bothTexts({ base: '', theirs: 'b', mine: 'abc' })).toBe('abc');
  });
});
