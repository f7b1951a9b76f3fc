// One change: a conflict to settle field by field, a rejection to correct and send again, or a merge to look at and have otherwise.
// Nothing is lost on the way out.
import type { OutboxEntry } from '@satchel/device';
import { FileQuestion } from 'lucide-react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { useApp } from '../app-context.tsx';
import { useAction } from '../hooks/use-action.ts';
import { useHistory, useOutbox } from '../hooks/use-query.ts';
import { useModel } from '../hooks/use-session.tsx';
import { useWords } from '../hooks/use-words.ts';
import { ChangeList, useTitles } from '../outbox/change-list.tsx';
import { resolutionOf, type Choice } from '../outbox/choices.ts';
import { ClashCard } from '../outbox/clash-card.tsx';
import { EntryAction, EntryActions, EntryStateWords, EntryWhy } from '../outbox/entry-row.tsx';
import { waitsForSupervisor } from '../outbox/entry-words.ts';
import { MergedFields, MergedLine } from '../outbox/merged-fields.tsx';
import { ResubmitForm } from '../outbox/resubmit-form.tsx';
import { AppBar } from '../parts/app-bar.tsx';
import { Empty, Failed, Skeleton } from '../parts/empty.tsx';
import { useToast } from '../parts/toast.tsx';

/** Settled changes among which one is looked for. */
const historyRows = 500;

export function ProblemScreen() {
  const { t } = useTranslation();
  const { mutationId = '' } = useParams();
  const { value, code, reload } = useOutbox();
  const settled = useHistory(historyRows);
  const isIt = (each: OutboxEntry) => each.mutation.id === mutationId;
  const entry = value?.find(isIt) ?? settled.value?.find(isIt);
  const isRead = value !== undefined && settled.value !== undefined;
  return (
    <div className="screen">
      <AppBar title={entry?.title || t('outbox.change')} back="/outbox" isCompact />
      <div className="screen-body narrow">
        {!isRead &&
          entry === undefined &&
          (code === null ? <Skeleton /> : <Failed code={code} onRetry={reload} />)}
        {isRead && entry === undefined && (
          <Empty icon={FileQuestion} title={t('outbox.notFound')} hint={t('outbox.notFoundHint')} />
        )}
        {entry !== undefined && <Problem entry={entry} />}
      </div>
    </div>
  );
}

function Problem({ entry }: { readonly entry: OutboxEntry }) {
  const { t } = useTranslation();
  const { mutation } = entry;
  const hasClashes = Object.keys(entry.verdict?.clashes ?? {}).length > 0;
  return (
    <>
      <div className="problem-head">
        <p className="entry-meta">
          <EntryAction entry={entry} />
        </p>
        <EntryStateWords entry={entry} />
        <Link to={`/e/${mutation.entity}/${mutation.recordId}`} state={{ from: `/outbox/${mutation.id}` }}>
          {t('outbox.openRecord')}
        </Link>
      </div>
      {body()}
    </>
  );

  function body() {
    const isMine = entry.state === 'conflict' && !waitsForSupervisor(entry);
    if (isMine && hasClashes) return <Clashes entry={entry} />;
    if (isMine) return <WholeRecord entry={entry} />;
    const canSendAgain =
      entry.state === 'rejected' && (mutation.command === 'create' || mutation.command === 'update');
    return (
      <>
        <EntryWhy entry={entry} />
        <MergedLine entry={entry} />
        <MergedFields entry={entry} />
        {canSendAgain ? <ResubmitForm entry={entry} /> : <ChangeList entry={entry} />}
        <EntryActions entry={entry} isOpen />
      </>
    );
  }
}

