// Storage on the private file system under the hand of a test: contract suites, SQL, and ways to break it.
import { SyncError } from '@satchel/model';
import { databaseContract } from '../../database.contract.ts';
import type { DeviceStorage } from '../../ports.ts';
import { storageContract } from '../../storage.contract.ts';
import { openOpfsStorage } from '../opfs-storage.ts';

export type LabCommand =
  | { readonly kind: 'database-contract' }
  | { readonly kind: 'storage-contract' }
  | { readonly kind: 'sql'; readonly file: 'work' | 'cache'; readonly sql: string }
  /** Overwrites the beginning of the database of that file behind SQLite's back. */
  | { readonly kind: 'damage'; readonly file: 'work' | 'cache' };
export type LabReply =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly words: string };

/** The pool's own header comes before the database in every file. */
const poolHeaderBytes = 4_096;
const store = 'lab';

/** Titles with what went wrong; empty strings where nothing did. */
async function runContracts(kind: 'database' | 'storage'): Promise<[string, string][]> {
  const results: [string, string][] = [];
  const cases = kind === 'database' ? databaseContract : storageContract;
  for (const [index, { title }] of cases.entries()) {
    const name = `${kind}-${index}`;
    const storage = await openOpfsStorage(name);
    try {
      if (kind === 'database') await databaseContract[index]?.run(storage.work);
      else await storageContract[index]?.run({ storage, reopen: (old) => reopen(old, name) });
      results.push([title, '']);
    } catch (error) {
      results.push([title, String(error)]);
    }
  }
  return results;
}

function reopen(old: DeviceStorage, name: string): Promise<DeviceStorage> {
  old.close();
  return openOpfsStorage(name);
}

async function damage(file: 'work' | 'cache'): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const folder = await (await root.getDirectoryHandle('satchel')).getDirectoryHandle(store);
  const pool = await folder.getDirectoryHandle('.opaque');
  for await (const handle of pool.values()) {
    const access = await (handle as unknown as SyncFileHandle).createSyncAccessHandle();
    const path = new Uint8Array(16);
    access.read(path, { at: 0 });
    if (new TextDecoder().decode(path).startsWith(`/${file}.db`))
      access.write(new Uint8Array(8_192).fill(7), { at: poolHeaderBytes });
    access.close();
  }
}

/** What only workers have, and the library of a page's types therefore does not name. */
interface SyncFileHandle {
  createSyncAccessHandle(): Promise<{
    read(into: Uint8Array, from: { readonly at: number }): number;
    write(bytes: Uint8Array, to: { readonly at: number }): number;
    close(): void;
  }>;
}

let storage: DeviceStorage | null = null;

async function obey(command: LabCommand): Promise<unknown> {
  switch (command.kind) {
    case 'database-contract':
      return runContracts('database');
    case 'storage-contract':
      return runContracts('storage');
    case 'sql': {
      storage ??= await openOpfsStorage(store);
      return storage[command.file].rows(command.sql);
    }
    case 'damage':
      storage?.close();
      storage = null;
      return damage(command.file);
  }
}

globalThis.addEventListener('message', (event: MessageEvent<LabCommand>) => {
  const answer = (reply: LabReply): void => globalThis.postMessage(reply);
  obey(event.data).then(
    (value) => answer({ ok: true, value }),
    (error: unknown) => answer({ ok: false, words: error instanceof SyncError ? error.code : String(error) }),
  );
});
