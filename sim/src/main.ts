// npm run sim: whole days from seeds, on the real server code and a real PostgreSQL, or on the small server in memory. A failing seed prints its story
// and can be run again by its number.
import { parseArgs } from 'node:util';
import { openNodeStorage } from '@satchel/device/node';
import { openMemoryStage } from './memory-stage.ts';
import { scoreMutants } from './mutants/score.ts';
import { openPostgresStage } from './postgres-stage.ts';
import { runSeed, type RunReport } from './run.ts';
import { setup } from './testing/postgres-setup.ts';

const help = `Usage: npm run sim -- [--fast] [--from S] [--seeds N] [--steps N] [--until-fault] [--json]
       npm run sim -- --mutants [--only NAME] [--json]

Runs N days from consecutive seeds: several devices with the real engine, several processes of the server; lost, repeated, late and broken messages,
crashes between any two calls to storage, tabs that take over, clocks that jump, lost storage, other people's writes, moving permissions, new versions
of the schema. Then a fair network, and the questions.

  --fast         on a small server in memory instead of PostgreSQL: it tries the device, thousands of days in minutes
  --from S       first seed (1)
  --seeds N      how many (20; with --fast 500)
  --steps N      acts in each day (150; with --fast 60)
  --until-fault  stop at the first seed that fails
  --mutants      put seeded faults into a copy of the sources, one at a time, and see whether these runs notice
  --only NAME    only mutants whose name contains this
  --json         the last line of standard output is one JSON object: ok, seeds, failed, steps, mutations, pulls, heals, crashes, lost;
                 with --mutants: ok, killed, total, survivors, rotten
  --help         this text

Exit codes: 0 every promise held, 1 one did not, 2 the arguments make no sense.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      fast: { type: 'boolean', default: false },
      from: { type: 'string', default: '1' },
      seeds: { type: 'string' },
      steps: { type: 'string' },
      'until-fault': { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  if (values.mutants) {
    const score = await scoreMutants({ only: values.only, say });
    if (values.json) say(JSON.stringify(score));
    return score.ok ? 0 : 1;
  }
  const [from, seeds, steps] = [
    Number(values.from),
    Number(values.seeds ?? (values.fast ? 500 : 20)),
    Number(values.steps ?? (values.fast ? 60 : 150)),
  ];
  if (![from, seeds, steps].every((number) => Number.isInteger(number) && number > 0)) {
    process.stderr.write(help);
    return 2;
  }
  const total = { seeds: 0, failed: 0, steps: 0, mutations: 0, pulls: 0, heals: 0, crashes: 0, lost: 0 };
  await withSeeds(values.fast, async (run) => {
    for (let seed = from; seed < from + seeds; seed += 1) {
      const report = await run(seed, steps);
      total.seeds += 1;
      total.failed += report.faults.length > 0 ? 1 : 0;
      for (const figure of ['steps', 'mutations', 'pulls', 'heals', 'crashes', 'lost'] as const)
        total[figure] += report[figure];
      if (!values.fast || report.faults.length > 0) say(line(report));
      if (report.faults.length > 0) process.stderr.write(`${[...report.log, ...report.faults].join('\n')}\n`);
      if (report.faults.length > 0 && values['until-fault']) return;
    }
  });
  if (values.json) say(JSON.stringify({ ok: total.failed === 0, ...total }));
  else say(`${total.seeds} days, ${total.failed} with faults`);
  return total.failed === 0 ? 0 : 1;
}

/** Hands out what runs one seed, on the one server or the other. */
async function withSeeds(
  isFast: boolean,
  work: (run: (seed: number, steps: number) => Promise<RunReport>) => Promise<void>,
): Promise<void> {
  if (isFast) {
    const root = await openNodeStorage();
    await work((seed, steps) => runSeed({ seed, steps }, async (chance) => openMemoryStage(root, chance)));
    root.close();
    return;
  }
  const stop = await setup();
  try {
    await work((seed, steps) =>
      runSeed({ seed, steps }, (chance) => openPostgresStage(`sim_${seed}_${process.pid}`, chance)),
    );
  } finally {
    await stop();
  }
}

function line(report: RunReport): string {
  const { seed, mutations, pulls, crashes, heals, faults } = report;
  const said = faults.length === 0 ? 'every promise held' : `${faults.length} faults`;
  return `seed ${seed}: ${mutations} changes, ${pulls} pulls, ${crashes} crashes, ${heals} rows repaired, ${said}`;
}

process.exitCode = await main();
