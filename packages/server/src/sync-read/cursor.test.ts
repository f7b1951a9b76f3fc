import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clampSnapshot,
  isPastHorizon,
  openCursor,
  openPosition,
  sealCursor,
  sealPosition,
  type Cursor,
} from './cursor.ts';

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

  it('[CURSOR-1] is refused with any one character changed, left out or put in, whole or as another kind of token', () => {
    const token = sealCursor(secret, cursor);
    for (let at = 0; at <= token.length; at += 1) {
      const [before, after] = [token.slice(0, at), token.slice(at)];
      for (const other of ['0', '9', 'A', '.', '-', '"', ' ']) {
        expect(openCursor(secret, `${before}${other}${after}`)).toBeNull();
        if (after !== '' && after[0] !== other)
          expect(openCursor(secret, `${before}${other}${after.slice(1)}`)).toBeNull();
      }
      if (after !== '') expect(openCursor(secret, before + after.slice(1))).toBeNull();
    }
    const position = sealPosition(secret, { number: 3, id: 'x' }, token, token);
    expect(openPosition(secret, position, token, token)).toEqual({ number: 3, id: 'x' });
    expect(openPosition(secret, position, token, 'other')).toBeNull();
    expect(openPosition(secret, token, token, token)).toBeNull();
    expect(openCursor(secret, position)).toBeNull();
  });

  it('[CURSOR-1] of any shape at all is refused without an exception, even one that we signed ourselves', () => {
    const signedBy = (body: string) =>
      `${body}.${createHmac('sha256', secret).update(`cursor.${body}`).digest('base64url').slice(0, 22)}`;
    const isCursor = (opened: Cursor | null) =>
      opened === null ||
      [opened.snapshot.xmax, opened.horizon, ...opened.snapshot.running].every((xid) => BigInt(xid) >= 0n);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String()), (text) => {
        expect(openCursor(secret, text)).toBeNull();
        expect(openPosition(secret, text, text, text)).toBeNull();
      }),
      { numRuns: 500, seed: 1 },
    );
    const cell = fc.oneof(
      fc.string(),
      fc.constantFrom('1', '7,8', '', '-1', '1.5', '99999999999999999999'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.oneof(fc.array(cell, { minLength: 6, maxLength: 9 }), fc.jsonValue()), (content) => {
        expect(isCursor(openCursor(secret, signedBy(JSON.stringify(content))))).toBe(true);
      }),
      { numRuns: 1_000, seed: 2 },
    );
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
