// Each kind of record: is it on this device, how much, and if not, why and what to do.
import type { EntityState, Status } from '@satchel/device';
import { useTranslation } from 'react-i18next';
import { useModel } from '../hooks/use-session.tsx';
import { ModelIcon } from '../parts/icons.tsx';
import { EntityStateWords } from '../parts/entity-state.tsx';
import { useErrorWords } from '../words/error-words.ts';

export function EntityStates({ status }: { readonly status: Status }) {
  const { t } = useTranslation();
  const model = useModel();
  const shown = Object.entries(status.entities).filter(([name]) => {
    const entity = model.findEntity(name);
    return entity !== undefined && !entity.intersect && !entity.personal;
  });
  return (
    <section className="section" aria-label={t('offline.perEntity')}>
      <h2 className="section-title">{t('offline.perEntity')}</h2>
      <ul className="group">
        {shown.map(([name, state]) => (
          <li className="entity-row" key={name} data-entity={name} data-state={state.state}>
            <ModelIcon name={model.entity(name).icon} />
            <span className="entity-words">
              <span className="row-title">{model.entity(name).labelPlural}</span>
              <EntityStateWords state={state} isCarried={model.profileEntity(name) !== undefined} />
              {state.state === 'not-available' && <Cause state={state} />}
              {state.state === 'initializing' && status.activity === 'downloading' && (
                <span className="progress-track" aria-hidden>
                  <span
                    className="progress-fill"
                    style={{ width: `${(100 * state.rows) / Math.max(1, state.rowsExpected)}%` }}
                  />
                </span>
              )}
            </span>
            {'rows' in state && state.rows > 0 && (
              <span className="entity-count">{new Intl.NumberFormat().format(state.rows)}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

const reasonKeys = {
  error: 'error',
  'missed-update': 'missedUpdate',
  'over-limit': 'overLimit',
  permission: 'permission',
} as const;

function Cause({ state }: { readonly state: Extract<EntityState, { readonly state: 'not-available' }> }) {
  const { t } = useTranslation();
  const words = useErrorWords();
  const key = reasonKeys[state.reason];
  return (
    <span className="entity-cause">
      {state.code === undefined ? t(`entityState.reason.${key}`) : words(state.code).title}{' '}
      {t(`entityState.remedy.${key}`)}
    </span>
  );
}
