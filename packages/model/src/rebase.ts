// The visible row of a record: what the server last told (base) with the person's own changes laid over it again, in the order in which the
// person made them. A pure function of the two, so that it can be derived anew whenever either moves and nothing rests on remembering it.
import type { UserContext } from './directory.ts';
import { applyMutation } from './effect.ts';
import type { Model } from './model.ts';
import type { Mutation } from './mutation.ts';
import { sameValue, type Row } from './value.ts';

/** docs/GLOSSARY.md, states of a mutation. */
export type PendingState =
  'queued' | 'held' | 'sending' | 'retrying' | 'applied' | 'merged' | 'conflict' | 'rejected' | 'discarded';

export interface PendingEntry {
  readonly mutation: Mutation;
  readonly state: PendingState;
}

/** How a record stands with the server, the most pressing thing first; null: nothing local about it that the server has not accepted. */
export type PendingMark = 'conflict' | 'rejected' | 'held' | 'deleted-here' | 'created-here' | 'waiting';

export interface RebaseResult {
  /** Null: there is no such record, or it was deleted here. */
  readonly row: Row | null;
  /** For a record deleted here: as it was just before; otherwise the same as `row`. */
  readonly last: Row | null;
  /** Fields that differ from the base, in column order; stamps are not counted. */
  readonly pendingFields: readonly string[];
  readonly mark: PendingMark | null;
}

const stamps = new Set(['id', 'created_at', 'created_by', 'modified_at', 'modified_by']);

/** `entries` are the unsettled ones of this record, oldest first. `follow` looks through lookups where the device carries the target. */
export function rebase(
  model: Model,
  base: Row | null,
  entries: readonly PendingEntry[],
  scope: { readonly user: UserContext; readonly follow?: (row: Row, field: string) => Row | null },
): RebaseResult {
  const follow = scope.follow ?? (() => null);
  let row = base;
  let last = base;
  for (const { mutation } of entries.filter(takesPart)) {
    // The time of the change itself, so that the same entries always give the same row.
    const now = mutation.at.corrected ?? mutation.at.device;
    const next = applyMutation(model, mutation, row, { user: scope.user, now, follow });
    if (next !== null) last = next;
    row = next;
  }
  return {
    row,
    last,
    pendingFields: differingFields(model, entries[0]?.mutation.entity, base, row),
    mark: markOf(entries),
  };
}

/** A refused change takes no part, except a create: what it holds is nowhere else. Neither does anything a person gave up. */
export function takesPart(entry: PendingEntry): boolean {
  if (entry.state === 'discarded') return false;
  const isRefused = entry.state === 'conflict' || entry.state === 'rejected';
  return !isRefused || entry.mutation.command === 'create';
}

function differingFields(
  model: Model,
  entity: string | undefined,
  base: Row | null,
  row: Row | null,
): readonly string[] {
  if (entity === undefined || row === null) return [];
  return Object.keys(model.fields(entity)).filter(
    (name) => !stamps.has(name) && !sameValue(base?.[name], row[name]),
  );
}

function markOf(entries: readonly PendingEntry[]): PendingMark | null {
  const has = (state: PendingState) => entries.some((entry) => entry.state === state);
  if (has('conflict')) return 'conflict';
  if (has('rejected')) return 'rejected';
  if (has('held')) return 'held';
  const waiting = entries.filter(
    ({ state }) => state === 'queued' || state === 'sending' || state === 'retrying',
  );
  if (waiting.length === 0) return null;
  if (waiting.some(({ mutation }) => mutation.command === 'delete')) return 'deleted-here';
  return waiting.some(({ mutation }) => mutation.command === 'create') ? 'created-here' : 'waiting';
}
