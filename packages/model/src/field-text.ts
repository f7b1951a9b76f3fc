// Between what people type and what a field holds. Numbers with decimals go through text only, never through a binary fraction.
import type { Field } from './entity.ts';
import type { ErrorCode } from './error-codes.ts';
import { checkField, normaliseValue } from './field-rules.ts';
import type { Value } from './value.ts';

export type ParsedInput =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly code: ErrorCode };

/**
 * The value that a typed or imported text means in a field. Empty is null (and a fault only where the field is required). Numbers take a
 * point or a comma before the decimals and no grouping; choices their value or their label; sets items parted by commas; booleans true or false.
 */
export function parseInput(field: Field, text: string): ParsedInput {
  const value = typedValue(field, text.trim() === '' ? '' : text);
  if (value === undefined)
    return {
      ok: false,
      code: field.type === 'choice' || field.type === 'multiChoice' ? 'not_a_choice' : 'wrong_type',
    };
  const code = checkField(field, value);
  return code === null ? { ok: true, value } : { ok: false, code };
}

/** A value as plain text in no particular language: decimals with a point, choices by label, nothing as ''. `parseInput` reads it back. */
export function formatValue(field: Field, value: Value | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' && (field.type === 'decimal' || field.type === 'money'))
    return formatFixed(value, field.scale);
  if (field.type === 'choice') return labelOf(field.choices, String(value));
  if (field.type === 'multiChoice' && Array.isArray(value)) {
    return (value as readonly string[]).map((item) => labelOf(field.choices, item)).join(', ');
  }
  return String(value);
}

/** A whole number of 10^-scale as decimal text: 1250 at scale 2 is '12.50'. */
export function formatFixed(value: number, scale: number): string {
  const digits = BigInt(Math.abs(value))
    .toString()
    .padStart(scale + 1, '0');
  const sign = value < 0 ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Decimal text as a whole number of 10^-scale; undefined where it is not a number, has more decimals than that, or is beyond ±(2^53-1). */
export function parseFixed(text: string, scale: number): number | undefined {
  const parts = /^([+-]?)(\d*)(?:[.,](\d*))?$/.exec(text.trim());
  const [sign = '', whole = '', decimals = ''] = parts?.slice(1) ?? [];
  const kept = decimals.replace(/0+$/, '');
  if (parts === null || (whole === '' && decimals === '') || kept.length > scale) return undefined;
  const units = BigInt(`${whole}${kept.padEnd(scale, '0')}`);
  if (units > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return sign === '-' && units > 0n ? -Number(units) : Number(units);
}

function typedValue(field: Field, text: string): Value | undefined {
  if (text === '') return null;
  switch (field.type) {
    case 'integer':
      return /^[+-]?\d+$/.test(text.trim()) ? parseFixed(text, 0) : undefined;
    case 'decimal':
    case 'money':
      return parseFixed(text, field.scale);
    case 'boolean':
      return booleanOf(text.trim().toLowerCase());
    case 'choice':
      return choiceOf(field.choices, text.trim());
    case 'multiChoice': {
      const items = text
        .split(',')
        .flatMap((item) => (item.trim() === '' ? [] : [choiceOf(field.choices, item.trim())]));
      return items.includes(undefined) ? undefined : normaliseValue(field, items as string[]);
    }
    default:
      return normaliseValue(field, text);
  }
}

function booleanOf(text: string): boolean | undefined {
  if (['true', 'yes', '1'].includes(text)) return true;
  return ['false', 'no', '0'].includes(text) ? false : undefined;
}

type Choices = readonly { readonly value: string; readonly label: string }[];

function choiceOf(choices: Choices, text: string): string | undefined {
  return (choices.find((choice) => choice.value === text) ?? choices.find((choice) => choice.label === text))
    ?.value;
}

function labelOf(choices: Choices, value: string): string {
  return choices.find((choice) => choice.value === value)?.label ?? value;
}
