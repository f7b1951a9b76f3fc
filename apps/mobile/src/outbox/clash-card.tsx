// One field that both sides changed: what it was, what they wrote, what I wrote, and whose it shall be.
import type { Field, FieldClash, RecordId, Value } from '@satchel/model';
import { useTranslation } from 'react-i18next';
import { FieldInput } from '../form/field-control.tsx';
import { fromInput, toInput, type Input } from '../form/field-input.ts';
import { useState } from 'react';
import { useWords } from '../hooks/use-words.ts';
import { canKeepBoth, bothTexts, type Choice } from './choices.ts';

export function ClashCard(props: {
  readonly name: string;
  readonly field: Field;
  readonly clash: FieldClash;
  readonly theirName: string;
  readonly titles: Readonly<Record<RecordId, string>>;
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
}) {
  const { t } = useTranslation();
  const words = useWords();
  const { name, field, clash, choice, onChoose } = props;
  const [input, setInput] = useState<Input>(() => toInput(field, clash.mine));
  const reading = fromInput(field, input);
  const text = (value: Value) => words.value(field, value, props.titles) || t('value.empty');
  const options: readonly {
    readonly kind: Choice['kind'];
    readonly label: string;
    readonly value: string | null;
    readonly who?: string;
  }[] = [
    { kind: 'mine', label: t('conflict.keepMine'), value: text(clash.mine) },
    { kind: 'theirs', label: t('conflict.takeTheirs'), value: text(clash.theirs), who: props.theirName },
    ...(canKeepBoth(field, clash)
      ? [{ kind: 'both' as const, label: t('conflict.keepBoth'), value: bothTexts(clash) }]
      : []),
    { kind: 'edit', label: t('conflict.edit'), value: null },
  ];
  const edit = (next: Input) => {
    setInput(next);
    const result = fromInput(field, next);
    if (result.ok) onChoose({ kind: 'edit', value: result.value });
  };
  return (
    <fieldset className="clash group" data-field={name}>
      <legend className="section-title">{field.label}</legend>
      <p className="clash-base">
        {t('conflict.base')}: <span>{text(clash.base)}</span>
      </p>
      {options.map((option) => (
        <label
          className="clash-option"
          key={option.kind}
          data-selected={choice.kind === option.kind ? '' : undefined}
        >
          <input
            type="radio"
            name={`choice-${name}`}
            checked={choice.kind === option.kind}
            onChange={() =>
              onChoose(
                option.kind === 'edit'
                  ? { kind: 'edit', value: reading.ok ? reading.value : clash.mine }
                  : { kind: option.kind },
              )
            }
          />
          <span className="clash-words">
            <span className="clash-label">
              {option.label}
              {option.who && <span className="clash-who"> · {option.who}</span>}
            </span>
            {option.value !== null && <span className="clash-value">{option.value}</span>}
          </span>
        </label>
      ))}
      {choice.kind === 'edit' && (
        <FieldInput
          name={`edit-${name}`}
          field={field}
          input={input}
          fault={reading.ok ? undefined : reading.code}
          titles={props.titles}
          onChange={edit}
          onLeave={() => undefined}
        />
      )}
    </fieldset>
  );
}
