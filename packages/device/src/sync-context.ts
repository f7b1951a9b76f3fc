// What a conversation with the server has at hand, and what it tells the engine meanwhile.
import type { Verdict } from '@satchel/model';
import type { Activity } from './api.ts';
import type { Local } from './local.ts';
import type { Ids } from './ports.ts';
import type { ProtocolClient } from './protocol-client.ts';

export interface SyncContext {
  readonly local: Local;
  readonly client: ProtocolClient;
  readonly ids: Ids;
  readonly signal: AbortSignal;
  /** Our server answered last time: what waits may be put on the wire without asking first. */
  readonly isReachProven: boolean;
  readonly tell: SyncListener;
}

export interface SyncListener {
  activity(activity: Activity): void;
  /** Rows of these entities may read differently. */
  rows(entities: readonly string[]): void;
  verdicts(verdicts: readonly Verdict[]): void;
  bundle(hash: string): void;
}
