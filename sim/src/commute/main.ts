// npm run commute -- FILE: a working day of edits over measured networks, and whether everything arrived, once, at what cost and how soon.
import { isAbsolute, join } from 'node:path';
import { parseArgs } from 'node:util';
import { setup } from '../testing/postgres-setup.ts';
import { commute, type Figures } from './commute.ts';
import { readTraceFile } from './traces.ts';

const help = `Usage: npm run commute -- [--trace NAME]... [--json] FILE

Rides along every measured network of a file (.csv or .csv.gz with the columns trace, t_ms, dur_ms and kbps) with the real engine before the real
server: a person saves, others write, bytes cost time at the rate of the trace, outages stall or break what is under way. Afterwards every saved
change must be in the tables, once.

  --trace N   only traces whose name begins so; may be given several times
  --json      the last line of standard output is one JSON object: ok, traces, edits, arrived, lost, doubled, payloadBytes, sentBytes, ratio,
              longestToSentSeconds, byTrace, rejected
  --help      this text

Exit codes: 0 everything arrived once; 1 something did not, or it failed; 2 the arguments make no sense.
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      trace: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) {
    process.stderr.write(help);
    return 2;
  }
  const file = isAbsolute(path) ? path : join(process.env['SATCHEL_CWD'] ?? process.cwd(), path);
  const { traces, rejected } = await readTraceFile(file);
  for (const { line, reason } of rejected) process.stderr.write(`line ${line}: ${reason}\n`);
  const wanted = values.trace ?? [''];
  const chosen = traces.filter(({ name }) => wanted.some((beginning) => name.startsWith(beginning)));
  if (chosen.length === 0) {
    process.stderr.write('no such trace in the file\n');
    return 1;
  }
  const stop = await setup();
  try {
    const { byTrace, sum } = await commute(chosen, `commute_${process.pid}`, (name, figures) =>
      process.stdout.write(`${line(name, figures)}\n`),
    );
    process.stdout.write(`${line('all', sum)}\n`);
    const ok = sum.lost + sum.doubled === 0 && sum.arrived === sum.edits;
    if (values.json)
      process.stdout.write(`${JSON.stringify({ ok, ...sum, byTrace, rejected: rejected.length })}\n`);
    return ok ? 0 : 1;
  } finally {
    await stop();
  }
}

function line(name: string, figures: Figures): string {
  const { edits, arrived, lost, doubled, payloadBytes, sentBytes, ratio, longestToSentSeconds } = figures;
  const calls = `${figures.pushes} pushes, ${figures.failedCalls} failed calls`;
  return `${name}: ${arrived} of ${edits} changes arrived, ${lost} lost, ${doubled} doubled; ${sentBytes} bytes sent for ${payloadBytes} (${ratio}); all sent at most ${longestToSentSeconds} s after coverage; ${calls}`;
}

process.exitCode = await main();
