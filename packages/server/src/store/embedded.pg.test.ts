import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOwner } from '../testing/owner.ts';
import { openDatabase } from './database.ts';
import { findRunning, startEmbedded } from './embedded.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'satchel-embedded-'));
  await chmod(folder, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the database that comes along', () => {
  it('[SCHEMA-10] keeps what was committed when its owner is killed, and lets one live process at a time use a folder', async () => {
    const owner = await startOwner(folder);
    await expect(startEmbedded(folder)).rejects.toMatchObject({ code: 'data_folder_in_use' });
    expect(await findRunning(folder)).toBe(owner.url);
    const database = await openDatabase(owner.url, { connections: 1 });
    await database.rows('create schema t');
    await database.rows('create table t.kept as select 1 as one');
    expect(await database.rows('show fsync')).toEqual([{ fsync: 'on' }]);
    await database.close();
    await owner.kill();
    const again = await startEmbedded(folder);
    const reopened = await openDatabase(again.url, { connections: 1 });
    expect(await reopened.rows('select one from t.kept')).toEqual([{ one: 1 }]);
    await reopened.close();
    await again.close();
    expect(await findRunning(folder)).toBeNull();
    expect((await stat(join(folder, 'postgres-password'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, 'postgres', 'PG_VERSION'), 'utf8')).toMatch(/^\d+/);
  });
});
