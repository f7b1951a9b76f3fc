// The server's way to PostgreSQL. A transaction is handed out only to a callback, and what comes out of it are wire values (packages/model/src/value.ts):
// whole numbers as numbers, dates and times as fixed-width text in UTC. Names are always qualified: the search path holds nothing of ours.
import pg from 'pg';
import { render, type Sql } from '@satchel/model';
import { serverLimits } from '../limits.ts';

export interface Tx {
  /** Rows as objects. Text without values may hold several statements; then the rows are those of the last. */
  rows<T extends object = Record<string, unknown>>(
    statement: Sql | string,
    values?: readonly unknown[],
  ): Promise<T[]>;
  /** Rows as arrays in column order. */
  arrays<T = unknown>(statement: Sql): Promise<T[][]>;
}

export interface Database {
  /** Where it is; holds the password. */
  readonly url: string;
  /** One statement in a snapshot of its own. `name` keeps its plan on the connection: only for statements whose text never varies. */
  rows<T extends object = Record<string, unknown>>(statement: Sql | string, name?: string): Promise<T[]>;
  /** REPEATABLE READ, READ ONLY: everything in it sees the snapshot that its first statement takes. */
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** READ COMMITTED. Commits when `work` resolves, rolls back when it rejects. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Transactions one after the other on one connection, while nobody else holds the lock of that name; PostgreSQL lets it go when the connection
   * dies. Fails like a lock that is not given in time. Ask for no second connection in `work`: all of the pool may be waiting for one.
   */
  alone<T>(name: string, work: (write: Database['write']) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens a pool. Fails with PostgreSQL's or Node's own error where nobody answers. */
export async function openDatabase(
  url: string,
  options: { readonly connections?: number; readonly onError?: (error: Error) => void } = {},
): Promise<Database> {
  const pool = new pg.Pool({ ...clientConfig(url), max: options.connections ?? serverLimits.connectionsMax });
  // An idle connection that breaks is replaced by the pool; the error is only told.
  pool.on('error', (error) => options.onError?.(error));
  try {
    await pool.query('select 1');
  } catch (error) {
    await pool.end();
    throw error;
  }
  const withClient = async <T>(
    work: (client: pg.PoolClient, broken: () => void) => Promise<T>,
  ): Promise<T> => {
    const client = await pool.connect();
    // A connection on which not even a rollback succeeds is thrown away.
    let isBroken = false;
    try {
      return await work(client, () => {
        isBroken = true;
      });
    } finally {
      client.release(isBroken);
    }
  };
  const transaction = <T>(begin: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
    withClient((client, broken) => transactionOn(client, broken, begin, work));
  return {
    url,
    rows: async <T extends object>(statement: Sql | string, name?: string) => {
      const { text, values } = rendered(statement);
      const config = {
        text,
        ...(values === undefined ? {} : { values }),
        ...(name === undefined ? {} : { name }),
      };
      return rowsOf<T>(await pool.query(config));
    },
    read: (work) => transaction('begin isolation level repeatable read read only', work),
    write: (work) => transaction('begin', work),
    alone: (name, work) =>
      withClient(async (client, broken) => {
        await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [name]);
        try {
          return await work((each) => transactionOn(client, broken, 'begin', each));
        } finally {
          await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]).catch(broken);
        }
      }),
    close: () => pool.end(),
  };
}

async function transactionOn<T>(
  client: pg.PoolClient,
  broken: () => void,
  begin: string,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  try {
    await client.query(begin);
    const result = await work(txOf(client));
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(broken);
    throw error;
  }
}

/** What every connection of ours has: wire values, UTC, time limits, no search path. */
export function clientConfig(url: string): pg.ClientConfig {
  const settings = {
    TimeZone: 'UTC',
    search_path: 'pg_catalog',
    DateStyle: 'ISO',
    IntervalStyle: 'postgres',
    jit: 'off',
    // Nothing seeks any more: with PostgreSQL's own guess it reads tables from end to end to save itself a few hundred look-ups.
    random_page_cost: String(serverLimits.randomPageCost),
    work_mem: `${serverLimits.workMemoryMb}MB`,
    statement_timeout: String(serverLimits.statementMs),
    lock_timeout: String(serverLimits.lockMs),
    idle_in_transaction_session_timeout: String(serverLimits.idleInTransactionMs),
  };
  return {
    connectionString: url,
    connectionTimeoutMillis: serverLimits.connectMs,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    application_name: 'satchel',
    types: { getTypeParser: parserOf },
  };
}

function txOf(client: pg.PoolClient): Tx {
  return {
    rows: async <T extends object>(statement: Sql | string, values?: readonly unknown[]) => {
      const parts = rendered(statement, values);
      return rowsOf<T>(await client.query(parts.text, parts.values as unknown[]));
    },
    arrays: async <T>(statement: Sql) => {
      const { text, values } = render(statement, 'postgres');
      const result = await client.query({ text, values: [...values], rowMode: 'array' });
      return result.rows as T[][];
    },
  };
}

function rendered(
  statement: Sql | string,
  values?: readonly unknown[],
): { readonly text: string; readonly values?: unknown[] } {
  if (typeof statement !== 'string') {
    const { text, values: bound } = render(statement, 'postgres');
    return { text, values: [...bound] };
  }
  return values === undefined ? { text: statement } : { text: statement, values: [...values] };
}

/** Several statements at once give a list of results. */
function rowsOf<T extends object>(result: pg.QueryResult | pg.QueryResult[]): T[] {
  const last = Array.isArray(result) ? result.at(-1) : result;
  return (last?.rows ?? []) as T[];
}

const typeOf = { int8: 20, date: 1082, timestamptz: 1184 } as const;

function parserOf(type: number, format?: string): (text: string) => unknown {
  if (format !== 'binary') {
    if (type === typeOf.int8) return Number;
    if (type === typeOf.date) return (text) => text;
    if (type === typeOf.timestamptz) return instantOf;
  }
  return pg.types.getTypeParser(type, format as 'text') as (text: string) => unknown;
}

/** PostgreSQL's '2026-11-21 08:42:30.5+00' as '2026-11-21T08:42:30.500Z'. */
export function instantOf(text: string): string {
  const fraction = text.length > 20 ? text.slice(20, text.indexOf('+', 19)) : '';
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
}
