// POST /api/query: the query object of ../query.ts, run on the server for rows that the device does not carry.
import * as z from 'zod/mini';
import { hash, name, row, value } from './wire.ts';

const exprType = z.union([
  z.object({ kind: z.enum(['text', 'integer', 'boolean', 'date', 'dateTime', 'duration', 'null']) }),
  z.object({ kind: z.literal('fixed'), scale: z.int() }),
  z.object({ kind: z.literal('list'), of: z.literal('text') }),
]);

/** Checked for shape here; that fields exist and types agree is checked against the model by `checkExpression`. */
export const expression: z.ZodMiniType = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('literal'),
    value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
    type: exprType,
  }),
  z.object({ op: z.literal('field'), path: z.array(name), type: exprType }),
  z.object({ op: z.literal('user'), attribute: z.string(), type: exprType }),
  z.object({ op: z.enum(['now', 'today']), type: exprType }),
  z.object({
    op: z.literal('compare'),
    compare: z.enum(['==', '!=', '<', '<=', '>', '>=']),
    left: z.lazy(() => expression),
    right: z.lazy(() => expression),
    type: exprType,
  }),
  z.object({
    op: z.enum(['and', 'or', 'in']),
    left: z.lazy(() => expression),
    right: z.lazy(() => expression),
    type: exprType,
  }),
  z.object({ op: z.literal('not'), operand: z.lazy(() => expression), type: exprType }),
  z.object({ op: z.literal('list'), items: z.array(z.lazy(() => expression)), type: exprType }),
  z.object({
    op: z.literal('text'),
    fn: z.enum(['startsWith', 'endsWith', 'contains']),
    left: z.lazy(() => expression),
    right: z.lazy(() => expression),
    type: exprType,
  }),
  z.object({
    op: z.literal('arithmetic'),
    fn: z.enum(['+', '-', '*']),
    left: z.lazy(() => expression),
    right: z.lazy(() => expression),
    type: exprType,
  }),
  z.object({
    op: z.literal('conditional'),
    test: z.lazy(() => expression),
    then: z.lazy(() => expression),
    otherwise: z.lazy(() => expression),
    type: exprType,
  }),
]);

export const queryRequest = z.object({
  bundle: hash,
  query: z.object({
    entity: name,
    where: z.optional(z.array(expression)),
    search: z.optional(z.string().check(z.maxLength(200))),
    order: z.optional(z.array(z.object({ field: name, descending: z.optional(z.boolean()) }))),
    limit: z.int().check(z.gte(0), z.lte(1_000)),
    after: z.optional(z.array(value)),
    count: z.optional(z.boolean()),
  }),
});
export type QueryRequest = z.infer<typeof queryRequest>;

export const queryAnswer = z.object({
  rows: z.array(row),
  titles: z.record(z.string(), z.string()),
  total: z.optional(z.int()),
});
export type QueryAnswer = z.infer<typeof queryAnswer>;
