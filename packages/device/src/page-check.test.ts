import { pageAnswer } from '@satchel/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkedPage } from './page-check.ts';
import { idOf } from './testing/sample.ts';

const frame = {
  entity: 'job',
  rows: 2,
  next: null,
  nextButOne: null,
  cursor: 'c',
  serverTime: '2026-11-21T09:00:00.000Z',
};
const ids = { name: 'id', values: [idOf(1), idOf(2)] };
const pageOf = (...columns: readonly unknown[]) => ({ ...frame, columns: [ids, ...columns] });
const passes = (page: unknown) => checkedPage.safeParse(page).success;

describe('a page that came', () => {
  it('[DOWN-11] passes with values of every kind, and comes out as it went in', () => {
    const page = pageOf(
      { name: 'a', values: ['x', null] },
      { name: 'b', values: [1, true] },
      { name: '_rev', dictionary: [7, ['x', 'y']], codes: [1, 0] },
    );
    expect(checkedPage.safeParse(page)).toEqual({ success: true, data: page });
    expect(pageAnswer.safeParse(page).success).toBe(true);
  });

  it('[DOWN-11] is refused where a column has too few or too many cells, or a code without a value', () => {
    expect(passes(pageOf({ name: 'a', values: ['x'] }))).toBe(false);
    expect(passes(pageOf({ name: 'a', dictionary: ['x'], codes: [0] }))).toBe(false);
    for (const code of [1, -1, 0.5, '0', null])
      expect(passes(pageOf({ name: 'a', dictionary: ['x'], codes: [0, code] }))).toBe(false);
  });

  it('[DOWN-11] is refused with a column twice, without ids, or with ids that are no text', () => {
    expect(passes(pageOf(ids))).toBe(false);
    expect(passes({ ...frame, columns: [] })).toBe(false);
    expect(passes({ ...frame, columns: [{ name: 'id', values: [1, null] }] })).toBe(false);
  });

  it('[DOWN-11] never passes what the schema of the protocol refuses', () => {
    const cell = fc.oneof(
      fc.constantFrom<unknown>('x', 1, true, null, ['x'], [1], {}, [['x']]),
      fc.anything(),
    );
    const column = fc.oneof(
      fc.record({ name: fc.constantFrom('a', '_b', 'c d', 5), values: fc.array(cell, { maxLength: 3 }) }),
      fc.record({
        name: fc.constantFrom('a', 'b'),
        dictionary: fc.array(cell, { maxLength: 2 }),
        codes: fc.array(fc.oneof(fc.integer({ min: -1, max: 2 }), cell), { minLength: 1, maxLength: 3 }),
      }),
      fc.anything(),
    );
    const spoiltFrame = fc.oneof(
      fc.constant({}),
      fc.record({ next: fc.anything() }),
      fc.record({ cursor: fc.anything() }),
    );
    fc.assert(
      fc.property(column, spoiltFrame, (each, spoilt) => {
        const page: unknown = JSON.parse(JSON.stringify({ ...pageOf(each), ...spoilt }) ?? 'null');
        if (passes(page)) expect(pageAnswer.safeParse(page).success).toBe(true);
      }),
      { numRuns: 1_000, seed: 11 },
    );
  });
});
