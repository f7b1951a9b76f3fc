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
          <span className="tab-icon">
            <Icon size={22} strokeWidth={1.75} aria-hidden />
            {name === 'outbox' && <OutboxBadge />}
          </span>
          <span className="tab-label">{t(`nav.${name}`)}</span>
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
            {name === 'outbox' && <OutboxBadge />}
          </NavLink>
        ))}
      </div>
      {status && <SyncLine status={status} />}
    </nav>
  );
}

/** Everything that has not reached the server; in the tone of danger where a person is needed. */
function OutboxBadge() {
  const { t } = useTranslation();
  const outbox = useStatus()?.outbox;
  const count = outbox === undefined ? 0 : outbox.waiting + outbox.held + outbox.problems;
  if (outbox === undefined || count === 0) return null;
  return (
    <span
      className="count-badge"
      data-tone={outbox.problems > 0 ? 'danger' : 'accent'}
      data-testid="outbox-badge"
    >
      {count > 99 ? '99+' : count}
      <span className="visually-hidden"> {t('outbox.tabWaiting')}</span>
    </span>
  );
}
