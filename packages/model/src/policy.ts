// How offline mode behaves. Only the knobs that the engine obeys are here.
import type { ConflictRule } from './entity.ts';

export interface Policy {
  readonly preset: 'safe';
  /** For entities and fields without a rule of their own. */
  readonly conflict: ConflictRule;
  /** Settled and discarded changes stay readable on the device. */
  readonly historyDays: number;
  /** Least time between two pulls that nobody asked for. */
  readonly refreshIntervalMs: number;
}

export const safePolicy: Policy = {
  preset: 'safe',
  conflict: 'ask',
  historyDays: 30,
  refreshIntervalMs: 300_000,
};
