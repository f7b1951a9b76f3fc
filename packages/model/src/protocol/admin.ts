// GET /api/admin/sync: how the devices of an organisation stand with the server, for its administrators.
import * as z from 'zod/mini';
import { healWhy } from './sync.ts';
import { errorCode, instant, name, uuid } from './wire.ts';

export const adminSyncQuery = z.object({
  /** The device that the page before ended with. */
  after: z.optional(uuid),
  /** Devices of one page; the server's own maximum where it is more. */
  limit: z.optional(z.string().check(z.regex(/^[1-9]\d{0,3}$/))),
});

/** The latest of something; `total` may be more. */
const latest = <T extends z.ZodMiniType>(items: T) => z.object({ total: z.int(), items: z.array(items) });

const adminHeal = z.object({
  number: z.int(),
  entity: name,
  why: healWhy,
  buckets: z.int(),
  missing: z.int(),
  extra: z.int(),
  stale: z.int(),
  /** Server time as the device knew it. */
  at: instant,
});

/** A mutation that was refused or set aside, and that nothing has taken the place of, as far as the server knows. */
const adminIssue = z.object({
  mutationId: uuid,
  seq: z.int(),
  entity: z.nullable(z.string()),
  recordId: z.nullable(z.string()),
  command: z.nullable(z.string()),
  outcome: z.enum(['conflict', 'rejected', 'held']),
  code: z.nullable(errorCode),
  reason: z.nullable(z.string()),
  /** The mutation it waits for. */
  because: z.nullable(uuid),
  /** What stands in the log of a mutation that crashed its handler. */
  reference: z.nullable(z.string()),
  receivedAt: instant,
  /** What was asked for; null once that was cleared away. */
  payload: z.nullable(z.record(z.string(), z.unknown())),
});

/** A value that lost in a merge, and by which rule. */
const adminSuperseded = z.object({
  mutationId: uuid,
  entity: name,
  recordId: uuid,
  /** `*`: the whole row, over which a delete won. */
  field: z.string(),
  base: z.unknown(),
  theirs: z.unknown(),
  mine: z.unknown(),
  result: z.unknown(),
  rule: z.string(),
  at: instant,
});

const adminDevice = z.object({
  id: uuid,
  name: z.string(),
  user: z.object({ id: uuid, login: z.string(), name: z.string() }),
  firstSeenAt: instant,
  /** To the minute. */
  lastSeenAt: instant,
  /** Mutations received, and how many of them the device has settled. */
  lastSeq: z.int(),
  settledSeq: z.int(),
  /** How old the cursor was with which the device last asked; null: it has never pulled. */
  cursorAgeMs: z.nullable(z.int()),
  /** Rows repaired in its life. */
  healedRows: z.int(),
  heals: latest(adminHeal),
  issues: latest(adminIssue),
  superseded: latest(adminSuperseded),
});
export type AdminDevice = z.infer<typeof adminDevice>;

export const adminSyncAnswer = z.object({
  /** By id. */
  devices: z.array(adminDevice),
  /** Ask on with `after`; null: these were the last. */
  next: z.nullable(uuid),
  serverTime: instant,
});
export type AdminSyncAnswer = z.infer<typeof adminSyncAnswer>;
