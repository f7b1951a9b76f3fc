// One SQLite database of the official WASM build behind the port `Database`: prepared statements are kept, values cross by address.
// Failures of the disk come out as SyncError (storage_full, storage_broken); anything else SQLite refuses is a fault of the program.
import type { Database as Oo1Database, PreparedStatement, Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import { SyncError } from '@satchel/model';
import type { Database, SqlValue } from '../ports.ts';
import { insertByColumn } from './bind-columns.ts';
import { openScratch, rawExports, type RawSqlite, type Scratch } from './sqlite-memory.ts';

/** Prepared statements kept for one database; the least lately used is let go. */
export const statementsKeptMax = 128;

const code = { row: 100, done: 101, ioError: 10, corrupt: 11, full: 13, notADatabase: 26 } as const;
const type = { integer: 1, real: 2, text: 3, blob: 4 } as const;
const staticMemory = 0;

/** Facts only the platform knows. */
export interface SqliteOptions {
  /** Was the last failure of the disk for want of room? Asked when SQLite reports a failed write and no more. */
  readonly isFull?: () => boolean;
}

/** Wraps an open database. Closing the port closes it. */
export function openSqlite(
  database: Oo1Database,
  sqlite3: Sqlite3Static,
  options: SqliteOptions = {},
): Database {
  const raw = rawExports(sqlite3);
  const scratch = openScratch(sqlite3);
  const failed = (result: number): Error => failure(database, sqlite3, result, options);
  const statements = openStatements(database, sqlite3, options);
  let inTransaction = false;

  function execute(sql: string): void {
    try {
      database.exec(sql);
    } catch (error) {
      throw mapped(error, sqlite3, options);
    }
  }

  function read(sql: string, params: readonly SqlValue[]): SqlValue[][] {
    const statement = statements.get(sql);
    try {
      bindParams(raw, scratch, statement, params);
      const rows: SqlValue[][] = [];
      let result = raw.sqlite3_step(statement);
      const columns = raw.sqlite3_column_count(statement);
      for (; result === code.row; result = raw.sqlite3_step(statement)) {
        const row = new Array<SqlValue>(columns);
        for (let column = 0; column < columns; column += 1)
          row[column] = readCell(raw, scratch, statement, column);
        rows.push(row);
      }
      if (result !== code.done) throw failed(result);
      return rows;
    } finally {
      release(raw, statement);
    }
  }

  return {
    run(sql, params) {
      if (params === undefined) execute(sql);
      else read(sql, params);
    },
    rows: (sql, params = []) => read(sql, params),
    transaction<T>(work: () => T): T {
      if (inTransaction) throw new Error('transactions do not nest');
      execute('BEGIN IMMEDIATE');
      inTransaction = true;
      try {
        const result = work();
        execute('COMMIT');
        return result;
      } catch (error) {
        if (raw.sqlite3_get_autocommit(pointerOf(database)) === 0) execute('ROLLBACK');
        throw error;
      } finally {
        inTransaction = false;
      }
    },
    insertColumns(table, columns, count) {
      const names = columns.map((column) => quoted(column.name)).join(', ');
      const places = columns.map(() => '?').join(', ');
      const statement = statements.get(
        `INSERT OR REPLACE INTO ${quoted(table)} (${names}) VALUES (${places})`,
      );
      const step = (): void => {
        const result = raw.sqlite3_step(statement);
        raw.sqlite3_reset(statement);
        if (result !== code.done) throw failed(result);
      };
      try {
        insertByColumn(raw, scratch, statement, columns, count, step);
      } finally {
        release(raw, statement);
      }
    },
    sizeBytes() {
      const [[pages = 0] = []] = read('PRAGMA page_count', []);
      const [[bytes = 0] = []] = read('PRAGMA page_size', []);
      return Number(pages) * Number(bytes);
    },
    close() {
      statements.close();
      scratch.free();
      database.close();
    },
  };
}

/** Turns an error of SQLite's JavaScript API into ours where the disk is at fault; others pass as they are. */
export function mapped(error: unknown, sqlite3: Sqlite3Static, options: SqliteOptions): unknown {
  if (!(error instanceof sqlite3.SQLite3Error)) return error;
  const storageCode = storageError(Number(error.resultCode), options);
  return storageCode === null
    ? error
    : new SyncError(storageCode, { sqlite: error.resultCode }, { cause: error });
}

function failure(
  database: Oo1Database,
  sqlite3: Sqlite3Static,
  result: number,
  options: SqliteOptions,
): Error {
  const extended = rawExports(sqlite3).sqlite3_extended_errcode(pointerOf(database));
  const words = sqlite3.capi.sqlite3_errmsg(database);
  const storageCode = storageError(result, options);
  if (storageCode !== null) return new SyncError(storageCode, { sqlite: extended, words });
  return new Error(`SQLite ${extended}: ${words}`);
}

function storageError(result: number, options: SqliteOptions): 'storage_full' | 'storage_broken' | null {
  switch (result & 0xff) {
    case code.full:
      return 'storage_full';
    case code.ioError:
      return options.isFull?.() ? 'storage_full' : 'storage_broken';
    case code.corrupt:
    case code.notADatabase:
      return 'storage_broken';
    default:
      return null;
  }
}

interface Statements {
  /** Address of the prepared statement for this text, ready to be bound. */
  get(sql: string): number;
  close(): void;
}

function openStatements(database: Oo1Database, sqlite3: Sqlite3Static, options: SqliteOptions): Statements {
  const kept = new Map<string, PreparedStatement>();
  return {
    get(sql) {
      const statement = kept.get(sql) ?? prepare(database, sqlite3, sql, options);
      // A map keeps the order of insertion, so the first is the one not used for longest.
      kept.delete(sql);
      kept.set(sql, statement);
      if (kept.size > statementsKeptMax) {
        for (const [oldest, unused] of kept) {
          unused.finalize();
          kept.delete(oldest);
          break;
        }
      }
      return Number(statement.pointer);
    },
    close() {
      for (const statement of kept.values()) statement.finalize();
      kept.clear();
    },
  };
}

function prepare(
  database: Oo1Database,
  sqlite3: Sqlite3Static,
  sql: string,
  options: SqliteOptions,
): PreparedStatement {
  try {
    return database.prepare(sql);
  } catch (error) {
    throw mapped(error, sqlite3, options);
  }
}

/** Binds parameters with their bytes side by side in the scratch memory, where they stay until the statement has run. */
function bindParams(raw: RawSqlite, scratch: Scratch, statement: number, params: readonly SqlValue[]): void {
  let room = 1;
  for (const value of params) {
    if (typeof value === 'string') room += value.length * 3;
    else if (value instanceof Uint8Array) room += value.length;
  }
  let at = scratch.reserve(room);
  params.forEach((value, index) => {
    const parameter = index + 1;
    if (value === null) raw.sqlite3_bind_null(statement, parameter);
    else if (typeof value === 'string') {
      const bytes = scratch.putText(at, value);
      raw.sqlite3_bind_text(statement, parameter, at, bytes, staticMemory);
      at += bytes;
    } else if (typeof value === 'bigint') raw.sqlite3_bind_int64(statement, parameter, value);
    else if (typeof value === 'number') {
      if (Number.isSafeInteger(value)) raw.sqlite3_bind_int64(statement, parameter, BigInt(value));
      else raw.sqlite3_bind_double(statement, parameter, value);
    } else {
      scratch.putBytes(at, value);
      raw.sqlite3_bind_blob(statement, parameter, at, value.length, staticMemory);
      at += value.length;
    }
  });
}

function readCell(raw: RawSqlite, scratch: Scratch, statement: number, column: number): SqlValue {
  switch (raw.sqlite3_column_type(statement, column)) {
    case type.integer: {
      const value = raw.sqlite3_column_int64(statement, column);
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : value;
    }
    case type.real:
      return raw.sqlite3_column_double(statement, column);
    case type.text: {
      const at = raw.sqlite3_column_text(statement, column);
      return scratch.text(at, raw.sqlite3_column_bytes(statement, column));
    }
    case type.blob: {
      const at = raw.sqlite3_column_blob(statement, column);
      return scratch.bytes(at, raw.sqlite3_column_bytes(statement, column));
    }
    default:
      return null;
  }
}

function release(raw: RawSqlite, statement: number): void {
  raw.sqlite3_reset(statement);
  raw.sqlite3_clear_bindings(statement);
}

function pointerOf(database: Oo1Database): number {
  return Number(database.pointer);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
