import { describe, expect, it } from 'vitest';
import { databaseContract } from '../database.contract.ts';
import { storageContract } from '../storage.contract.ts';
import { utf8Bytes } from './bind-columns.ts';
import { openNodeDatabase, openNodeStorage, type NodeStorage } from './node-storage.ts';

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
  for (const { title, run } of storageContract) {
    it(title, async () => {
      await run({
        storage: await openNodeStorage(),
        reopen: (storage) => Promise.resolve((storage as NodeStorage).crash()),
      });
    });
  }
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
