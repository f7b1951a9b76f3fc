// Runs every test and ends with one plain line "N passed, N failed". Suites run one after the other: the machine may be small.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './install.mjs';

const projects = ['pure', 'postgres', 'web', 'story'];
const needsBrowser = new Set(['web', 'story']);

/** Returns the exit code: 0 when everything passed. `only` names projects; none named means all. */
export function runTests({ browser, only }) {
  const chosen = only.length > 0 ? projects.filter((project) => only.includes(project)) : projects;
  const folder = mkdtempSync(join(tmpdir(), 'satchel-results-'));
  const total = { passed: 0, failed: 0 };
  for (const project of chosen) {
    if (needsBrowser.has(project) && browser === null) {
      process.stderr.write(
        'No Chromium found: install it or name it in CHROMIUM_PATH. The browser tests count as failed.\n',
      );
      total.failed += 1;
      continue;
    }
    add(total, runProject(project, join(folder, `${project}.json`), browser));
  }
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

function runProject(project, resultFile, browser) {
  process.stderr.write(`\n— ${project}\n`);
  const result = spawnSync(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${resultFile}`,
    ],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...(browser ? { CHROMIUM_PATH: browser } : {}) },
    },
  );
  try {
    const report = JSON.parse(readFileSync(resultFile, 'utf8'));
    const passed = report.numPassedTests;
    // A file that does not load, or a runner that fails after its tests, is a failure although no test of it failed.
    const failed = Math.max(report.numFailedTests, report.success && result.status === 0 ? 0 : 1);
    return { passed, failed };
  } catch (cause) {
    process.stderr.write(`The ${project} tests gave no result: ${String(cause)}\n`);
    return { passed: 0, failed: 1 };
  }
}

function add(total, more) {
  total.passed += more.passed;
  total.failed += more.failed;
}
