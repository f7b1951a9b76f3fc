// What the server is told from outside: a pure function of the environment and the arguments, read once by the entry files.
import { isAbsolute, join, resolve } from 'node:path';

export type LogLevel = 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

export interface Config {
  /** 0 means any free one. */
  readonly port: number;
  readonly host: string;
  /** Serve over HTTPS to the local network. */
  readonly isLan: boolean;
  /** Absolute path. */
  readonly dataFolder: string;
  /** Null: the embedded PostgreSQL in the data folder. */
  readonly databaseUrl: string | null;
  /** A hot standby of that database, to read at; null: none. */
  readonly replicaUrl: string | null;
  readonly logLevel: LogLevel;
  /** Organisation made when there is none. */
  readonly organisation: string;
  /** Whose `x-forwarded-for` is believed; empty: nobody's. */
  readonly trustedProxies: readonly string[];
}

/** Arguments or environment that make no sense: what is wrong, for a person to read. */
export interface ConfigFault {
  readonly fault: string;
}

const logLevels: readonly LogLevel[] = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'];

export const serverHelp = `Usage: npm start -- [--lan] [--help]

Serves Satchel: the app, and the records behind it.

  --lan    serve over HTTPS to the local network, with a certificate made for it; prints the address and a QR code
  --help   this text

Environment
  PORT             port to serve on; 0 is any free one (8420)
  HOST             address to serve on (127.0.0.1; with --lan 0.0.0.0)
  SATCHEL_DATA     data folder (.satchel in the current folder)
  DATABASE_URL     a PostgreSQL 15 or later of your own; absent: the embedded one in the data folder
  DATABASE_REPLICA_URL
                   a hot standby of it: what devices read is read there while it keeps up; what is written goes to DATABASE_URL
  TRUSTED_PROXIES  addresses of proxies in front, separated by commas
  LOG_LEVEL        ${logLevels.join(', ')} (warn)
`;

/** The configuration, or the first fault. `cwd` is where relative paths begin. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
  cwd: string,
): Config | ConfigFault {
  const unknown = args.find((arg) => arg !== '--lan');
  if (unknown !== undefined) return { fault: `Unknown argument "${unknown}". See --help.` };
  const port = Number(env['PORT'] || '8420');
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    return { fault: `PORT must be a whole number from 0 to 65535, not "${env['PORT']}".` };
  const logLevel = logLevels.find((level) => level === (env['LOG_LEVEL'] || 'warn'));
  if (logLevel === undefined)
    return { fault: `LOG_LEVEL must be one of ${logLevels.join(', ')}, not "${env['LOG_LEVEL']}".` };
  const databaseUrl = env['DATABASE_URL'] || null;
  const replicaUrl = env['DATABASE_REPLICA_URL'] || null;
  for (const [name, url] of Object.entries({ DATABASE_URL: databaseUrl, DATABASE_REPLICA_URL: replicaUrl }))
    if (url !== null && !/^postgres(ql)?:\/\//.test(url))
      return { fault: `${name} must begin with postgres:// or postgresql://.` };
  const isLan = args.includes('--lan');
  return {
    port,
    host: env['HOST'] || (isLan ? '0.0.0.0' : '127.0.0.1'),
    isLan,
    dataFolder: dataFolderOf(env, cwd),
    databaseUrl,
    replicaUrl,
    logLevel,
    organisation: 'demo',
    trustedProxies: (env['TRUSTED_PROXIES'] ?? '')
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  };
}

/** SATCHEL_DATA, else `.satchel`, from where the person stands (npm changes the current folder; SATCHEL_CWD says where it was). */
export function dataFolderOf(env: Readonly<Record<string, string | undefined>>, cwd: string): string {
  const folder = env['SATCHEL_DATA'] || '.satchel';
  return isAbsolute(folder) ? folder : resolve(join(cwd, folder));
}
