// A PostgreSQL of one's own that can be crashed, and hot standbys of it, made from the same programs. A standby is a copy of the running primary's folder
// that streams what comes after.
import { randomUUID } from 'node:crypto';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbedded, type EmbeddedDatabase } from '@satchel/server';

export interface Cluster {
  /** Another one after a crash. */
  url(): string;
  /** Immediate shutdown, as when the power fails, and a new start with recovery. Standbys go on with it. */
  crash(): Promise<void>;
  /** A new hot standby; resolves when it takes connections. */
  standby(): Promise<Standby>;
  /** Stops everything and removes the folder. */
  close(): Promise<void>;
}

export interface Standby {
  readonly url: string;
  /** Resolves when it has replayed all that the primary has written by now. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

// Without fsync: it is PostgreSQL that dies here, not the machine, so what it gave to the system is kept, and what it had in its own buffers is lost.
const settings = {
  max_connections: '100',
  max_prepared_transactions: '40',
  wal_keep_size: '256MB',
  wal_retrieve_retry_interval: '100ms',
  fsync: 'off',
};

/** `more` are PostgreSQL's own settings. */
export async function startCluster(more: Readonly<Record<string, string>> = {}): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'satchel-cluster-'));
  await chmod(folder, 0o711);
  const home = join(folder, 'primary');
  const all = { ...settings, ...more };
  const standbys: (Standby & { follow(): Promise<void> })[] = [];
  let running = await startEmbedded(home, all);
  return {
    url: () => running.url,
    crash: async () => {
      await killAtOnce(join(home, 'postgres'));
      await running.close();
      running = await startEmbedded(home, all);
      for (const standby of standbys) await standby.follow();
    },
    standby: async () => {
      const made = await startStandby(folder, home, all, () => running);
      standbys.push(made);
      return made;
    },
    close: async () => {
      for (const standby of standbys) await standby.close();
      await running.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startStandby(
  folder: string,
  primaryHome: string,
  all: Readonly<Record<string, string>>,
  primary: () => EmbeddedDatabase,
): Promise<Standby & { follow(): Promise<void> }> {
  const home = join(folder, `standby-${randomUUID().slice(0, 8)}`);
  const cluster = join(home, 'postgres');
  const configuration = join(cluster, 'postgresql.auto.conf');
  await mkdir(home);
  await cp(join(primaryHome, 'postgres-password'), join(home, 'postgres-password'));
  const label = await copyRunning(primary().url, join(primaryHome, 'postgres'), cluster);
  await writeFile(join(cluster, 'backup_label'), label);
  await writeFile(join(cluster, 'standby.signal'), '');
  await writeFile(configuration, conninfo(primary().url));
  await giveTo(await stat(join(primaryHome, 'postgres')), cluster);
  const running = await startEmbedded(home, { ...all, hot_standby: 'on' });
  let isClosed = false;
  return {
    url: running.url,
    caughtUp: async () => {
      const [{ wal }] = await ask<[{ wal: string }]>(
        primary().url,
        'select pg_current_wal_flush_lsn()::text as wal',
      );
      for (;;) {
        const [{ there }] = await ask<[{ there: boolean }]>(
          running.url,
          `select pg_last_wal_replay_lsn() >= '${wal}'::pg_lsn as there`,
        );
        if (there) return;
        await sleep(10);
      }
    },
    follow: async () => {
      if (isClosed) return;
      await writeFile(configuration, conninfo(primary().url));
      await ask(running.url, 'select pg_reload_conf()');
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await running.close();
    },
  };
}

/** A copy as of a moment, once its log is replayed; what PostgreSQL wants to find beside it is returned. */
async function copyRunning(url: string, from: string, to: string): Promise<string> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(`select pg_backup_start('standby', true)`);
    await cp(from, to, { recursive: true, filter: (path) => !/^postmaster\./.test(basename(path)) });
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    return rows[0]?.labelfile ?? '';
  } finally {
    await client.end();
  }
}

function conninfo(url: string): string {
  const { hostname, port, username, password } = new URL(url);
  return `primary_conninfo = 'host=${hostname} port=${port} user=${username} password=${password}'\n`;
}

/** For root, who runs PostgreSQL as somebody else. */
async function giveTo(owner: { readonly uid: number; readonly gid: number }, path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  await chown(path, owner.uid, owner.gid);
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  for (const entry of entries) await chown(join(entry.parentPath, entry.name), owner.uid, owner.gid);
}

async function killAtOnce(cluster: string): Promise<void> {
  const pid = Number((await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  process.kill(pid, 'SIGQUIT');
  while (
    await readFile(join(cluster, 'postmaster.pid')).then(
      () => isAlive(pid),
      () => false,
    )
  )
    await sleep(10);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

/** One statement on a connection of its own. */
async function ask<T>(url: string, text: string): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows as T;
  } finally {
    await client.end();
  }
}
