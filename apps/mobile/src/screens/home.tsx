// The first screen: who is here, how this device stands, and the kinds of record to go to.
import type { EntityState } from '@satchel/device';
import type { Entity } from '@satchel/model';
import { ChevronRight, CircleDashed } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { partOfDay } from '../format/moment.ts';
import { useNow } from '../hooks/use-now.ts';
import { useQuery } from '../hooks/use-query.ts';
import { useBundle, useModel, useStatus, useUser } from '../hooks/use-session.tsx';
import { viewQuery } from '../list/conditions.ts';
import { AppBar } from '../parts/app-bar.tsx';
import { Empty } from '../parts/empty.tsx';
import { EntityStateWords } from '../parts/entity-state.tsx';
import { ModelIcon } from '../parts/icons.tsx';
import { SyncLine } from '../parts/sync-line.tsx';

export function HomeScreen() {
  const { t } = useTranslation();
  const status = useStatus();
  const user = useUser();
  const { bundle, model } = useBundle();
  const hour = new Date(useNow(60_000)).getHours();
  const entities = (bundle?.home ?? []).flatMap((name) => model?.findEntity(name) ?? []);
  const name = user?.name.split(' ')[0] ?? '';
  return (
    <div className="screen">
      <AppBar
        title={t(`greeting.${partOfDay(hour)}`, { name })}
        subtitle={status && <SyncLine status={status} />}
      />
      <div className="screen-body narrow home">
        {status && <OutboxSummary />}
        {status && status.cache === 'none' && bundle?.profile && <TakeAlong />}
        {entities.length === 0 ? (
          <Empty icon={CircleDashed} title={t('home.empty')} hint={t('home.emptyHint')} />
        ) : (
          <section aria-label={t('home.records')}>
            <ul className="group tiles">
              {entities.map((entity) => (
                <li key={entity.name}>
                  <Tile entity={entity} state={status?.entities[entity.name]} />
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </div>
  );
}

function Tile({ entity, state }: { readonly entity: Entity; readonly state: EntityState | undefined }) {
  const model = useModel();
  const view = model.defaultView(entity.name);
  const { value } = useQuery(
    viewQuery(model, view, { search: '', sort: null, limit: 1 }),
    `home ${entity.name}`,
  );
  return (
    <Link className="tile" to={`/e/${entity.name}`}>
      <span className="tile-icon">
        <ModelIcon name={entity.icon} size={22} />
      </span>
      <span className="tile-main">
        <span className="tile-title">{entity.labelPlural}</span>
        <EntityStateWords state={state} isCarried={model.profileEntity(entity.name) !== undefined} />
      </span>
      <span className="tile-count">
        {value?.total !== undefined && (
          <>
            <span className="tile-number">{new Intl.NumberFormat().format(value.total)}</span>
            <span className="tile-view">{view.label}</span>
          </>
        )}
      </span>
      <ChevronRight className="row-chevron" size={18} aria-hidden />
    </Link>
  );
}

function OutboxSummary() {
  const { t } = useTranslation();
  const outbox = useStatus()?.outbox;
  if (outbox === undefined || outbox.waiting + outbox.held + outbox.problems === 0) return null;
  const parts = [
    outbox.problems > 0 ? t('sync.problems', { count: outbox.problems }) : '',
    outbox.waiting > 0 ? t('sync.waiting', { count: outbox.waiting }) : '',
    outbox.held > 0 ? t('sync.held', { count: outbox.held }) : '',
  ].filter((part) => part !== '');
  return (
    <Link className="notice" data-tone={outbox.problems > 0 ? 'danger' : 'pending'} to="/outbox">
      <span className="notice-main">{parts.join(', ')}</span>
      <ChevronRight size={18} aria-hidden />
    </Link>
  );
}

function TakeAlong() {
  const { t } = useTranslation();
  return (
    <Link className="notice" data-tone="accent" to="/offline">
      <span className="notice-main">
        <strong>{t('home.takeAlong')}</strong>
        <span>{t('home.takeAlongHint')}</span>
      </span>
      <ChevronRight size={18} aria-hidden />
    </Link>
  );
}
