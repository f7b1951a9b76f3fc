// The two files of a device in the memory of a Node process, for tests, the simulator and the command line. Never for a person's own data.
// `crash()` is what a killed process leaves: every committed transaction, nothing of one under way.
import init, { type Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import type { Database, DeviceStorage } from '../ports.ts';
import { openSqlite } from './sqlite.ts';

export interface NodeStorage extends DeviceStorage {
  /** Ends this storage at once and opens another on what was committed. The old objects are dead afterwards. */
  crash(): NodeStorage;
  /** Two other, empty databases in the same SQLite: starting one for each device of a thousand runs would cost more than the runs. */
  another(): NodeStorage;
  /** What is committed here, in databases of their own. */
  copy(): NodeStorage;
}

/** Opens two empty databases. */
export async function openNodeStorage(): Promise<NodeStorage> {
  const sqlite3 = await init();
  return storageOn(sqlite3, openMemory(sqlite3, null), openMemory(sqlite3, null));
}

/** One database of its own, in memory. */
export async function openNodeDatabase(): Promise<Database> {
  const sqlite3 = await init();
  return openMemory(sqlite3, null).port;
}

interface MemoryFile {
  readonly port: Database;
  /** What is committed, as the bytes of a database file. */
  image(): Uint8Array;
}

function storageOn(sqlite3: Sqlite3Static, work: MemoryFile, firstCache: MemoryFile): NodeStorage {
  let cache = firstCache;
  return {
    work: work.port,
    get cache() {
      return cache.port;
    },
    resetCache() {
      cache.port.close();
      cache = openMemory(sqlite3, null);
      return Promise.resolve(cache.port);
    },
    estimate: () =>
      Promise.resolve({
        usedBytes: work.port.sizeBytes() + cache.port.sizeBytes(),
        quotaBytes: Number.MAX_SAFE_INTEGER,
        persisted: true,
      }),
    crash() {
      const left = [work, cache].map((file) => {
        const bytes = file.image();
        file.port.close();
        return openMemory(sqlite3, bytes);
      });
      return storageOn(sqlite3, left[0] as MemoryFile, left[1] as MemoryFile);
    },
    copy: () => storageOn(sqlite3, openMemory(sqlite3, work.image()), openMemory(sqlite3, cache.image())),
    another: () => storageOn(sqlite3, openMemory(sqlite3, null), openMemory(sqlite3, null)),
    close() {
      work.port.close();
      cache.port.close();
    },
  };
}

function openMemory(sqlite3: Sqlite3Static, bytes: Uint8Array | null): MemoryFile {
  const { capi, wasm } = sqlite3;
  const database = new sqlite3.oo1.DB(':memory:');
  if (bytes !== null && bytes.length > 0) {
    const at = wasm.allocFromTypedArray(bytes);
    const flags = capi.SQLITE_DESERIALIZE_FREEONCLOSE | capi.SQLITE_DESERIALIZE_RESIZEABLE;
    database.checkRc(capi.sqlite3_deserialize(database, 'main', at, bytes.length, bytes.length, flags));
  }
  return {
    port: openSqlite(database, sqlite3),
    image() {
      if (capi.sqlite3_get_autocommit(database) === 0) database.exec('ROLLBACK');
      return capi.sqlite3_js_db_export(database);
    },
  };
}
