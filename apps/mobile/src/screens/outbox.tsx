// Everything that has not reached the server, in the order in which the person acted, and what was settled before.
import type { OutboxEntry } from '@satchel/device';
import { History, Inbox, Send } from 'lucide-react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { useAction } from '../hooks/use-action.ts';
import { useHistory, useOutbox } from '../hooks/use-query.ts';
import { useStatus } from '../hooks/use-session.tsx';
import { EntryRow } from '../outbox/entry-row.tsx';
import { groupEntries, recordCount } from '../outbox/entry-words.ts';
import { AppBar } from '../parts/app-bar.tsx';
import { Empty, Failed, Skeleton } from '../parts/empty.tsx';
import { SyncLine } from '../parts/sync-line.tsx';

const historyRows = 100;

export function OutboxScreen() {
  const { t } = useTranslation();
  const status = useStatus();
  const [tab, setTab] = useState<'waiting' | 'history'>('waiting');
  return (
    <div className="screen">
      <AppBar
        title={t('outbox.title')}
        actions={<SendNow />}
        subtitle={status && <SyncLine status={status} />}
      />
      <div className="screen-body narrow">
        <div className="segments" role="group" aria-label={t('outbox.title')}>
          <Button className="segment" aria-pressed={tab === 'waiting'} onPress={() => setTab('waiting')}>
            {t('outbox.tabWaiting')}
          </Button>
          <Button className="segment" aria-pressed={tab === 'history'} onPress={() => setTab('history')}>
            {t('outbox.tabHistory')}
          </Button>
        </div>
        {tab === 'waiting' ? <Waiting /> : <Settled />}
      </div>
    </div>
  );
}

function SendNow() {
  const { t } = useTranslation();
  const { engine } = useApp();
  const { run } = useAction();
  const status = useStatus();
  if (status === null) return null;
  // "No connection" is what the last attempt showed: a person who knows better may try at once.
  const isHeldBack = status.connection === 'forced-offline' || status.session.state !== 'signed-in';
  return (
    <Button
      className="button"
      data-tone={status.outbox.waiting > 0 ? 'primary' : undefined}
      isDisabled={isHeldBack || status.activity !== 'idle'}
      onPress={() => void run(() => engine.sync())}
    >
      <Send size={18} aria-hidden /> {t('outbox.sendNow')}
    </Button>
  );
}

function Waiting() {
  const { t } = useTranslation();
  const connection = useStatus()?.connection;
  const { value, code, reload } = useOutbox();
  if (value === undefined)
    return code === null ? <Skeleton rows={3} /> : <Failed code={code} onRetry={reload} />;
  if (value.length === 0)
    return <Empty icon={Inbox} title={t('outbox.empty')} hint={t('outbox.emptyHint')} />;
  return (
    <>
      <p className="outbox-summary">
        {t('outbox.summary', { count: value.length })} {t('outbox.onRecords', { count: recordCount(value) })}.{' '}
        {connection === 'offline' && t('outbox.offlineNow')}
        {connection === 'forced-offline' && t('outbox.forcedNow')}
      </p>
      <ol className="entries">
        {groupEntries(value).map(({ head, held }) => (
          <li key={head.mutation.id} className="group">
            <EntryRow entry={head} />
            {held.length > 0 && (
              <div className="held">
                <p className="held-head">{t('outbox.heldUnder')}</p>
                {held.map((entry) => (
                  <EntryRow key={entry.mutation.id} entry={entry} />
                ))}
              </div>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

function Settled() {
  const { t } = useTranslation();
  const { value, code, reload } = useHistory(historyRows);
  if (value === undefined)
    return code === null ? <Skeleton rows={3} /> : <Failed code={code} onRetry={reload} />;
  if (value.length === 0)
    return <Empty icon={History} title={t('outbox.emptyHistory')} hint={t('outbox.emptyHistoryHint')} />;
  return (
    <ol className="entries">
      {value.map((entry: OutboxEntry) => (
        <li key={entry.mutation.id} className="group">
          <EntryRow entry={entry} />
        </li>
      ))}
    </ol>
  );
}
