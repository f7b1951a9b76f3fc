// The two files of a device in a browser: SQLite on the origin private file system, through the pool of synchronous handles, which exists only
// in dedicated workers and in one of them at a time; whoever holds the store's lock may open it.
// What must stay true: a commit to work.db is flushed before it returns; work.db is never dropped; a broken cache.db is, and starts empty.
import init, { type SAHPoolUtil, type Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import { SyncError } from '@satchel/model';
import type { Database, DeviceStorage } from '../ports.ts';
import { mapped, openSqlite, type SqliteOptions } from './sqlite.ts';

/** Files of the pool: two databases with their logs, and some to spare for what SQLite makes beside them. */
const poolFiles = 8;
/** How long the handles of a tab that has just gone may take to come free. */
const handlesFreeWithinMs = 5_000;
const retryEveryMs = 50;

const files = { work: '/work.db', cache: '/cache.db' } as const;
/** FULL waits for the disk at every commit; NORMAL may lose the last commits, but never the order of them, when the power goes. */
const durability = { work: 'FULL', cache: 'NORMAL' } as const;
/** Memory for pages of each file, in kibibytes. A page that is not there costs a call to the file system: indexes and lists go through many. */
const memoryKib = { work: 2_000, cache: 32_000 } as const;

interface Platform {
  readonly sqlite3: Sqlite3Static;
  readonly pool: SAHPoolUtil;
  readonly options: SqliteOptions;
}

/** Opens or makes the files of this store. Throws SyncError `storage_unavailable`, `storage_full` or, for work.db, `storage_broken`. */
export async function openOpfsStorage(store: string): Promise<DeviceStorage> {
  const platform = await openPlatform(store);
  const work = openFile(platform, 'work');
  let cache = openCache(platform);
  return {
    work,
    get cache() {
      return cache;
    },
    resetCache() {
      cache.close();
      cache = openEmptyCache(platform);
      return Promise.resolve(cache);
    },
    estimate: estimateStorage,
    close() {
      work.close();
      cache.close();
      platform.pool.pauseVfs();
    },
  };
}

async function openPlatform(store: string): Promise<Platform> {
  let lastFault = '';
  // The pool says what went wrong on the disk only to its log; SQLite itself just says that writing failed.
  const config = {
    error: (...facts: unknown[]) => {
      const fault = facts.find((fact) => fact instanceof Error || fact instanceof DOMException);
      if (fault !== undefined) lastFault = (fault as Error).name;
    },
    warn: () => undefined,
  };
  Object.assign(globalThis, { sqlite3ApiConfig: config });
  if (!hasOpfs()) throw new SyncError('storage_unavailable', { reason: 'no private file system' });
  const sqlite3 = await init();
  const pool = await installPool(sqlite3, store);
  const isFull = (): boolean => {
    const full = lastFault === 'QuotaExceededError';
    lastFault = '';
    return full;
  };
  return { sqlite3, pool, options: { isFull } };
}

function hasOpfs(): boolean {
  return (
    typeof FileSystemFileHandle !== 'undefined' &&
    'createSyncAccessHandle' in FileSystemFileHandle.prototype &&
    typeof navigator.storage?.getDirectory === 'function'
  );
}

/** The lock of a dead tab may come free a moment before its file handles do, so the first attempts may be refused. */
async function installPool(sqlite3: Sqlite3Static, store: string): Promise<SAHPoolUtil> {
  const options = {
    name: `satchel-${store}`,
    directory: `/satchel/${store}`,
    initialCapacity: poolFiles,
    verbosity: 1,
    // Without it, the pool deletes every file of the store when it cannot be opened.
    preserveOnInitFailure: true,
    forceReinitIfPreviouslyFailed: true,
  };
  for (let waitedMs = 0; ; waitedMs += retryEveryMs) {
    try {
      const pool = await sqlite3.installOpfsSAHPoolVfs(options);
      await pool.reserveMinimumCapacity(poolFiles);
      return pool;
    } catch (error) {
      const name = error instanceof Error || error instanceof DOMException ? error.name : '';
      if (name === 'QuotaExceededError') throw new SyncError('storage_full', { store }, { cause: error });
      if (name !== 'NoModificationAllowedError' || waitedMs >= handlesFreeWithinMs) {
        throw new SyncError('storage_unavailable', { store, reason: name }, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, retryEveryMs));
    }
  }
}

function openFile({ sqlite3, pool, options }: Platform, which: 'work' | 'cache'): Database {
  let database: InstanceType<SAHPoolUtil['OpfsSAHPoolDb']> | null = null;
  try {
    database = new pool.OpfsSAHPoolDb(files[which]);
    // Must come first: anything that reads the schema before it makes the log fail to open.
    database.exec('PRAGMA locking_mode = exclusive');
    database.exec('PRAGMA journal_mode = WAL');
    database.exec(`PRAGMA synchronous = ${durability[which]}`);
    database.exec('PRAGMA temp_store = MEMORY');
    database.exec(`PRAGMA cache_size = -${memoryKib[which]}`);
    database.exec('SELECT count(*) FROM sqlite_schema');
    return openSqlite(database, sqlite3, options);
  } catch (error) {
    database?.close();
    throw mapped(error, sqlite3, options);
  }
}

function openCache(platform: Platform): Database {
  try {
    return openFile(platform, 'cache');
  } catch (error) {
    if (error instanceof SyncError && error.code === 'storage_broken') return openEmptyCache(platform);
    throw error;
  }
}

function openEmptyCache(platform: Platform): Database {
  for (const end of ['', '-wal', '-journal']) platform.pool.unlink(`${files.cache}${end}`);
  return openFile(platform, 'cache');
}

async function estimateStorage(): ReturnType<DeviceStorage['estimate']> {
  const { storage } = navigator;
  if (typeof storage?.estimate !== 'function') return null;
  const { usage = 0, quota = 0 } = await storage.estimate();
  return { usedBytes: usage, quotaBytes: quota, persisted: await storage.persisted() };
}
