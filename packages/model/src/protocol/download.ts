// POST /api/sync/plan and /api/sync/page: what a first download would take, and its pages by keyset in id order.
import * as z from 'zod/mini';
import { limits } from '../limits.ts';
import { column, cursor, hash, instant, name, uuid, value } from './wire.ts';

export const planRequest = z.object({ bundle: hash });
export const planAnswer = z.object({
  /** In download order. Bytes as sent, estimated from samples. */
  entities: z.array(z.object({ entity: name, rows: z.int(), bytes: z.int() })),
  rows: z.int(),
  bytes: z.int(),
  /** At the rate the server measured for recent downloads. */
  seconds: z.number(),
});
export type DownloadPlan = z.infer<typeof planAnswer>;

export const pageRequest = z.object({
  bundle: hash,
  entity: name,
  /** The `next` of the page before; null for the first. */
  after: z.nullable(uuid),
  /** Only these besides `id` and `_rev`, for rows that are on the device without them; absent: all that the reader may see. */
  columns: z.optional(z.array(column).check(z.minLength(1), z.maxLength(limits.fieldsMax))),
});
export type PageRequest = z.infer<typeof pageRequest>;

/** One column of a page: every value, or each different value once and an index per row. */
export const pageColumn = z.union([
  z.object({ name: column, values: z.array(value) }),
  z.object({ name: column, dictionary: z.array(value), codes: z.array(z.int()) }),
]);
export type PageColumn = z.infer<typeof pageColumn>;

export const pageAnswer = z.object({
  entity: name,
  rows: z.int(),
  columns: z.array(pageColumn),
  /** Null after the last page. */
  next: z.nullable(uuid),
  /** The `next` that the page after this one will have as things stand: a guess by which two pages can be on their way at once. */
  nextButOne: z.nullable(uuid),
  /** Where a pull would start that has all of this page. The device keeps that of its very first page until the download is done. */
  cursor,
  serverTime: instant,
});
export type PageAnswer = z.infer<typeof pageAnswer>;
