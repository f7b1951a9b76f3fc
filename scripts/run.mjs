// The other npm scripts. Each installs what is missing first, so that a fresh clone needs no other step.
import { spawn, spawnSync } from 'node:child_process';
import { buildApp } from './build.mjs';
import { ensureBrowser } from './browser.mjs';
import { ensureInstalled, fail, root } from './install.mjs';
import { runTests } from './test.mjs';

const [task = '', ...rest] = process.argv.slice(2);
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

ensureInstalled();
switch (task) {
  case 'dev':
    dev();
    break;
  case 'check':
    check();
    break;
  case 'test':
    buildApp();
    process.exit(runTests({ checks: check, browser: ensureBrowser(), only: rest }));
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
  case 'conflicts':
    passOn(['--import', 'tsx', 'sim/src/conflicts/main.ts', ...rest]);
    break;
  case 'format':
    run('node', ['node_modules/prettier/bin/prettier.cjs', '--write', '--log-level', 'warn', '.']);
    run(biome[0], [...biome[1], 'check', '--write', '.']);
    break;
  default:
    fail(`Unknown task "${task}". Tasks: dev, check, test, satchel, bench, sim, conflicts, format.`);
}

/** Types, lint, house rules and pure tests. Ends the process at the first that fails. */
function check() {
  for (const place of packages)
    run('node', ['node_modules/typescript/bin/tsc', '-p', place], `types of ${place}`);
  run('node', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'], 'format');
  run(biome[0], [...biome[1], 'ci', '--diagnostic-level=error', '.'], 'lint');
  if (task === 'check')
    run('node', ['node_modules/vitest/vitest.mjs', 'run', '--project', 'pure'], 'pure tests');
}

function dev() {
  const children = [
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
  for (const child of children)
    child.on('exit', () => {
      for (const other of children) other.kill();
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
  const result = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32' && command !== 'node',
  });
  if (result.status !== 0) fail(`Failed: ${what}.`);
}
