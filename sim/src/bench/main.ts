// npm run bench -- <name> [options]: measures the whole system on this machine. Figures depend on the machine; ratios within one run do not.
import { parseArgs } from 'node:util';
import { measureDelta } from './delta.ts';
import { measureFirstDownload } from './first-download.ts';
import { inLines, type BenchReport } from './figures.ts';
import { measureIdlePull } from './idle-pull.ts';
import { measureList } from './list.ts';
import { measureRepair } from './repair.ts';
import { measureRescope } from './rescope.ts';
import { measureState } from './state.ts';

const help = `Usage: npm run bench -- <name> [options]

  first-download   from pressing download to queryable in Chromium, against a floor that fetches the same bytes and binds them into SQLite
  list             a page of 50, a text search and a durable save among many rows in Chromium: medians and 99th percentiles
  idle-pull        pulls when nothing changed: requests a second, and the database's time and buffers for each
  delta            a pull after 1,000 changes in the organisation of which 10 concern the device
  rescope          a person gains 500 rows by joining a team and loses them by leaving it
  repair           one damaged row among those on the device is found and mended
  state            what the server keeps for each device

Options
  --rows <n>       rows on the device (list 100000, others 10000)
  --runs <n>       runs of first-download, rescope and repair, of which the median counts (3)
  --json           the last line of standard output is one JSON object: ok, and the figures by name
  --help           this text

Exit codes: 0 measured, 1 failed, 2 not understood.
`;

interface Options {
  readonly rows: number | null;
  readonly runs: number;
}

const benches: Readonly<Record<string, (options: Options) => Promise<BenchReport>>> = {
  'first-download': ({ rows, runs }) => measureFirstDownload({ rows: rows ?? 10_000, runs }),
  list: ({ rows }) => measureList({ rows: rows ?? 100_000 }),
  'idle-pull': () => measureIdlePull(),
  delta: ({ rows }) => measureDelta({ rows: rows ?? 10_000 }),
  rescope: ({ rows, runs }) => measureRescope({ rows: rows ?? 10_000, runs }),
  repair: ({ rows, runs }) => measureRepair({ rows: rows ?? 10_000, runs }),
  state: () => measureState(),
};

async function main(): Promise<number> {
  const asked = readArguments();
  if (asked === null) {
    process.stderr.write(help);
    return 2;
  }
  if (asked.isHelp) {
    process.stdout.write(help);
    return 0;
  }
  try {
    const report = await asked.bench(asked.options);
    process.stdout.write(inLines(report));
    if (asked.isJson)
      process.stdout.write(`${JSON.stringify({ ok: true, ...report.figures, aims: report.aims })}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    if (asked.isJson) process.stdout.write(`${JSON.stringify({ ok: false })}\n`);
    return 1;
  }
}

/** Null when the arguments make no sense. */
function readArguments() {
  const options = {
    rows: { type: 'string' },
    runs: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true, strict: false });
  const bench = benches[positionals[0] ?? ''];
  const rows = values.rows === undefined ? null : Number(values.rows);
  const runs = Number(values.runs);
  const isHelp = values.help === true;
  const makesSense =
    (rows === null || (Number.isInteger(rows) && rows > 0)) && Number.isInteger(runs) && runs > 0;
  if (!isHelp && (bench === undefined || positionals.length > 1 || !makesSense)) return null;
  return { bench: bench ?? measureIdlePull, options: { rows, runs }, isJson: values.json === true, isHelp };
}

// Not `exitCode`: the exit hook of the embedded database ends the process with a code of its own.
process.exit(await main());
