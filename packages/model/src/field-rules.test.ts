import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Field } from './entity.ts';
import { charsOf, checkField, checkRow, isDate, isInstant, normaliseValue } from './field-rules.ts';
import { ids, job } from './testing/workshop.ts';
import type { Value } from './value.ts';

fc.configureGlobal({ seed: 8420 });

const text: Field = { type: 'text', label: 'Text', maxLength: 5 };
const choices = ['a', 'b', 'c'].map((value) => ({ value, label: value.toUpperCase() }));
const one: Field = { type: 'lookup', label: 'One', to: ['customer'] };
const several: Field = { type: 'lookup', label: 'Several', to: ['customer', 'job'] };

describe('checkField', () => {
  it.each<[string, Field, Value, ReturnType<typeof checkField>]>([
    ['a text', text, 'abc', null],
    ['a number as text', text, 3, 'wrong_type'],
    ['an empty text, which is null instead', text, '', 'wrong_type'],
    ['a whole number', { type: 'integer', label: '' }, 12, null],
    ['a fraction', { type: 'integer', label: '' }, 1.5, 'wrong_type'],
    ['a number beyond 2^53', { type: 'integer', label: '' }, 2 ** 53, 'wrong_type'],
    ['not a number', { type: 'integer', label: '' }, Number.NaN, 'wrong_type'],
    ['a number below the least', { type: 'integer', label: '', min: 1 }, 0, 'out_of_range'],
    [
      'an amount above the most',
      { type: 'money', label: '', scale: 2, currency: 'EUR', max: 100 },
      101,
      'out_of_range',
    ],
    ['a decimal in whole units', { type: 'decimal', label: '', scale: 3 }, 1234, null],
    ['a yes', { type: 'boolean', label: '' }, true, null],
    ['a one for yes', { type: 'boolean', label: '' }, 1, 'wrong_type'],
  ])('[FIELD-1] %s', (_, field, value, fault) => {
    expect(checkField(field, value)).toBe(fault);
  });

  it('[FIELD-2] a date or a moment must exist and have its exact form', () => {
    expect(['2024-02-29', '0001-01-01', '9999-12-31'].every(isDate)).toBe(true);
    expect(
      ['2023-02-29', '1900-02-29', '2024-13-01', '2024-00-10', '2024-4-01', '0000-01-01', '2024-01-32'].some(
        isDate,
      ),
    ).toBe(false);
    expect(isInstant('2024-02-29T23:59:59.999Z')).toBe(true);
    expect(
      [
        '2024-02-29T24:00:00.000Z',
        '2024-02-29T23:59:60.000Z',
        '2024-02-29T23:59:59Z',
        '2024-02-29 23:59:59.999Z',
      ].some(isInstant),
    ).toBe(false);
  });

  it('[FIELD-2] every moment that a clock can tell is accepted', () => {
    const moments = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(
        moments,
        (moment) => isInstant(moment.toISOString()) && isDate(moment.toISOString().slice(0, 10)),
      ),
    );
  });

  it('[FIELD-3] lengths count characters as people see code points, not UTF-16 units', () => {
    expect(checkField(text, '🙂🙂🙂🙂🙂')).toBeNull();
    expect(checkField(text, '🙂🙂🙂🙂🙂🙂')).toBe('too_long');
    expect(charsOf('a🙂é')).toBe(3);
  });

  it('[FIELD-4] only a required field refuses to be empty, and an autonumber is for the server to give', () => {
    expect(checkField(text, null)).toBeNull();
    expect(checkField({ ...text, required: true }, null)).toBe('required');
    expect(
      checkField({ type: 'autonumber', label: '', prefix: 'X', digits: 3, required: true }, null),
    ).toBeNull();
  });

  it('[FIELD-5] a choice is one of the choices; a set is sorted, without repeats and not empty', () => {
    const choice: Field = { type: 'choice', label: '', choices };
    const set: Field = { type: 'multiChoice', label: '', choices };
    expect([checkField(choice, 'a'), checkField(choice, 'z'), checkField(choice, 1)]).toEqual([
      null,
      'not_a_choice',
      'wrong_type',
    ]);
    expect(checkField(set, ['a', 'c'])).toBeNull();
    expect([['c', 'a'], ['a', 'a'], [], 'a'].map((value) => checkField(set, value))).toEqual(
      Array(4).fill('wrong_type'),
    );
    expect(checkField(set, ['a', 'z'])).toBe('not_a_choice');
  });

  it('[FIELD-6] a lookup to one entity is an id; to several it names one of them and an id', () => {
    expect(checkField(one, ids.customer)).toBeNull();
    expect(
      [ids.customer.toUpperCase().replace('0', 'A'), `customer/${ids.customer}`, 'x'].map((value) =>
        checkField(one, value),
      ),
    ).toEqual(Array(3).fill('wrong_type'));
    expect(checkField(several, `job/${ids.job}`)).toBeNull();
    expect(checkField(several, `part/${ids.part}`)).toBe('no_such_target');
    expect([ids.job, 'job/', `/${ids.job}`, 'job/x'].map((value) => checkField(several, value))).toEqual(
      Array(4).fill('wrong_type'),
    );
  });

  it('[FIELD-7] a text that a database cannot hold is refused: a zero character, half of a surrogate pair', () => {
    expect(['a\0', '\ud83d', 'x\udc00y'].map((value) => checkField(text, value))).toEqual(
      Array(3).fill('wrong_type'),
    );
  });

  it('[FIELD-8] e-mail addresses, phone numbers and addresses of pages must be plausible, and pages are on the web', () => {
    const judge = (type: 'email' | 'phone' | 'url', value: string) => checkField({ type, label: '' }, value);
    expect(['a@b.example', "o'neil+x@host"].map((value) => judge('email', value))).toEqual([null, null]);
    expect(['a', '@b', 'a@', 'a b@c', 'a@b@c'].map((value) => judge('email', value))).toEqual(
      Array(5).fill('wrong_type'),
    );
    expect(['+49 (30) 123-456', '0800/123', '112'].map((value) => judge('phone', value))).toEqual([
      null,
      null,
      null,
    ]);
    expect(['12', 'call me', '+'].map((value) => judge('phone', value))).toEqual(Array(3).fill('wrong_type'));
    expect(judge('url', 'https://host.example/a?b#c')).toBeNull();
    expect(
      ['javascript:alert(1)', 'host.example', 'https://', 'ftp://host'].map((value) => judge('url', value)),
    ).toEqual(Array(4).fill('wrong_type'));
  });
});

