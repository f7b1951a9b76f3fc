// Chromium with the benchmark's page, and one origin for page and server: what the page asks of /api is passed on byte by byte, and the pages of
// a download are kept, so that the floor can be fed with the very same bytes.
import { readFile } from 'node:fs/promises';
import {
  Agent,
  createServer,
  request as ask,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import type { Backend } from './backend.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Headers that belong to one connection. */
const ofConnection = ['connection', 'keep-alive', 'transfer-encoding'];

interface KeptAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

export interface BenchBrowser {
  /** A fresh page; its storage is that of the whole browser. */
  open(): Promise<Page>;
  /** Pages of downloads so far, in order; served again as /kept/0, /kept/1 … */
  keptPages(): number;
  keptBytes(): number;
  forgetPages(): void;
  close(): Promise<void>;
}

export async function openBenchBrowser(backend: Backend): Promise<BenchBrowser> {
  const built = join(backend.folder, 'page');
  await build({
    root: fileURLToPath(new URL('./page', import.meta.url)),
    configFile: false,
    logLevel: 'warn',
    build: { outDir: built, target: 'es2022', emptyOutDir: true },
    worker: { format: 'es' },
  });
  const kept: KeptAnswer[] = [];
  const agent = new Agent({ keepAlive: true });
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (path.startsWith('/api/')) passOn(backend.url, agent, request, response, kept);
    else if (path.startsWith('/kept/')) serveKept(kept[Number(path.slice(6))], response);
    else serveFile(join(built, path === '/' ? 'index.html' : path), response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const context = await chromium.launchPersistentContext(join(backend.folder, 'browser'), {
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: flags,
    headless: true,
  });
  context.setDefaultTimeout(600_000);
  return {
    async open() {
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error') process.stderr.write(`page: ${message.text()}\n`);
      });
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction(() => 'bench' in globalThis);
      return page;
    },
    keptPages: () => kept.length,
    keptBytes: () => kept.reduce((bytes, answer) => bytes + answer.bytes.length, 0),
    forgetPages: () => kept.splice(0),
    async close() {
      await context.close();
      server.closeAllConnections();
      server.close();
      agent.destroy();
    },
  };
}

function passOn(
  url: string,
  agent: Agent,
  request: IncomingMessage,
  response: ServerResponse,
  kept: KeptAnswer[],
): void {
  const isPage = request.url === '/api/sync/page';
  const onward = ask(
    `${url}${request.url}`,
    { method: request.method, headers: request.headers, agent },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      const parts: Buffer[] = [];
      if (isPage) answer.on('data', (part: Buffer) => parts.push(part));
      if (isPage) answer.on('end', () => kept.push({ headers: answer.headers, bytes: Buffer.concat(parts) }));
      answer.pipe(response);
    },
  );
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

function serveKept(answer: KeptAnswer | undefined, response: ServerResponse): void {
  if (answer === undefined) {
    response.writeHead(404).end();
    return;
  }
  const headers = Object.entries(answer.headers).filter(([name]) => !ofConnection.includes(name));
  response.writeHead(200, Object.fromEntries(headers) as IncomingHttpHeaders).end(answer.bytes);
}

function serveFile(path: string, response: ServerResponse): void {
  readFile(path).then(
    (bytes) => response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/plain' }).end(bytes),
    () => response.writeHead(404).end(),
  );
}
