// Error codes in plain words: what happened, and what the person can do. One table for every screen; the words themselves are in texts/.
import { errorCodes, SyncError, type ErrorCode } from '@satchel/model';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

/** 'unexpected': a fault of the program, not one of the table. */
export type ShownCode = ErrorCode | 'unexpected';

export interface ErrorWords {
  /** What happened, as a sentence. */
  readonly title: string;
  /** What to do now, as a sentence. */
  readonly advice: string;
}

export const shownCodes: readonly ShownCode[] = [...(Object.keys(errorCodes) as ErrorCode[]), 'unexpected'];

export function codeOf(error: unknown): ShownCode {
  return error instanceof SyncError ? error.code : 'unexpected';
}

export function useErrorWords(): (code: ShownCode) => ErrorWords {
  const { t } = useTranslation();
  return useCallback(
    (code: ShownCode) => ({ title: t(`errors.${code}.title`), advice: t(`errors.${code}.advice`) }),
    [t],
  );
}
