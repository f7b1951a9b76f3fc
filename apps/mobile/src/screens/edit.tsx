// Creating and changing a record: every field with its right input, faults in words, a draft that survives a reload. Saving is always local first.
import { defaultValues, SyncError, type ErrorCode, type Row, type Value } from '@satchel/model';
import { FileQuestion } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, useId } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useBlocker, useLocation, useNavigate, useParams, useSearchParams } from 'react-router';
import { useApp } from '../app-context.tsx';
import { FieldInput } from '../form/field-control.tsx';
import { FaultSummary } from '../form/fault-summary.tsx';
import { draftKey, enterableFields } from '../form/form-state.ts';
import { useForm } from '../form/use-form.ts';
import { useAction } from '../hooks/use-action.ts';
import { useRecord } from '../hooks/use-query.ts';
import { useModel, useUser } from '../hooks/use-session.tsx';
import { useWords } from '../hooks/use-words.ts';
import { lookupValue } from '../list/conditions.ts';
import { AppBar } from '../parts/app-bar.tsx';
import { Empty, Failed, Skeleton } from '../parts/empty.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { useSaved } from '../record/use-saved.ts';

export function EditScreen() {
  const { t } = useTranslation();
  const { entity = '', id = '' } = useParams();
  const live = useRecord(entity, id);
  const model = useModel();
  const title = t('form.edit', { label: model.entity(entity).label });
  if (live.value === undefined || live.value === null)
    return (
      <div className="screen">
        <AppBar title={title} back={`/e/${entity}/${id}`} isCompact />
        {live.value === null && (
          <Empty icon={FileQuestion} title={t('form.gone')} hint={t('record.goneHint')} />
        )}
        {live.value === undefined &&
          (live.code === null ? <Skeleton /> : <Failed code={live.code} onRetry={live.reload} />)}
      </div>
    );
  return (
    <EditForm
      entity={entity}
      id={id}
      row={live.value.row}
      titles={live.value.titles}
      preset={{}}
      title={title}
    />
  );
}

export function CreateScreen() {
  const { t } = useTranslation();
  const app = useApp();
  const { entity = '' } = useParams();
  const [params] = useSearchParams();
  const model = useModel();
  const user = useUser();
  const [via, target, targetId] = [params.get('via'), params.get('entity'), params.get('id')];
  const preset = useMemo<Readonly<Record<string, Value>>>(
    () =>
      via !== null && target !== null && targetId !== null
        ? { [via]: lookupValue(model, entity, via, { entity: target, id: targetId }) }
        : {},
    [model, entity, via, target, targetId],
  );
  const defaults = useMemo<Row>(() => {
    if (user === null) return {};
    const now = new Date(app.now()).toISOString();
    return defaultValues(model, model.entity(entity), { user, now, follow: () => null });
  }, [model, entity, user, app]);
  return (
    <EditForm
      entity={entity}
      id={null}
      row={{}}
      titles={user === null ? {} : { [user.id]: user.name }}
      preset={preset}
      defaults={defaults}
      title={t('form.new', { label: model.entity(entity).label })}
    />
  );
}

interface FormProps {
  readonly entity: string;
  readonly id: string | null;
  readonly row: Row;
  readonly titles: Readonly<Record<string, string>>;
  readonly preset: Readonly<Record<string, Value>>;
  readonly defaults?: Row;
  readonly title: string;
}

