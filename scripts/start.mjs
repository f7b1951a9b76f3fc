// npm start: installs what is missing, builds the app when its sources are newer than the build, and runs the server.
import { spawn } from 'node:child_process';
import { buildApp } from './build.mjs';
import { ensureInstalled, root } from './install.mjs';

ensureInstalled();
buildApp();
const server = spawn(
  process.execPath,
  ['--import', 'tsx', 'packages/server/src/main.ts', ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (code, signal) =>
  process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)),
);
