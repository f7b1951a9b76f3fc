// PostgreSQL as a child process of this one. It stands in a process group of its own, so that an interrupt typed at a terminal reaches only its owner,
// who stops it when everything that uses it is done.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Programs } from './postgres-programs.ts';

/** Its last lines say why. */
export class PostgresFailed extends Error {
  readonly log: readonly string[];
  constructor(said: string) {
    super('PostgreSQL ended before it was ready');
    this.name = 'PostgresFailed';
    this.log = said.split('\n').filter(Boolean).slice(-linesKept);
  }
}

export interface PostgresProcess {
  /** Ends its connections, writes what it holds and ends. Resolves when it is gone. */
  stop(): Promise<void>;
}

/** Locale C everywhere: what is read below is read in English, and texts are compared by code points. */
const environment = { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' };
const linesKept = 10;
const charsKept = 4_000;

/** Makes a cluster in a folder that is not there yet. Throws PostgresFailed. */
export async function initCluster(
  programs: Programs,
  cluster: string,
  owner: { readonly user: string; readonly password: string },
): Promise<void> {
  const { uid, gid } = programs.runAs;
  await mkdir(cluster, { mode: 0o700 });
  const passwordFile = join(dirname(cluster), `password-${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(passwordFile, `${owner.password}\n`, { mode: 0o600 });
    if (uid !== undefined && gid !== undefined)
      for (const path of [cluster, passwordFile]) await chown(path, uid, gid);
    const child = start(programs, programs.initdb, cluster, [
      `--pgdata=${cluster}`,
      `--username=${owner.user}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
    ]);
    const tail = tailOf(child);
    if ((await endOf(child)) !== 0) throw new PostgresFailed(tail());
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Resolves when it takes connections on this port. Throws PostgresFailed. */
export async function startPostgres(
  programs: Programs,
  cluster: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<PostgresProcess> {
  const flags = Object.entries({ ...settings, lc_messages: 'C' }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const child = start(programs, programs.postgres, cluster, ['-D', cluster, '-p', String(port), ...flags]);
  const ended = endOf(child);
  const tail = tailOf(child);
  const isReady = await new Promise<boolean>((done, fail) => {
    child.stderr?.on('data', () => {
      // A standby takes connections that only read.
      if (/ready to accept (read-only )?connections/.test(tail())) done(true);
    });
    ended.then(() => done(false), fail);
  });
  if (!isReady) throw new PostgresFailed(tail());
  // Where this process ends without having stopped it, it is at least asked to.
  const askToEnd = () => child.kill('SIGINT');
  process.once('exit', askToEnd);
  return {
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        if (process.platform === 'win32')
          start(programs, programs.pgCtl, cluster, ['stop', '-D', cluster, '-m', 'fast']);
        else child.kill('SIGINT');
      }
      await ended;
      process.removeListener('exit', askToEnd);
    },
  };
}

function start(programs: Programs, program: string, cluster: string, args: readonly string[]): ChildProcess {
  return spawn(program, args, {
    ...programs.runAs,
    // Not where this process stands: that folder may be closed to the other user.
    cwd: dirname(cluster),
    env: environment,
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The end of what it has said so far. */
function tailOf(child: ChildProcess): () => string {
  let tail = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => {
      tail = (tail + bytes.toString()).slice(-charsKept);
    });
  return () => tail;
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done(code));
  });
}
