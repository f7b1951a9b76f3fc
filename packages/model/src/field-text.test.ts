import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Field } from './entity.ts';
import { formatFixed, formatValue, parseFixed, parseInput } from './field-text.ts';
import type { Value } from './value.ts';

fc.configureGlobal({ seed: 8420 });

const choices = ['red', 'green'].map((value) => ({ value, label: `Very ${value}` }));

describe('numbers with decimals', () => {
  it('[FIELD-10] text and whole units go back and forth exactly, for every safe number and scale', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 6 }), (value, scale) => {
        expect(parseFixed(formatFixed(value, scale), scale)).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it.each<[string, number, number | undefined]>([
    ['12.5', 2, 1250],
    ['12,50', 2, 1250],
    ['-0.07', 2, -7],
    ['.5', 1, 5],
    ['5.', 1, 50],
    ['+3', 0, 3],
    ['1.500', 1, 15],
    ['-0', 2, 0],
    ['1.234', 2, undefined],
    ['1 000', 2, undefined],
    ['1.2.3', 2, undefined],
    ['1e3', 2, undefined],
    ['', 2, undefined],
    ['.', 2, undefined],
    ['90071992547409.92', 2, undefined],
    ['90071992547409.91', 2, Number.MAX_SAFE_INTEGER],
  ])('[FIELD-10] %s at scale %i is %s', (text, scale, value) => {
    expect(parseFixed(text, scale)).toBe(value);
  });
});

describe('input', () => {
  it.each<[Field, Value]>([
    [{ type: 'integer', label: '' }, -42],
    [{ type: 'money', label: '', scale: 2, currency: 'EUR' }, 1205],
    [{ type: 'boolean', label: '' }, false],
    [{ type: 'date', label: '' }, '2024-02-29'],
    [{ type: 'dateTime', label: '' }, '2024-02-29T12:00:00.000Z'],
    [{ type: 'choice', label: '', choices }, 'red'],
    [{ type: 'multiChoice', label: '', choices }, ['green', 'red']],
    [{ type: 'text', label: '' }, 'plain words'],
    [{ type: 'text', label: '' }, null],
  ])('[FIELD-11] what is shown of %o is read back', (field, value) => {
    expect(parseInput(field, formatValue(field, value))).toEqual({ ok: true, value });
  });

  it('[FIELD-11] a fault is told by code, and the bounds of the field hold', () => {
    expect(parseInput({ type: 'integer', label: '' }, '1.5')).toEqual({ ok: false, code: 'wrong_type' });
    expect(parseInput({ type: 'integer', label: '', max: 5 }, '6')).toEqual({
      ok: false,
      code: 'out_of_range',
    });
    expect(parseInput({ type: 'choice', label: '', choices }, 'blue')).toEqual({
      ok: false,
      code: 'not_a_choice',
    });
    expect(parseInput({ type: 'text', label: '', required: true }, ' ')).toEqual({
      ok: false,
      code: 'required',
    });
    expect(formatValue({ type: 'choice', label: '', choices }, 'red')).toBe('Very red');
  });
});
