// Bodies and queries are checked against the schemas of the model's protocol: what does not fit is refused whole, and only what was declared gets in.
// Answers are not checked again: they are made by our own code, and a page is five thousand rows.
import * as z from 'zod/mini';
import type { FastifyInstance } from 'fastify';
import { SyncError } from '@satchel/model';

type Checked = { readonly value: unknown } | { readonly error: Error };

export function useSchemas(app: FastifyInstance): void {
  app.setValidatorCompiler(({ schema }) => (received: unknown): Checked => {
    const result = z.safeParse(schema as z.ZodMiniType, received);
    if (result.success) return { value: result.data };
    const faults = result.error.issues
      .slice(0, faultsMax)
      .map((issue) => ({ path: issue.path.join('.'), fault: issue.code }));
    return { error: new SyncError('bad_request', { faults }) };
  });
  app.setSerializerCompiler(() => (answer: unknown) => JSON.stringify(answer));
}

/** Faults told of one request. */
const faultsMax = 10;
