// Parts that several messages share. Every schema here is a door: what does not fit is refused whole, with `bad_request` or `bad_response`.
import * as z from 'zod/mini';
import { errorCodes, type ErrorCode } from '../error-codes.ts';

/** Raised by one whenever a message changes shape; wire.test.ts pins the schemas to it by a hash. */
export const protocolVersion = 1;
/** The oldest version that a server of this one still speaks with devices. */
export const oldestProtocolVersion = 1;

export const uuid = z
  .string()
  .check(z.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/));
export const name = z.string().check(z.regex(/^[a-z][a-z0-9_]{0,62}$/));
/** A command's or column's name: those of the engine begin with `_`. */
export const column = z.string().check(z.regex(/^_?[a-zA-Z][a-zA-Z0-9_]{0,62}$/));
export const instant = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/));
export const value = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);
export const row = z.record(z.string(), value);
export const errorCode = z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]);
export const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/));
/** Opaque, signed by the server; a device only hands it back. */
export const cursor = z.string().check(z.maxLength(8_192));

/** How many rows and the sum of their `_rev`, as decimal text because it may pass 2^53. */
export const digestSum = z.string().check(z.regex(/^\d{1,20}$/));
export const digest = z.object({ count: z.int(), sum: digestSum });
export type Digest = z.infer<typeof digest>;

/** The body of every answer that is not a success. `retryAfterMs` where the server asks for patience. */
export const problem = z.object({
  code: errorCode,
  detail: z.optional(z.record(z.string(), z.unknown())),
  retryAfterMs: z.optional(z.int()),
  reference: z.optional(z.string()),
});
export type Problem = z.infer<typeof problem>;

/** Rows of one entity, and ids of rows that this device must not keep. Columns are sent once; `_rev` is among them. */
export const entityChanges = z.object({
  entity: name,
  columns: z.array(column),
  rows: z.array(z.array(value)),
  gone: z.array(z.object({ id: uuid, why: z.enum(['deleted', 'left']) })),
});
export type EntityChanges = z.infer<typeof entityChanges>;
