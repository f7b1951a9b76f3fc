// The real server on a PostgreSQL of its own in a temporary folder, with the demo organisation and as many more incidents as a benchmark needs.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startEmbedded } from '@satchel/server';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const schema = '"org_demo"';
/** Who signs in: somebody of the office, who may read every open incident. */
export const login = 'dana';
export const password = 'satchel';

export interface Backend {
  readonly url: string;
  readonly database: pg.Client;
  /** A folder of this benchmark, gone at the end. */
  readonly folder: string;
  close(): Promise<void>;
}

/** `settings` are PostgreSQL's own. Starts the server and makes open incidents until the person who signs in carries about so many rows. What was begun is undone on a failure. */
export async function startBackend(
  rows: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<Backend> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'satchel-bench-'));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    // Where root measures, PostgreSQL runs as somebody else, who must be able to walk to the database.
    await chmod(folder, 0o711);
    const postgres = await startEmbedded(join(folder, 'database'), { shared_buffers: '256MB', ...settings });
    undo.push(() => postgres.close());
    const databaseUrl = postgres.url;
    const { child, url } = await startServer(databaseUrl, join(folder, 'data'));
    undo.push(() => stop(child));
    const database = new pg.Client({ connectionString: databaseUrl });
    await database.connect();
    undo.push(() => database.end());
    const planned = await plannedRows(url);
    if (planned < rows) await addIncidents(database, rows - planned);
    return { url, database, folder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A session of the person as a device would have it. */
export async function signIn(
  url: string,
  who: string = login,
): Promise<{ readonly token: string; readonly bundle: string }> {
  const device = { id: crypto.randomUUID(), name: 'Benchmark' };
  const answer = await post(url, '/api/session', { login: who, password, device }, null);
  return answer as { token: string; bundle: string };
}

/** One request; throws unless it succeeds. */
export async function post(url: string, path: string, body: unknown, token: string | null): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

async function plannedRows(url: string): Promise<number> {
  const { token, bundle } = await signIn(url);
  const { rows } = (await post(url, '/api/sync/plan', { bundle }, token)) as { rows: number };
  return rows;
}

/** Open copies of the demo's incidents, each with a text of its own, opened at different times. */
async function addIncidents(database: pg.Client, count: number): Promise<void> {
  const { rows } = await database.query<{ column_name: string }>(
    `select column_name from information_schema.columns where table_schema = 'org_demo' and table_name = 'incident' and is_generated = 'NEVER'`,
  );
  const own = ['id', '_rev', 'number', 'short_description', 'state', 'opened_at', 'resolved_at', 'closed_at'];
  const copied = rows.map((row) => row.column_name).filter((name) => !own.includes(name));
  const columns = copied.map((name) => `"${name}"`).join(', ');
  await database.query(
    `with model as (select row_number() over (order by id) - 1 as place, count(*) over () as of, * from ${schema}.incident)
     insert into ${schema}.incident (id, number, short_description, state, opened_at, ${columns})
     select (lpad(to_hex(n), 8, '0') || '-0000-7000-8000-' || substr(md5(n::text), 1, 12))::uuid, 'BEN-' || n,
       short_description || ' ' || n, (array['new', 'active', 'awaiting_user', 'awaiting_vendor'])[1 + n % 4],
       now() - n * interval '37 seconds', ${columns}
     from generate_series(1, $1::int) n join model on model.place = n % model.of`,
    [count],
  );
  await database.query(`analyze ${schema}.incident`);
}

async function startServer(
  databaseUrl: string,
  dataFolder: string,
): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'packages/server/src/main.ts'], {
    cwd: root,
    env: {
      ...process.env,
      PORT: '0',
      HOST: '127.0.0.1',
      SATCHEL_DATA: dataFolder,
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const ready = /^Satchel is ready: (\S+)/.exec(line);
      if (ready?.[1] !== undefined) resolve(ready[1].replace(/\/$/, ''));
    });
  });
  return { child, url };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await gone;
}
