// Which entries wait for which: a refused change holds back what depends on it, until a person has decided. Worked out anew from the whole
// outbox whenever a verdict or a decision changes it, so that nothing is held by mistake for ever.
import { heldBy } from '@satchel/model';
import { modelOf, type Local } from './local.ts';
import type { StoredEntry } from './work-store.ts';

/** The server refused it and nobody has decided yet. */
export function isRefused(entry: StoredEntry): boolean {
  return entry.state === 'conflict' || entry.state === 'rejected';
}

/** A conflict that only a supervisor may settle; its author may withdraw the change. */
export function isSupervisors(entry: StoredEntry): boolean {
  return entry.state === 'conflict' && entry.verdict?.code === 'needs_supervisor';
}

export function isAccepted(entry: StoredEntry): boolean {
  return entry.state === 'applied' || entry.state === 'merged';
}

/** Marks what must wait as held and releases the rest. Entries with a sequence number are on their way and stay as they are. Call inside a work transaction. */
export function recomputeHolds(local: Local): void {
  const counts = local.work.countsByState();
  if (counts.conflict === undefined && counts.rejected === undefined && counts.held === undefined) return;
  const open = local.work.entries().filter((entry) => !isAccepted(entry));
  const waits = heldBy(
    modelOf(local),
    open.map((entry) => ({ mutation: entry.mutation, isRefused: isRefused(entry) })),
  );
  const refused = new Set(open.filter(isRefused).map((entry) => entry.mutation.id));
  for (const entry of open) {
    if (entry.seq !== null || isRefused(entry)) continue;
    const told = entry.verdict?.because;
    const waitsFor = waits.get(entry.mutation.id) ?? (told !== undefined && refused.has(told) ? told : null);
    const state = waitsFor === null ? 'queued' : 'held';
    if (state !== entry.state || waitsFor !== entry.waitsFor)
      local.work.update(entry.mutation.id, { state, waitsFor });
  }
}
