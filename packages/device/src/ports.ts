// What the engine needs from the world, so that a browser, Node and a simulator can each give it. Adapters are imported only by entry files and tests.
import type { PageColumn } from '@satchel/model';

export type SqlValue = string | number | bigint | null | Uint8Array;

/** One SQLite file, used by one thread. Calls are synchronous: inside a transaction nothing waits on the network. */
export interface Database {
  /** Runs one or several statements; parameters only with one. */
  run(sql: string, params?: readonly SqlValue[]): void;
  /** Rows as arrays in column order. */
  rows(sql: string, params?: readonly SqlValue[]): SqlValue[][];
  /** Commits when `work` returns, rolls back when it throws. Does not nest. A callback that returns a promise does not compile. */
  transaction<T>(work: () => T extends PromiseLike<unknown> ? never : T): T;
  /**
   * Inserts or replaces whole rows given by column, as fast as the platform allows; to be called inside a transaction.
   * Booleans become 0 and 1, arrays their JSON text, other values stay as they are. All columns have `count` values.
   */
  insertColumns(table: string, columns: readonly PageColumn[], count: number): void;
  /** Bytes of the file. */
  sizeBytes(): number;
  close(): void;
}

/** The two files of one organisation and person. `work` is durable before a commit returns; `cache` may be lost. */
export interface DeviceStorage {
  readonly work: Database;
  readonly cache: Database;
  /** Throws away cache.db and opens an empty one; the old object is dead afterwards. */
  resetCache(): Promise<Database>;
  estimate(): Promise<{
    readonly usedBytes: number;
    readonly quotaBytes: number;
    readonly persisted: boolean;
  } | null>;
  close(): void;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Begins with '/api/'. */
  readonly path: string;
  readonly body?: unknown;
  readonly token: string | null;
  readonly timeoutMs: number;
}

export interface Reply {
  readonly status: number;
  /** Parsed JSON, not yet checked against a schema. */
  readonly body: unknown;
  /** Bytes received, compressed where that is known. */
  readonly bytes: number;
}

/**
 * The way to the server. Throws SyncError `network` (no answer), `timeout`, `cancelled`, `not_our_server` (an answer without the
 * `x-satchel-protocol` header, such as a captive portal's page) or `bad_response` (our server, but not JSON). Any status is a reply, not an error.
 */
export interface Transport {
  call(call: Call, signal?: AbortSignal): Promise<Reply>;
  /** Wake-ups: the listener hears that something changed, never what. Returns a function that stops listening. Reconnecting is its own affair. */
  listen(token: string, listener: () => void): () => void;
}

/** Hints only: an interface came up or went down, the app came to the front. */
export type Hint = 'network-up' | 'network-down' | 'foreground';
export interface Hints {
  subscribe(listener: (hint: Hint) => void): () => void;
}

export interface Clock {
  /** Milliseconds since 1970 by the device's wall clock: recorded, never decided by. */
  wall(): number;
  /** Milliseconds that only go forward while this process lives. */
  monotonic(): number;
  /** Calls back once after so many milliseconds; returns a function that calls it off. */
  after(delayMs: number, work: () => void): () => void;
  /** Between two pieces of long work: resolves when messages and timers that are due have had their turn. */
  breathe(): Promise<void>;
}

export interface Ids {
  /** A new UUIDv7. */
  next(): string;
}

/** A number in [0, 1), for jitter only. */
export type Chance = () => number;

export interface Ports {
  readonly storage: DeviceStorage;
  readonly transport: Transport;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly chance: Chance;
  /** For the server's list of devices: "Chrome on Android". */
  readonly deviceName: string;
}
