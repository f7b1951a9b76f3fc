// The input that fits a field: label, help, the right keyboard or picker, and its fault in words.
import type { ErrorCode, Field, RecordId } from '@satchel/model';
import { useTranslation } from 'react-i18next';
import { useErrorWords } from '../words/error-words.ts';
import { inputKind, type Input } from './field-input.ts';
import { LookupInput } from './lookup-input.tsx';

interface Props {
  readonly name: string;
  readonly field: Field;
  readonly input: Input;
  readonly fault: ErrorCode | undefined;
  readonly titles: Readonly<Record<RecordId, string>>;
  readonly onChange: (input: Input) => void;
  readonly onLeave: () => void;
}

export const inputId = (name: string) => `field-${name}`;

export function FieldInput(props: Props) {
  const { t } = useTranslation();
  const words = useErrorWords();
  const { name, field, fault } = props;
  const id = inputId(name);
  const kind = inputKind(field).kind;
  const isGroup = kind === 'choices';
  const described = [field.help ? `${id}-help` : '', fault ? `${id}-fault` : ''].filter(Boolean).join(' ');
  const label = (
    <>
      {field.label}
      {field.required && <span className="field-required"> {t('form.required')}</span>}
    </>
  );
  return (
    <div className="field" data-kind={kind} data-invalid={fault ? '' : undefined}>
      {isGroup ? (
        <span className="field-label" id={`${id}-label`}>
          {label}
        </span>
      ) : (
        <label className="field-label" htmlFor={id} id={`${id}-label`}>
          {label}
        </label>
      )}
      <Control {...props} described={described} />
      {field.help && (
        <p className="field-help" id={`${id}-help`}>
          {field.help}
        </p>
      )}
      {fault && (
        <p className="field-fault" id={`${id}-fault`}>
          {words(fault).title} {words(fault).advice}
        </p>
      )}
    </div>
  );
}

function Control(props: Props & { readonly described: string }) {
  const { t } = useTranslation();
  const { field, input, onChange, onLeave, name } = props;
  const kind = inputKind(field);
  const base = {
    id: inputId(name),
    name,
    onBlur: onLeave,
    'aria-invalid': props.fault !== undefined,
    'aria-required': field.required === true,
    ...(props.described === '' ? {} : { 'aria-describedby': props.described }),
  };
  const text = typeof input === 'string' ? input : '';
  switch (kind.kind) {
    case 'text':
      return (
        <input
          {...base}
          className="input"
          type={kind.type}
          inputMode={kind.inputMode}
          value={text}
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'number':
      return (
        <span className="input-unit">
          <input
            {...base}
            className="input"
            type="text"
            inputMode={kind.inputMode}
            value={text}
            autoComplete="off"
            onChange={(event) => onChange(event.target.value)}
          />
          {kind.unit && <span className="unit">{kind.unit}</span>}
        </span>
      );
    case 'area':
      return (
        <textarea
          {...base}
          className="input"
          rows={4}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'date':
      return (
        <input
          {...base}
          className="input"
          type={kind.type}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'switch':
      return (
        <input
          {...base}
          className="switch"
          type="checkbox"
          role="switch"
          checked={input === true}
          onChange={(event) => onChange(event.target.checked)}
        />
      );
    case 'choice':
      return (
        <select {...base} className="input" value={text} onChange={(event) => onChange(event.target.value)}>
          <option value="">{field.required ? t('form.choose') : t('form.none')}</option>
          {field.type === 'choice' &&
            field.choices.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.label}
              </option>
            ))}
        </select>
      );
    case 'choices':
      return <Choices {...props} />;
    case 'lookup':
      return field.type === 'lookup' ? (
        <LookupInput {...props} field={field} value={text} id={base.id} />
      ) : null;
  }
}

function Choices({ field, input, name, onChange, onLeave }: Props) {
  if (field.type !== 'multiChoice') return null;
  const chosen: readonly string[] = Array.isArray(input) ? input : [];
  return (
    <div
      className="choices"
      role="group"
      aria-labelledby={`${inputId(name)}-label`}
      id={inputId(name)}
      tabIndex={-1}
    >
      {field.choices.map((choice) => (
        <label className="choice" key={choice.value}>
          <input
            type="checkbox"
            checked={chosen.includes(choice.value)}
            onBlur={onLeave}
            onChange={(event) =>
              onChange(
                event.target.checked
                  ? [...chosen, choice.value].sort()
                  : chosen.filter((value) => value !== choice.value),
              )
            }
          />
          {choice.label}
        </label>
      ))}
    </div>
  );
}
