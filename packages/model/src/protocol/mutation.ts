// Mutations and verdicts as they cross the wire; the types live in ../mutation.ts and must agree (wire.test.ts).
import * as z from 'zod/mini';
import { errorCode, instant, name, row, uuid, value } from './wire.ts';

export const fieldChange = z.object({ base: value, value });
export const sealedMutation = z.object({
  id: uuid,
  seq: z.int().check(z.positive()),
  entity: name,
  recordId: uuid,
  command: z.string().check(z.regex(/^[a-z][a-zA-Z0-9_]{0,62}$/)),
  params: z.optional(z.record(z.string(), value)),
  changes: z.record(z.string(), fieldChange),
  baseRev: z.nullable(z.int()),
  schemaVersion: z.int(),
  at: z.object({ device: instant, corrected: z.nullable(instant) }),
  supersedes: z.optional(uuid),
});

const settlingRule = z.enum(['append', 'max', 'min', 'sum', 'union', 'client', 'server', 'delete-wins']);
const finalOutcome = z.enum(['applied', 'merged', 'conflict', 'rejected', 'held']);
export const verdict = z.object({
  id: uuid,
  seq: z.int(),
  outcome: z.enum(['applied', 'merged', 'duplicate', 'conflict', 'rejected', 'held']),
  original: z.optional(finalOutcome),
  code: z.optional(errorCode),
  reason: z.optional(z.string()),
  fields: z.optional(z.record(z.string(), errorCode)),
  clashes: z.optional(z.record(z.string(), z.object({ base: value, theirs: value, mine: value }))),
  settled: z.optional(
    z.record(
      z.string(),
      z.object({ base: value, theirs: value, mine: value, result: value, rule: settlingRule }),
    ),
  ),
  rule: z.optional(z.enum(['delete-wins', 'recreate'])),
  theirs: z.optional(z.nullable(row)),
  by: z.optional(z.object({ name: z.string(), at: instant })),
  because: z.optional(uuid),
  reference: z.optional(z.string()),
});
