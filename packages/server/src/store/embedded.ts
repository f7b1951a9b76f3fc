// The PostgreSQL that comes along: real binaries in a data folder, on a free port of this machine only. fsync stays on: what is acknowledged is on
// disk. One live process owns a data folder; an owner that was killed leaves a running PostgreSQL behind, which is stopped before a new start.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { access, chmod, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { serverLimits } from '../limits.ts';
import { initCluster, PostgresFailed, startPostgres, type PostgresProcess } from './postgres-process.ts';
import { closedFolder, findPrograms, isRoot, type Programs } from './postgres-programs.ts';

/** Why a data folder cannot be used. `data_folder_in_use`: `detail.pid` uses it. `data_folder_unreachable`: `detail.folder` is closed to the user PostgreSQL runs as. */
export class DataFolderError extends Error {
  readonly code: 'data_folder_in_use' | 'data_folder_unreachable' | 'database_not_starting';
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(
    code: DataFolderError['code'],
    detail: Readonly<Record<string, unknown>>,
    options?: { cause?: unknown },
  ) {
    super(code, options);
    this.name = 'DataFolderError';
    this.code = code;
    this.detail = detail;
  }
}

export interface EmbeddedDatabase {
  readonly url: string;
  /** Stops PostgreSQL and gives up the folder. */
  close(): Promise<void>;
}

const user = 'satchel';
const databaseName = 'satchel';

/** What every start has; `settings` of a caller come on top. */
const ownSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
};

/** Starts PostgreSQL in `<dataFolder>/postgres`, making it where there is none. `settings` are PostgreSQL's own. Throws DataFolderError. */
export async function startEmbedded(
  dataFolder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<EmbeddedDatabase> {
  const folder = resolve(dataFolder);
  await mkdir(folder, { recursive: true });
  await assertReachable(folder);
  const releaseFolder = await takeFolder(folder);
  try {
    const cluster = join(folder, 'postgres');
    const password = await passwordOf(folder);
    await stopOrphan(cluster, password);
    const programs = await findPrograms();
    if (!(await exists(join(cluster, 'PG_VERSION')))) await makeCluster(programs, cluster, password);
    const port = await freePort();
    const running = await start(programs, cluster, port, { ...ownSettings, ...settings });
    await ensureDatabase(urlOf(password, port, 'postgres'));
    return {
      url: urlOf(password, port, databaseName),
      close: async () => {
        await running.stop();
        await releaseFolder();
      },
    };
  } catch (error) {
    await releaseFolder();
    throw error;
  }
}

/** The address of the PostgreSQL that another live process runs in this folder; null where none answers. */
export async function findRunning(dataFolder: string): Promise<string | null> {
  const folder = resolve(dataFolder);
  const running = await runningCluster(join(folder, 'postgres'));
  const password = await readFile(join(folder, 'postgres-password'), 'utf8').catch(() => null);
  if (running === null || password === null) return null;
  const url = urlOf(password, running.port, databaseName);
  return (await answersFrom(url, join(folder, 'postgres'))) ? url : null;
}

function urlOf(password: string, port: number, database: string): string {
  return `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
}

async function takeFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'owner.pid');
  for (;;) {
    try {
      const file = await open(path, 'wx', 0o644);
      await file.writeFile(`${process.pid} ${await startOf(process.pid)}`);
      await file.close();
      const release = () => rmSync(path, { force: true });
      process.once('exit', release);
      return async () => {
        process.removeListener('exit', release);
        release();
      };
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
    const [owner = '', start = ''] = (await readFile(path, 'utf8').catch(() => '')).split(' ');
    const pid = Number(owner);
    // In a container the same pid is soon somebody else's: who lives since another moment is not the owner.
    if (isAlive(pid) && (await startOf(pid)) === start)
      throw new DataFolderError('data_folder_in_use', { folder, pid });
    await rm(path, { force: true });
  }
}

/** PostgreSQL of root's runs as a user of its own, who must be able to walk to the folder. The folder itself is ours to open. */
async function assertReachable(folder: string): Promise<void> {
  if (!isRoot) return;
  if ((await closedFolder(folder)) === folder) await chmod(folder, (await stat(folder)).mode | 0o001);
  const closed = await closedFolder(folder);
  if (closed !== null) throw new DataFolderError('data_folder_unreachable', { folder: closed });
}

async function passwordOf(folder: string): Promise<string> {
  const path = join(folder, 'postgres-password');
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known !== null && known !== '') return known;
  const password = randomBytes(24).toString('base64url');
  await writeFile(`${path}.new`, password, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  return password;
}

/** Made beside and moved into place, so that an interrupted making leaves nothing that looks whole. */
async function makeCluster(programs: Programs, cluster: string, password: string): Promise<void> {
  const making = `${cluster}.new`;
  await rm(making, { recursive: true, force: true });
  await initCluster(programs, making, { user, password }).catch(cannotStart(making));
  await rename(making, cluster);
}

function start(
  programs: Programs,
  cluster: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<PostgresProcess> {
  return startPostgres(programs, cluster, port, settings).catch(cannotStart(cluster));
}

function cannotStart(folder: string): (failure: unknown) => never {
  return (failure) => {
    if (!(failure instanceof PostgresFailed)) throw failure;
    throw new DataFolderError('database_not_starting', { folder, log: failure.log }, { cause: failure });
  };
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`create database "${databaseName}"`);
  } finally {
    await client.end();
  }
}

/** A PostgreSQL whose owner was killed goes on running: it is asked to stop. A pid file that names a process of another kind is a leftover. */
async function stopOrphan(cluster: string, password: string): Promise<void> {
  const running = await runningCluster(cluster);
  if (running === null) return;
  if (await answersFrom(urlOf(password, running.port, 'postgres'), cluster)) {
    process.kill(running.pid, 'SIGINT');
  } else if (!(await isPostgres(running.pid))) {
    return rm(join(cluster, 'postmaster.pid'), { force: true });
  }
  for (let waitedMs = 0; isAlive(running.pid); waitedMs += 50) {
    if (waitedMs > serverLimits.embeddedStopMs)
      throw new DataFolderError('data_folder_in_use', { folder: cluster, pid: running.pid });
    await sleep(50);
  }
}

/** What the pid file says, where that process lives. */
async function runningCluster(
  cluster: string,
): Promise<{ readonly pid: number; readonly port: number } | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => null);
  if (text === null) return null;
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  return isAlive(pid) ? { pid, port: Number(lines[3]) } : null;
}

async function answersFrom(url: string, cluster: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    return rows[0]?.data_directory === cluster;
  } catch (error) {
    // Not answering is an answer here; anything but a failure of the connection is a fault of ours.
    if (error instanceof TypeError) throw error;
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** By the system's word where it gives one; where it does not, a living process is taken for PostgreSQL. */
async function isPostgres(pid: number): Promise<boolean> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'postgres');
  return name.startsWith('postgres');
}

/** When a process began, in the system's own measure; '' where it does not tell. */
async function startOf(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      probe.close(() => done(port));
    });
  });
}
