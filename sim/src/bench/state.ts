// What the server keeps for each device, besides mutations whose outcome it has not yet confirmed: tables and indexes, divided by many devices.
import { startBackend } from './backend.ts';
import { rounded, type BenchReport } from './figures.ts';

const devices = 10_000;
const aimBytes = 300;
const tables = ['_device', '_session'] as const;

export async function measureState(): Promise<BenchReport> {
  const backend = await startBackend(0);
  try {
    const { database } = backend;
    const sizes = async () => {
      const { rows } = await database.query<{ rows: string; indexes: string }>(
        `select sum(pg_relation_size(c.oid)) as rows, sum(pg_indexes_size(c.oid)) as indexes from pg_class c
         join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'org_demo' and c.relname = any($1)`,
        [tables],
      );
      return { rows: Number(rows[0]?.rows), indexes: Number(rows[0]?.indexes) };
    };
    for (const table of tables) await database.query(`vacuum full org_demo.${table}`);
    const before = await sizes();
    await database.query(
      `with made as (
         insert into org_demo._device (id, user_id, name, last_seq, settled_seq)
         select gen_random_uuid(), (select id from org_demo."user" limit 1), 'Chrome on Android', 200, 200 from generate_series(1, $1::int)
         returning id, user_id)
       insert into org_demo._session (token_hash, device_id, user_id, expires_at)
       select sha256(id::text::bytea), id, user_id, now() + interval '30 days' from made`,
      [devices],
    );
    const after = await sizes();
    const [rows, indexes] = [
      (after.rows - before.rows) / devices,
      (after.indexes - before.indexes) / devices,
    ];
    return {
      figures: {
        devices,
        bytesPerDevice: rounded(rows + indexes),
        rowBytes: rounded(rows),
        indexBytes: rounded(indexes),
      },
      aims: { [`at most ${aimBytes} bytes for each device`]: rows + indexes <= aimBytes },
    };
  } finally {
    await backend.close();
  }
}
