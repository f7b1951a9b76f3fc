import { describe, expect, it } from 'vitest';
import type { Verdict } from '@satchel/model';
import { asDuplicate, isReachedBy, payloadHash } from './ledger.ts';

describe('the ledger', () => {
  it('[PUSH-3] the hash of a mutation does not depend on its number or the order of its members', () => {
    const one = payloadHash({ id: 'a', seq: 1, entity: 'job', changes: { a: 1, b: 2 } });
    expect(payloadHash({ changes: { b: 2, a: 1 }, entity: 'job', seq: 9, id: 'a' }).equals(one)).toBe(true);
    expect(payloadHash({ id: 'a', seq: 1, entity: 'job', changes: { a: 1, b: 3 } }).equals(one)).toBe(false);
  });

  it('[PUSH-9] a revision is the device’s own where its own steps lead to it without a gap', () => {
    const steps = [
      { from: 1, to: 2 },
      { from: 2, to: 3 },
      { from: 7, to: 8 },
    ];
    expect(isReachedBy(steps, 1, 1)).toBe(true);
    expect(isReachedBy(steps, 1, 3)).toBe(true);
    expect(isReachedBy(steps, 2, 3)).toBe(true);
    expect(isReachedBy(steps, 1, 8)).toBe(false);
    expect(isReachedBy([], 1, 2)).toBe(false);
  });

  it('[PUSH-2] a verdict told again says what it was the first time, however often', () => {
    const verdict: Verdict = { id: 'a', seq: 1, outcome: 'rejected', code: 'forbidden' };
    const again = asDuplicate(verdict, 1);
    expect(again).toMatchObject({ outcome: 'duplicate', original: 'rejected', code: 'forbidden' });
    expect(asDuplicate(again, 4)).toMatchObject({ outcome: 'duplicate', original: 'rejected', seq: 4 });
  });
});
