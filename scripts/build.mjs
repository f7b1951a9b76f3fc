// Builds the mobile app when its output is missing or older than any source it is made of.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fail, root } from './install.mjs';

const sources = ['apps/mobile', 'packages/device', 'packages/model', 'package-lock.json'];
const output = join(root, 'apps/mobile/dist/index.html');

export function buildApp() {
  if (
    existsSync(output) &&
    statSync(output).mtimeMs >= Math.max(...sources.map((path) => newest(join(root, path))))
  )
    return;
  process.stderr.write('Building the app …\n');
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const result = spawnSync(process.execPath, [vite, 'build', 'apps/mobile', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (result.status !== 0) fail('The app could not be built; see the lines above.');
}

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path)
    .filter((name) => name !== 'node_modules' && name !== 'dist')
    .reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0);
}
