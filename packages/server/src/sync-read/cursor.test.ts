import { describe, expect, it } from 'vitest';
import { clampSnapshot, isPastHorizon, openCursor, sealCursor, type Cursor } from './cursor.ts';

const secret = Buffer.alloc(32, 7);
const cursor: Cursor = {
  history: 'h',
  timeline: '00000001',
  snapshot: { xmax: '730', running: ['727', '728'] },
  bundle: 'b',
  signature: 's',
  moment: '2026-01-01T00:00:00.000Z',
  horizon: '3',
};

describe('the token', () => {
  it('[CURSOR-1] says what it was made with, and is nothing once it is touched or signed by another', () => {
    const token = sealCursor(secret, cursor);
    expect(openCursor(secret, token)).toEqual(cursor);
    const none = { ...cursor, timeline: null, snapshot: { xmax: '9', running: [] } };
    expect(openCursor(secret, sealCursor(secret, none))).toEqual(none);
    expect(openCursor(Buffer.alloc(32, 8), token)).toBeNull();
    expect(openCursor(secret, `x${token}`)).toBeNull();
    expect(openCursor(secret, '')).toBeNull();
  });
});

describe('the snapshot in it', () => {
  it('[CURSOR-2] never goes above the highest logged transaction: a failed id above it may come again after a crash', () => {
    expect(clampSnapshot('727:730:727,729', '726', false)).toEqual({ xmax: '727', running: [] });
    expect(clampSnapshot('720:730:720,729', '725', false)).toEqual({ xmax: '726', running: ['720'] });
    expect(clampSnapshot('730:730:', '5000', false)).toEqual({ xmax: '730', running: [] });
  });
  it('[CURSOR-3] of a standby counts only up to its xmin, because a standby does not know what runs', () => {
    expect(clampSnapshot('10824:10828:', '10827', true)).toEqual({ xmax: '10824', running: [] });
  });
  it('[CURSOR-4] is past the horizon when anything it had not seen was pruned', () => {
    expect(isPastHorizon({ snapshot: { xmax: '100', running: [] }, horizon: '3' }, '100')).toBe(false);
    expect(isPastHorizon({ snapshot: { xmax: '99', running: [] }, horizon: '3' }, '100')).toBe(true);
    expect(isPastHorizon({ snapshot: { xmax: '200', running: ['99'] }, horizon: '3' }, '100')).toBe(true);
    expect(isPastHorizon({ snapshot: { xmax: '200', running: ['150'] }, horizon: '3' }, '100')).toBe(false);
    // Issued after that pruning, while an older transaction was still open.
    expect(isPastHorizon({ snapshot: { xmax: '200', running: ['99'] }, horizon: '100' }, '100')).toBe(false);
  });
});
