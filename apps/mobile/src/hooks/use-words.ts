// Values, moments and sizes in words, for screens.
import type { Field, RecordId, Value } from '@satchel/model';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatMoment, relativeTime } from '../format/moment.ts';
import { byteSize, roughDuration } from '../format/size-text.ts';
import { valueText } from '../format/value-text.ts';
import { useNow } from './use-now.ts';

export interface Words {
  /** '' for nothing entered. */
  readonly value: (
    field: Field,
    value: Value | undefined,
    titles: Readonly<Record<RecordId, string>>,
  ) => string;
  /** '2 min ago', or 'just now'. */
  readonly ago: (iso: string) => string;
  readonly moment: (iso: string) => string;
  readonly bytes: (bytes: number) => string;
  readonly duration: (seconds: number) => string;
}

export function useWords(): Words {
  const { t } = useTranslation();
  const now = useNow();
  return useMemo(() => {
    const words = { yes: t('value.yes'), no: t('value.no'), notOnDevice: t('value.notOnDevice') };
    return {
      value: (field, value, titles) => valueText(field, value, titles, words),
      ago: (iso) => relativeTime(iso, now) ?? t('time.justNow'),
      moment: (iso) => formatMoment(iso),
      bytes: (bytes) => {
        const { unit, value } = byteSize(bytes);
        return t(`size.${unit}`, { value });
      },
      duration: (seconds) => {
        const { unit, count } = roughDuration(seconds);
        return t(`size.${unit}`, { count });
      },
    };
  }, [t, now]);
}
