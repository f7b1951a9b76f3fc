// From one line of a csv file to one record: which column fills which field, and what the text means there. Pure; the database is elsewhere.
import { createHash } from 'node:crypto';
import {
  checkField,
  fieldOf,
  isInstant,
  normaliseValue,
  parseInput,
  type Entity,
  type ErrorCode,
  type Field,
  type Value,
} from '@satchel/model';

/** Field → column. */
export type CsvMapping = Readonly<Record<string, string>>;

export interface CsvRecord {
  readonly id: string | null;
  readonly values: Readonly<Record<string, Value>>;
}

export interface CsvFault {
  readonly field: string;
  readonly code: ErrorCode;
  readonly text: string;
}

export type CsvRow =
  | { readonly kind: 'record'; readonly record: CsvRecord }
  | { readonly kind: 'faults'; readonly faults: readonly CsvFault[] };

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** `field=column,field=column`; a column's name may contain anything but a comma. */
export function readMapping(text: string, entity: Entity): CsvMapping | { readonly usage: string } {
  const mapping: Record<string, string> = {};
  for (const part of text.split(',')) {
    const at = part.indexOf('=');
    const field = part.slice(0, at).trim();
    if (at <= 0 || part.slice(at + 1).trim() === '')
      return { usage: `--map: "${part}" is not field=column.` };
    if (fieldOf(entity, field) === undefined)
      return { usage: `--map: ${entity.name} has no field "${field}".` };
    mapping[field] = part.slice(at + 1).trim();
  }
  return mapping;
}

/** Every column that is named like a field or its label. */
export function guessMapping(entity: Entity, columns: readonly string[]): CsvMapping {
  const mapping: Record<string, string> = {};
  for (const [name, field] of [['id', undefined] as const, ...Object.entries(entity.fields)]) {
    const column = columns.find((each) =>
      [name, field?.label ?? name].some((word) => word.toLowerCase() === each.trim().toLowerCase()),
    );
    if (column !== undefined) mapping[name] = column;
  }
  return mapping;
}

/** The record of one line, or what is wrong with it. Choices are taken by value or by label, lookups by id. */
export function readCsvRow(
  entity: Entity,
  mapping: CsvMapping,
  line: Readonly<Record<string, string>>,
): CsvRow {
  const values: Record<string, Value> = {};
  const faults: CsvFault[] = [];
  let id: string | null = null;
  for (const [name, column] of Object.entries(mapping)) {
    const text = line[column]?.trim() ?? '';
    const field = fieldOf(entity, name);
    if (field === undefined) continue;
    if (name === 'id') {
      id = text === '' ? null : recordIdOf(entity.name, text);
      continue;
    }
    const value = normaliseValue(field, readText(field, text));
    const code = value === null && text !== '' ? faultOf(field, text) : checkField(field, value);
    if (code !== null) faults.push({ field: name, code, text });
    else if (value !== null) values[name] = value;
  }
  for (const [name, field] of Object.entries(entity.fields)) {
    const isMissing = field.required && mapping[name] === undefined && field.default === undefined;
    if (isMissing && field.type !== 'autonumber') faults.push({ field: name, code: 'required', text: '' });
  }
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'record', record: { id, values } };
}

/** A record's id from another system's: a UUID is kept, anything else always gives the same UUID, so that a second import updates. */
export function recordIdOf(entity: string, text: string): string {
  const lower = text.toLowerCase();
  if (uuidPattern.test(lower)) return lower;
  const bytes = createHash('sha256').update(`${entity}/${text}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Null where the text means nothing in this field. */
function readText(field: Field, text: string): Value {
  if (text === '') return null;
  switch (field.type) {
    case 'boolean':
      return /^(true|yes|1|t|y)$/i.test(text) ? true : /^(false|no|0|f|n)$/i.test(text) ? false : null;
    case 'dateTime':
      return readInstant(text);
    case 'lookup':
      return text.includes('/') ? text : recordIdOf(field.to[0] ?? '', text);
    default: {
      const parsed = parseInput(field, text);
      return parsed.ok ? parsed.value : null;
    }
  }
}

function faultOf(field: Field, text: string): ErrorCode {
  const parsed = parseInput(field, text);
  return parsed.ok ? 'wrong_type' : parsed.code;
}

/** An ISO moment; one without a zone is UTC. */
function readInstant(text: string): string | null {
  if (isInstant(text)) return text;
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text);
  if (match === null) return null;
  const [, day, minutes = '00:00', seconds = ':00', part = '', zone = 'Z'] = match;
  const moment = new Date(`${day}T${minutes}${seconds}${part.slice(0, 4)}${zone}`);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}
