// What an outbox entry did, and which entries stand under which. Pure.
import type { OutboxEntry } from '@satchel/device';
import { reviewCommands, reviewEntity } from '@satchel/model';

export interface EntryGroup {
  readonly head: OutboxEntry;
  /** Entries that wait, directly or by way of others, for the head. */
  readonly held: readonly OutboxEntry[];
}

/** Held entries under the first failing link of their chain; the order in which the person acted otherwise. */
export function groupEntries(entries: readonly OutboxEntry[]): readonly EntryGroup[] {
  const byId = new Map(entries.map((entry) => [entry.mutation.id, entry]));
  const rootOf = (entry: OutboxEntry): OutboxEntry => {
    const passed = new Set<string>();
    let at = entry;
    while (at.waitsFor !== null && !passed.has(at.mutation.id)) {
      passed.add(at.mutation.id);
      const next = byId.get(at.waitsFor);
      if (next === undefined) break;
      at = next;
    }
    return at;
  };
  const heldByRoot = new Map<string, OutboxEntry[]>();
  const heads: OutboxEntry[] = [];
  for (const entry of entries) {
    const root = rootOf(entry);
    if (root === entry) heads.push(entry);
    else heldByRoot.set(root.mutation.id, [...(heldByRoot.get(root.mutation.id) ?? []), entry]);
  }
  return heads.map((head) => ({ head, held: heldByRoot.get(head.mutation.id) ?? [] }));
}

/** Records that entries are about, for "5 changes on 3 records". */
export function recordCount(entries: readonly OutboxEntry[]): number {
  return new Set(entries.map((entry) => entry.mutation.recordId)).size;
}

/** Others changed the same, and a supervisor settles it: its author can only withdraw it. */
export function waitsForSupervisor(entry: OutboxEntry): boolean {
  return entry.state === 'conflict' && entry.verdict?.code === 'needs_supervisor';
}

/** A change that was never put on the wire can be taken back; a withdrawal stands. */
export function canUndo(entry: OutboxEntry): boolean {
  const { entity, command } = entry.mutation;
  if (entity === reviewEntity && command === reviewCommands.withdraw) return false;
  return entry.seq === null && (entry.state === 'queued' || entry.state === 'held');
}

/** Given up by the person: only what the server refused, or what waits for such. */
export function canDiscard(entry: OutboxEntry): boolean {
  return entry.state === 'conflict' || entry.state === 'rejected' || entry.state === 'held';
}
