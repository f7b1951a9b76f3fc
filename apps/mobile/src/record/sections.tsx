// A record's fields by section: label and value, lookups as links, and what has not been sent marked with what it was before.
import type { RecordView } from '@satchel/device';
import type { Field, Value } from '@satchel/model';
import { CloudUpload } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { useModel } from '../hooks/use-session.tsx';
import { useWords } from '../hooks/use-words.ts';
import { choiceOf, targetOf } from '../format/value-text.ts';
import { Badge } from '../parts/badge.tsx';

export function Sections({ entity, view }: { readonly entity: string; readonly view: RecordView }) {
  const model = useModel();
  const fields = model.fields(entity);
  return (
    <>
      {model.form(entity).sections.map((section) => (
        <section className="section" key={section.label} aria-label={section.label}>
          <h3 className="section-title">{section.label}</h3>
          <dl className="group facts">
            {section.fields.map((name) => {
              const field = fields[name];
              return field && <Fact key={name} name={name} field={field} view={view} />;
            })}
          </dl>
        </section>
      ))}
    </>
  );
}

function Fact({
  name,
  field,
  view,
}: {
  readonly name: string;
  readonly field: Field;
  readonly view: RecordView;
}) {
  const { t } = useTranslation();
  const isPending = view.pendingFields.includes(name);
  const isLong = field.type === 'longText';
  return (
    <div
      className="fact"
      data-long={isLong ? '' : undefined}
      data-pending={isPending ? '' : undefined}
      data-field={name}
    >
      <dt>{field.label}</dt>
      <dd>
        <FieldValue field={field} value={view.row[name]} titles={view.titles} />
        {isPending && (
          <span className="fact-pending">
            <CloudUpload size={14} aria-hidden />
            <span>{t('record.pending')}</span>
            <OldValue name={name} field={field} view={view} />
          </span>
        )}
      </dd>
    </div>
  );
}

/** What the server last told: the base of the oldest change of the field. */
function OldValue({
  name,
  field,
  view,
}: {
  readonly name: string;
  readonly field: Field;
  readonly view: RecordView;
}) {
  const { t } = useTranslation();
  const words = useWords();
  const first = view.entries.find((entry) => entry.mutation.changes[name] !== undefined);
  if (first === undefined || first.mutation.command === 'create') return null;
  const value = words.value(field, first.mutation.changes[name]?.base, view.titles) || t('value.empty');
  return <span className="fact-old">{t('record.was', { value })}</span>;
}

export function FieldValue(props: {
  readonly field: Field;
  readonly value: Value | undefined;
  readonly titles: RecordView['titles'];
}) {
  const { t } = useTranslation();
  const model = useModel();
  const words = useWords();
  const { pathname } = useLocation();
  const { field, value } = props;
  const text = words.value(field, value, props.titles);
  if (text === '')
    return (
      <span className="fact-none">
        {t(field.type === 'autonumber' ? 'value.numberPending' : 'value.empty')}
      </span>
    );
  const target = targetOf(field, value);
  if (target !== null && model.findEntity(target.entity) !== undefined)
    return (
      <Link to={`/e/${target.entity}/${target.id}`} state={{ from: pathname }}>
        {text}
      </Link>
    );
  const choice = field.type === 'choice' ? choiceOf(field.choices, value) : undefined;
  if (choice?.tone) return <Badge choice={choice} />;
  switch (field.type) {
    case 'email':
      return <a href={`mailto:${text}`}>{text}</a>;
    case 'phone':
      return <a href={`tel:${text.replaceAll(/\s/g, '')}`}>{text}</a>;
    case 'url':
      return (
        <a href={text} rel="noreferrer" target="_blank">
          {text}
        </a>
      );
    default:
      return <span className="fact-text">{text}</span>;
  }
}
