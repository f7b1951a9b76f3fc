import { errorCodes } from '@satchel/model';
import { describe, expect, it } from 'vitest';
import { enErrors } from '../texts/en-errors.ts';
import { codeOf, shownCodes } from './error-words.ts';
import { SyncError } from '@satchel/model';

describe('error words', () => {
  it('[F-188] every error code has words for what happened and what to do, and no words are left over', () => {
    expect(Object.keys(enErrors).sort()).toEqual([...Object.keys(errorCodes), 'unexpected'].sort());
    for (const code of shownCodes) {
      expect(enErrors[code].title, code).toMatch(/^[A-Z].*\.$/);
      expect(enErrors[code].advice, code).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('[APP-1] a failure is told by its code, and anything else is unexpected', () => {
    expect(codeOf(new SyncError('timeout'))).toBe('timeout');
    expect(codeOf(new Error('timeout'))).toBe('unexpected');
  });
});
