// The server as a process of its own, as `npm start` runs it, for tests of what happens between processes and when one dies.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface ServerProcess {
  readonly child: ChildProcess;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  /** What it said on standard error so far. */
  errors(): string;
  /** Its address, once it serves; fails where it ends before. */
  readonly ready: Promise<string>;
}

/** `env` on top of this process's own; it serves on any free port. */
export function launchServer(
  env: Readonly<Record<string, string>>,
  options: { readonly detached?: boolean } = {},
): ServerProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', main], {
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  let errors = '';
  child.stderr?.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  const ended = new Promise<number | string | null>((done) =>
    child.once('exit', (code, signal) => done(code ?? signal)),
  );
  const ready = new Promise<string>((done, fail) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const found = /^Satchel is ready: (\S+)$/.exec(line)?.[1];
      if (found !== undefined) done(found);
    });
    void ended.then((code) => fail(new Error(`ended with ${code} before it was ready: ${errors}`)));
  });
  ready.catch(() => undefined);
  return { child, ended, errors: () => errors, ready };
}

/** One request, its answer read as JSON whatever its status. */
export async function callServer<T>(url: string, path: string, body: object, token = ''): Promise<T> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as T;
}
