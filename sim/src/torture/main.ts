// npm run torture -- cursor: see cursor.ts.
import { parseArgs } from 'node:util';
import { isUnharmed, torture, variants, type Figures } from './cursor.ts';

const help = `Usage: npm run torture -- cursor [options]

Writers with savepoints, slow commits, roll-backs and prepared transactions; a PostgreSQL that loses its power under them; devices that pull from
primary and standby through all of it. Each device must end with exactly what plain SQL finds committed, and be told nothing twice.

  --seconds N     for each variant (60)
  --seed S        of all chance but that of the machine (1)
  --variant NAME  only this one: ${variants.map(({ name }) => name).join(', ')}
  --json          the last line of standard output is one JSON object: ok, and by variant transactions, committedRows, pulls, standbyPulls, crashes,
                  missed, duplicates (told by the primary), toldAgain (by the standby, not applied), wrongViews, comparisons, broken
  --help          this text

Exit codes: 0 nothing missed and nothing told twice, 1 something was, or it failed, 2 the arguments make no sense.
`;

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
  const byVariant: Record<string, Figures> = {};
  for (const variant of asked.chosen) {
    const figures = await torture(variant, asked, (sofar) =>
      process.stderr.write(`${line(variant.name, sofar)}\n`),
    );
    byVariant[variant.name] = figures;
    process.stdout.write(`${line(variant.name, figures)}\n`);
  }
  const ok = Object.values(byVariant).every(isUnharmed);
  if (asked.isJson) process.stdout.write(`${JSON.stringify({ ok, seed: asked.seed, ...byVariant })}\n`);
  return ok ? 0 : 1;
}

/** Null when the arguments make no sense. */
function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    strict: false,
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      variant: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
  const chosen = variants.filter(({ name }) => values.variant === undefined || name === values.variant);
  const isHelp = values.help === true;
  const makesSense =
    positionals.length === 1 && positionals[0] === 'cursor' && seconds > 0 && Number.isInteger(seed);
  if (!isHelp && (!makesSense || chosen.length === 0)) return null;
  return { seconds, seed, chosen, isHelp, isJson: values.json === true };
}

function line(name: string, figures: Figures): string {
  const words = Object.entries(figures).map(([what, count]) => `${what} ${count.toLocaleString('en')}`);
  return `${name}: ${words.join(', ')}`;
}

process.exit(await main());