describe('normaliseValue', () => {
  it('[FIELD-9] an empty text or set is null, sets are sorted without repeats, long texts keep their first blanks', () => {
    expect(normaliseValue(text, '  ')).toBeNull();
    expect(normaliseValue(text, ' a ')).toBe('a');
    expect(normaliseValue({ type: 'longText', label: '' }, '  a \n')).toBe('  a');
    expect(normaliseValue({ type: 'multiChoice', label: '', choices }, ['c', 'a', 'c'])).toEqual(['a', 'c']);
    expect(normaliseValue({ type: 'multiChoice', label: '', choices }, [])).toBeNull();
    expect(normaliseValue({ type: 'integer', label: '' }, undefined)).toBeNull();
  });

  it('[FIELD-9] doing it twice changes nothing more', () => {
    const values = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.boolean(),
      fc.array(fc.constantFrom('a', 'b', 'c')),
      fc.constant(null),
    );
    const types = fc.constantFrom<Field>(
      text,
      { type: 'longText', label: '' },
      { type: 'multiChoice', label: '', choices },
    );
    fc.assert(
      fc.property(types, values, (field, value) => {
        const once = normaliseValue(field, value);
        expect(normaliseValue(field, once)).toEqual(once);
      }),
    );
  });
});

describe('checkRow', () => {
  const row = { id: ids.job, title: 'Door', state: 'open' };
  it('[FIELD-12] every fault is told by field: missing, wrong, unknown; names of the engine are let be', () => {
    expect(checkRow(job, { ...row, _rev: 3, _local: 1 })).toEqual({});
    expect(checkRow(job, { id: 'x', state: 'gone', colour: 'red', constructor: 1 } as never)).toEqual({
      id: 'wrong_type',
      title: 'required',
      state: 'not_a_choice',
      colour: 'unknown_field',
      constructor: 'unknown_field',
    });
  });
  it('[FIELD-12] only the fields asked for are looked at', () => {
    expect(checkRow(job, { state: 'gone' }, { only: ['state'] })).toEqual({ state: 'not_a_choice' });
  });
});
