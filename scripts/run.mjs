// The other npm scripts. Each installs what is missing first, so that a fresh clone needs no other step.
import { spawn } from 'node:child_process';
import { buildApp } from './build.mjs';
import { ensureBrowser } from './browser.mjs';
import { ensureInstalled, fail, root } from './install.mjs';
import { runTests } from './test.mjs';

const [task = '', ...rest] = process.argv.slice(2);
const prettier = 'node_modules/prettier/bin/prettier.cjs';
/** Files that have not changed since they were last found well-formed are not read again. */
const formatOptions = [
  '--log-level',
  'warn',
  '--cache',
  '--cache-location',
  'node_modules/.cache/prettier/satchel',
];
const biome = ['npm', ['exec', '--yes', '--package=@biomejs/biome@2.6.8', '--', 'biome']];
const packages = [
  'packages/model',
  'packages/device',
  'packages/server',
  'apps/mobile',
  'solutions/field-service',
  'sim',
  '.',
];

const children = new Set();

ensureInstalled();
switch (task) {
  case 'dev':
    dev();
    break;
  case 'check':
    await check();
    break;
  case 'test':
    buildApp();
    if (rest.length === 0) await check();
    process.exit(runTests({ browser: ensureBrowser(), only: rest }));
    break;
  case 'satchel':
    passOn(['--import', 'tsx', 'packages/server/src/cli/main.ts', ...rest]);
    break;
  case 'bench':
    buildApp();
    passOn(['--import', 'tsx', 'sim/src/bench/main.ts', ...rest]);
    break;
  case 'sim':
    passOn(['--import', 'tsx', 'sim/src/main.ts', ...rest]);
    break;
  case 'torture':
    passOn(['--import', 'tsx', 'sim/src/torture/main.ts', ...rest]);
    break;
  case 'conflicts':
    passOn(['--import', 'tsx', 'sim/src/conflicts/main.ts', ...rest]);
    break;
  case 'commute':
    passOn(['--import', 'tsx', 'sim/src/commute/main.ts', ...rest]);
    break;
  case 'format':
    await run('node', [prettier, '--write', ...formatOptions, '.']);
    await run(biome[0], [...biome[1], 'check', '--write', '.']);
    break;
  default:
    fail(
      `Unknown task "${task}". Tasks: dev, check, test, satchel, bench, sim, torture, conflicts, commute, format.`,
    );
}

/**
 * Types, lint, format and house rules, and for `npm run check` the pure tests beside them: two lanes for two cores. Ends the process at the
 * first that fails.
 */
async function check() {
  const types = packages.map((place) => [
    'node',
    ['node_modules/typescript/bin/tsc', '-p', place],
    `types of ${place}`,
  ]);
  const format = ['node', [prettier, '--check', ...formatOptions, '.'], 'format'];
  const lint = [biome[0], [...biome[1], 'ci', '--diagnostic-level=error', '.'], 'lint'];
  const tests = ['node', ['node_modules/vitest/vitest.mjs', 'run', '--project', 'pure'], 'pure tests'];
  const lanes = task === 'check' ? [[...types, lint, format], [tests]] : [[...types, lint], [format]];
  await Promise.all(lanes.map(inTurn));
}

async function inTurn(steps) {
  for (const step of steps) await run(...step);
}

function dev() {
  const both = [
    spawn(
      process.execPath,
      ['node_modules/vite/bin/vite.js', 'build', 'apps/mobile', '--watch', '--logLevel', 'warn'],
      { cwd: root, stdio: 'inherit' },
    ),
    spawn(
      process.execPath,
      ['node_modules/tsx/dist/cli.mjs', 'watch', 'packages/server/src/main.ts', ...rest],
      { cwd: root, stdio: 'inherit' },
    ),
  ];
  for (const child of both)
    child.on('exit', () => {
      for (const other of both) other.kill();
    });
}

/** Hands arguments and streams to a program; Satchel's commands are run from where the person stands. */
function passOn(args) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, SATCHEL_CWD: process.env.INIT_CWD ?? process.cwd() },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}

function run(command, args, what = command) {
  const program = command === 'node' ? process.execPath : command;
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32' && command !== 'node',
  });
  children.add(child);
  return new Promise((resolve) => {
    child.on('error', () => stopAndFail(what));
    child.on('exit', (code) => {
      children.delete(child);
      if (code === 0) resolve();
      else stopAndFail(what);
    });
  });
}

function stopAndFail(what) {
  for (const child of children) child.kill();
  fail(`Failed: ${what}.`);
}
