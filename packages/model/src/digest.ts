// What two sides compare to prove that they hold the same rows: how many, and the sum of their revision tokens.
// The sum may pass 2^53, so it travels as decimal text and is added exactly.
import type { RecordId } from './value.ts';
import type { Digest } from './protocol/wire.ts';

export const emptyDigest: Digest = { count: 0, sum: '0' };

/** The digest of rows with these revision tokens, in any order. */
export function digestOf(revs: Iterable<number>): Digest {
  let count = 0;
  let sum = 0n;
  for (const rev of revs) {
    count += 1;
    sum += BigInt(rev);
  }
  return { count, sum: sum.toString() };
}

/** The digest of two disjoint sets of rows together. */
export function addDigest(a: Digest, b: Digest): Digest {
  return { count: a.count + b.count, sum: (BigInt(a.sum) + BigInt(b.sum)).toString() };
}

export function sameDigest(a: Digest, b: Digest): boolean {
  return a.count === b.count && a.sum === b.sum;
}

/** The bucket that a record belongs to when two sides look for what differs: the last two hexadecimal digits of its id. */
export function bucketOf(id: RecordId): string {
  return id.slice(-2);
}
