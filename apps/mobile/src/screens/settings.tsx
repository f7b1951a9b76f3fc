// Who and what this is, how it looks, and signing out without losing what was not sent.
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useApp } from '../app-context.tsx';
import { useAction } from '../hooks/use-action.ts';
import { useBundle, useStatus } from '../hooks/use-session.tsx';
import { AppBar } from '../parts/app-bar.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { useToast } from '../parts/toast.tsx';
import { applyTheme, themeOf, themes, type Theme } from '../theme.ts';

export function SettingsScreen() {
  const { t } = useTranslation();
  const { version } = useApp();
  const { bundle } = useBundle();
  const session = useStatus()?.session;
  if (session === undefined || session.state === 'signed-out') return null;
  const facts: readonly (readonly [string, string])[] = [
    [t('settings.person'), session.user.name],
    [t('settings.login'), session.user.login],
    [t('settings.roles'), session.user.roles.join(', ')],
    [t('settings.organisation'), session.organisation.label],
    [t('settings.solution'), bundle?.solution.label ?? ''],
    [t('settings.version'), `${version} · ${t('settings.bundle')} ${bundle?.hash.slice(0, 8) ?? ''}`],
  ];
  return (
    <div className="screen">
      <AppBar title={t('settings.title')} />
      <div className="screen-body narrow">
        <dl className="group facts">
          {facts.map(([label, value]) => (
            <div className="fact" key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <ThemeChoice />
        {!matchMedia('(display-mode: standalone)').matches && (
          <section className="section">
            <h2 className="section-title">{t('settings.install')}</h2>
            <p className="group text">{t('settings.installHint')}</p>
          </section>
        )}
        <SignOut />
      </div>
    </div>
  );
}

function ThemeChoice() {
  const { t } = useTranslation();
  const { texts } = useApp();
  const [theme, setTheme] = useState<Theme>(() => themeOf(texts));
  const labels = {
    auto: t('settings.themeAuto'),
    light: t('settings.themeLight'),
    dark: t('settings.themeDark'),
  };
  return (
    <section className="section">
      <h2 className="section-title" id="theme-label">
        {t('settings.theme')}
      </h2>
      <div className="segments" role="group" aria-labelledby="theme-label">
        {themes.map((each) => (
          <Button
            key={each}
            className="segment"
            aria-pressed={each === theme}
            onPress={() => {
              setTheme(each);
              applyTheme(texts, each);
            }}
          >
            {labels[each]}
          </Button>
        ))}
      </div>
    </section>
  );
}

function SignOut() {
  const { t } = useTranslation();
  const { engine } = useApp();
  const { show } = useToast();
  const navigate = useNavigate();
  const { isBusy, run } = useAction();
  const outbox = useStatus()?.outbox;
  const [isAsking, setAsking] = useState(false);
  const unsent = outbox === undefined ? 0 : outbox.waiting + outbox.held + outbox.problems;
  const leave = async (keepUnsent: boolean) => {
    const isDone = await run(() => engine.signOut({ keepUnsent }));
    setAsking(false);
    if (isDone) await navigate('/', { replace: true });
  };
  const sendFirst = async () => {
    if (!(await run(() => engine.sync()))) return;
    const status = await engine.status();
    const left = status.outbox.waiting + status.outbox.held + status.outbox.problems;
    if (left === 0) return leave(false);
    setAsking(false);
    show({ text: t('settings.stillWaiting'), tone: 'danger' });
  };
  return (
    <>
      <Button className="button wide" data-tone="danger" onPress={() => setAsking(true)}>
        {t('settings.signOut')}
      </Button>
      <Sheet title={t('settings.signOutTitle')} isOpen={isAsking} onClose={() => setAsking(false)}>
        <p className="sheet-text">
          {unsent > 0 && <strong>{t('settings.signOutUnsent', { count: unsent })} </strong>}
          {t('settings.signOutText')}
        </p>
        <div className="sheet-actions">
          {unsent > 0 ? (
            <>
              <Button
                className="button"
                data-tone="primary"
                isDisabled={isBusy}
                onPress={() => void sendFirst()}
              >
                {t('settings.sendFirst')}
              </Button>
              <Button className="button" isDisabled={isBusy} onPress={() => void leave(true)}>
                {t('settings.keepLocked')}
              </Button>
            </>
          ) : (
            <Button
              className="button"
              data-tone="danger"
              isDisabled={isBusy}
              onPress={() => void leave(false)}
            >
              {t('settings.signOut')}
            </Button>
          )}
          <Button className="button" onPress={() => setAsking(false)}>
            {t('action.cancel')}
          </Button>
        </div>
      </Sheet>
    </>
  );
}
