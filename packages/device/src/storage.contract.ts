// What every adapter of the port `DeviceStorage` must do; see database.contract.ts for the form.
import { same, type ContractCase } from './database.contract.ts';
import type { DeviceStorage } from './ports.ts';

export interface StorageSubject {
  readonly storage: DeviceStorage;
  /** Ends the storage as a dying process would, and opens what it left. */
  reopen(storage: DeviceStorage): Promise<DeviceStorage>;
}

export const storageContract: readonly ContractCase<StorageSubject>[] = [
  {
    title: '[DB-7] what was committed is there after a restart, what was under way is not, in both files',
    async run({ storage, reopen }) {
      for (const file of [storage.work, storage.cache]) {
        file.run('CREATE TABLE item (id TEXT)');
        file.run('INSERT INTO item VALUES (?)', ['durable']);
        file.run('BEGIN');
        file.run('INSERT INTO item VALUES (?)', ['under way']);
      }
      const again = await reopen(storage);
      for (const file of [again.work, again.cache]) same(file.rows('SELECT id FROM item'), [['durable']]);
      again.work.run('INSERT INTO item VALUES (?)', ['x'.repeat(2_000_000)]);
      const third = await reopen(again);
      same(third.work.rows('SELECT count(*) FROM item'), [[2]]);
      third.close();
    },
  },
  {
    title: '[DB-8] throwing away the cache leaves work.db alone, also over a restart',
    async run({ storage, reopen }) {
      storage.work.run('CREATE TABLE item (id TEXT)');
      storage.cache.run('CREATE TABLE item (id TEXT)');
      const cache = await storage.resetCache();
      if (storage.cache !== cache) throw new Error('the storage still hands out the old cache');
      const again = await reopen(storage);
      same(again.cache.rows('SELECT count(*) FROM sqlite_schema'), [[0]]);
      same(again.work.rows('SELECT count(*) FROM sqlite_schema'), [[1]]);
      again.close();
    },
  },
  {
    title: '[DB-9] sizes are told in bytes and grow with what is stored',
    async run({ storage }) {
      const before = storage.work.sizeBytes();
      storage.work.run('CREATE TABLE item (body TEXT)');
      storage.work.run('INSERT INTO item VALUES (?)', ['x'.repeat(300_000)]);
      if (storage.work.sizeBytes() - before < 300_000) throw new Error('the file did not grow');
      const estimate = await storage.estimate();
      if (estimate !== null && !(estimate.quotaBytes > estimate.usedBytes)) throw new Error('no room told');
      storage.close();
    },
  },
];
