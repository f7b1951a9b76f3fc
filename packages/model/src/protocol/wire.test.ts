import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { canonicalJson } from '../canonical-json.ts';
import type { UserContext } from '../directory.ts';
import type { SealedMutation, Verdict } from '../mutation.ts';
import type { Query, QueryResult } from '../query.ts';
import { noon } from '../testing/mutations.ts';
import { ids, maya } from '../testing/workshop.ts';
import * as download from './download.ts';
import * as mutations from './mutation.ts';
import * as opened from './opened.ts';
import * as queries from './query.ts';
import * as session from './session.ts';
import * as sync from './sync.ts';
import * as wire from './wire.ts';

/**
 * By protocol version. A change of any message shows here: raise `protocolVersion` and pin the new hash under the new number.
 * Until version 1 has been released, its own hash may be replaced instead.
 */
const pinned: Readonly<Record<number, string>> = {
  1: '5bd99b238796ef73dde94a69b0dd9ccbc2b6eec3d2d4abf016ad03931274d340',
};

/** Without `readonly` and without the `undefined` that optional members of a schema's type carry. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<Exclude<T[Key], undefined>> }
    : T;
type Same<A, B> = [Plain<A>] extends [Plain<B>] ? ([Plain<B>] extends [Plain<A>] ? true : false) : false;

const sealed: SealedMutation = {
  id: ids.part,
  seq: 1,
  entity: 'job',
  recordId: ids.job,
  command: 'update',
  changes: { title: { base: null, value: 'x' }, tools: { base: ['drill'], value: null } },
  baseRev: 7,
  schemaVersion: 3,
  at: { device: noon, corrected: null },
};

describe('wire', () => {
  it('[WIRE-1] no message changes its shape without a new protocol version', () => {
    const messages = Object.entries({
      ...download,
      ...mutations,
      ...opened,
      ...queries,
      ...session,
      ...sync,
      problem: wire.problem,
    });
    const shapes = Object.fromEntries(
      messages.map(([name, schema]) => [name, z.toJSONSchema(schema, { io: 'input' })]),
    );
    expect(createHash('sha256').update(canonicalJson(shapes)).digest('hex')).toBe(
      pinned[wire.protocolVersion],
    );
  });

  it('[WIRE-2] the schemas and the types of the model are the same, by the compiler', () => {
    const agree: readonly true[] = [
      true satisfies Same<z.infer<typeof mutations.sealedMutation>, SealedMutation>,
      true satisfies Same<z.infer<typeof mutations.verdict>, Verdict>,
      true satisfies Same<z.infer<typeof session.userContext>, UserContext>,
      true satisfies Same<Omit<z.infer<typeof queries.queryRequest>['query'], 'where'>, Omit<Query, 'where'>>,
      true satisfies Same<queries.QueryAnswer, QueryResult>,
    ];
    expect(agree).not.toContain(false);
  });

  it('[WIRE-3] what the model makes goes through the schemas unchanged', () => {
    expect(mutations.sealedMutation.parse(JSON.parse(JSON.stringify(sealed)))).toEqual(sealed);
    expect(session.userContext.parse(maya)).toEqual(maya);
  });

  it('[WIRE-4] a message that does not fit is refused whole', () => {
    const spoilt: readonly Readonly<Record<string, unknown>>[] = [
      { id: 'x' },
      { seq: 0 },
      { seq: 1.5 },
      { entity: 'Robert"); drop table' },
      { command: '_close' },
      { recordId: ids.job.toUpperCase().replace('8', 'A') },
      { changes: { title: { base: null } } },
      { changes: { title: { base: null, value: { nested: 1 } } } },
      { at: { device: 'yesterday', corrected: null } },
    ];
    expect(spoilt.map((part) => mutations.sealedMutation.safeParse({ ...sealed, ...part }).success)).toEqual(
      spoilt.map(() => false),
    );
    expect(wire.digest.safeParse({ count: 1, sum: '-1' }).success).toBe(false);
    expect(wire.problem.safeParse({ code: 'no_such_code' }).success).toBe(false);
  });
});
