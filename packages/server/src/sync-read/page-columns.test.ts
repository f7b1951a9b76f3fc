import type { Field, PageColumn } from '@satchel/model';
import { describe, expect, it } from 'vitest';
import { columnJson } from './page-columns.ts';

const text: Field = { type: 'text', label: 'Text' };
const column = (field: Field | undefined, ...cells: readonly string[]): PageColumn =>
  JSON.parse(columnJson({ name: 'c', field }, cells.length === 0 ? null : cells.join('\n'))) as PageColumn;

describe('a column of a page', () => {
  it('[PAGE-2] has a dictionary where at most half of the values differ', () => {
    expect(column(text, '"a"', '"b"', '"a"', '"b"')).toEqual({
      name: 'c',
      dictionary: ['a', 'b'],
      codes: [0, 1, 0, 1],
    });
    expect(column(text, '"a"', '"b"', '"c"', '"a"')).toEqual({ name: 'c', values: ['a', 'b', 'c', 'a'] });
    expect(column(text, 'null', 'null')).toEqual({ name: 'c', dictionary: [null], codes: [0, 0] });
    expect(column(text, '"one"')).toEqual({ name: 'c', values: ['one'] });
    expect(column(text)).toEqual({ name: 'c', dictionary: [], codes: [] });
  });

  it('[PAGE-2] has the values of the wire, whatever their type', () => {
    expect(column(text, String.raw`"a\nb\"\\ \u0002"`)).toMatchObject({ values: ['a\nb"\\ \u0002'] });
    expect(column(text, '"null"', 'null')).toMatchObject({ values: ['null', null] });
    expect(column(undefined, '1099511627775')).toMatchObject({ values: [2 ** 40 - 1] });
    expect(column({ type: 'boolean', label: 'B' }, 'true', 'null')).toMatchObject({ values: [true, null] });
    expect(column({ type: 'date', label: 'D' }, '2026-11-21', 'null')).toMatchObject({
      values: ['2026-11-21', null],
    });
    const instants = column(
      { type: 'dateTime', label: 'T' },
      '2026-11-21 08:42:30.5+00',
      '2026-11-21 08:42:30+00',
    );
    expect(instants).toMatchObject({ values: ['2026-11-21T08:42:30.500Z', '2026-11-21T08:42:30.000Z'] });
    const one: Field = { type: 'lookup', label: 'L', to: ['team'] };
    const id = '00000000-0000-7000-8000-000000000001';
    expect(column(one, id, 'null')).toMatchObject({ values: [id, null] });
    const several: Field = { type: 'lookup', label: 'L', to: ['team', 'user'] };
    expect(column(several, `"team/${id}"`, 'null')).toMatchObject({ values: [`team/${id}`, null] });
    const set: Field = { type: 'multiChoice', label: 'M', choices: [{ value: 'a', label: 'A' }] };
    expect(column(set, '["a","b"]', 'null')).toMatchObject({ values: [['a', 'b'], null] });
  });
});
