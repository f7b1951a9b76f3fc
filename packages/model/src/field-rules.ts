// Is this value allowed in this field? The same answer on a form, in an import and on the server. Values are in the one representation of
// value.ts; nothing is coerced here, see field-text.ts for what people type.
import type { Entity, Field, TextField } from './entity.ts';
import type { ErrorCode } from './error-codes.ts';
import { limits } from './limits.ts';
import { allFields } from './system-fields.ts';
import { parseReference, type Row, type Value } from './value.ts';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** A text that PostgreSQL or UTF-8 cannot hold: the zero character, half a surrogate pair. */
const unstorable = /[\0\p{Surrogate}]/u;

/** The fault of a value in a field, or null. A missing value is a fault only where the field is required; the server numbers autonumbers. */
export function checkField(field: Field, value: Value | undefined): ErrorCode | null {
  if (value === null || value === undefined)
    return field.required && field.type !== 'autonumber' ? 'required' : null;
  switch (field.type) {
    case 'text':
    case 'longText':
    case 'email':
    case 'phone':
    case 'url':
      return checkText(field, value);
    case 'integer':
    case 'decimal':
    case 'money':
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) return 'wrong_type';
      return value < (field.min ?? -Infinity) || value > (field.max ?? Infinity) ? 'out_of_range' : null;
    case 'boolean':
      return typeof value === 'boolean' ? null : 'wrong_type';
    case 'date':
      return typeof value === 'string' && isDate(value) ? null : 'wrong_type';
    case 'dateTime':
      return typeof value === 'string' && isInstant(value) ? null : 'wrong_type';
    case 'choice':
      if (typeof value !== 'string') return 'wrong_type';
      return field.choices.some((choice) => choice.value === value) ? null : 'not_a_choice';
    case 'multiChoice':
      return checkChoices(value, new Set(field.choices.map((choice) => choice.value)));
    case 'lookup':
      return checkLookup(field.to, value);
    case 'autonumber':
      return typeof value === 'string' && isStorable(value) && charsOf(value) <= limits.textCharsMax
        ? null
        : 'wrong_type';
  }
}

/** Faults of a whole record, by field; `only` names the fields to look at. Unknown fields are faults; names that begin with `_` are the engine's. */
export function checkRow(
  entity: Entity,
  row: Row,
  options: { readonly only?: Iterable<string> } = {},
): Readonly<Record<string, ErrorCode>> {
  const names =
    options.only ??
    new Set([...Object.keys(entity.fields), ...Object.keys(row).filter((name) => !name.startsWith('_'))]);
  const fields = allFields(entity);
  const faults: Record<string, ErrorCode> = {};
  for (const name of names) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const fault =
      field === undefined
        ? 'unknown_field'
        : name === 'id'
          ? checkId(row['id'])
          : checkField(field, row[name]);
    if (fault !== null) faults[name] = fault;
  }
  return faults;
}

/** The value as it is kept: ends of texts trimmed, an empty text or set is null, sets sorted without repeats. Everything else unchanged. */
export function normaliseValue(field: Field, value: Value | undefined): Value {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) {
    const items = [...new Set(value as readonly string[])].sort();
    return items.length === 0 ? null : items;
  }
  if (typeof value !== 'string') return Object.is(value, -0) ? 0 : value;
  if (field.type === 'longText') return value.trimEnd() === '' ? null : value.trimEnd();
  return value.trim() === '' ? null : value.trim();
}

/** Characters as people count them for a limit: code points. */
export function charsOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** 'YYYY-MM-DD' of a day that exists, from year 1 on. */
export function isDate(text: string): boolean {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (parts === null) return false;
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (days[month - 1] ?? 0);
}

/** 'YYYY-MM-DDTHH:MM:SS.sssZ' of a moment that exists; no leap second, no hour 24. */
export function isInstant(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/.test(text) && isDate(text.slice(0, 10));
}

function checkText(field: TextField, value: Value): ErrorCode | null {
  if (typeof value !== 'string' || value === '' || !isStorable(value)) return 'wrong_type';
  const most = field.maxLength ?? (field.type === 'longText' ? limits.longTextCharsMax : limits.textCharsMax);
  if (value.length > most && charsOf(value) > most) return 'too_long';
  switch (field.type) {
    case 'email':
      return /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(value) ? null : 'wrong_type';
    case 'phone':
      return /^[+(\d][\d\s()./+#*,;x-]*$/i.test(value) && (value.match(/\d/g)?.length ?? 0) >= 3
        ? null
        : 'wrong_type';
    case 'url':
      return /^https?:\/\/[^\s/?#]+\S*$/i.test(value) ? null : 'wrong_type';
    default:
      return null;
  }
}

function isStorable(text: string): boolean {
  return !unstorable.test(text);
}

function checkChoices(value: Value, choices: ReadonlySet<string>): ErrorCode | null {
  if (!Array.isArray(value)) return 'wrong_type';
  const items: readonly string[] = value;
  if (items.length > limits.multiChoiceValuesMax) return 'too_long';
  const isSorted = items.every(
    (item, index) => typeof item === 'string' && (index === 0 || (items[index - 1] ?? '') < item),
  );
  if (!isSorted || items.length === 0) return 'wrong_type';
  return items.every((item) => choices.has(item)) ? null : 'not_a_choice';
}

function checkLookup(to: readonly string[], value: Value): ErrorCode | null {
  if (typeof value !== 'string') return 'wrong_type';
  if (to.length === 1) return uuidPattern.test(value) ? null : 'wrong_type';
  const reference = parseReference(value);
  if (reference === null || !uuidPattern.test(reference.id)) return 'wrong_type';
  return to.includes(reference.entity) ? null : 'no_such_target';
}

function checkId(value: Value | undefined): ErrorCode | null {
  return typeof value === 'string' && uuidPattern.test(value) ? null : 'wrong_type';
}
