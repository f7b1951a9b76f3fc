// What a screen says when it has nothing to show, or could not read it: what is so, and what to do.
import type { LucideIcon } from 'lucide-react';
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { useErrorWords, type ShownCode } from '../words/error-words.ts';

export function Empty(props: {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly hint?: string;
  readonly children?: ReactNode;
}) {
  const Icon = props.icon;
  return (
    <div className="empty">
      <Icon size={32} strokeWidth={1.5} aria-hidden />
      <p className="empty-title">{props.title}</p>
      {props.hint && <p className="empty-hint">{props.hint}</p>}
      {props.children}
    </div>
  );
}

export function Failed({ code, onRetry }: { readonly code: ShownCode; readonly onRetry: () => void }) {
  const { t } = useTranslation();
  const { engine, log } = useApp();
  const { title, advice } = useErrorWords()(code);
  // Reads from the server wait for the way there to be found free: trying again looks for it too, and what it finds is read by itself.
  const retry = () => {
    onRetry();
    engine.sync().then(onRetry, (error: unknown) => log('trying again', error));
  };
  return (
    <Empty icon={CircleAlert} title={title} hint={advice}>
      <Button className="button" onPress={retry}>
        {t('action.retry')}
      </Button>
    </Empty>
  );
}

/** Grey lines where rows will be; said once to screen readers. */
export function Skeleton({ rows = 6 }: { readonly rows?: number }) {
  const { t } = useTranslation();
  return (
    <div className="skeleton" aria-busy="true">
      <span className="visually-hidden">{t('list.loading')}</span>
      {Array.from(Array(rows).keys(), (place) => (
        <div className="skeleton-row" key={place} aria-hidden />
      ))}
    </div>
  );
}
