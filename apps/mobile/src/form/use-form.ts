// One form's state on screen: inputs, faults shown so far, and a draft written as the person types.
import type { ErrorCode, Row } from '@satchel/model';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useApp } from '../app-context.tsx';
import type { Input } from './field-input.ts';
import {
  inputsOf,
  parseDraft,
  readForm,
  sameInput,
  type FormReading,
  type Fields,
  type Inputs,
} from './form-state.ts';

export interface FormModel {
  readonly inputs: Inputs;
  /** Faults of fields the person has left, or of all after a try to save. */
  readonly shownFaults: Readonly<Record<string, ErrorCode>>;
  readonly isDirty: boolean;
  /** The row the change is based on. */
  readonly start: Row;
  /** When a draft was found, ISO. */
  readonly draftAt: string | null;
  set(name: string, input: Input): void;
  leave(name: string): void;
  /** Shows all faults; what the inputs come to. */
  submit(): FormReading;
  /** Faults the engine found. */
  refuse(faults: Readonly<Record<string, ErrorCode>>): void;
  /** Forgets the draft. */
  forget(): void;
  /** Forgets the draft and shows the row again. */
  reset(): void;
}

/** `row` and `seed` are read once: later changes of the record do not move the ground under the form. */
export function useForm(
  names: readonly string[],
  fields: Fields,
  row: Row,
  key: string,
  seed: Row = {},
): FormModel {
  const { texts, now } = useApp();
  const [{ start, first, draftAt }, setBeginning] = useState(() => begin());
  const [inputs, setInputs] = useState<Inputs>(first);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [refused, setRefused] = useState<Readonly<Record<string, ErrorCode>>>({});

  function begin() {
    const draft = parseDraft(texts.get(key));
    const plain = inputsOf(names, fields, { ...row, ...seed });
    return draft === null
      ? { start: row, first: plain, draftAt: null }
      : { start: draft.start, first: { ...plain, ...draft.inputs }, draftAt: draft.at };
  }

  const isDirty = useMemo(() => {
    const untouched = inputsOf(names, fields, { ...start, ...seed });
    return names.some((name) => !sameInput(inputs[name], untouched[name]));
  }, [inputs, start, names, fields, seed]);

  useEffect(() => {
    if (!isDirty) return;
    texts.set(key, JSON.stringify({ inputs, start, at: new Date(now()).toISOString() }));
  }, [isDirty, inputs, start, key, texts, now]);

  const reading = useMemo(() => readForm(fields, inputs, start), [fields, inputs, start]);
  const shownFaults = Object.fromEntries(
    Object.entries({ ...refused, ...reading.faults }).filter(([name]) => left.has(name) || refused[name]),
  );
  const forget = useCallback(() => texts.remove(key), [texts, key]);
  return {
    inputs,
    shownFaults,
    isDirty,
    start,
    draftAt,
    set(name, input) {
      setInputs((before) => ({ ...before, [name]: input }));
      setRefused(({ [name]: _, ...rest }) => rest);
    },
    leave: (name) => setLeft((before) => new Set([...before, name])),
    submit() {
      setLeft(new Set(names));
      return reading;
    },
    refuse: setRefused,
    forget,
    reset() {
      forget();
      setBeginning({ start: row, first: {}, draftAt: null });
      setInputs(inputsOf(names, fields, { ...row, ...seed }));
      setLeft(new Set());
      setRefused({});
    },
  };
}
