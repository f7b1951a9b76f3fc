// The way around: a tab bar below on a phone, a side bar with the kinds of record on a desk.
import { CloudDownload, House, Inbox, Settings, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';
import { useBundle, useStatus } from '../hooks/use-session.tsx';
import { ModelIcon } from './icons.tsx';
import { SyncLine } from './sync-line.tsx';

const places: readonly {
  readonly to: string;
  readonly name: 'home' | 'outbox' | 'offline' | 'settings';
  readonly icon: LucideIcon;
}[] = [
  { to: '/', name: 'home', icon: House },
  { to: '/outbox', name: 'outbox', icon: Inbox },
  { to: '/offline', name: 'offline', icon: CloudDownload },
  { to: '/settings', name: 'settings', icon: Settings },
];

export function TabBar() {
  const { t } = useTranslation();
  return (
    <nav className="tab-bar" aria-label={t('nav.main')}>
      {places.map(({ to, name, icon: Icon }) => (
        <NavLink key={to} to={to} end={to === '/'} className="tab">
          <span className="tab-icon" aria-hidden>
            <Icon size={22} strokeWidth={1.75} />
            {name === 'outbox' && <OutboxBadge />}
          </span>
          <span className="tab-label">{t(`nav.${name}`)}</span>
          {name === 'outbox' && <OutboxCount />}
        </NavLink>
      ))}
    </nav>
  );
}

export function SideBar() {
  const { t } = useTranslation();
  const { model, bundle } = useBundle();
  const status = useStatus();
  return (
    <nav className="side-bar" aria-label={t('nav.main')}>
      <p className="side-name">{bundle?.solution.label ?? t('app.name')}</p>
      {places.slice(0, 1).map(({ to, name, icon: Icon }) => (
        <NavLink key={to} to={to} end className="side-link">
          <Icon size={18} strokeWidth={1.75} aria-hidden />
          {t(`nav.${name}`)}
        </NavLink>
      ))}
      <p className="side-head">{t('nav.records')}</p>
      {(bundle?.home ?? []).map((name) => {
        const entity = model?.findEntity(name);
        if (entity === undefined) return null;
        return (
          <NavLink key={name} to={`/e/${name}`} className="side-link">
            <ModelIcon name={entity.icon} size={18} />
            {entity.labelPlural}
          </NavLink>
        );
      })}
      <div className="side-rest">
        {places.slice(1).map(({ to, name, icon: Icon }) => (
          <NavLink key={to} to={to} className="side-link">
            <Icon size={18} strokeWidth={1.75} aria-hidden />
            <span className="side-label">{t(`nav.${name}`)}</span>
            {name === 'outbox' && (
              <>
                <OutboxCount />
                <OutboxBadge />
              </>
            )}
          </NavLink>
        ))}
      </div>
      {status && <SyncLine status={status} />}
    </nav>
  );
}

/** Everything that has not reached the server. */
function useUnsent() {
  const outbox = useStatus()?.outbox;
  if (outbox === undefined) return { count: 0, problems: 0 };
  return { count: outbox.waiting + outbox.held + outbox.problems, problems: outbox.problems };
}

/** For the eye; in the tone of danger where a person is needed. */
function OutboxBadge() {
  const { count, problems } = useUnsent();
  if (count === 0) return null;
  return (
    <span
      className="count-badge"
      data-tone={problems > 0 ? 'danger' : 'accent'}
      data-testid="outbox-badge"
      aria-hidden
    >
      {count > 99 ? '99+' : count}
    </span>
  );
}

/** For the ear, after the word it counts. */
function OutboxCount() {
  const { t } = useTranslation();
  const { count } = useUnsent();
  return count === 0 ? null : <span className="visually-hidden">{t('nav.unsent', { count })}</span>;
}
