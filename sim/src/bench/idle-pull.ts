// Pulls when nothing changed, against the real server: how many a second, and how many database buffers each one touches.
import { Agent, request as ask } from 'node:http';
import type pg from 'pg';
import { post, signIn, startBackend, type Backend } from './backend.ts';
import { rounded, type BenchReport } from './figures.ts';

const callers = 8;
const measureMs = 5_000;
const countedPulls = 500;
/** PostgreSQL's processes tell what they counted at the latest after so long without work. */
const statisticsMs = 11_000;

export async function measureIdlePull(): Promise<BenchReport> {
  const backend = await startBackend(0);
  try {
    const pull = await openPull(backend);
    await pull();
    const before = await buffers(backend.database);
    for (let count = 0; count < countedPulls; count += 1) await pull();
    const after = await buffers(backend.database);
    const idle = await buffers(backend.database);
    // What two looks at the statistics, and the database by itself, cost without any pull.
    const own = idle - after;
    let done = 0;
    const endMs = performance.now() + measureMs;
    const caller = async (): Promise<void> => {
      while (performance.now() < endMs) {
        await pull();
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
    return {
      figures: {
        requestsPerSecond: rounded((done / measureMs) * 1_000),
        callers,
        buffersPerPull: rounded(Math.max(0, after - before - own) / countedPulls),
      },
      aims: {},
    };
  } finally {
    await backend.close();
  }
}

/** A device that is up to date, and its next pull. */
async function openPull({ url }: Backend): Promise<() => Promise<void>> {
  const { token, bundle } = await signIn(url);
  const first = (await post(url, '/api/sync/page', { bundle, entity: 'team', after: null }, token)) as {
    cursor: string;
  };
  const request = { bundle, cursor: first.cursor, settledSeq: 0 };
  const { cursor } = (await post(url, '/api/sync/pull', request, token)) as { cursor: string };
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const body = JSON.stringify({ ...request, cursor });
  return async () => {
    const answer = JSON.parse(await send(`${url}/api/sync/pull`, agent, body, token)) as { kind: string };
    if (answer.kind !== 'nothing') throw new Error(`an idle pull answered ${answer.kind}`);
  };
}

/** With little work of its own: the caller shares the processors with what it measures, and `fetch` takes as much of them as the server does. */
function send(url: string, agent: Agent, body: string, token: string): Promise<string> {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    authorization: `Bearer ${token}`,
  };
  return new Promise((done, fail) => {
    const asked = ask(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => done(text));
      response.on('error', fail);
    });
    asked.on('error', fail);
    asked.end(body);
  });
}

async function buffers(database: pg.Client): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, statisticsMs));
  const { rows } = await database.query<{ touched: string }>(
    'select blks_hit + blks_read as touched from pg_stat_database where datname = current_database()',
  );
  return Number(rows[0]?.touched);
}
