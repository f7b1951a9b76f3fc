// Whether a kind of record is on this device: shape, colour and words together.
import type { EntityState } from '@satchel/device';
import { CircleAlert, CircleCheck, CircleDashed, Cloud, LoaderCircle } from 'lucide-react';
import { useTranslation } from 'react-i18next';

/** Whether these records are on the device: shape, colour and words. */
export function EntityStateWords({ state }: { readonly state: EntityState | undefined }) {
  const { t } = useTranslation();
  switch (state?.state) {
    case 'available':
      return (
        <span className="entity-state" data-state="available">
          <CircleCheck size={14} aria-hidden /> {t('entityState.available')}
        </span>
      );
    case 'initializing': {
      const percent = Math.min(99, Math.floor((100 * state.rows) / Math.max(1, state.rowsExpected)));
      return (
        <span className="entity-state" data-state="initializing">
          <LoaderCircle size={14} className="spin" aria-hidden /> {t('entityState.initializing', { percent })}
        </span>
      );
    }
    case 'not-available':
      return (
        <span className="entity-state" data-state="not-available">
          <CircleAlert size={14} aria-hidden /> {t('entityState.notAvailable')}
        </span>
      );
    case 'not-enabled':
      return (
        <span className="entity-state" data-state="not-enabled">
          <Cloud size={14} aria-hidden /> {t('entityState.notEnabled')}
        </span>
      );
    case undefined:
      return (
        <span className="entity-state" data-state="none">
          <CircleDashed size={14} aria-hidden /> {t('entityState.none')}
        </span>
      );
  }
}

