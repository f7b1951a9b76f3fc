// Which writes stand on which others. A refused write holds back only what depends on it: later writes on the same record, and,
// where it would have made a record, writes that point to that record. What is held holds back in turn.
import type { Model } from './model.ts';
import type { Mutation } from './mutation.ts';
import { parseReference, type RecordId, type Value } from './value.ts';

/** Ids of the records that a mutation writes or refers to. */
export function resourcesOf(model: Model, mutation: Mutation): ReadonlySet<RecordId> {
  const ids = new Set<RecordId>([mutation.recordId]);
  const params = model.command(mutation.entity, mutation.command)?.params ?? {};
  for (const [name, change] of Object.entries(mutation.changes)) {
    if (model.field(mutation.entity, name)?.type === 'lookup') addTarget(ids, change.value);
  }
  for (const [name, value] of Object.entries(mutation.params ?? {})) {
    if (params[name]?.type === 'lookup') addTarget(ids, value);
  }
  return ids;
}

/** Does `later` make no sense before `earlier` has been done? A mutation that replaces a refused one does not wait for it. */
export function dependsOn(model: Model, later: Mutation, earlier: Mutation): boolean {
  if (later.supersedes === earlier.id || later.id === earlier.id) return false;
  if (later.recordId === earlier.recordId) return true;
  return earlier.command === 'create' && resourcesOf(model, later).has(earlier.recordId);
}

/**
 * Which of these mutations, given in the order in which the person acted, must wait, and for which: mutation id → id of the refused or held
 * mutation it stands on. `isRefused` is true of those that the server refused and nobody has resolved.
 */
export function heldBy(
  model: Model,
  entries: readonly { readonly mutation: Mutation; readonly isRefused: boolean }[],
): ReadonlyMap<string, string> {
  const waitsFor = new Map<string, string>();
  const blockersByRecord = new Map<RecordId, { readonly same: Mutation; readonly created: boolean }>();
  const replaced = new Set(entries.map(({ mutation }) => mutation.supersedes));
  for (const { mutation, isRefused } of entries) {
    // What another one replaces has been resolved: nothing waits for it.
    if (isRefused && replaced.has(mutation.id)) continue;
    const blocker = isRefused ? undefined : blockerOf(model, mutation, blockersByRecord);
    if (blocker !== undefined) waitsFor.set(mutation.id, blocker);
    if (isRefused || blocker !== undefined) {
      const before = blockersByRecord.get(mutation.recordId);
      blockersByRecord.set(mutation.recordId, {
        same: mutation,
        created: mutation.command === 'create' || (before?.created ?? false),
      });
    }
  }
  return waitsFor;
}

function blockerOf(
  model: Model,
  mutation: Mutation,
  blockersByRecord: ReadonlyMap<RecordId, { readonly same: Mutation; readonly created: boolean }>,
): string | undefined {
  for (const id of resourcesOf(model, mutation)) {
    const blocker = blockersByRecord.get(id);
    if (blocker === undefined) continue;
    if (id === mutation.recordId || blocker.created) return blocker.same.id;
  }
  return undefined;
}

function addTarget(ids: Set<RecordId>, value: Value): void {
  if (typeof value !== 'string') return;
  ids.add(parseReference(value)?.id ?? value);
}
