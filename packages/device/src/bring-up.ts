// The outbox under a new version of the model: changes and bases are brought up to its words, so that they can be shown, laid over fresh rows and
// corrected. What was never on the wire is sent in the new words; what was is sent again as it was, because the server knows it by its hash.
import { stepsSince, upcastRow, upcastToPresent, upcastVerdict, type Bundle } from '@satchel/model';
import type { WorkStore } from './work-store.ts';

/** `before`: the bundle in use until now. Safe to repeat. Call inside a work transaction. */
export function bringUp(work: WorkStore, before: Bundle | null, next: Bundle): void {
  if (before === null || before.schemaVersion >= next.schemaVersion) return;
  for (const entry of work.entries()) {
    const { mutation, verdict } = entry;
    const steps = stepsSince(next, mutation.schemaVersion);
    if (mutation.schemaVersion >= next.schemaVersion) continue;
    const wasSent = entry.seq !== null || entry.attempts > 0;
    work.update(mutation.id, {
      mutation: upcastToPresent(next, mutation),
      payload: wasSent ? (entry.payload ?? mutation) : null,
      ...(verdict === null ? {} : { verdict: upcastVerdict(mutation.entity, verdict, steps) }),
    });
  }
  const steps = stepsSince(next, before.schemaVersion);
  if (steps.length === 0) return;
  for (const { entity, id, row } of work.bases()) {
    const after = upcastRow(entity, row ?? {}, steps);
    if (after.entity !== entity) work.removeBase(entity, id);
    work.setBase(after.entity, id, row === null ? null : after.row);
  }
}
