// The body of a push, read loosely: each mutation is judged by itself later, so that one that cannot be read does not stop the others.
// Only what has neither an id nor a number has no place in the sequence and spoils the whole request.
import * as z from 'zod/mini';
import { limits, pullRequest, SyncError, wire, type PullRequest } from '@satchel/model';

export interface RawMutation {
  readonly id: string;
  readonly seq: number;
  /** As JSON. */
  readonly bytes: number;
  readonly content: Readonly<Record<string, unknown>>;
}

export interface PushEnvelope {
  readonly bundle: string;
  readonly mutations: readonly RawMutation[];
  /** Highest number up to which the device knew every outcome when it numbered these. */
  readonly heardSeq: number | null;
  readonly pull: PullRequest | null;
}

const numbered = z.looseObject({ id: wire.uuid, seq: z.int().check(z.positive()) });

export const pushEnvelope = z.object({
  bundle: wire.hash,
  mutations: z.array(numbered),
  heardSeq: z.optional(z.int()),
  pull: z.optional(pullRequest),
});

/** Throws SyncError `bad_request`, or `too_large` for too many mutations. */
export function readEnvelope(body: z.infer<typeof pushEnvelope>): PushEnvelope {
  if (body.mutations.length > limits.pushMutationsMax)
    throw new SyncError('too_large', { mutations: body.mutations.length, max: limits.pushMutationsMax });
  return {
    bundle: body.bundle,
    mutations: body.mutations.map((content) => ({
      id: content.id,
      seq: content.seq,
      bytes: Buffer.byteLength(JSON.stringify(content)),
      content,
    })),
    heardSeq: body.heardSeq ?? null,
    pull: body.pull ?? null,
  };
}