function Clashes({ entry }: { readonly entry: OutboxEntry }) {
  const { t } = useTranslation();
  const { engine } = useApp();
  const model = useModel();
  const words = useWords();
  const titles = useTitles(entry);
  const settle = useSettle();
  const clashes = entry.verdict?.clashes ?? {};
  const [choices, setChoices] = useState<Readonly<Record<string, Choice>>>({});
  const all = (kind: 'mine' | 'theirs') =>
    setChoices(Object.fromEntries(Object.keys(clashes).map((name) => [name, { kind }])));
  const by = entry.verdict?.by;
  const isReady = Object.keys(clashes).every((name) => choices[name] !== undefined);
  const others = Object.keys(entry.mutation.changes).length - Object.keys(clashes).length;
  return (
    <>
      <p className="lead">
        {by === undefined
          ? t('conflict.introNobody')
          : t('conflict.intro', { name: by.name, when: words.moment(by.at) })}
      </p>
      {Object.keys(clashes).length > 1 && (
        <div className="entry-actions">
          <Button className="button small" onPress={() => all('mine')}>
            {t('conflict.allMine')}
          </Button>
          <Button className="button small" onPress={() => all('theirs')}>
            {t('conflict.allTheirs')}
          </Button>
        </div>
      )}
      {Object.entries(clashes).map(([name, clash]) => {
        const field = model.field(entry.mutation.entity, name);
        return (
          field && (
            <ClashCard
              key={name}
              name={name}
              field={field}
              clash={clash}
              theirName={by?.name ?? ''}
              titles={titles}
              choice={choices[name] ?? { kind: 'mine' }}
              onChoose={(choice) => setChoices((before) => ({ ...before, [name]: choice }))}
            />
          )
        );
      })}
      {others > 0 && <p className="section-empty">{t('conflict.othersKept')}</p>}
      <div className="form-foot">
        <Button
          className="button wide"
          data-tone="primary"
          isDisabled={settle.isBusy}
          onPress={() => {
            const chosen = isReady
              ? choices
              : {
                  ...Object.fromEntries(
                    Object.keys(clashes).map((name) => [name, { kind: 'mine' } as const]),
                  ),
                  ...choices,
                };
            void settle.run(() =>
              engine.resolve(entry.mutation.id, resolutionOf(entry.mutation, clashes, chosen)),
            );
          }}
        >
          {t('conflict.submit')}
        </Button>
        <TakeAllTheirs entry={entry} />
      </div>
    </>
  );
}

function TakeAllTheirs({ entry }: { readonly entry: OutboxEntry }) {
  const { t } = useTranslation();
  const { engine } = useApp();
  const settle = useSettle();
  return (
    <Button
      className="button quiet"
      isDisabled={settle.isBusy}
      onPress={() => void settle.run(() => engine.resolve(entry.mutation.id, { kind: 'take-theirs' }))}
    >
      {t('conflict.allTheirs')}
    </Button>
  );
}

/** A conflict about the record as a whole: I deleted what somebody changed, or changed what somebody deleted. */
function WholeRecord({ entry }: { readonly entry: OutboxEntry }) {
  const { t } = useTranslation();
  const { engine } = useApp();
  const words = useWords();
  const settle = useSettle();
  const { id, command } = entry.mutation;
  const by = entry.verdict?.by;
  const isDelete = command === 'delete';
  const deleted =
    by === undefined
      ? t('conflict.deletedNobody')
      : t('conflict.deleted', { name: by.name, when: words.moment(by.at) });
  return (
    <>
      <p className="lead">{isDelete ? t('conflict.changedSince') : deleted}</p>
      <ChangeList entry={entry} />
      <div className="sheet-actions">
        <Button
          className="button"
          data-tone={isDelete ? 'danger' : 'primary'}
          isDisabled={settle.isBusy}
          onPress={() => void settle.run(() => engine.resolve(id, { kind: 'keep', values: {} }))}
        >
          {t(isDelete ? 'conflict.deleteAnyway' : 'conflict.restore')}
        </Button>
        <Button
          className="button"
          isDisabled={settle.isBusy}
          onPress={() => void settle.run(() => engine.resolve(id, { kind: 'take-theirs' }))}
        >
          {t(isDelete ? 'conflict.keepRecord' : 'conflict.letGo')}
        </Button>
      </div>
    </>
  );
}

/** Runs a decision, says that it is in the outbox and goes back there. */
function useSettle() {
  const { t } = useTranslation();
  const { show } = useToast();
  const navigate = useNavigate();
  const action = useAction();
  return {
    isBusy: action.isBusy,
    run: async (verb: () => Promise<unknown>) => {
      if (!(await action.run(verb))) return;
      await navigate('/outbox', { replace: true });
      show({ text: t('outbox.resolved') });
    },
  };
}
