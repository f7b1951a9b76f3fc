// POST /api/sync/pull, /push and /reconcile. A pull is one snapshot: rows, outcomes, digests and the next cursor belong together.
import * as z from 'zod/mini';
import { limits } from '../limits.ts';
import type { SealedMutation, Verdict } from '../mutation.ts';
import { identity } from './session.ts';
import { sealedMutation, verdict } from './mutation.ts';
import {
  column,
  cursor,
  digest,
  digestSum,
  entityChanges,
  errorCode,
  hash,
  instant,
  name,
  uuid,
  value,
} from './wire.ts';

/** Why rows had to be put right by comparing. */
export const healWhy = z.enum(['digest', 'horizon', 'history', 'bundle', 'too_many']);

/** One repair of one entity: what had been wrong here. Kept on the device until the server has it. */
export const heal = z.object({
  /** The device's own count of its repairs, so that one told twice is recorded once. */
  number: z.int().check(z.gte(1)),
  entity: name,
  why: healWhy,
  buckets: z.int(),
  /** Rows that the server counts and that were not here. */
  missing: z.int(),
  /** Rows that were here and that the server does not count. */
  extra: z.int(),
  /** Rows that were here in another revision. */
  stale: z.int(),
  at: instant,
});
export type Heal = z.infer<typeof heal>;

/** Where the next part of a delta begins: opaque, signed by the server, of use only with the cursors of its own delta. */
const position = z.string().check(z.maxLength(512));

export const pullRequest = z.object({
  bundle: hash,
  /** Null: the device has no cache and only wants the outcomes of its mutations. */
  cursor: z.nullable(cursor),
  /** Highest sequence number whose outcome the device has durably; the server may forget up to here. */
  settledSeq: z.int(),
  /** Refused mutations that somebody else may yet settle: the answer has the outcome of those that are, in `outcomes`. */
  awaits: z.optional(z.array(uuid)),
  /** True: answer with digests even where nothing changed, because some of the device's rows were never compared. */
  prove: z.optional(z.boolean()),
  /** The next part of a delta from this cursor: what the part before told. */
  part: z.optional(z.object({ at: cursor, after: position })),
  heals: z.optional(z.array(heal).check(z.maxLength(limits.healsPerPullMax))),
});
export type PullRequest = z.infer<typeof pullRequest>;

/** Heals up to this number are recorded. */
const healsUpTo = z.optional(z.int());

const pullCommon = {
  healsUpTo,
  cursor: z.nullable(cursor),
  /** Every mutation up to this number has its effect, or its refusal, in this snapshot. */
  settles: z.int(),
  outcomes: z.array(verdict),
  serverTime: instant,
};
export const pullAnswer = z.discriminatedUnion('kind', [
  /** Nothing in the log since the cursor, the same scope, and no proof asked for. */
  z.object({ kind: z.literal('nothing'), ...pullCommon }),
  z.object({
    kind: z.literal('delta'),
    ...pullCommon,
    changes: z.array(entityChanges),
    digests: z.record(z.string(), digest),
    /** Present when roles, teams or the bundle are other than the cursor says. */
    identity: z.optional(identity),
  }),
  /**
   * Some of a delta that is too large for one message, to be kept out of sight. Every row of every part is as it was at `at`, the cursor of the first part's
   * snapshot. After the last part a pull from `at` tells the rest; with that all is taken at once. Nothing is settled before. Another `at` than that of
   * the part before: the server began anew, and so must the device.
   */
  z.object({
    kind: z.literal('part'),
    healsUpTo,
    at: cursor,
    /** Null: this was the last part. */
    after: z.nullable(position),
    changes: z.array(entityChanges),
    serverTime: instant,
    /** As in a delta; with the first part only. */
    identity: z.optional(identity),
  }),
  /** The cursor cannot be served (pruned log, restored server, changed bundle, too many changes): compare digests and fetch what differs, then pull from this cursor. */
  z.object({
    kind: z.literal('reconcile'),
    ...pullCommon,
    why: z.enum(['horizon', 'history', 'bundle', 'too_many']),
    identity: z.optional(identity),
  }),
]);
export type PullAnswer = z.infer<typeof pullAnswer>;

export const pushRequest = z.object({
  bundle: hash,
  mutations: z.array(sealedMutation),
  /**
   * Highest number up to which the device knew every outcome when it numbered the first of these: what was refused after it may be something
   * that these stand on. Absent: every outcome before them was known.
   */
  heardSeq: z.optional(z.int()),
  /** Pull in the same round trip. */
  pull: z.optional(pullRequest),
});
export type PushRequest = Omit<z.infer<typeof pushRequest>, 'mutations'> & {
  mutations: readonly SealedMutation[];
};

export const pushAnswer = z.object({
  /** In order; stops before the mutation whose outcome is unknown. */
  verdicts: z.array(verdict),
  lastSeq: z.int(),
  /** The server could not say what became of this one: ask again before anything after it. */
  fence: z.optional(z.object({ seq: z.int(), code: errorCode, retryAfterMs: z.int() })),
  pull: z.optional(pullAnswer),
  serverTime: instant,
});
export type PushAnswer = Omit<z.infer<typeof pushAnswer>, 'verdicts'> & { verdicts: readonly Verdict[] };

/** Buckets are the last two hexadecimal digits of the record id. */
const bucket = z.string().check(z.regex(/^[0-9a-f]{2}$/));
export const reconcileRequest = z.discriminatedUnion('step', [
  z.object({ step: z.literal('buckets'), bundle: hash, entity: name }),
  z.object({ step: z.literal('list'), bundle: hash, entity: name, buckets: z.array(bucket) }),
  /** Rows that the list showed to be missing or different. */
  z.object({ step: z.literal('rows'), bundle: hash, entity: name, ids: z.array(uuid) }),
]);
export type ReconcileRequest = z.infer<typeof reconcileRequest>;

export const reconcileAnswer = z.discriminatedUnion('step', [
  /** Buckets that hold rows, their two digits one after the other in one text, and for each in turn its count and its sum: few bytes for many. */
  z.object({
    step: z.literal('buckets'),
    buckets: z.string().check(z.regex(/^([0-9a-f]{2}){0,256}$/)),
    counts: z.array(z.int()),
    sums: z.array(digestSum),
  }),
  z.object({ step: z.literal('list'), ids: z.array(uuid), revs: z.array(z.int()) }),
  z.object({ step: z.literal('rows'), columns: z.array(column), rows: z.array(z.array(value)) }),
]);
export type ReconcileAnswer = z.infer<typeof reconcileAnswer>;
