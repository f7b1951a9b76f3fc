// The raw exports of the SQLite WASM build that the fast paths use, typed, and a piece of its memory to put text into.
// The ordinary JavaScript API costs about six times more per bound value (measured); its safety is replaced by the contract suite.
import type { Sqlite3Static } from '@sqlite.org/sqlite-wasm';

/** Exports of the WASM module: pointers are plain numbers, 64-bit integers are bigints, results are SQLite's codes. */
export interface RawSqlite {
  sqlite3_bind_null(statement: number, index: number): number;
  sqlite3_bind_int(statement: number, index: number, value: number): number;
  sqlite3_bind_int64(statement: number, index: number, value: bigint): number;
  sqlite3_bind_double(statement: number, index: number, value: number): number;
  sqlite3_bind_text(statement: number, index: number, at: number, bytes: number, destructor: number): number;
  sqlite3_bind_blob(statement: number, index: number, at: number, bytes: number, destructor: number): number;
  sqlite3_step(statement: number): number;
  sqlite3_reset(statement: number): number;
  sqlite3_clear_bindings(statement: number): number;
  sqlite3_finalize(statement: number): number;
  sqlite3_column_count(statement: number): number;
  sqlite3_column_type(statement: number, column: number): number;
  sqlite3_column_int64(statement: number, column: number): bigint;
  sqlite3_column_double(statement: number, column: number): number;
  sqlite3_column_text(statement: number, column: number): number;
  sqlite3_column_blob(statement: number, column: number): number;
  sqlite3_column_bytes(statement: number, column: number): number;
  sqlite3_get_autocommit(database: number): number;
  sqlite3_extended_errcode(database: number): number;
}

export function rawExports(sqlite3: Sqlite3Static): RawSqlite {
  return sqlite3.wasm.exports as RawSqlite;
}

/** A growing piece of WASM memory. What stands in it is valid until the next `reserve`, so SQLite may be given pointers into it for one call. */
export interface Scratch {
  /** Makes sure of so many bytes and returns where they begin. */
  reserve(bytes: number): number;
  /** Puts text at this address, which has room for three bytes for each UTF-16 unit; returns the bytes written. */
  putText(at: number, text: string): number;
  putBytes(at: number, bytes: Uint8Array): void;
  /** Copies text out of WASM memory. */
  text(at: number, bytes: number): string;
  bytes(at: number, count: number): Uint8Array;
  free(): void;
}

export function openScratch(sqlite3: Sqlite3Static): Scratch {
  const { wasm } = sqlite3;
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  let start = 0;
  let capacity = 0;
  const free = (): void => {
    if (start !== 0) wasm.dealloc(start);
    start = 0;
    capacity = 0;
  };
  return {
    reserve(bytes) {
      if (bytes <= capacity) return start;
      free();
      const wanted = Math.max(bytes, 65_536);
      start = Number(wasm.alloc(wanted));
      capacity = wanted;
      return start;
    },
    putText: (at, text) => encoder.encodeInto(text, wasm.heap8u().subarray(at, at + text.length * 3)).written,
    putBytes: (at, bytes) => wasm.heap8u().set(bytes, at),
    text: (at, bytes) => decoder.decode(wasm.heap8u().subarray(at, at + bytes)),
    bytes: (at, count) => wasm.heap8u().slice(at, at + count),
    free,
  };
}
