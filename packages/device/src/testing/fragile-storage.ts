// Storage that dies at its n-th call, as a killed process does: nothing after that call happens, and a transaction under way is rolled back.
import type { Database, DeviceStorage } from '../ports.ts';

export interface Fragile {
  readonly wrap: (storage: DeviceStorage) => DeviceStorage;
  /** Calls made since it was armed. */
  calls(): number;
  /** From now on, the call with this number (from 1) and every later one fails. */
  arm(diesAt: number): void;
  isDead(): boolean;
}

/** `died` is called once, at the call that fails first. */
export function fragileStorage(died: () => void = () => undefined): Fragile {
  let count = 0;
  let diesAt = Number.POSITIVE_INFINITY;
  const step = (): void => {
    count += 1;
    if (count < diesAt) return;
    if (count === diesAt) died();
    throw new Error('the process died');
  };
  const wrapDatabase = (database: Database): Database => ({
    run: (sql, params) => {
      step();
      database.run(sql, params);
    },
    rows: (sql, params) => {
      step();
      return database.rows(sql, params);
    },
    transaction: (work) =>
      database.transaction(() => {
        step();
        const result = work();
        // Dying here is dying just before the commit.
        step();
        return result;
      }),
    insertColumns: (table, columns, rows) => {
      step();
      database.insertColumns(table, columns, rows);
    },
    sizeBytes: () => database.sizeBytes(),
    close: () => database.close(),
  });
  return {
    wrap: (storage) => ({
      work: wrapDatabase(storage.work),
      cache: wrapDatabase(storage.cache),
      resetCache: async () => wrapDatabase(await storage.resetCache()),
      estimate: () => storage.estimate(),
      close: () => storage.close(),
    }),
    calls: () => count,
    arm: (at) => {
      count = 0;
      diesAt = at;
    },
    isDead: () => count >= diesAt,
  };
}
