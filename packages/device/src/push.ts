// Sending the outbox: what may go is sealed (given its number, durably, before the first byte leaves), sent in order, and the verdicts are
// written down. A sealed mutation is never changed, skipped or renumbered while its outcome is unknown: it is sent again as it was until the
// server has said what became of it, and only then what comes after it.
import { limits, SyncError, type PullRequest, type PushAnswer, type SealedMutation } from '@satchel/model';
import { bundleHashOf, noteServerTime, type Local } from './local.ts';
import type { ProtocolClient } from './protocol-client.ts';
import { isReplayDue, noteServerSeq } from './set-back.ts';
import { hasSealed, recordVerdicts, settledSeq, type Heard } from './verdicts.ts';
import { deriveRecords } from './visible.ts';
import type { StoredEntry, WorkStore } from './work-store.ts';

export type PushResult =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'sent'; readonly heard: Heard; readonly answer: PushAnswer }
  /** The server could not say what became of one: ask again after the wait. */
  | {
      readonly kind: 'fenced';
      readonly heard: Heard;
      readonly answer: PushAnswer;
      readonly error: SyncError;
    };

/** One push of at most so many bytes. Throws what the transport throws; entries are then `retrying` with their numbers. */
export async function pushOnce(
  local: Local,
  client: ProtocolClient,
  options: { readonly bytesMax: number; readonly pull: PullRequest | null },
  signal: AbortSignal,
): Promise<PushResult> {
  const batch = local.work.transaction(() => {
    if (!hasSealed(local)) local.work.set('heardSeq', settledSeq(local));
    return seal(local.work, options.bytesMax);
  });
  if (batch.length === 0) return { kind: 'nothing' };
  const request = {
    bundle: bundleHashOf(local),
    mutations: batch,
    heardSeq: local.work.get('heardSeq') ?? 0,
    ...(options.pull === null ? {} : { pull: options.pull }),
  };
  let answer: PushAnswer;
  try {
    answer = await client.push(request, signal);
  } catch (error) {
    if (error instanceof SyncError) local.work.transaction(() => noteFailure(local.work, batch, error));
    throw error;
  }
  noteServerTime(local, answer.serverTime);
  return hear(local, batch, answer);
}

/** Is there anything that may be sent now? */
export function hasSendable(work: WorkStore): boolean {
  const counts = work.countsByState();
  return (counts.queued ?? 0) + (counts.retrying ?? 0) + (counts.sending ?? 0) > 0;
}

/**
 * The next batch, sealed: first what was on the wire before, by number, then what waits, in the order in which the person acted. Held and
 * refused entries are passed over. Call inside a work transaction.
 */
export function seal(work: WorkStore, bytesMax: number): readonly SealedMutation[] {
  const open = work
    .entries()
    .filter(({ state }) => state === 'queued' || state === 'retrying' || state === 'sending');
  const sealed = open.filter((entry) => entry.seq !== null).sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
  const unsealed = open.filter((entry) => entry.seq === null);
  let lastSeq = work.get('lastSeq') ?? 0;
  let bytes = 0;
  const batch: SealedMutation[] = [];
  for (const entry of [...sealed, ...unsealed]) {
    const sent = entry.payload ?? entry.mutation;
    bytes += JSON.stringify(sent).length;
    if (batch.length > 0 && (bytes > bytesMax || batch.length >= limits.pushMutationsMax)) break;
    const seq = entry.seq ?? ++lastSeq;
    batch.push({ ...sent, seq });
    work.update(entry.mutation.id, { seq, state: 'sending', attempts: entry.attempts + 1 });
  }
  work.set('lastSeq', lastSeq);
  return batch;
}

/** After the server called the device id cloned, or never had some numbers: what is not settled gets numbers anew, under the same mutation ids. */
export function unseal(work: WorkStore, lastSeq: number): void {
  for (const entry of work.entries()) {
    const isOpen = entry.state === 'queued' || entry.state === 'retrying' || entry.state === 'sending';
    if (isOpen && entry.seq !== null) work.update(entry.mutation.id, { seq: null, state: 'queued' });
  }
  work.set('lastSeq', lastSeq);
  work.set('confirmedSeq', lastSeq);
}

function hear(local: Local, batch: readonly SealedMutation[], answer: PushAnswer): PushResult {
  const { fence } = answer;
  const heard = local.work.transaction(() => {
    const result = recordVerdicts(local, answer.verdicts);
    for (const mutation of batch) {
      const entry = local.work.entry(mutation.id);
      if (entry === null || entry.state !== 'sending' || entry.seq !== mutation.seq) continue;
      const lastError = fence !== undefined && mutation.seq === fence.seq ? fence.code : entry.lastError;
      local.work.update(mutation.id, { state: 'retrying', lastError });
    }
    if (fence?.code === 'sequence_gap' && fence.seq > answer.lastSeq + 1) {
      noteServerSeq(local.work, answer.lastSeq);
      if (!isReplayDue(local)) unseal(local.work, answer.lastSeq);
    }
    return result;
  });
  deriveRecords(local, heard.touched);
  if (fence !== undefined) {
    const error = new SyncError(fence.code, { retryAfterMs: fence.retryAfterMs, seq: fence.seq });
    return { kind: 'fenced', heard, answer, error };
  }
  return { kind: 'sent', heard, answer };
}

function noteFailure(work: WorkStore, batch: readonly SealedMutation[], error: SyncError): void {
  for (const { id } of batch) {
    const entry: StoredEntry | null = work.entry(id);
    if (entry?.state === 'sending') work.update(id, { state: 'retrying', lastError: error.code });
  }
}
