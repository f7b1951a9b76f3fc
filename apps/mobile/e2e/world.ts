// A server of its own in a temporary folder, a road to it, and people with phones: what every story starts from.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { openNetwork, type Network } from './network.ts';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface RunningServer {
  /** Where it serves, without the road in between. */
  readonly url: string;
  readonly dataFolder: string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same folder and port. */
  restart(): Promise<void>;
  /** Runs a command of `npm run satchel` on its folder and returns what it printed. */
  satchel(...args: string[]): Promise<string>;
}

export interface Person {
  readonly context: BrowserContext;
  readonly page: Page;
  close(): Promise<void>;
}

export interface World {
  readonly server: RunningServer;
  readonly network: Network;
  /** A person with a phone (390×844) or a desk (1440×900) and a browser of their own. `direct`: not over the road under test. */
  person(options?: {
    readonly desk?: boolean;
    readonly direct?: boolean;
    readonly dark?: boolean;
  }): Promise<Person>;
  close(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'satchel-story-'));
  await chmod(folder, 0o755);
  const server = await startServer(join(folder, 'data'));
  const network = await openNetwork(server.url);
  const people: Person[] = [];
  return {
    server,
    network,
    async person({ desk = false, direct = false, dark = false } = {}) {
      const profile = await mkdtemp(join(folder, 'browser-'));
      const context = await chromium.launchPersistentContext(profile, {
        executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
        args: flags,
        headless: true,
        viewport: desk ? { width: 1440, height: 900 } : { width: 390, height: 844 },
        hasTouch: !desk,
        colorScheme: dark ? 'dark' : 'light',
        baseURL: direct ? server.url : network.url,
        reducedMotion: 'reduce',
      });
      context.setDefaultTimeout(20_000);
      const page = context.pages()[0] ?? (await context.newPage());
      const person = { context, page, close: () => context.close() };
      people.push(person);
      return person;
    },
    async close() {
      for (const person of people) await person.close();
      await network.close();
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startServer(dataFolder: string): Promise<RunningServer> {
  let running = await launch(dataFolder, '0');
  const url = running.url;
  return {
    url,
    dataFolder,
    kill: () => stop(running.child),
    async restart() {
      running = await launch(dataFolder, new URL(url).port);
    },
    satchel: (...args) => satchel(dataFolder, args),
  };
}

async function launch(dataFolder: string, port: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'packages/server/src/main.ts'], {
    env: { ...process.env, PORT: port, SATCHEL_DATA: dataFolder, DATABASE_URL: '', LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const ready = /^Satchel is ready: (\S+)/.exec(line);
      if (ready?.[1]) resolve(ready[1].replace(/\/$/, ''));
    });
  });
  return { child, url };
}

/** The database goes with its server only when that ends by itself, so a killed one's PostgreSQL is stopped by hand. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await gone;
}

async function satchel(dataFolder: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'packages/server/src/cli/main.ts', ...args], {
    env: { ...process.env, SATCHEL_DATA: dataFolder, DATABASE_URL: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    printed += bytes.toString('utf8');
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`satchel ${args.join(' ')} ended with ${code}`);
  return printed;
}

/** A file of the data folder as text; used to reach the database behind the server's back, as other programs do. */
export function readData(server: RunningServer, name: string): Promise<string> {
  return readFile(join(server.dataFolder, name), 'utf8');
}
