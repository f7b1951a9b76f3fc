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

/** What joins a person's scope besides the profile's rows: always within the entities it carries and what the person may read. */
export interface ScopePolicy {
  /** The records used last: so many of each of the entities used last. Zeros: none. */
  readonly recents: { readonly entities: number; readonly records: number };
  /** How many records a person may pin. Zero: none. */
  readonly pins: { readonly records: number };
  /** Whatever was opened joins, up to limits.openedRecordsMax. */
  readonly addOnAccess: boolean;
}

export interface Policy {
  readonly preset: 'safe';
  readonly conflict: ConflictPolicy;
  /** Settled and discarded changes stay readable on the device. */
  readonly historyDays: number;
  /** Least time between two pulls that nobody asked for. */
  readonly refreshIntervalMs: number;
  /** Absent: scopes are the profile's alone. Once pins were made it can no longer be taken away; its numbers can be made zero. */
  readonly scope?: ScopePolicy;
}

export const safeScope: ScopePolicy = {
  recents: { entities: 5, records: 30 },
  pins: { records: 50 },
  addOnAccess: true,
};

export const safePolicy: Policy = {
  preset: 'safe',
  conflict: { overlapping: 'ask', deleteVsEdit: 'ask', closedRecord: 'allow-append-only' },
  historyDays: 30,
  refreshIntervalMs: 300_000,
};
