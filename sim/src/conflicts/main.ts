// npm run conflicts -- FILE: replays a log of real conflicts through a device and the server and says what became of each.
import { isAbsolute, join } from 'node:path';
import { parseArgs } from 'node:util';
import { setup } from '../testing/postgres-setup.ts';
import { readCases } from './cases.ts';
import type { ClashPolicy } from './expectation.ts';
import { replay } from './replay.ts';

const help = `Usage: npm run conflicts -- [--policy ask|client|server] [--json] FILE

Replays every case of a conflict log (.jsonl or .jsonl.gz) through a device and the server: the base downloaded, the device's edits made without
a network, other people's edits landed, then synced. Where a person is asked, the own value is kept.

  --policy P  who settles a field that both sides changed: ask (default), client, server
  --json      the last line of standard output is one JSON object: ok, cases, merged, conflicts, lost, doubled, wrong, byKind
  --help      this text

Exit codes: 0 nothing lost, doubled or wrong; 1 something was, or it failed; 2 the arguments make no sense.
`;

const policies: readonly ClashPolicy[] = ['ask', 'client', 'server'];

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { policy: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const policy = policies.find((each) => each === (values.policy ?? 'ask'));
  const [path] = positionals;
  if (policy === undefined || path === undefined || positionals.length > 1) {
    process.stderr.write(help);
    return 2;
  }
  const file = isAbsolute(path) ? path : join(process.env['SATCHEL_CWD'] ?? process.cwd(), path);
  const { cases, rejected } = await readCases(file);
  for (const number of rejected) process.stderr.write(`line ${number} is not a case\n`);
  const stop = await setup();
  try {
    const { stories, ...figures } = await replay(cases, policy, `conflicts_${process.pid}`);
    for (const story of stories) process.stderr.write(`${story}\n`);
    const { byKind, ...total } = figures;
    for (const [kind, each] of Object.entries({ ...byKind, all: total }))
      process.stdout.write(
        `${kind}: ${Object.entries(each)
          .map(([name, count]) => `${name} ${count}`)
          .join(', ')}\n`,
      );
    const ok = total.lost + total.doubled + total.wrong === 0;
    if (values.json)
      process.stdout.write(`${JSON.stringify({ ok, ...figures, rejected: rejected.length })}\n`);
    return ok ? 0 : 1;
  } finally {
    await stop();
  }
}

process.exitCode = await main();
