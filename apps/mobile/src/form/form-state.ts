// A form while it is filled in: inputs by field, what they come to, and the draft that survives a reload. Pure.
import { sameValue, type ErrorCode, type Field, type Form, type Row, type Value } from '@satchel/model';
import { fromInput, toInput, type Input } from './field-input.ts';

export type Fields = Readonly<Record<string, Field>>;
export type Inputs = Readonly<Record<string, Input>>;

/** Fields of a form that a person may enter, in the form's order; required ones that no section shows come first, so that a save can succeed. */
export function enterableFields(form: Form, fields: Fields): readonly string[] {
  const isEnterable = (name: string) => {
    const field = fields[name];
    return field !== undefined && field.readOnly !== true && field.type !== 'autonumber';
  };
  const shown = form.sections.flatMap((section) => section.fields).filter(isEnterable);
  const missing = Object.keys(fields).filter(
    (name) => fields[name]?.required && isEnterable(name) && !shown.includes(name),
  );
  return [...new Set([...missing, ...shown])];
}

/** What the inputs show of a row. */
export function inputsOf(names: readonly string[], fields: Fields, row: Row): Inputs {
  return Object.fromEntries(
    names.flatMap((name) => {
      const field = fields[name];
      return field === undefined ? [] : [[name, toInput(field, row[name])]];
    }),
  );
}

export interface FormReading {
  /** Fields whose value is another than the row's. */
  readonly values: Readonly<Record<string, Value>>;
  readonly faults: Readonly<Record<string, ErrorCode>>;
}

/**
 * What the inputs come to beside the row that the person began from. An input that still shows what it showed then is no change, even
 * where it shows less than the value holds (the seconds of a moment).
 */
export function readForm(fields: Fields, inputs: Inputs, start: Row): FormReading {
  const values: Record<string, Value> = {};
  const faults: Record<string, ErrorCode> = {};
  for (const [name, input] of Object.entries(inputs)) {
    const field = fields[name];
    if (field === undefined) continue;
    const reading = fromInput(field, input);
    if (!reading.ok) faults[name] = reading.code;
    else if (!sameInput(input, toInput(field, start[name])) && !sameValue(reading.value, start[name]))
      values[name] = reading.value;
  }
  return { values, faults };
}

export function sameInput(a: Input | undefined, b: Input | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Unfinished input of one form, as it is kept on the device. */
export interface Draft {
  readonly inputs: Inputs;
  /** The row the person was looking at: the base of the change. */
  readonly start: Row;
  /** ISO, by the device's clock; only shown. */
  readonly at: string;
}

/** Null for anything that is not a draft, such as one of an older version. */
export function parseDraft(text: string | null): Draft | null {
  if (text === null) return null;
  try {
    const draft = JSON.parse(text) as Partial<Draft> | null;
    if (typeof draft?.inputs !== 'object' || typeof draft.start !== 'object' || typeof draft.at !== 'string')
      return null;
    return draft as Draft;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Where the draft of a record, or of a new one begun from some place, is kept. */
export function draftKey(entity: string, id: string | null, preset: Readonly<Record<string, Value>>): string {
  return `draft ${entity} ${id ?? `new ${JSON.stringify(preset)}`}`;
}
