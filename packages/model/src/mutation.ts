// A write, on-line or off: what was asked, and what the person saw when asking.
import type { Row, RecordId, Value } from './value.ts';
import type { DeleteRule, MergeRule } from './entity.ts';
import type { ErrorCode } from './error-codes.ts';

/** A field's change: what the person saw and what the person wants. */
export interface FieldChange {
  readonly base: Value;
  readonly value: Value;
}

/** When a change was made, as the device knows it; neither orders anything. */
export interface MutationTimes {
  /** The device's own clock, ISO 8601 UTC. */
  readonly device: string;
  /**
   * Server time: from the last contact of that process by a monotonic clock, else the device's clock put right by the offset known from before; null
   * before the first contact. The third, when the server received it, is in its ledger.
   */
  readonly corrected: string | null;
}

export interface Mutation {
  /** UUIDv7, made on the device; the key that makes repeats harmless. */
  readonly id: string;
  readonly entity: string;
  readonly recordId: RecordId;
  /** 'create', 'update', 'delete' or a command of the entity. */
  readonly command: string;
  readonly params?: Readonly<Record<string, Value>>;
  /** By field. For a create the bases are null; for a delete it is empty. */
  readonly changes: Readonly<Record<string, FieldChange>>;
  /** `_rev` of the row the person saw; null for a create. */
  readonly baseRev: number | null;
  readonly schemaVersion: number;
  readonly at: MutationTimes;
  /** The refused mutation that this one replaces. */
  readonly supersedes?: string;
}

/** A mutation with its place in the device's order. The number is given when it is first put on the wire, so that undo and edit leave no gap. */
export interface SealedMutation extends Mutation {
  readonly seq: number;
}

export type Outcome = 'applied' | 'merged' | 'duplicate' | 'conflict' | 'rejected' | 'held';

/** A field that both sides changed. */
export interface FieldClash {
  readonly base: Value;
  readonly theirs: Value;
  readonly mine: Value;
}

/** What settled a field that both sides changed, nobody asked. */
export type SettlingRule = MergeRule | 'client' | 'server' | 'delete-wins';

/** A field that both sides changed and that a rule settled: what lost is kept. */
export interface SettledClash extends FieldClash {
  readonly result: Value;
  readonly rule: SettlingRule;
}

/** The server's word on one mutation. */
export interface Verdict {
  readonly id: string;
  readonly seq: number;
  readonly outcome: Outcome;
  /** For 'duplicate': what the first sending came to. */
  readonly original?: Exclude<Outcome, 'duplicate'>;
  /** Why, for conflict, rejected and held. */
  readonly code?: ErrorCode;
  /** For a guard or a rule: the words its author wrote. */
  readonly reason?: string;
  /** Faults by field, for code `validation`. */
  readonly fields?: Readonly<Record<string, ErrorCode>>;
  /** For a conflict of fields: every field both sides changed. */
  readonly clashes?: Readonly<Record<string, FieldClash>>;
  /** For merged: fields that a rule settled, and how. */
  readonly settled?: Readonly<Record<string, SettledClash>>;
  /** For merged: one side deleted what the other changed, and this rule settled it. */
  readonly rule?: Exclude<DeleteRule, 'ask'>;
  /** The server's row, as far as the person may read it; null where it was deleted. */
  readonly theirs?: Row | null;
  /** Who changed or deleted it last, and when (server time). */
  readonly by?: { readonly name: string; readonly at: string };
  /** For held: the mutation it waits for. */
  readonly because?: string;
  /** For a quarantined mutation: what an administrator finds in the log. */
  readonly reference?: string;
}
