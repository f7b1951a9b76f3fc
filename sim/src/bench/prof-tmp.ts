import { signIn, startBackend } from './backend.ts';
import { gunzipSync, brotliDecompressSync } from 'node:zlib';
const b = await startBackend(50000);
const { token, bundle } = await signIn(b.url);
await b.database.query('alter system set log_min_duration_statement=0');
for (const enc of ['br', 'gzip', 'identity']) {
  let after: string | null = null;
  const t0 = performance.now();
  const ts: number[] = [];
  let bytes = 0;
  for (;;) {
    const t = performance.now();
    const r = await fetch(b.url + '/api/sync/page', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'accept-encoding': enc,
        authorization: 'Bearer ' + token,
      },
      body: JSON.stringify({ bundle, entity: 'incident', after }),
    });
    const j = (await r.json()) as any;
    ts.push(performance.now() - t);
    bytes += JSON.stringify(j).length;
    after = j.next;
    if (!after) break;
  }
  console.log(
    enc,
    'total',
    (performance.now() - t0).toFixed(0),
    'pages',
    ts.map((x) => x.toFixed(0)).join(' '),
    'bytes',
    bytes,
  );
}
const { rows } = await b.database
  .query('select query, calls from pg_stat_activity, (select 1 as calls) x limit 0')
  .catch(() => ({ rows: [] }));
await b.close();
process.exit(0);
