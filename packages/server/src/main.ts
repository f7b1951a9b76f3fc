// npm start: the database, the demo where there is nothing yet, the server; and an orderly end.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino, type Logger } from 'pino';
import { makeDemo } from './cli/make-demo.ts';
import { readConfig, serverHelp, type Config } from './config.ts';
import { codeOf, loggedError } from './errors.ts';
import { buildApp } from './http/app.ts';
import { lanAddresses, lanCertificate, showQrCode } from './http/lan.ts';
import { serveOrganisations } from './session/organisations.ts';
import { openDatabase } from './store/database.ts';
import { DataFolderError, startEmbedded } from './store/embedded.ts';
import { startHousekeeping } from './store/housekeeping.ts';
import { upgradeEngineTables } from './store/organisation.ts';
import { openReplica, type Standing } from './store/replica.ts';
import { openWake } from './sync-read/wake.ts';

const appFolder = join(dirname(fileURLToPath(import.meta.url)), '../../../apps/mobile/dist');

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(serverHelp);
    return;
  }
  const config = readConfig(process.env, args, process.env['SATCHEL_CWD'] ?? process.cwd());
  if ('fault' in config) return refuse(config.fault, 2);
  const logger = pino(
    { level: config.logLevel, serializers: { err: loggedError } },
    pino.destination({ dest: 2, sync: true }),
  );
  const life = openLife(logger);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void life.end(0));
  try {
    await serve(config, logger, life);
  } catch (thrown) {
    // What is torn down while it starts fails to start, and that is as it should be.
    if (!life.isEnding()) process.stderr.write(`${refusalText(thrown, config)}\n`);
    await life.end(1);
  }
}

interface Life {
  /** Something that is to be undone at the end; last comes first. */
  lasts(close: () => Promise<void>): void;
  isEnding(): boolean;
  /** Undoes everything and ends the process; only the first call counts. */
  end(code: number): Promise<void>;
}

function openLife(logger: Logger): Life {
  const closing: (() => Promise<void>)[] = [];
  let isEnding = false;
  return {
    lasts: (close) => void closing.push(close),
    isEnding: () => isEnding,
    end: async (code) => {
      if (isEnding) return;
      isEnding = true;
      let outcome = code;
      for (const close of closing.reverse()) {
        try {
          await close();
        } catch (thrown) {
          logger.error({ err: thrown }, 'not closed in order');
          outcome = 1;
        }
      }
      process.exit(outcome);
    },
  };
}

async function serve(config: Config, logger: Logger, life: Life): Promise<void> {
  const embedded = config.databaseUrl === null ? await startEmbedded(config.dataFolder) : null;
  if (embedded !== null) life.lasts(() => embedded.close());
  const broke = (what: string) => (error: unknown) => {
    // A database that stops together with the server is no news.
    if (!life.isEnding()) logger.warn({ err: error }, what);
  };
  const database = await openDatabase(config.databaseUrl ?? embedded?.url ?? '', {
    onError: broke('a connection to the database broke'),
  });
  life.lasts(() => database.close());
  const replica =
    config.replicaUrl === null
      ? null
      : await openReplica(config.replicaUrl, database, (standing, error) => {
          if (!life.isEnding()) logger.warn(error === null ? {} : { err: error }, standingText[standing]);
        });
  if (replica !== null) life.lasts(() => replica.close());
  const demo = await makeDemo(database, config.organisation, new Date());
  await upgradeEngineTables(database);
  const housekeeping = startHousekeeping(database, broke('clearing away failed'));
  life.lasts(() => housekeeping.close());
  const wake = await openWake(database.url, broke('wake-ups interrupted'));
  life.lasts(() => wake.close());
  const certificate = config.isLan
    ? await lanCertificate(config.dataFolder, lanAddresses(), new Date())
    : null;
  const app = await buildApp({
    database,
    replica,
    organisations: serveOrganisations(database),
    onChange: (organisation, listener) => wake.onChange(organisation, listener),
    appFolder: existsSync(join(appFolder, 'index.html')) ? appFolder : null,
    logger,
    now: () => new Date().toISOString(),
    reference: () => randomUUID(),
    trustedProxies: config.trustedProxies,
    https: certificate,
  });
  life.lasts(() => app.close());
  await app.listen({ port: config.port, host: config.host });
  announce(config, portOf(app.server.address()), demo.lines);
}

const standingText: Readonly<Record<Standing, string>> = {
  ready: 'the standby is read again',
  behind: 'the standby is behind: the primary is read until it has caught up',
  gone: 'the standby cannot be read: the primary is read until it is back',
};

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
