// The device's storage and its tabs in a real Chromium, from a production bundle.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseContract } from '../database.contract.ts';
import { storageContract } from '../storage.contract.ts';
import type { LabCommand } from './web-testing/lab-worker.ts';
import type { TestPage } from './web-testing/page.ts';

declare const testPage: TestPage;

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
];
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

const handOverMaxMs = 60_000;

let folder: string;
let server: Server;
let browser: BrowserContext;

function openBrowser(profile: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(join(folder, profile), {
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: [...flags, '--disable-component-update', '--disable-sync'],
    headless: true,
  });
}

async function openTab(): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction(() => 'testPage' in globalThis);
  return page;
}

const lab = (page: Page, command: LabCommand): Promise<unknown> =>
  page.evaluate((given) => testPage.lab(given), command);
const sql = (page: Page, text: string, file: 'work' | 'cache' = 'work'): Promise<unknown> =>
  lab(page, { kind: 'sql', file, sql: text });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'satchel-web-'));
  const built = join(folder, 'page');
  await build({
    root: fileURLToPath(new URL('./web-testing', import.meta.url)),
    configFile: false,
    logLevel: 'warn',
    build: { outDir: built, target: 'es2022', emptyOutDir: true },
    worker: { format: 'es' },
  });
  server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '/');
    readFile(join(built, path)).then(
      (bytes) => response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/plain' }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await openBrowser('profile');
});

afterAll(async () => {
  await browser.close();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('SQLite on the private file system', () => {
  it('[DB-10] keeps the contract of a database and of a storage, as Node does', async () => {
    const page = await openTab();
    const titles = [...databaseContract, ...storageContract].map(({ title }) => [title, '']);
    const databases = (await lab(page, { kind: 'database-contract' })) as unknown[];
    const storages = (await lab(page, { kind: 'storage-contract' })) as unknown[];
    expect([...databases, ...storages]).toEqual(titles);
    await page.close();
  });

  it('[DB-11] a tab killed in the middle of a transaction leaves every durable row and no other', async () => {
    const page = await openTab();
    await sql(page, 'CREATE TABLE item (id INTEGER)');
    for (let id = 0; id < 50; id += 1) await sql(page, `INSERT INTO item VALUES (${id})`);
    await sql(page, 'BEGIN');
    await sql(page, 'INSERT INTO item VALUES (1000)');
    await page.goto('chrome://crash').catch(() => undefined);
    const again = await openTab();
    expect(await sql(again, 'SELECT count(*), max(id) FROM item')).toEqual([[50, 49]]);
    expect(await sql(again, 'PRAGMA journal_mode')).toEqual([['wal']]);
    expect(await sql(again, 'PRAGMA synchronous')).toEqual([[2]]);
    expect(await sql(again, 'PRAGMA synchronous', 'cache')).toEqual([[1]]);
    await again.close();
  });

  it('[DB-12] a broken cache.db starts empty, a broken work.db is told and never dropped', async () => {
    const page = await openTab();
    await sql(page, 'CREATE TABLE carried (id INTEGER)', 'cache');
    await lab(page, { kind: 'damage', file: 'cache' });
    expect(await sql(page, 'SELECT count(*) FROM sqlite_schema', 'cache')).toEqual([[0]]);
    expect(await sql(page, 'SELECT count(*) FROM item')).toEqual([[50]]);
    await lab(page, { kind: 'damage', file: 'work' });
    await expect(sql(page, 'SELECT 1')).rejects.toThrow('storage_broken');
    await page.close();
  });
});

describe('tabs in a browser', () => {
  const save = (page: Page, titles: readonly string[]): Promise<void> =>
    page.evaluate(async (given) => {
      const holder = globalThis as { tab?: ReturnType<TestPage['tab']> };
      const tab = (holder.tab ??= testPage.tab());
      for (const title of given) await tab.mutate({ entity: 'item', command: 'create', values: { title } });
    }, titles);
  const saved = (page: Page): Promise<string[]> =>
    page.evaluate(async () => {
      const holder = globalThis as { tab?: ReturnType<TestPage['tab']> };
      const rows = (await (holder.tab ??= testPage.tab()).history(0)) as unknown as [string][];
      return rows.map(([title]) => title);
    });

  it('[LEAD-7] a leader that is closed or crashes under writes: another answers, nothing is lost or doubled', async () => {
    const leaders = ['close', 'crash', 'close', 'crash'] as const;
    const witness: { page: Page | null } = { page: null };
    let leader = await openTab();
    await save(leader, ['first']);
    const expected = ['first'];
    for (const [round, way] of leaders.entries()) {
      const follower = await openTab();
      await save(follower, [`joined-${round}`]);
      const titles = Array.from({ length: 60 }, (_title, index) => `round-${round}-${index}`);
      expected.push(`joined-${round}`, ...titles);
      const writing = save(follower, titles);
      await follower.waitForTimeout(20);
      const began = performance.now();
      if (way === 'close') await leader.close();
      else await leader.goto('chrome://crash').catch(() => undefined);
      await saved(follower);
      const tookMs = Math.round(performance.now() - began);
      console.info(`${way}: another tab answered after ${tookMs} ms`);
      // Far above what it takes: only that it happens. The aim, two seconds, is for the eye.
      expect(tookMs).toBeLessThan(handOverMaxMs);
      await writing;
      leader = follower;
      witness.page = follower;
    }
    expect((await saved(witness.page as Page)).sort()).toEqual(expected.sort());
    await (witness.page as Page).close();
  });

  it('[LEAD-8] the real engine answers in two tabs, and goes on in the second when the first closes', async () => {
    const answers = (page: Page): Promise<unknown> =>
      page.evaluate(async () => {
        const holder = globalThis as { real?: ReturnType<TestPage['engine']> };
        const engine = (holder.real ??= testPage.engine());
        const { session, cache } = await engine.status();
        return [session.state, cache, await engine.outbox()];
      });
    const untouched = ['signed-out', 'none', []];
    const first = await openTab();
    expect(await answers(first)).toEqual(untouched);
    const second = await openTab();
    expect(await answers(second)).toEqual(untouched);
    const code = await second.evaluate(() =>
      (globalThis as { real?: ReturnType<TestPage['engine']> }).real?.signIn('maya', 'satchel').then(
        () => 'signed in',
        (error: unknown) => (error as { code: string }).code,
      ),
    );
    expect(code).toBe('network');
    await first.close();
    expect(await answers(second)).toEqual(untouched);
    await second.close();
  });
});
