// Another process that owns a data folder, for tests of what happens when it or its PostgreSQL dies.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const embedded = fileURLToPath(new URL('../store/embedded.ts', import.meta.url));
const program = `import { startEmbedded } from ${JSON.stringify(embedded)};
const { url } = await startEmbedded(process.argv[1]);
process.stdout.write(url + '\\n');
setInterval(() => undefined, 1_000);`;

export interface Owner {
  readonly url: string;
  /** SIGKILL to the owner: its PostgreSQL goes on. */
  kill(): Promise<void>;
  /** PostgreSQL stops at once, as in a power cut, and forgets what it had not written. */
  crashDatabase(): Promise<void>;
}

/** Resolves when its database is up. */
export function startOwner(folder: string): Promise<Owner> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = () =>
    new Promise<void>((done) => {
      child.once('exit', () => done());
      child.kill('SIGKILL');
    });
  const crashDatabase = async () => {
    const text = await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8');
    const pid = Number(text.split('\n')[0]);
    process.kill(pid, 'SIGQUIT');
    while (isAlive(pid)) await sleep(20);
  };
  return new Promise((done, fail) => {
    child.once('exit', (code) => fail(new Error(`ended with ${code}`)));
    child.stdout.once('data', (line: Buffer) => done({ url: line.toString().trim(), kill, crashDatabase }));
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
