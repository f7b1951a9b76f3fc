import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDigest, bucketOf, digestOf, emptyDigest, sameDigest } from './digest.ts';

fc.configureGlobal({ seed: 8420 });

const revs = fc.array(fc.integer({ min: 1, max: 2 ** 40 - 1 }));

describe('digest', () => {
  it('[MODEL-13] does not depend on order, and digests of parts add up to that of the whole', () => {
    fc.assert(
      fc.property(revs, revs, (a, b) => {
        expect(sameDigest(addDigest(digestOf(a), digestOf(b)), digestOf([...b, ...a]))).toBe(true);
      }),
    );
    expect(addDigest(emptyDigest, digestOf([5]))).toEqual({ count: 1, sum: '5' });
  });
  it('[MODEL-13] stays exact beyond 2^53', () => {
    const large = { count: 1, sum: String(2n ** 53n) };
    expect(addDigest(large, digestOf([1])).sum).toBe('9007199254740993');
  });
  it('[MODEL-13] a bucket is the last two digits of the id', () => {
    expect(bucketOf('01900000-0000-7000-8000-0000000000af')).toBe('af');
  });
});
