// A field's value as people read it. Pure but for the words it is given.
import {
  formatFixed,
  parseReference,
  type Choice,
  type Field,
  type RecordId,
  type Value,
} from '@satchel/model';
import { formatDay, formatMoment } from './moment.ts';

export interface ValueWords {
  readonly yes: string;
  readonly no: string;
  readonly notOnDevice: string;
}

/** '' for nothing entered. Numbers and days in the language of the browser unless a locale is named. */
export function valueText(
  field: Field,
  value: Value | undefined,
  titles: Readonly<Record<RecordId, string>>,
  words: ValueWords,
  locale?: string,
): string {
  if (value === null || value === undefined) return '';
  switch (field.type) {
    case 'boolean':
      return value === true ? words.yes : words.no;
    case 'date':
      return formatDay(String(value), locale);
    case 'dateTime':
      return formatMoment(String(value), locale);
    case 'choice':
      return choiceOf(field.choices, value)?.label ?? String(value);
    case 'multiChoice':
      return (Array.isArray(value) ? (value as readonly string[]) : [String(value)])
        .map((item) => choiceOf(field.choices, item)?.label ?? item)
        .join(', ');
    case 'lookup': {
      const target = targetOf(field, value);
      return target === null ? '' : (titles[target.id] ?? words.notOnDevice);
    }
    case 'integer':
      return new Intl.NumberFormat(locale).format(Number(value));
    case 'decimal':
    case 'money':
      return fixedText(field, Number(value), locale);
    default:
      return String(value);
  }
}

/** The record that a lookup's value points to. */
export function targetOf(
  field: Field,
  value: Value | undefined,
): { readonly entity: string; readonly id: RecordId } | null {
  if (field.type !== 'lookup' || typeof value !== 'string') return null;
  if (field.to.length > 1) return parseReference(value);
  return { entity: field.to[0] ?? '', id: value };
}

export function choiceOf(choices: readonly Choice[], value: Value | undefined): Choice | undefined {
  return choices.find((choice) => choice.value === value);
}

function fixedText(
  field: Extract<Field, { readonly type: 'decimal' } | { readonly type: 'money' }>,
  value: number,
  locale: string | undefined,
): string {
  const digits = { minimumFractionDigits: field.scale, maximumFractionDigits: field.scale };
  const options =
    field.type === 'money' ? { ...digits, style: 'currency' as const, currency: field.currency } : digits;
  // As text, so that the digits shown are the digits stored.
  return new Intl.NumberFormat(locale, options).format(
    formatFixed(value, field.scale) as Intl.StringNumericLiteral,
  );
}
