// The download: what it would take before it starts, how far it is while it runs, and that it can be continued when it stopped.
import type { Status } from '@satchel/device';
import { CircleAlert, CircleCheck, CircleDashed, Download } from 'lucide-react';
import { useEffect } from 'react';
import { Button, Label, ProgressBar } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { useAction } from '../hooks/use-action.ts';
import { useLive } from '../hooks/use-live.ts';
import { useWords } from '../hooks/use-words.ts';
import { useErrorWords } from '../words/error-words.ts';
import { readiness } from './readiness.ts';

export function DownloadCard({ status }: { readonly status: Status }) {
  const { t } = useTranslation();
  const { engine } = useApp();
  const { isBusy, run } = useAction();
  const ready = readiness(status.entities);
  const isRunning = status.activity === 'downloading' || isBusy;
  const isAway = status.connection === 'offline' || status.connection === 'forced-offline';
  useWakeLock(isRunning);
  const Icon = ready.kind === 'ready' ? CircleCheck : ready.kind === 'partly' ? CircleAlert : CircleDashed;
  return (
    <section className="group download" data-state={ready.kind} data-testid="download">
      <p className="download-state">
        <Icon size={20} aria-hidden />
        <strong>
          {t(
            ready.kind === 'ready'
              ? 'offline.ready'
              : ready.kind === 'partly'
                ? 'offline.partly'
                : 'offline.notReady',
          )}
        </strong>
      </p>
      {isRunning ? (
        <Progress rows={ready.rows} expected={Math.max(ready.rowsExpected, ready.rows, 1)} />
      ) : (
        <>
          {ready.kind === 'ready' && <p>{t('offline.complete', { count: ready.rows })}</p>}
          {ready.kind === 'partly' && <p>{t('offline.failedDownload')}</p>}
          {ready.kind === 'none' && !isAway && <Plan />}
          {isAway && ready.kind !== 'ready' && <p>{t('offline.needNetwork')}</p>}
          <Button
            className="button wide"
            data-tone={ready.kind === 'ready' ? undefined : 'primary'}
            isDisabled={status.connection === 'forced-offline' || status.session.state !== 'signed-in'}
            onPress={() => void run(() => engine.download())}
          >
            <Download size={18} aria-hidden />
            {t(
              ready.kind === 'ready'
                ? 'offline.again'
                : ready.kind === 'partly'
                  ? 'offline.resume'
                  : 'offline.download',
            )}
          </Button>
        </>
      )}
    </section>
  );
}

function Progress({ rows, expected }: { readonly rows: number; readonly expected: number }) {
  const { t } = useTranslation();
  const format = new Intl.NumberFormat();
  return (
    <>
      <ProgressBar className="progress" value={rows} maxValue={expected}>
        {({ percentage }) => (
          <>
            <Label>{t('offline.downloading')}</Label>
            <span className="progress-words">
              {t('offline.progress', { rows: format.format(rows), expected: format.format(expected) })}
            </span>
            <span className="progress-track">
              <span className="progress-fill" style={{ width: `${percentage ?? 0}%` }} />
            </span>
          </>
        )}
      </ProgressBar>
      <p className="section-empty">{t('offline.keepOpen')}</p>
    </>
  );
}

function Plan() {
  const { t } = useTranslation();
  const { engine } = useApp();
  const words = useWords();
  const errorWords = useErrorWords();
  const { value, code } = useLive({
    subject: 'plan',
    key: '',
    read: () => engine.plan(),
    concerns: () => false,
  });
  if (code !== null) return <p>{`${errorWords(code).title} ${errorWords(code).advice}`}</p>;
  if (value === undefined) return <p>{t('offline.planning')}</p>;
  return (
    <p data-testid="plan">
      {t('offline.plan', {
        rows: new Intl.NumberFormat().format(value.rows),
        size: words.bytes(value.bytes),
        time: words.duration(value.seconds),
      })}
    </p>
  );
}

/** Keeps the screen on while it is needed; where the browser cannot, nothing is lost but time. */
function useWakeLock(isNeeded: boolean): void {
  const { log } = useApp();
  useEffect(() => {
    if (!isNeeded || !('wakeLock' in navigator)) return;
    let lock: WakeLockSentinel | null = null;
    let isOver = false;
    navigator.wakeLock.request('screen').then(
      (granted) => {
        lock = granted;
        if (isOver) void granted.release();
      },
      (error: unknown) => log('keeping the screen on', error),
    );
    return () => {
      isOver = true;
      void lock?.release();
    };
  }, [isNeeded, log]);
}
