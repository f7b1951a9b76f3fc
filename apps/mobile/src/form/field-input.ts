// Between a field's value and what an input holds while a person types. Pure; what is allowed is decided by the model's own rules.
import {
  checkField,
  formatFixed,
  normaliseValue,
  parseInput,
  type ErrorCode,
  type Field,
  type Value,
} from '@satchel/model';
import { fromLocalInput, toLocalInput } from '../format/moment.ts';

/** What an input holds: text as typed, a switch, or several choices. */
export type Input = string | boolean | readonly string[];

/** How a field is entered. */
export type InputKind =
  | {
      readonly kind: 'text';
      readonly type: 'text' | 'email' | 'tel' | 'url';
      readonly inputMode: 'text' | 'email' | 'tel' | 'url';
    }
  | { readonly kind: 'number'; readonly inputMode: 'numeric' | 'decimal'; readonly unit: string | null }
  | { readonly kind: 'area' | 'switch' | 'choice' | 'choices' | 'lookup' }
  | { readonly kind: 'date'; readonly type: 'date' | 'datetime-local' };

export function inputKind(field: Field): InputKind {
  switch (field.type) {
    case 'longText':
      return { kind: 'area' };
    case 'email':
      return { kind: 'text', type: 'email', inputMode: 'email' };
    case 'phone':
      return { kind: 'text', type: 'tel', inputMode: 'tel' };
    case 'url':
      return { kind: 'text', type: 'url', inputMode: 'url' };
    case 'text':
    case 'autonumber':
      return { kind: 'text', type: 'text', inputMode: 'text' };
    case 'integer':
      // Phones leave the minus sign off their plain number pad.
      return { kind: 'number', inputMode: (field.min ?? -1) < 0 ? 'decimal' : 'numeric', unit: null };
    case 'decimal':
      return { kind: 'number', inputMode: 'decimal', unit: null };
    case 'money':
      return { kind: 'number', inputMode: 'decimal', unit: field.currency };
    case 'boolean':
      return { kind: 'switch' };
    case 'date':
      return { kind: 'date', type: 'date' };
    case 'dateTime':
      return { kind: 'date', type: 'datetime-local' };
    case 'choice':
      return { kind: 'choice' };
    case 'multiChoice':
      return { kind: 'choices' };
    case 'lookup':
      return { kind: 'lookup' };
  }
}

/** What the input shows of a value. */
export function toInput(field: Field, value: Value | undefined): Input {
  if (field.type === 'boolean') return value === true;
  if (field.type === 'multiChoice') return Array.isArray(value) ? (value as readonly string[]) : [];
  if (value === null || value === undefined) return '';
  if (field.type === 'dateTime') return toLocalInput(String(value));
  if ((field.type === 'decimal' || field.type === 'money') && typeof value === 'number')
    return formatFixed(value, field.scale);
  return String(value);
}

export type Reading =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly code: ErrorCode };

/** The value of an input, or the fault that keeps it from being one. */
export function fromInput(field: Field, input: Input): Reading {
  if (typeof input === 'boolean') return checked(field, input);
  if (typeof input !== 'string') return checked(field, normaliseValue(field, input));
  if (field.type === 'lookup' || field.type === 'choice') return checked(field, input === '' ? null : input);
  if (field.type === 'dateTime' && input !== '') {
    const iso = fromLocalInput(input);
    return iso === null ? { ok: false, code: 'wrong_type' } : checked(field, iso);
  }
  return parseInput(field, input);
}

function checked(field: Field, value: Value): Reading {
  const code = checkField(field, value);
  return code === null ? { ok: true, value } : { ok: false, code };
}
