// Picks the record that a lookup points to, by searching what is on the device (or the server, where the device does not carry it).
import { formatReference, parseReference, type LookupField, type RecordId, type Row } from '@satchel/model';
import { ChevronsUpDown, Search, SearchX, X } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { Button, Input as TextInput, SearchField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { useLive } from '../hooks/use-live.ts';
import { useQuery } from '../hooks/use-query.ts';
import { useModel } from '../hooks/use-session.tsx';
import { useWords } from '../hooks/use-words.ts';
import { rowContent } from '../list/row-content.ts';
import { Empty, Failed, Skeleton } from '../parts/empty.tsx';
import { Sheet } from '../parts/sheet.tsx';

const foundMax = 50;

export function LookupInput(props: {
  readonly id: string;
  readonly field: LookupField;
  readonly value: string;
  readonly titles: Readonly<Record<RecordId, string>>;
  readonly onChange: (value: string) => void;
  readonly onLeave: () => void;
}) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const { field, value } = props;
  const target =
    value === ''
      ? null
      : field.to.length > 1
        ? parseReference(value)
        : { entity: field.to[0] ?? '', id: value };
  const title = useTitle(target, props.titles);
  const close = () => {
    setOpen(false);
    props.onLeave();
  };
  return (
    <div className="lookup">
      <Button
        id={props.id}
        className="input lookup-button"
        aria-labelledby={`${props.id}-label ${props.id}`}
        onPress={() => setOpen(true)}
      >
        <span className={target === null ? 'lookup-none' : undefined}>
          {target === null ? t('form.choose') : title}
        </span>
        <ChevronsUpDown size={16} aria-hidden />
      </Button>
      {target !== null && !field.required && (
        <Button
          className="icon-button"
          aria-label={t('form.remove', { label: field.label })}
          onPress={() => props.onChange('')}
        >
          <X size={18} aria-hidden />
        </Button>
      )}
      <Sheet title={t('form.pick', { label: field.label })} isOpen={isOpen} onClose={close} isTall>
        <Picker
          field={field}
          onPick={(entity, id) => {
            props.onChange(field.to.length > 1 ? formatReference(entity, id) : id);
            close();
          }}
        />
      </Sheet>
    </div>
  );
}

function Picker({
  field,
  onPick,
}: {
  readonly field: LookupField;
  readonly onPick: (entity: string, id: RecordId) => void;
}) {
  const { t } = useTranslation();
  const model = useModel();
  const targets = field.to.flatMap((name) => model.findEntity(name) ?? []);
  const [entity, setEntity] = useState(targets[0]?.name ?? '');
  const [search, setSearch] = useState('');
  const label = model.findEntity(entity)?.labelPlural ?? '';
  return (
    <div className="picker">
      {targets.length > 1 && (
        <div className="segments" role="group" aria-label={field.label}>
          {targets.map((each) => (
            <Button
              key={each.name}
              className="segment"
              aria-pressed={each.name === entity}
              onPress={() => setEntity(each.name)}
            >
              {each.labelPlural}
            </Button>
          ))}
        </div>
      )}
      <SearchField
        className="search"
        aria-label={t('form.searchDevice', { label })}
        value={search}
        onChange={setSearch}
        autoFocus
      >
        <Search size={16} aria-hidden />
        <TextInput className="search-input" placeholder={t('form.searchDevice', { label })} />
      </SearchField>
      {entity !== '' && <Found entity={entity} search={search.trim()} onPick={onPick} />}
    </div>
  );
}

function Found(props: {
  readonly entity: string;
  readonly search: string;
  readonly onPick: (entity: string, id: RecordId) => void;
}) {
  const { t } = useTranslation();
  const model = useModel();
  const words = useWords();
  const search = useDeferredValue(props.search);
  const { entity } = props;
  const { value, code, reload } = useQuery(
    {
      entity,
      ...(search === '' ? {} : { search }),
      order: [{ field: model.titleField(entity) }],
      limit: foundMax,
    },
    `pick ${entity}`,
  );
  if (value === undefined)
    return code === null ? <Skeleton rows={4} /> : <Failed code={code} onRetry={reload} />;
  const isLive = value.source === 'server';
  if (value.rows.length === 0)
    return <Empty icon={SearchX} title={t(isLive ? 'form.noMatchLive' : 'form.noMatch')} />;
  const describe = (row: Row) =>
    rowContent(
      model.defaultView(entity).columns,
      model.titleField(entity),
      model.fields(entity),
      row,
      value.titles,
      {
        value: words.value,
        untitled: t('list.untitled'),
        numberPending: t('value.numberPending'),
      },
    );
  return (
    <>
      <p className="picker-note">{t(isLive ? 'form.live' : 'form.onDevice')}</p>
      <ul className="picker-rows">
        {value.rows.map((row) => {
          const { title, details } = describe(row);
          return (
            <li key={String(row['id'])}>
              <Button className="picker-row" onPress={() => props.onPick(entity, String(row['id']))}>
                <span className="row-title">{String(row[model.titleField(entity)] ?? title)}</span>
                {details.length > 0 && <span className="row-details">{details.slice(0, 2).join(' · ')}</span>}
              </Button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** What people call the record: as told along with the form's record, else asked of the engine. */
function useTitle(
  target: { readonly entity: string; readonly id: RecordId } | null,
  titles: Readonly<Record<RecordId, string>>,
): string {
  const { t } = useTranslation();
  const { engine } = useApp();
  const model = useModel();
  const known = target === null ? '' : titles[target.id];
  const { value } = useLive({
    subject: `title ${target?.entity} ${target?.id}`,
    key: '',
    read: async () => {
      if (target === null || known !== undefined || model.findEntity(target.entity) === undefined)
        return null;
      const view = await engine.get(target.entity, target.id);
      return view === null ? null : String(view.row[model.titleField(target.entity)] ?? '');
    },
    concerns: () => false,
  });
  return known ?? (value || t('value.notOnDevice'));
}
