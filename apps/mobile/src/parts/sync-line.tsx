// One line that tells the truth about this device: what waits, what goes on, how old the records are. "Synced" only when the engine says so.
import type { Status } from '@satchel/device';
import { Check, CircleAlert, CloudOff, CloudUpload, History, RefreshCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useWords } from '../hooks/use-words.ts';
import { syncWord, type SyncWord } from '../words/sync-word.ts';

export function SyncLine({ status }: { readonly status: Status }) {
  const { t } = useTranslation();
  const words = useWords();
  const word = syncWord(status);
  const when = status.checkpointAt === null ? null : words.ago(status.checkpointAt);
  return (
    <p className="sync-line" data-state={word.kind} data-testid="sync-line">
      <SyncIcon word={word} />
      <span>{text()}</span>
      {when !== null && word.kind !== 'synced' && word.kind !== 'as-of' && (
        <span className="sync-when">{t('sync.lastSync', { when })}</span>
      )}
    </p>
  );

  function text(): string {
    switch (word.kind) {
      case 'busy':
        return t(`sync.${word.what}`);
      case 'problems':
      case 'waiting':
      case 'held':
      case 'settling':
        return t(`sync.${word.kind}`, { count: word.count });
      case 'synced':
        return t('sync.synced', { when });
      case 'as-of':
        return t('sync.asOf', { when });
      case 'never':
        return t('sync.never');
    }
  }
}

export function SyncIcon({ word, size = 16 }: { readonly word: SyncWord; readonly size?: number }) {
  switch (word.kind) {
    case 'busy':
      return <RefreshCw className="spin" size={size} aria-hidden />;
    case 'problems':
      return <CircleAlert size={size} aria-hidden />;
    case 'waiting':
    case 'settling':
    case 'held':
      return <CloudUpload size={size} aria-hidden />;
    case 'synced':
      return <Check size={size} aria-hidden />;
    case 'as-of':
      return <History size={size} aria-hidden />;
    case 'never':
      return <CloudOff size={size} aria-hidden />;
  }
}
