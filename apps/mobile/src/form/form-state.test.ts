import type { Field, Row } from '@satchel/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromInput, inputKind, toInput } from './field-input.ts';
import { draftKey, enterableFields, inputsOf, parseDraft, readForm } from './form-state.ts';

const choices = [
  { value: 'a', label: 'First' },
  { value: 'b', label: 'Second' },
];
const fields: Readonly<Record<string, Field>> = {
  number: { type: 'autonumber', label: 'Number', prefix: 'N-', digits: 4 },
  title: { type: 'text', label: 'Title', required: true, maxLength: 10 },
  price: { type: 'money', label: 'Price', scale: 2, currency: 'EUR', min: 0 },
  at: { type: 'dateTime', label: 'At' },
  tags: { type: 'multiChoice', label: 'Tags', choices },
  kind: { type: 'choice', label: 'Kind', choices },
  done: { type: 'boolean', label: 'Done' },
  state: { type: 'choice', label: 'State', choices, readOnly: true },
  code: { type: 'text', label: 'Code', required: true },
};
const names = ['title', 'price', 'at', 'tags', 'kind', 'done'];

describe('inputs', () => {
  it('[APP-3] every value shown by an input is read back as the same value', () => {
    const cases: readonly (readonly [string, Row[string]])[] = [
      ['title', 'Pump'],
      ['price', 1250],
      ['at', '2026-03-09T10:05:00.000Z'],
      ['tags', ['a', 'b']],
      ['kind', 'b'],
      ['done', true],
      ['price', null],
      ['kind', null],
    ];
    for (const [name, value] of cases) {
      const field = fields[name] as Field;
      expect(fromInput(field, toInput(field, value)), name).toEqual({ ok: true, value });
    }
  });

  it('[APP-3] amounts go through text exactly', () => {
    const price: Field = { type: 'money', label: '', scale: 2, currency: 'EUR' };
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(fromInput(price, toInput(price, value))).toEqual({ ok: true, value: value === 0 ? 0 : value });
      }),
    );
  });

  it('[APP-4] each type of field gets the keyboard or picker that fits it', () => {
    const kindOf = (field: Partial<Field> & Pick<Field, 'type'>) =>
      inputKind({ label: '', ...field } as Field);
    expect(kindOf({ type: 'email' })).toMatchObject({ type: 'email' });
    expect(kindOf({ type: 'phone' })).toMatchObject({ type: 'tel' });
    expect(kindOf({ type: 'integer', min: 0 })).toMatchObject({ inputMode: 'numeric' });
    expect(kindOf({ type: 'integer' })).toMatchObject({ inputMode: 'decimal' });
    expect(kindOf({ type: 'money', scale: 2, currency: 'SEK' })).toMatchObject({
      inputMode: 'decimal',
      unit: 'SEK',
    });
    expect(kindOf({ type: 'dateTime' })).toMatchObject({ type: 'datetime-local' });
    expect(kindOf({ type: 'lookup', to: ['a'] })).toEqual({ kind: 'lookup' });
  });
});

describe('a form', () => {
  const row: Row = {
    id: 'x',
    title: 'Pump',
    price: 1250,
    at: '2026-03-09T10:05:33.120Z',
    tags: null,
    kind: 'a',
    done: null,
  };

  it('[APP-5] an untouched form changes nothing, not even the seconds its inputs cannot show', () => {
    expect(readForm(fields, inputsOf(names, fields, row), row)).toEqual({ values: {}, faults: {} });
  });

  it('[APP-5] only touched fields are sent, and faults are told by field', () => {
    const inputs = { ...inputsOf(names, fields, row), title: '', price: '13', kind: '' };
    expect(readForm(fields, inputs, row)).toEqual({
      values: { price: 1300, kind: null },
      faults: { title: 'required' },
    });
  });

  it('[APP-5] only what a person may enter is asked, required fields that no section shows included', () => {
    const form = {
      entity: 'x',
      sections: [{ label: '', fields: ['number', 'title', 'state', 'kind'] }],
      related: [],
    };
    expect(enterableFields(form, fields)).toEqual(['code', 'title', 'kind']);
  });

  it('[F-157] a draft is found again after a reload, and anything that is no draft is let be', () => {
    const draft = { inputs: { title: 'Pu' }, start: row, at: '2026-03-09T10:00:00.000Z' };
    expect(parseDraft(JSON.stringify(draft))).toEqual(draft);
    expect([parseDraft(null), parseDraft('{'), parseDraft('{"inputs":1}'), parseDraft('null')]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(draftKey('job', null, { account: 'a' })).not.toBe(draftKey('job', null, {}));
  });
});
