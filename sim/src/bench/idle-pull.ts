// Pulls when nothing changed, against the real server: how many a second, and what each one costs the database.
import { Agent, request as ask } from 'node:http';
import { costOf, costSettings, each } from './database-cost.ts';
import { post, signIn, startBackend, type Backend } from './backend.ts';
import { rounded, type BenchReport } from './figures.ts';

const callers = 8;
const measureMs = 5_000;
const countedPulls = 500;
const aims = { ms: 0.2, buffers: 10, perSecond: 1_500 } as const;

export async function measureIdlePull(): Promise<BenchReport> {
  const backend = await startBackend(0, costSettings);
  try {
    const pull = await openPull(backend);
    for (let warm = 0; warm < 50; warm += 1) await pull();
    const cost = each(
      await costOf(backend.database, async () => {
        for (let count = 0; count < countedPulls; count += 1) await pull();
      }),
      countedPulls,
    );
    let done = 0;
    const endMs = performance.now() + measureMs;
    const caller = async (): Promise<void> => {
      while (performance.now() < endMs) {
        await pull();
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
    const perSecond = (done / measureMs) * 1_000;
    return {
      figures: {
        requestsPerSecond: rounded(perSecond),
        callers,
        databaseMsPerPull: rounded(cost.ms),
        buffersPerPull: rounded(cost.buffers),
        statementsPerPull: rounded(cost.statements),
      },
      aims: {
        [`at most ${aims.ms} ms in the database`]: cost.ms <= aims.ms,
        [`at most ${aims.buffers} buffers`]: cost.buffers <= aims.buffers,
        [`at least ${aims.perSecond} a second`]: perSecond >= aims.perSecond,
      },
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
