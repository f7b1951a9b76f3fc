// How offline mode behaves. Only the knobs that the engine obeys are here.
import type { ClosedRule, ConflictRule, DeleteRule } from './entity.ts';

/** What becomes of a change that meets other people's. A field's or an entity's own rule goes before these. */
export interface ConflictPolicy {
  /** Both sides changed the same field differently, and it has no merge rule. */
  readonly overlapping: ConflictRule;
  /** One side deleted the record, the other changed it. */
  readonly deleteVsEdit: DeleteRule;
  /** A change of a record that a guard calls closed. */
  readonly closedRecord: ClosedRule;
}

export interface Policy {
  readonly preset: 'safe';
  readonly conflict: ConflictPolicy;
  /** Settled and discarded changes stay readable on the device. */
  readonly historyDays: number;
  /** Least time between two pulls that nobody asked for. */
  readonly refreshIntervalMs: number;
}

export const safePolicy: Policy = {
  preset: 'safe',
  conflict: { overlapping: 'ask', deleteVsEdit: 'ask', closedRecord: 'allow-append-only' },
  historyDays: 30,
  refreshIntervalMs: 300_000,
};