function EditForm({ entity, id, row, titles, preset, defaults, title }: FormProps) {
  const { t } = useTranslation();
  const { engine } = useApp();
  const model = useModel();
  const navigate = useNavigate();
  const from = useFrom();
  const saved = useSaved();
  const words = useWords();
  const { isBusy, run } = useAction();
  const fields = model.fields(entity);
  const names = useMemo(() => enterableFields(model.form(entity), fields), [model, entity, fields]);
  const seed = useMemo(() => ({ ...defaults, ...preset }), [defaults, preset]);
  const form = useForm(names, fields, row, draftKey(entity, id, preset), seed);
  const [summary, setSummary] = useState<Readonly<Record<string, ErrorCode>>>({});
  const isDone = useRef(false);
  const back = from ?? (id === null ? `/e/${entity}` : `/e/${entity}/${id}`);

  const formId = useId();
  const save = async () => {
    const { values, faults } = form.submit();
    if (Object.keys(faults).length > 0) return setSummary(faults);
    setSummary({});
    await run(async () => {
      if (id !== null && Object.keys(values).length === 0) {
        form.forget();
        isDone.current = true;
        return navigate(back, { replace: true });
      }
      try {
        const request =
          id === null
            ? { entity, command: 'create', values }
            : { entity, recordId: id, command: 'update', values, seen: form.start };
        const receipt = await engine.mutate(request);
        form.forget();
        isDone.current = true;
        await navigate(id === null && from === null ? `/e/${entity}/${receipt.recordId}` : back, {
          replace: true,
        });
        saved(receipt);
      } catch (error) {
        const refused = faultsOf(error);
        if (refused === null) throw error;
        form.refuse(refused);
        setSummary(refused);
      }
    });
  };

  return (
    <div className="screen">
      <AppBar
        title={title}
        back={back}
        isCompact
        actions={
          // Of the form, though above it: Enter in a field saves too.
          <Button className="button" data-tone="primary" type="submit" form={formId} isDisabled={isBusy}>
            {t('action.save')}
          </Button>
        }
      />
      <form
        id={formId}
        className="screen-body form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {form.draftAt !== null && (
          <p className="notice" data-tone="accent">
            <span className="notice-main">{t('form.draftKept', { when: words.ago(form.draftAt) })}</span>
            <Button className="button quiet small" onPress={form.reset}>
              {t('form.dropDraft')}
            </Button>
          </p>
        )}
        <FaultSummary faults={summary} fields={fields} />
        {sectionsOf(model.form(entity).sections, names).map((section) => (
          <fieldset className="section" key={section.label}>
            <legend className="section-title">{section.label}</legend>
            <div className="group fields">
              {section.fields.map((name) => {
                const field = fields[name];
                return (
                  field && (
                    <FieldInput
                      key={name}
                      name={name}
                      field={field}
                      input={form.inputs[name] ?? ''}
                      fault={form.shownFaults[name]}
                      titles={titles}
                      onChange={(input) => form.set(name, input)}
                      onLeave={() => form.leave(name)}
                    />
                  )
                );
              })}
            </div>
          </fieldset>
        ))}
      </form>
      <LeaveGuard isDirty={form.isDirty} isDone={isDone} onDrop={form.forget} />
    </div>
  );
}

/** Asks before unsaved input is left behind. */
function LeaveGuard(props: {
  readonly isDirty: boolean;
  readonly isDone: { readonly current: boolean };
  readonly onDrop: () => void;
}) {
  const { t } = useTranslation();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      props.isDirty && !props.isDone.current && currentLocation.pathname !== nextLocation.pathname,
  );
  const isBlocked = blocker.state === 'blocked';
  useEffect(() => {
    document.documentElement.toggleAttribute('data-form-dirty', props.isDirty);
    return () => document.documentElement.removeAttribute('data-form-dirty');
  }, [props.isDirty]);
  return (
    <Sheet title={t('form.leaveTitle')} isOpen={isBlocked} onClose={() => isBlocked && blocker.reset()}>
      <p className="sheet-text">{t('form.leaveText')}</p>
      <div className="sheet-actions">
        <Button className="button" data-tone="primary" onPress={() => isBlocked && blocker.reset()}>
          {t('action.keepEditing')}
        </Button>
        <Button className="button" onPress={() => isBlocked && blocker.proceed()}>
          {t('form.leaveKeep')}
        </Button>
        <Button
          className="button"
          data-tone="danger"
          onPress={() => {
            props.onDrop();
            if (isBlocked) blocker.proceed();
          }}
        >
          {t('form.leaveDrop')}
        </Button>
      </div>
    </Sheet>
  );
}

function sectionsOf(
  sections: readonly { readonly label: string; readonly fields: readonly string[] }[],
  names: readonly string[],
) {
  const placed = new Set(sections.flatMap((section) => section.fields));
  const loose = names.filter((name) => !placed.has(name));
  return sections
    .map((section, index) => ({
      label: section.label,
      fields: [...(index === 0 ? loose : []), ...section.fields.filter((name) => names.includes(name))],
    }))
    .filter((section) => section.fields.length > 0);
}

/** Faults by field that the engine told; null for any other failure. */
function faultsOf(error: unknown): Readonly<Record<string, ErrorCode>> | null {
  if (!(error instanceof SyncError) || error.code !== 'validation') return null;
  const fields = error.detail['fields'];
  return typeof fields === 'object' && fields !== null
    ? (fields as Readonly<Record<string, ErrorCode>>)
    : null;
}

function useFrom(): string | null {
  const state: unknown = useLocation().state;
  return typeof state === 'object' && state !== null && 'from' in state && typeof state.from === 'string'
    ? state.from
    : null;
}
