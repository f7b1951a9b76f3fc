// npm run sim: whole days from seeds, on the real server code and a real PostgreSQL. A failing seed prints its story and can be run again by its number.
import { parseArgs } from 'node:util';
import { runSeed, type RunReport } from './run.ts';
import { setup } from './testing/postgres-setup.ts';

const help = `Usage: npm run sim -- [--from S] [--seeds N] [--steps N] [--json]

Runs N days from consecutive seeds: several devices with the real engine, lost, repeated and broken messages, crashes, clocks that jump, lost caches,
other people's writes and moving permissions. Then a fair network, and the questions.

  --from S    first seed (1)
  --seeds N   how many (20)
  --steps N   acts in each day (250)
  --json      the last line of standard output is one JSON object: ok, seeds, failed, steps, mutations, crashes, heals
  --help      this text

Exit codes: 0 every promise held, 1 one did not, 2 the arguments make no sense.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      from: { type: 'string', default: '1' },
      seeds: { type: 'string', default: '20' },
      steps: { type: 'string', default: '250' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const [from, seeds, steps] = [Number(values.from), Number(values.seeds), Number(values.steps)];
  if (![from, seeds, steps].every((number) => Number.isInteger(number) && number > 0)) {
    process.stderr.write(help);
    return 2;
  }
  const stop = await setup();
  try {
    const total = { seeds: 0, failed: 0, steps: 0, mutations: 0, crashes: 0, heals: 0 };
    for (let seed = from; seed < from + seeds; seed += 1) {
      const report = await runSeed({ seed, steps });
      total.seeds += 1;
      total.failed += report.faults.length > 0 ? 1 : 0;
      total.steps += report.steps;
      total.mutations += report.mutations;
      total.crashes += report.crashes;
      total.heals += report.heals;
      process.stdout.write(`${line(report)}\n`);
      if (report.faults.length > 0) process.stderr.write(`${[...report.log, ...report.faults].join('\n')}\n`);
    }
    if (values.json) process.stdout.write(`${JSON.stringify({ ok: total.failed === 0, ...total })}\n`);
    return total.failed === 0 ? 0 : 1;
  } finally {
    await stop();
  }
}

function line(report: RunReport): string {
  const { seed, mutations, crashes, heals, faults } = report;
  return `seed ${seed}: ${mutations} changes, ${crashes} crashes, ${heals} rows repaired, ${faults.length === 0 ? 'every promise held' : `${faults.length} faults`}`;
}

process.exitCode = await main();
