// One record: what it is, how it stands with the server, what one can do with it, its fields and what hangs on it.
import type { RecordView } from '@satchel/device';
import { FileQuestion, Pencil, Radio, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useNavigate, useParams } from 'react-router';
import { useApp } from '../app-context.tsx';
import { useAction } from '../hooks/use-action.ts';
import { useRecord } from '../hooks/use-query.ts';
import { useModel } from '../hooks/use-session.tsx';
import { useWords } from '../hooks/use-words.ts';
import { AppBar } from '../parts/app-bar.tsx';
import { Badge } from '../parts/badge.tsx';
import { Empty, Failed, Skeleton } from '../parts/empty.tsx';
import { Mark } from '../parts/mark.tsx';
import { Confirm } from '../parts/sheet.tsx';
import { choiceOf } from '../format/value-text.ts';
import { CommandBar } from '../record/command-bar.tsx';
import { offerOf } from '../record/offers.ts';
import { ProblemPanel } from '../record/problem-panel.tsx';
import { RelatedLists } from '../record/related-list.tsx';
import { Sections } from '../record/sections.tsx';
import { useCircumstances } from '../record/use-circumstances.ts';
import { useSaved } from '../record/use-saved.ts';

export function RecordScreen() {
  const { t } = useTranslation();
  const { entity = '', id = '' } = useParams();
  const back = useBack(`/e/${entity}`);
  const live = useRecord(entity, id);
  const model = useModel();
  if (live.value === undefined)
    return (
      <div className="screen">
        <AppBar title={model.entity(entity).label} back={back} isCompact />
        {live.code === null ? <Skeleton /> : <Failed code={live.code} onRetry={live.reload} />}
      </div>
    );
  if (live.value === null)
    return (
      <div className="screen">
        <AppBar title={model.entity(entity).label} back={back} isCompact />
        <Empty icon={FileQuestion} title={t('record.gone')} hint={t('record.goneHint')} />
      </div>
    );
  return <RecordBody entity={entity} id={id} view={live.value} back={back} />;
}

function RecordBody(props: {
  readonly entity: string;
  readonly id: string;
  readonly view: RecordView;
  readonly back: string;
}) {
  const { t } = useTranslation();
  const { entity, id, view } = props;
  const model = useModel();
  const definition = model.entity(entity);
  const title = String(view.row[definition.titleField] ?? '') || t('list.untitled');
  const isDeleted = view.mark === 'deleted-here';
  return (
    <div className="screen">
      <AppBar
        title={definition.label}
        back={props.back}
        isCompact
        actions={!isDeleted && <RecordActions entity={entity} id={id} view={view} title={title} />}
      />
      <div className="screen-body record" data-testid="record">
        <RecordHead entity={entity} view={view} title={title} />
        {isDeleted && <p className="notice">{t('record.deleted')}</p>}
        <ProblemPanel entries={view.entries} entity={entity} />
        {!isDeleted && <CommandBar entity={entity} id={id} view={view} />}
        <Sections entity={entity} view={view} />
        <RelatedLists entity={entity} id={id} title={title} />
      </div>
    </div>
  );
}

function RecordHead({
  entity,
  view,
  title,
}: {
  readonly entity: string;
  readonly view: RecordView;
  readonly title: string;
}) {
  const { t } = useTranslation();
  const model = useModel();
  const words = useWords();
  const fields = model.fields(entity);
  const badges = model.defaultView(entity).columns.flatMap((name) => {
    const field = fields[name];
    if (field?.type !== 'choice') return [];
    return choiceOf(field.choices, view.row[name]) ?? [];
  });
  const number = Object.entries(fields).find(([, field]) => field.type === 'autonumber');
  const modifiedAt = view.row['modified_at'];
  return (
    <div className="record-head">
      {number && (
        <p className="record-number">{String(view.row[number[0]] ?? '') || t('record.pendingNumber')}</p>
      )}
      <h2 className="record-title">{title}</h2>
      <div className="record-badges">
        {badges.map((choice) => (
          <Badge key={choice.value} choice={choice} />
        ))}
        {view.mark && <Mark mark={view.mark} />}
        {view.source === 'server' && (
          <span className="mark" data-tone="live">
            <Radio size={14} aria-hidden /> {t('record.live')}
          </span>
        )}
        {typeof modifiedAt === 'string' && (
          <span className="record-changed" title={words.moment(modifiedAt)}>
            {t('record.changed', { when: words.ago(modifiedAt) })}
          </span>
        )}
      </div>
    </div>
  );
}

function RecordActions(props: {
  readonly entity: string;
  readonly id: string;
  readonly view: RecordView;
  readonly title: string;
}) {
  const { t } = useTranslation();
  const { engine } = useApp();
  const { run } = useAction();
  const navigate = useNavigate();
  const saved = useSaved();
  const at = useCircumstances();
  const [isAsking, setAsking] = useState(false);
  if (at === null) return null;
  const { entity, id, view } = props;
  const canEdit = offerOf(at, entity, 'update', view.row)?.refused === null;
  const canDelete = offerOf(at, entity, 'delete', view.row)?.refused === null;
  const remove = () =>
    void run(async () => {
      saved(await engine.mutate({ entity, recordId: id, command: 'delete', seen: view.row }));
      await navigate(`/e/${entity}`);
    });
  return (
    <>
      {canDelete && (
        <Button className="icon-button" aria-label={t('action.delete')} onPress={() => setAsking(true)}>
          <Trash2 size={20} aria-hidden />
        </Button>
      )}
      {canEdit && (
        <Link className="button quiet" to={`/e/${entity}/${id}/edit`}>
          <Pencil size={18} aria-hidden /> {t('action.edit')}
        </Link>
      )}
      <Confirm
        title={t('record.confirmDelete')}
        text={t('record.confirmDeleteText', { title: props.title })}
        confirm={t('action.delete')}
        tone="danger"
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={remove}
      />
    </>
  );
}

/** Where the arrow leads: the place a link was followed from, else the list. */
function useBack(standard: string): string {
  const state: unknown = useLocation().state;
  if (typeof state === 'object' && state !== null && 'from' in state && typeof state.from === 'string')
    return state.from;
  return standard;
}
