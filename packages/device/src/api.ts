// What a screen may ask of the engine. Everything crosses a thread, so all of it is plain data and promises.
// A call that cannot be answered throws SyncError with a code; nothing else is thrown.
import type {
  Bundle,
  DownloadPlan,
  ErrorCode,
  Mutation,
  Outcome,
  Query,
  QueryResult,
  RecordId,
  Row,
  UserContext,
  Value,
  Verdict,
} from '@satchel/model';

/** docs/GLOSSARY.md, "Connection". Decided by what requests do, not by what the browser says. */
export type Connection = 'online' | 'degraded' | 'offline' | 'forced-offline';

export type CacheState =
  'none' | 'initializing' | 'partial' | 'available' | 'refreshing' | 'stale' | 'error' | 'cleared';

export type EntityState =
  | { readonly state: 'available'; readonly rows: number }
  | { readonly state: 'initializing'; readonly rows: number; readonly rowsExpected: number }
  | {
      readonly state: 'not-available';
      readonly reason: 'error' | 'missed-update' | 'over-limit' | 'permission';
      readonly code?: ErrorCode;
    }
  | { readonly state: 'not-enabled' };

/** What goes on right now; `idle` is the only one that shows no spinner. */
export type Activity =
  'idle' | 'checking' | 'downloading' | 'indexing' | 'pulling' | 'pushing' | 'reconciling';

export interface OutboxCounts {
  /** Waiting to be sent: queued, sending, retrying. */
  readonly waiting: number;
  /** Waiting for another change. */
  readonly held: number;
  /** Needs a person: conflict or rejected. */
  readonly problems: number;
  /** Accepted by the server, its row not yet back on this device. */
  readonly settling: number;
}

export interface Status {
  readonly connection: Connection;
  readonly activity: Activity;
  readonly cache: CacheState;
  /** In the profile's order; includes entities that are not carried. */
  readonly entities: Readonly<Record<string, EntityState>>;
  readonly outbox: OutboxCounts;
  /** True only when nothing is queued, held, conflicting or rejected and the last sync was proven by digest. */
  readonly synced: boolean;
  /** Server time of the last proven sync, ISO; null before the first. */
  readonly checkpointAt: string | null;
  /** Milliseconds since then by server time and a monotonic clock; null before the first. */
  readonly checkpointAgeMs: number | null;
  /** What stands in the way, for a person to act on; null when nothing does. */
  readonly problem: ErrorCode | null;
  /** Rows that had to be repaired so far: should stay zero. */
  readonly heals: number;
  /** Device clock minus server clock at the last contact, milliseconds; null before the first. */
  readonly clockOffsetMs: number | null;
  /** Bytes used and allowed, where the browser tells. */
  readonly storage: {
    readonly usedBytes: number;
    readonly quotaBytes: number;
    readonly persisted: boolean;
  } | null;
  readonly session: SessionState;
  /** The server was set back to an earlier point: so many changes that it had accepted are sent again, so many of them are still on their way. */
  readonly setBack: { readonly changes: number; readonly left: number } | null;
}

export type SessionState =
  | { readonly state: 'signed-out' }
  | {
      readonly state: 'signed-in';
      readonly user: UserContext;
      readonly organisation: { readonly id: string; readonly label: string };
    }
  /** The token died; local data stays readable and work goes on. */
  | {
      readonly state: 'expired';
      readonly user: UserContext;
      readonly organisation: { readonly id: string; readonly label: string };
    };

/** docs/GLOSSARY.md, "Mutation". `settling` entries are `applied` or `merged` with the row still to come. */
export type EntryState =
  'queued' | 'held' | 'sending' | 'retrying' | 'applied' | 'merged' | 'conflict' | 'rejected' | 'discarded';

export interface OutboxEntry {
  readonly mutation: Mutation;
  readonly state: EntryState;
  /** Place in the outbox; the order in which the person acted. */
  readonly position: number;
  readonly seq: number | null;
  /** What people call the record now. */
  readonly title: string;
  readonly attempts: number;
  /** The last thing that went wrong on the way. */
  readonly lastError: ErrorCode | null;
  readonly verdict: Verdict | null;
  /** The entry this one waits for, by mutation id. */
  readonly waitsFor: string | null;
}

/** How a record stands with the server; null mark: nothing local about it. */
export type RecordMark = 'waiting' | 'held' | 'conflict' | 'rejected' | 'created-here' | 'deleted-here';

export interface LiveQueryResult extends QueryResult {
  /** 'device': from the cache; 'server': live, not saved on this device. Pending changes are laid over both. */
  readonly source: 'device' | 'server';
  /** By record id, only those that have one. */
  readonly marks: Readonly<Record<RecordId, RecordMark>>;
}

