// The mutation score: each seeded fault is put into a copy of the sources, and the simulator runs there until it notices or its seeds are used up. What
// survives shows a hole in the questions. A copy without any fault runs first: where that fails, nothing else says anything.
import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setup } from '../testing/postgres-setup.ts';
import { deviceMutants } from './device-mutants.ts';
import { mutated, type Mutant } from './mutant.ts';
import { serverMutants } from './server-mutants.ts';

export const mutants: readonly Mutant[] = [...deviceMutants, ...serverMutants];

export interface Score {
  readonly ok: boolean;
  readonly killed: number;
  readonly total: number;
  readonly survivors: readonly string[];
  /** Their edits no longer fit the sources. */
  readonly rotten: readonly string[];
}

export interface ScoreOptions {
  /** Only mutants whose name contains this. */
  readonly only: string;
  readonly say: (line: string) => void;
}

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const copied = ['packages', 'solutions', 'sim', 'package.json', 'tsconfig.base.json', 'tsconfig.json'];

/** Seeds and acts that a mutant has to survive; the first ones are the likeliest to notice. */
const budget = {
  memory: ['--fast', '--seeds', '80', '--steps', '60'],
  postgres: ['--seeds', '14', '--steps', '100'],
} as const;
/** A mutant that keeps a run from ending is noticed by that. Milliseconds. */
const patienceMs = 900_000;

export async function scoreMutants({ only, say }: ScoreOptions): Promise<Score> {
  const chosen = mutants.filter(({ name }) => name.includes(only));
  const stop = chosen.some(({ server }) => server === 'postgres') ? await setup() : async () => undefined;
  const survivors: string[] = [];
  const rotten: string[] = [];
  try {
    for (const server of new Set(chosen.map((each) => each.server))) {
      const control = { name: 'control', story: 'Nothing is wrong.', server, edits: [] };
      const noticed = await isNoticed(control, ['--seeds', '3', '--steps', '40']);
      if (noticed !== null) throw new Error(`the copy without a fault fails: ${noticed}`);
    }
    for (const mutant of chosen) {
      try {
        mutated(mutant, read);
      } catch (error) {
        rotten.push(mutant.name);
        say(`rotten    ${mutant.name}: ${String(error)}`);
        continue;
      }
      const noticed = await isNoticed(mutant);
      if (noticed === null) survivors.push(mutant.name);
      say(`${noticed === null ? 'SURVIVED ' : 'killed   '} ${mutant.name}: ${noticed ?? mutant.story}`);
    }
  } finally {
    await stop();
  }
  const killed = chosen.length - survivors.length - rotten.length;
  say(`killed ${killed} of ${chosen.length}`);
  return { ok: killed === chosen.length, killed, total: chosen.length, survivors, rotten };
}

/** By what the fault was noticed, in few words; null: not at all. */
async function isNoticed(mutant: Mutant, less: readonly string[] = []): Promise<string | null> {
  const folder = copyOfSources(mutant);
  try {
    return await runIn(folder, [...budget[mutant.server], ...less, '--until-fault']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A folder in which the sources stand with the mutant's words, and the packages they need beside them. */
function copyOfSources(mutant: Mutant): string {
  const folder = mkdtempSync(join(tmpdir(), 'satchel-mutant-'));
  for (const name of copied)
    cpSync(join(root, name), join(folder, name), {
      recursive: true,
      filter: (path) => !/\/(node_modules|dist)(\/|$)/.test(path.slice(root.length)),
    });
  mkdirSync(join(folder, 'node_modules/@satchel'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@satchel')
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  for (const [name, place] of [
    ['model', 'packages/model'],
    ['device', 'packages/device'],
    ['server', 'packages/server'],
    ['field-service', 'solutions/field-service'],
  ] as const)
    symlinkSync(join(folder, place), join(folder, 'node_modules/@satchel', name));
  for (const [file, text] of mutated(mutant, read)) writeFileSync(join(folder, file), text);
  return folder;
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** Runs the simulator there. Null: every promise held. */
function runIn(folder: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'sim/src/main.ts', ...args], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      told += text;
    });
    const patience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(patience);
      if (code === 0) resolve(null);
      else if (code === null) resolve('a run that does not end');
      else resolve(lastWords(told));
    });
  });
}

/** The first fault of a report, or what the program died of. */
function lastWords(told: string): string {
  const lines = told
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\d+ \w+: |^settled one/.test(line));
  const thrown = lines.find((line) => /^\w*error\b/i.test(line));
  return (thrown ?? lines[0] ?? 'it ended without a word').slice(0, 200);
}
