// A pull after 1,000 changes in the organisation of which 10 concern the device: what it costs the database.
import { costSettings, costOf, each } from './database-cost.ts';
import { post, signIn, startBackend } from './backend.ts';
import { rounded, type BenchReport } from './figures.ts';

const login = 'maya';
const changes = 1_000;
const mine = 10;
const pulls = 30;
const aimMs = 3;

interface Pulled {
  readonly kind: string;
  readonly cursor: string;
  readonly changes?: readonly { readonly rows: readonly unknown[] }[];
}

export async function measureDelta({ rows }: { readonly rows: number }): Promise<BenchReport> {
  const backend = await startBackend(rows, costSettings);
  try {
    const { url, database } = backend;
    const { token, bundle } = await signIn(url, login);
    const pull = async (cursor: string): Promise<Pulled> =>
      (await post(url, '/api/sync/pull', { bundle, cursor, settledSeq: 0 }, token)) as Pulled;
    const page = (await post(url, '/api/sync/page', { bundle, entity: 'incident', after: null }, token)) as {
      cursor: string;
      columns: readonly { values?: readonly string[] }[];
    };
    const held = page.columns[0]?.values ?? [];
    const { cursor } = await pull(page.cursor);
    // As many people would, a few at a time.
    const { rows: others } = await database.query<{ id: string }>(
      'select id from org_demo.incident where not id = any($1::uuid[]) order by md5(id::text) limit $2',
      [held, changes - mine],
    );
    const ids = [...held.slice(0, mine), ...others.map((row) => row.id)];
    for (let at = 0; at < ids.length; at += 10)
      await database.query(
        `update org_demo.incident set short_description = left(short_description, 100) || '.' where id = any($1::uuid[])`,
        [ids.slice(at, at + 10)],
      );
    await database.query('vacuum analyze org_demo.incident, org_demo._change');
    let told = 0;
    for (let warm = 0; warm < 5; warm += 1)
      told = ((await pull(cursor)).changes ?? []).reduce((sum, part) => sum + part.rows.length, 0);
    const cost = each(
      await costOf(database, async () => {
        for (let count = 0; count < pulls; count += 1) await pull(cursor);
      }),
      pulls,
    );
    return {
      figures: {
        rowsInOrganisation: rows,
        changes: ids.length,
        rowsTold: told,
        databaseMs: rounded(cost.ms),
        buffers: rounded(cost.buffers),
        statements: rounded(cost.statements),
      },
      aims: { [`at most ${aimMs} ms in the database`]: cost.ms <= aimMs },
    };
  } finally {
    await backend.close();
  }
}
