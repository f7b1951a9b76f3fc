import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCodes, SyncError } from './error-codes.ts';

const manual = readFileSync(join(import.meta.dirname, '../../../docs/ERRORS.md'), 'utf8');
const rows = manual
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('docs/ERRORS.md', () => {
  it('[ERR-1] says of every code what happened and who can fix it, and names no other code', () => {
    expect(rows.map(([, code]) => code?.replaceAll('`', '')).sort()).toEqual(Object.keys(errorCodes).sort());
    for (const [, code, happened, remedy] of rows)
      expect([code, happened !== '', remedy !== '']).toEqual([code, true, true]);
  });
  it('[ERR-2] an error carries its own advice, from the table', () => {
    const error = new SyncError('session_expired', { device: 'x' });
    expect([error.code, error.retry, error.detail]).toEqual([
      'session_expired',
      'after-sign-in',
      { device: 'x' },
    ]);
  });
});
