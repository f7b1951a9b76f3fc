// A server that was set back to an earlier point (a restored backup): it has forgotten changes that it had accepted, but they still stand in this
// device's history. Once the rows are what the server has now, those changes go back into the outbox under the same mutation ids and are sent
// again in their old order, once: a ledger that knows one after all answers `duplicate`, so a false alarm does no harm.
import { upcastToPresent } from '@satchel/model';
import type { Status } from './api.ts';
import { isAccepted, isRefused, recomputeHolds } from './holds.ts';
import type { Local } from './local.ts';
import { deriveRecords, type RecordKey } from './visible.ts';
import type { StoredEntry, WorkStore } from './work-store.ts';

/** Notes that the server's counter for this device is below what it had confirmed. `lastSeq`: the server's. Call inside a work transaction. */
export function noteServerSeq(work: WorkStore, lastSeq: number): void {
  const confirmed = work.get('confirmedSeq') ?? 0;
  if (lastSeq < confirmed) work.set('setBack', { lastSeq, replayed: null });
}

/** The server said what became of this number: it must never again say that it has not come so far. Call inside a work transaction. */
export function noteConfirmed(work: WorkStore, seqs: readonly number[]): void {
  const highest = Math.max(0, ...seqs);
  if (highest > (work.get('confirmedSeq') ?? 0)) work.set('confirmedSeq', highest);
}

/** Is there a set-back whose changes still stand in the history only? Then nothing may be pushed before they are back in the outbox. */
export function isReplayDue(local: Local): boolean {
  const noted = local.work.get('setBack');
  return noted !== null && noted.replayed === null;
}

/**
 * Puts what the server forgot back into the outbox, numbered from its counter on, before everything that was not accepted yet. To be called when
 * the cache has been compared with the server's present rows: they become the bases. Returns the records touched.
 */
export function replayJournal(local: Local): readonly RecordKey[] {
  const { work, cache } = local;
  const noted = work.get('setBack');
  if (noted === null || noted.replayed !== null) return [];
  const { lastSeq } = noted;
  // The cache must not call entries settled by their old numbers, whatever crash comes next.
  cache.transaction(() => cache.set('settles', Math.min(cache.get('settles') ?? 0, lastSeq)));
  const keys = work.transaction(() => {
    const forgotten = work.acceptedAfter(lastSeq);
    const here = work.entries().filter((entry) => entry.seq !== null && entry.seq > lastSeq);
    for (const { mutation } of here) work.update(mutation.id, { seq: null });
    for (const { mutation } of forgotten) work.unarchive(mutation.id);
    // A refused one waits for its person as before.
    const again = [...forgotten, ...here]
      .filter((entry) => !isRefused(entry))
      .sort((a, b) => seqOf(a) - seqOf(b));
    again.forEach((entry, index) => {
      // What stood in the history speaks of the model of its day.
      const mutation = local.bundle === null ? entry.mutation : upcastToPresent(local.bundle, entry.mutation);
      if (mutation !== entry.mutation)
        work.update(mutation.id, { mutation, payload: entry.payload ?? entry.mutation });
      const fresh = { state: 'queued', verdict: null, lastError: null, waitsFor: null } as const;
      work.update(mutation.id, { ...fresh, seq: lastSeq + index + 1 });
      if (work.base(mutation.entity, mutation.recordId) === undefined)
        work.setBase(mutation.entity, mutation.recordId, rowHere(local, mutation.entity, mutation.recordId));
    });
    work.set('lastSeq', lastSeq + again.length);
    work.set('confirmedSeq', lastSeq);
    const replayed = again.filter(isAccepted).map(({ mutation }) => mutation.id);
    work.set('setBack', { lastSeq, replayed });
    recomputeHolds(local);
    return again.map(({ mutation }) => ({ entity: mutation.entity, id: mutation.recordId }));
  });
  deriveRecords(local, keys);
  return keys;
}

/** What a screen is told while changes are being sent again; null where nothing of the kind goes on. */
export function setBackStatus(work: WorkStore): Status['setBack'] {
  const noted = work.get('setBack');
  if (noted === null) return null;
  if (noted.replayed === null) return { changes: 0, left: 0 };
  const left = noted.replayed.filter((id) => {
    const entry = work.entry(id);
    return entry !== null && !isRefused(entry);
  });
  return { changes: noted.replayed.length, left: left.length };
}

/** Once every change has come home or was refused there is nothing more to tell. */
export function forgetSetBack(work: WorkStore): void {
  if (work.get('setBack')?.replayed && setBackStatus(work)?.left === 0)
    work.transaction(() => work.unset('setBack'));
}

function seqOf(entry: StoredEntry): number {
  return entry.seq ?? 0;
}

/** The server's row as this device has it; null where it has none. */
function rowHere(local: Local, entity: string, id: string) {
  if (local.model?.findEntity(entity) === undefined) return null;
  const cached = local.cache.row(entity, id);
  return cached === null || cached.local !== 0 ? null : cached.row;
}
