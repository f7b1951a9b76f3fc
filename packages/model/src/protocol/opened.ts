// POST /api/sync/opened: records that a person looked at, oldest first. The server keeps what its policy says of it; it answers with nothing.
import * as z from 'zod/mini';
import { limits } from '../limits.ts';
import { name, uuid } from './wire.ts';

export const openedRequest = z.object({
  opened: z.array(z.object({ entity: name, id: uuid })).check(z.maxLength(limits.openedBatchMax)),
});
export type OpenedRequest = z.infer<typeof openedRequest>;
