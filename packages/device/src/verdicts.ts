// The server's words on mutations, written down. A verdict is durable before anything else is done with it; accepted entries stay in the
// outbox until a pull brings their rows, refused ones until a person decides, held ones go back to wait.
import type { Verdict } from '@satchel/model';
import type { EntryState } from './api.ts';
import { isSupervisors, recomputeHolds } from './holds.ts';
import type { Local } from './local.ts';
import { noteConfirmed } from './set-back.ts';
import type { RecordKey } from './visible.ts';
import type { StoredEntry } from './work-store.ts';

export interface Heard {
  readonly verdicts: readonly Verdict[];
  /** Records whose visible row may be another now. */
  readonly touched: readonly RecordKey[];
}

/** Writes verdicts down; those of unknown or already settled mutations are left alone, so hearing twice changes nothing. Call inside a work transaction. */
export function recordVerdicts(local: Local, verdicts: readonly Verdict[]): Heard {
  const fresh: Verdict[] = [];
  const touched: RecordKey[] = [];
  for (const verdict of verdicts) {
    const entry = local.work.entry(verdict.id);
    // The number must agree too: a mutation that was held came back under a new one, and the old word on it no longer counts.
    if (entry === null || entry.seq !== verdict.seq) continue;
    const isNews = isOthersToSettle(entry) && verdict.code !== entry.verdict?.code;
    if (!isAwaited(entry) && !isNews) continue;
    const state = stateAfter(verdict);
    local.work.update(verdict.id, {
      state,
      verdict,
      lastError: null,
      ...(state === 'held' ? { seq: null, waitsFor: verdict.because ?? null } : {}),
    });
    fresh.push(verdict);
    touched.push({ entity: entry.mutation.entity, id: entry.mutation.recordId });
  }
  if (fresh.length > 0) {
    noteConfirmed(
      local.work,
      fresh.map(({ seq }) => seq),
    );
    recomputeHolds(local);
  }
  return { verdicts: fresh, touched };
}

/** Is there anything on the wire whose outcome is not known? */
export function hasSealed(local: Local): boolean {
  return local.work.entries().some((entry) => entry.seq !== null && isAwaited(entry));
}

/** Refused changes that somebody else may yet settle: asked for at each pull, until the answer is another. */
export function awaitedIds(local: Local): readonly string[] {
  return local.work
    .entries()
    .filter(isOthersToSettle)
    .map(({ mutation }) => mutation.id);
}

/** Highest number up to which every outcome is known here. */
export function settledSeq(local: Local): number {
  const open = local.work.entries().filter((entry) => entry.seq !== null && isAwaited(entry));
  const lowest = Math.min(...open.map((entry) => entry.seq ?? Infinity));
  return lowest === Infinity ? (local.work.get('lastSeq') ?? 0) : lowest - 1;
}

function isAwaited(entry: StoredEntry): boolean {
  return entry.state === 'sending' || entry.state === 'queued' || entry.state === 'retrying';
}

/** Set aside by the server: an administrator may have it run again. Or a clash that a supervisor settles. */
function isOthersToSettle(entry: StoredEntry): boolean {
  return (entry.state === 'rejected' && entry.verdict?.code === 'quarantined') || isSupervisors(entry);
}

function stateAfter(verdict: Verdict): EntryState {
  const outcome = verdict.outcome === 'duplicate' ? (verdict.original ?? 'applied') : verdict.outcome;
  return outcome;
}