export interface RecordView {
  /** rebase(base, outbox); for a record deleted here and not yet sent: its last state. */
  readonly row: Row;
  readonly titles: Readonly<Record<RecordId, string>>;
  readonly source: 'device' | 'server';
  readonly mark: RecordMark | null;
  /** Fields that differ from what the server last told. */
  readonly pendingFields: readonly string[];
  /** Its unsettled changes, oldest first. */
  readonly entries: readonly OutboxEntry[];
}

/** What a person asks for; the engine adds ids, bases and times. */
export interface MutationRequest {
  /** Made by the caller where the call may be repeated because its answer was lost: the same id is never written twice. */
  readonly mutationId?: string;
  readonly entity: string;
  /** Absent for a create: the engine makes the id. */
  readonly recordId?: RecordId;
  readonly command: string;
  /** For create and update: the fields that change. */
  readonly values?: Readonly<Record<string, Value>>;
  readonly params?: Readonly<Record<string, Value>>;
  /** The row the person was looking at when the edit began; it becomes the base. Absent: the row as it is now. */
  readonly seen?: Row;
  readonly supersedes?: string;
}

/** A record that the person pinned. */
export interface Pin {
  readonly pinId: RecordId;
  readonly entity: string;
  readonly recordId: RecordId;
  /** Null where the record is not on this device. */
  readonly title: string | null;
  readonly mark: RecordMark | null;
}

/** Given only after the entry is durable. */
export interface MutationReceipt {
  readonly mutationId: string;
  readonly recordId: RecordId;
  readonly row: Row | null;
}

/** How a person settles a conflict: the values to keep, by field. */
export type Resolution =
  | { readonly kind: 'take-theirs' }
  | { readonly kind: 'keep'; readonly values: Readonly<Record<string, Value>> };

export interface Engine {
  status(): Promise<Status>;
  /** Null before the first sign-in on this device. */
  bundle(): Promise<Bundle | null>;

  signIn(login: string, password: string): Promise<void>;
  /** Refuses with `waits_for_other` while unsent work exists, unless told to keep it locked on this device. */
  signOut(options: { readonly keepUnsent: boolean }): Promise<void>;

  query(query: Query): Promise<LiveQueryResult>;
  get(entity: string, id: RecordId): Promise<RecordView | null>;
  mutate(request: MutationRequest): Promise<MutationReceipt>;

  /** Keeps a record on this person's devices whatever the profile says. Throws `not_available_offline` where its entity is not carried, `too_many_pins`. */
  pin(entity: string, id: RecordId): Promise<void>;
  unpin(entity: string, id: RecordId): Promise<void>;
  /** Oldest first; pins made here and not yet sent included. */
  pins(): Promise<readonly Pin[]>;

  /** Everything not settled, in order. */
  outbox(): Promise<readonly OutboxEntry[]>;
  /** Settled and discarded entries of the last 30 days, newest first. */
  history(limit: number): Promise<readonly OutboxEntry[]>;
  /** Takes back a change that was never sent. Throws `bad_request` once it is sealed. */
  undo(mutationId: string): Promise<void>;
  /** Gives up a refused or held change; kept in the history. */
  discard(mutationId: string): Promise<void>;
  resolve(mutationId: string, resolution: Resolution): Promise<void>;
  /** Sends a rejected change again as a new one, with the values corrected. */
  resubmit(mutationId: string, values: Readonly<Record<string, Value>>): Promise<MutationReceipt>;

  /**
   * Takes the values that lost in a merge instead of those that won, for these fields and the rest of their groups: an ordinary update, which meets
   * what others did since like any other. Possible while the history has the merge. Throws `not_found` where it has not, `bad_request` for a field
   * that no rule settled, `not_on_device` where the record is gone from here, and what `mutate` throws.
   */
  undoMerge(mutationId: string, fields: readonly string[]): Promise<MutationReceipt>;

  plan(): Promise<DownloadPlan>;
  /** Starts or goes on with the download; resolves when it has ended, well or not: see status. */
  download(): Promise<void>;
  /** Sends what waits and pulls what is new; coalesced with one under way. */
  sync(): Promise<void>;
  setForcedOffline(on: boolean): Promise<void>;
  /** Drops the cache, never the outbox. */
  clearCache(): Promise<void>;
}

/** Changes that a screen wants to hear of. */
export type EngineEvent =
  | { readonly kind: 'status'; readonly status: Status }
  /** Rows of these entities may read differently now. */
  | { readonly kind: 'rows'; readonly entities: readonly string[] }
  | { readonly kind: 'outbox' }
  | { readonly kind: 'bundle'; readonly hash: string }
  | {
      readonly kind: 'verdict';
      readonly mutationId: string;
      readonly outcome: Outcome;
      readonly verdict: Verdict;
    };

/** The engine as a screen holds it: the calls, and one stream of events. */
export interface EngineClient extends Engine {
  /** Returns a function that ends the subscription. */
  subscribe(listener: (event: EngineEvent) => void): () => void;
  close(): void;
}
