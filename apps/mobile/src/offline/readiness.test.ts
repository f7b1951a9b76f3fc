import { describe, expect, it } from 'vitest';
import { readiness } from './readiness.ts';

describe('readiness', () => {
  it('[F-028] ready is said only when every carried kind of record is available', () => {
    const job = { state: 'available', rows: 40 } as const;
    expect(readiness({ job, team: { state: 'not-enabled' } })).toEqual({
      kind: 'ready',
      rows: 40,
      rowsExpected: 40,
    });
    expect(readiness({ job, note: { state: 'initializing', rows: 5, rowsExpected: 50 } })).toEqual({
      kind: 'partly',
      rows: 45,
      rowsExpected: 90,
    });
    expect(readiness({ job, note: { state: 'not-available', reason: 'error' } }).kind).toBe('partly');
    expect(readiness({ note: { state: 'initializing', rows: 0, rowsExpected: 0 } }).kind).toBe('none');
    expect(readiness({ team: { state: 'not-enabled' } }).kind).toBe('none');
  });
});
