// Records that point here: short lists with a way to add one, and conversations with a box to write in.
import type { RecordMark } from '@satchel/device';
import type { Field, RecordId, RelatedList as RelatedListModel, Row } from '@satchel/model';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { useApp } from '../app-context.tsx';
import { useAction } from '../hooks/use-action.ts';
import { useQuery } from '../hooks/use-query.ts';
import { useModel, useStatus } from '../hooks/use-session.tsx';
import { useWords } from '../hooks/use-words.ts';
import { lookupValue, pointsTo } from '../list/conditions.ts';
import { ListRow } from '../list/list-row.tsx';
import { Mark } from '../parts/mark.tsx';
import { useErrorWords } from '../words/error-words.ts';
import { canCreate } from './offers.ts';
import { useSaved } from './use-saved.ts';

const firstRows = 20;

interface Props {
  readonly entity: string;
  readonly id: RecordId;
}

export function RelatedLists({ entity, id }: Props & { readonly title: string }) {
  const model = useModel();
  return model
    .form(entity)
    .related.filter((list) => model.findEntity(list.entity) !== undefined)
    .map((list) => <Related key={`${list.entity} ${list.via}`} list={list} entity={entity} id={id} />);
}

function Related({ list, entity, id }: Props & { readonly list: RelatedListModel }) {
  const { t } = useTranslation();
  const model = useModel();
  const words = useErrorWords();
  const { pathname } = useLocation();
  const connection = useStatus()?.connection;
  const [limit, setLimit] = useState(firstRows);
  const { value, code } = useQuery(
    {
      entity: list.entity,
      where: [pointsTo(model, list.entity, list.via, { entity, id })],
      order: list.order,
      limit,
      count: true,
    },
    `related ${list.entity} ${list.via} ${id}`,
  );
  const isOffline = connection === 'offline' || connection === 'forced-offline';
  const canAdd = list.canAdd === true && canCreate(model, list.entity, isOffline);
  const more = (value?.total ?? 0) - (value?.rows.length ?? 0);
  return (
    <section className="section" aria-label={list.label}>
      <div className="section-head">
        <h3 className="section-title">
          {list.label} {value?.total !== undefined && <span className="section-count">{value.total}</span>}
        </h3>
        {canAdd && list.notesField === undefined && (
          <Link
            className="button quiet small"
            to={`/e/${list.entity}/new?via=${list.via}&entity=${entity}&id=${id}`}
            state={{ from: pathname }}
          >
            <Plus size={18} aria-hidden /> {t('action.add')}
            <span className="visually-hidden">{model.entity(list.entity).label}</span>
          </Link>
        )}
      </div>
      {list.notesField !== undefined && canAdd && (
        <NoteBox list={list} field={list.notesField} entity={entity} id={id} />
      )}
      {code !== null && <p className="section-empty">{words(code).title}</p>}
      {value?.rows.length === 0 && <p className="section-empty">{t('record.noRelated')}</p>}
      {value !== undefined && value.rows.length > 0 && (
        <ul className="group">
          {value.rows.map((row) => {
            const mark = value.marks[String(row['id'])] ?? null;
            return (
              <li key={String(row['id'])}>
                {list.notesField === undefined ? (
                  <ListRow
                    entity={list.entity}
                    columns={list.columns}
                    row={row}
                    titles={value.titles}
                    mark={mark}
                    from={pathname}
                  />
                ) : (
                  <Note list={list} row={row} titles={value.titles} mark={mark} />
                )}
              </li>
            );
          })}
        </ul>
      )}
      {more > 0 && (
        <Button className="button quiet" onPress={() => setLimit((before) => before + 50)}>
          {t('record.showAll', { count: more })}
        </Button>
      )}
    </section>
  );
}

/** Who wrote it and when: the list's own columns where it has such, else the stamps. */
function Note(props: {
  readonly list: RelatedListModel;
  readonly row: Row;
  readonly titles: Readonly<Record<RecordId, string>>;
  readonly mark: RecordMark | null;
}) {
  const model = useModel();
  const words = useWords();
  const { list, row, mark } = props;
  const column = (type: Field['type'], standard: string) =>
    row[list.columns.find((name) => model.field(list.entity, name)?.type === type) ?? standard];
  const at = column('dateTime', 'created_at');
  return (
    <article className="note">
      <p className="note-head">
        <strong>{props.titles[String(column('lookup', 'created_by'))]}</strong>
        {typeof at === 'string' && <time title={words.moment(at)}>{words.ago(at)}</time>}
      </p>
      <p className="note-text">{String(row[list.notesField ?? ''] ?? '')}</p>
      {mark && <Mark mark={mark} />}
    </article>
  );
}

function NoteBox({
  list,
  field,
  entity,
  id,
}: Props & { readonly list: RelatedListModel; readonly field: string }) {
  const { t } = useTranslation();
  const { engine, texts } = useApp();
  const model = useModel();
  const { isBusy, run } = useAction();
  const saved = useSaved();
  const key = `note ${list.entity} ${id}`;
  const [text, setText] = useState(() => texts.get(key) ?? '');
  const write = (next: string) => {
    setText(next);
    if (next === '') texts.remove(key);
    else texts.set(key, next);
  };
  const add = async () => {
    const values = { [list.via]: lookupValue(model, list.entity, list.via, { entity, id }), [field]: text };
    if (await run(async () => saved(await engine.mutate({ entity: list.entity, command: 'create', values }))))
      write('');
  };
  return (
    <form
      className="note-box"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <textarea
        className="input"
        rows={2}
        aria-label={t('record.writeNote')}
        placeholder={t('record.writeNote')}
        value={text}
        onChange={(event) => write(event.target.value)}
      />
      <Button className="button" type="submit" isDisabled={isBusy || text.trim() === ''}>
        {t('record.addNote')}
      </Button>
    </form>
  );
}
