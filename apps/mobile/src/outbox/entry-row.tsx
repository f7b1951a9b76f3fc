// One change in the outbox: which record, what was done, old and new values, how it stands, and what one can do about it.
import type { EntryState, OutboxEntry } from '@satchel/device';
import type { ErrorCode } from '@satchel/model';
import {
  Check,
  CheckCheck,
  CircleAlert,
  CircleSlash,
  CloudUpload,
  GitMerge,
  Hourglass,
  RefreshCw,
  RotateCw,
  type LucideIcon,
} from 'lucide-react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useApp } from '../app-context.tsx';
import { useAction } from '../hooks/use-action.ts';
import { useModel } from '../hooks/use-session.tsx';
import { useWords } from '../hooks/use-words.ts';
import { Confirm } from '../parts/sheet.tsx';
import { useToast } from '../parts/toast.tsx';
import { useErrorWords } from '../words/error-words.ts';
import { ChangeList } from './change-list.tsx';
import { MergedLine } from './merged-fields.tsx';
import { hasMergedFields } from './merged-words.ts';
import { canDiscard, canUndo, waitsForSupervisor } from './entry-words.ts';
import { useUndo } from './use-undo.ts';

const icons: Readonly<Record<EntryState, LucideIcon>> = {
  queued: CloudUpload,
  held: Hourglass,
  sending: RefreshCw,
  retrying: RotateCw,
  applied: Check,
  merged: CheckCheck,
  conflict: GitMerge,
  rejected: CircleAlert,
  discarded: CircleSlash,
};

const noWay: ReadonlySet<ErrorCode> = new Set([
  'network',
  'timeout',
  'not_our_server',
  'unavailable',
  'session_expired',
]);

export function EntryRow({ entry }: { readonly entry: OutboxEntry }) {
  const { t } = useTranslation();
  const words = useWords();
  const { mutation, state } = entry;
  const hasMore = state === 'conflict' || state === 'rejected' || hasMergedFields(entry);
  return (
    <article className="entry" data-state={state} data-testid="outbox-entry">
      <div className="entry-head">
        <Link
          className="entry-title"
          to={hasMore ? `/outbox/${mutation.id}` : `/e/${mutation.entity}/${mutation.recordId}`}
          state={{ from: '/outbox' }}
        >
          {entry.title || t('list.untitled')}
        </Link>
        <EntryStateWords entry={entry} />
      </div>
      <p className="entry-meta">
        <EntryAction entry={entry} /> ·{' '}
        <time title={words.moment(mutation.at.corrected ?? mutation.at.device)}>
          {words.ago(mutation.at.corrected ?? mutation.at.device)}
        </time>
        {entry.attempts > 0 && <> · {t('outbox.attempts', { count: entry.attempts })}</>}
      </p>
      <ChangeList entry={entry} />
      <EntryWhy entry={entry} />
      <MergedLine entry={entry} />
      <EntryActions entry={entry} />
    </article>
  );
}

export function EntryAction({ entry }: { readonly entry: OutboxEntry }) {
  const { t } = useTranslation();
  const model = useModel();
  const { entity, command } = entry.mutation;
  const label = model.findEntity(entity)?.label ?? entity;
  const action =
    command === 'create' || command === 'update' || command === 'delete'
      ? t(`entryAction.${command}`)
      : (model.command(entity, command)?.label ?? command);
  return (
    <>
      {label} · {action}
    </>
  );
}

export function EntryStateWords({ entry }: { readonly entry: OutboxEntry }) {
  const { t } = useTranslation();
  const { state } = entry;
  const isSupervisors = waitsForSupervisor(entry);
  const Icon = isSupervisors ? Hourglass : icons[state];
  return (
    <span className="entry-state" data-state={state}>
      <Icon size={14} className={state === 'sending' ? 'spin' : undefined} aria-hidden />
      {isSupervisors ? t('outbox.waitsForSupervisor') : t(`entryState.${state}`)}
    </span>
  );
}

/** The plain-language reason, where there is one. */
export function EntryWhy({ entry }: { readonly entry: OutboxEntry }) {
  const { t } = useTranslation();
  const words = useErrorWords();
  const code = entry.verdict?.code ?? entry.lastError;
  if (code === null || code === undefined || entry.state === 'applied' || entry.state === 'merged')
    return null;
  const isRefused = entry.state === 'conflict' || entry.state === 'rejected';
  // That there is no way to the server is said once, above everything, and not of every change.
  if (!isRefused && noWay.has(code)) return null;
  return (
    <p className="entry-why" data-tone={isRefused && !waitsForSupervisor(entry) ? 'danger' : 'neutral'}>
      {entry.verdict?.reason ?? `${words(code).title} ${words(code).advice}`}
      {entry.verdict?.reference !== undefined && (
        <> {t('outbox.reference', { reference: entry.verdict.reference })}</>
      )}
    </p>
  );
}

/** `isOpen`: drawn on the change's own screen, which needs no way to itself. */
export function EntryActions({
  entry,
  isOpen = false,
}: {
  readonly entry: OutboxEntry;
  readonly isOpen?: boolean;
}) {
  const { t } = useTranslation();
  const { engine } = useApp();
  const { show } = useToast();
  const { isBusy, run } = useAction();
  const taking = useUndo();
  const [isAsking, setAsking] = useState(false);
  const { id } = entry.mutation;
  const act = async (verb: () => Promise<void>, said: string) => {
    if (await run(verb)) show({ text: said });
  };
  const isSupervisors = waitsForSupervisor(entry);
  const isProblem = !isSupervisors && (entry.state === 'conflict' || entry.state === 'rejected');
  const givingUp = t(isSupervisors ? 'action.withdraw' : 'action.discard');
  if (!canUndo(entry) && !canDiscard(entry)) return null;
  return (
    <div className="entry-actions">
      {isProblem && !isOpen && (
        <Link className="button small" data-tone="primary" to={`/outbox/${id}`}>
          {t(entry.state === 'conflict' ? 'record.resolve' : 'record.fix')}
        </Link>
      )}
      {canUndo(entry) && (
        <Button className="button small" isDisabled={isBusy || taking.isBusy} onPress={() => taking.undo(id)}>
          {t('action.undo')}
        </Button>
      )}
      {canDiscard(entry) && (
        <Button className="button small" isDisabled={isBusy} onPress={() => setAsking(true)}>
          {givingUp}
        </Button>
      )}
      <Confirm
        title={t(isSupervisors ? 'outbox.confirmWithdraw' : 'outbox.confirmDiscard')}
        text={t(isSupervisors ? 'outbox.confirmWithdrawText' : 'outbox.confirmDiscardText')}
        confirm={givingUp}
        tone="danger"
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() =>
          void act(() => engine.discard(id), t(isSupervisors ? 'outbox.withdrawn' : 'outbox.discarded'))
        }
      />
    </div>
  );
}
