// Whether a kind of record is on this device: shape, colour and words together.
import type { EntityState } from '@satchel/device';
import { CircleAlert, CircleCheck, CircleDashed, Cloud, LoaderCircle } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useStatus } from '../hooks/use-session.tsx';

/** `isCarried`: the profile takes these records along, so that what is not here yet can be downloaded. */
export function EntityStateWords(props: {
  readonly state: EntityState | undefined;
  readonly isCarried: boolean;
}) {
  const { state } = props;
  const { t } = useTranslation();
  const isDownloading = useStatus()?.activity === 'downloading';
  switch (state?.state) {
    case 'available':
      return (
        <span className="entity-state" data-state="available">
          <CircleCheck size={14} aria-hidden /> {t('entityState.available')}
        </span>
      );
    case 'initializing': {
      const percent = Math.min(99, Math.floor((100 * state.rows) / Math.max(1, state.rowsExpected)));
      // A spinner only while something really goes on; a download that stopped says so.
      if (isDownloading)
        return (
          <span className="entity-state" data-state="initializing">
            <LoaderCircle size={14} className="spin" aria-hidden />{' '}
            {t('entityState.initializing', { percent })}
          </span>
        );
      const isHere = state.rows > 0 && state.rows >= state.rowsExpected;
      return (
        <span className="entity-state" data-state="none">
          <CircleDashed size={14} aria-hidden />
          {isHere
            ? t('entityState.unproven')
            : state.rows === 0
              ? t('entityState.none')
              : t('entityState.partly', { percent })}
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
    case undefined:
      if (props.isCarried)
        return (
          <span className="entity-state" data-state="none">
            <CircleDashed size={14} aria-hidden /> {t('entityState.none')}
          </span>
        );
      return (
        <span className="entity-state" data-state="not-enabled">
          <Cloud size={14} aria-hidden /> {t('entityState.notEnabled')}
        </span>
      );
  }
}
