// One PostgreSQL for all tests of a run: TEST_DATABASE_URL where it is set, otherwise the embedded one in a temporary folder.
// Each test file makes its own organisation, so files do not meet.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '@satchel/server';

/** Several test files at a time, each with pools of its own; some prepare transactions. */
const settings = { max_connections: '200', max_prepared_transactions: '20' };

export async function setup(): Promise<() => Promise<void>> {
  if (process.env['TEST_DATABASE_URL']) return async () => undefined;
  const folder = await mkdtemp(join(tmpdir(), 'satchel-test-'));
  const embedded = await startEmbedded(folder, settings);
  process.env['TEST_DATABASE_URL'] = embedded.url;
  return async () => {
    await embedded.close();
    await rm(folder, { recursive: true, force: true });
  };
}
