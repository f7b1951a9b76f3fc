import { describe, expect, it } from 'vitest';
import { databaseContract } from '../database.contract.ts';
import { utf8Bytes } from './bind-columns.ts';
import { openNodeDatabase, openNodeStorage } from './node-storage.ts';

describe('SQLite in Node', () => {
  for (const { title, run } of databaseContract) {
    it(title, async () => {
      const database = await openNodeDatabase();
      await run(database);
      database.close();
    });
  }
});

describe('storage in the memory of Node', () => {
  it('[DB-7] a crash keeps what was committed and nothing of a transaction under way', async () => {
    const storage = await openNodeStorage();
    storage.work.run('CREATE TABLE item (id TEXT)');
    storage.work.run('INSERT INTO item VALUES (?)', ['durable']);
    storage.work.run('BEGIN');
    storage.work.run('INSERT INTO item VALUES (?)', ['under way']);
    const again = storage.crash();
    expect(again.work.rows('SELECT id FROM item')).toEqual([['durable']]);
    again.work.run('INSERT INTO item VALUES (?)', ['x'.repeat(2_000_000)]);
    expect(again.crash().work.rows('SELECT count(*) FROM item')).toEqual([[2]]);
  });

  it('[DB-7] throwing away the cache leaves work.db alone', async () => {
    const storage = await openNodeStorage();
    storage.work.run('CREATE TABLE item (id TEXT)');
    storage.cache.run('CREATE TABLE item (id TEXT)');
    const cache = await storage.resetCache();
    expect(storage.cache).toBe(cache);
    expect(cache.rows('SELECT count(*) FROM sqlite_schema')).toEqual([[0]]);
    expect(storage.work.rows('SELECT count(*) FROM sqlite_schema')).toEqual([[1]]);
  });
});

it('[DB-4] the length of a text in UTF-8 is what the platform encodes, lone surrogates included', () => {
  for (const text of [
    '',
    'a',
    'é',
    '漢',
    '🙂',
    '\ud83d',
    '\ude42\ud83d',
    '\ud83d\ud83d\ude42x',
    'añ🙂\ud800',
  ]) {
    expect(utf8Bytes(text)).toBe(new TextEncoder().encode(text).length);
  }
});
