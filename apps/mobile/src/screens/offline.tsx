// Taking records along: Offline Mode, what a download takes, its progress, what is on the device and how old it is, and clearing it.
import type { Status } from '@satchel/device';
import { CloudOff } from 'lucide-react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { useAction } from '../hooks/use-action.ts';
import { useBundle, useStatus } from '../hooks/use-session.tsx';
import { useWords } from '../hooks/use-words.ts';
import { DownloadCard } from '../offline/download-card.tsx';
import { EntityStates } from '../offline/entity-states.tsx';
import { AppBar } from '../parts/app-bar.tsx';
import { Empty } from '../parts/empty.tsx';
import { Confirm } from '../parts/sheet.tsx';
import { SyncLine } from '../parts/sync-line.tsx';
import { useToast } from '../parts/toast.tsx';

export function OfflineScreen() {
  const { t } = useTranslation();
  const status = useStatus();
  const { bundle } = useBundle();
  if (status === null) return null;
  return (
    <div className="screen">
      <AppBar
        title={t('offline.title')}
        actions={<SyncNow status={status} />}
        subtitle={<SyncLine status={status} />}
      />
      <div className="screen-body narrow">
        <ModeSwitch status={status} />
        {bundle?.profile == null ? (
          <Empty icon={CloudOff} title={t('offline.noProfile')} hint={t('offline.noProfileHint')} />
        ) : (
          <>
            <DownloadCard status={status} />
            <EntityStates status={status} />
          </>
        )}
        <Facts status={status} />
        <ClearCache status={status} />
      </div>
    </div>
  );
}

function SyncNow({ status }: { readonly status: Status }) {
  const { t } = useTranslation();
  const { engine } = useApp();
  const { run } = useAction();
  const isHeldBack = status.connection === 'forced-offline' || status.session.state !== 'signed-in';
  return (
    <Button
      className="button"
      isDisabled={isHeldBack || status.activity !== 'idle'}
      onPress={() => void run(() => engine.sync())}
    >
      {t('sync.now')}
    </Button>
  );
}

function ModeSwitch({ status }: { readonly status: Status }) {
  const { t } = useTranslation();
  const { engine } = useApp();
  const { run } = useAction();
  const [isAsking, setAsking] = useState(false);
  const isOn = status.connection === 'forced-offline';
  const count = status.outbox.waiting + status.outbox.held;
  const toggle = () => {
    if (isOn && count > 0) return setAsking(true);
    void run(() => engine.setForcedOffline(!isOn));
  };
  return (
    <section className="group setting">
      <label className="setting-words" htmlFor="offline-mode">
        <strong>{t('offline.mode')}</strong>
        <span>{t('offline.modeHint')}</span>
      </label>
      <input
        className="switch"
        id="offline-mode"
        type="checkbox"
        role="switch"
        checked={isOn}
        onChange={toggle}
      />
      <Confirm
        title={t('offline.goOnlineTitle')}
        text={t('offline.goOnlineText', { count })}
        confirm={t('offline.goOnline')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => void run(() => engine.setForcedOffline(false))}
      />
    </section>
  );
}

function Facts({ status }: { readonly status: Status }) {
  const { t } = useTranslation();
  const words = useWords();
  const { checkpointAt, storage } = status;
  const offMinutes = Math.round((status.clockOffsetMs ?? 0) / 60_000);
  return (
    <section className="section" aria-label={t('offline.state')}>
      <dl className="group facts">
        <div className="fact">
          <dt>{t('offline.lastSync')}</dt>
          <dd data-testid="last-sync">
            {checkpointAt === null
              ? t('offline.never')
              : `${words.ago(checkpointAt)} (${words.moment(checkpointAt)})`}
          </dd>
        </div>
        {storage !== null && (
          <div className="fact">
            <dt>{t('offline.storage')}</dt>
            <dd>
              {t('offline.used', {
                used: words.bytes(storage.usedBytes),
                quota: words.bytes(storage.quotaBytes),
              })}
              <span className="fact-note">
                {t(storage.persisted ? 'offline.persisted' : 'offline.notPersisted')}
              </span>
            </dd>
          </div>
        )}
        {status.heals > 0 && (
          <div className="fact">
            <dt>{t('offline.state')}</dt>
            <dd>{t('offline.heals', { count: status.heals })}</dd>
          </div>
        )}
      </dl>
      {Math.abs(offMinutes) >= 2 && (
        <p className="section-empty">{t('offline.clock', { minutes: Math.abs(offMinutes) })}</p>
      )}
    </section>
  );
}

function ClearCache({ status }: { readonly status: Status }) {
  const { t } = useTranslation();
  const { engine } = useApp();
  const { show } = useToast();
  const { isBusy, run } = useAction();
  const [isAsking, setAsking] = useState(false);
  const count = Object.values(status.entities).reduce(
    (sum, entity) => sum + ('rows' in entity ? entity.rows : 0),
    0,
  );
  if (count === 0) return null;
  const clear = async () => {
    if (await run(() => engine.clearCache())) show({ text: t('offline.cleared') });
  };
  return (
    <>
      <Button className="button wide" data-tone="danger" isDisabled={isBusy} onPress={() => setAsking(true)}>
        {t('offline.clear')}
      </Button>
      <Confirm
        title={t('offline.clearTitle')}
        text={t('offline.clearText', { count })}
        confirm={t('offline.clear')}
        tone="danger"
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => void clear()}
      />
    </>
  );
}
