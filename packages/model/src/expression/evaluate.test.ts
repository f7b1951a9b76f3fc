import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tableEntities } from '../solution.ts';
import { ids, maya, workshop } from '../testing/workshop.ts';
import type { Row, Value } from '../value.ts';
import { compareText, evaluate, isTrue } from './evaluate.ts';
import { addToDate, addToInstant, formatInstant, parseDuration, parseInstant } from './moment.ts';
import { parseExpression } from './parse.ts';

const customer: Row = { id: ids.customer, name: 'Acme', rating: 2 };
const record: Row = {
  id: ids.job,
  title: 'Pump',
  customer: ids.customer,
  minutes: null,
  price: 1250,
  due: '2026-02-28',
  tools: null,
};

function evaluated(text: string, row: Row | null = record): Value {
  const result = parseExpression(text, {
    entities: tableEntities(workshop),
    entity: 'job',
    params: { note: { type: 'text', label: 'Note' } },
  });
  if (!result.ok) throw new Error(result.faults.map((fault) => fault.message).join('; '));
  const follow = (_from: Row, field: string) => (field === 'customer' ? customer : null);
  return evaluate(result.tree, {
    record: row,
    user: maya,
    now: '2026-03-01T00:00:00.000Z',
    follow,
    params: { note: 'done' },
  });
}

describe('what an expression means', () => {
  it.each<[string, Value]>([
    ['record.minutes > 1', null],
    ['record.minutes == 1', false],
    ['record.minutes != 1', true],
    ['record.minutes == null', true],
    ['record.minutes > 1 || record.price > 12', true],
    ['record.minutes > 1 && record.price > 13', false],
    ['record.minutes > 1 && record.price > 12', null],
    ['!(record.minutes > 1)', null],
    ["'drill' in record.tools", null],
    ["record.street in ['a']", false],
    ["record.street.contains('a')", null],
    ['record.minutes > 1 ? true : false', null],
    ['record.minutes + 1 == null', true],
  ])('[EXPR-8] an operand that is null makes %s %s', (text, expected) => {
    expect(evaluated(text)).toBe(expected);
  });

  it('[EXPR-8] a condition that is unknown does not hold', () => {
    const result = parseExpression('record.minutes > 1', {
      entities: tableEntities(workshop),
      entity: 'job',
    });
    const scope = { record, user: maya, now: '2026-03-01T00:00:00.000Z', follow: () => null };
    expect(result.ok && isTrue(result.tree, scope)).toBe(false);
  });

  it('[EXPR-9] looks through lookups; a record that is not at hand is null', () => {
    expect(evaluated('record.customer.rating < 3')).toBe(true);
    expect(evaluated('record.owner.name == null')).toBe(true);
    expect(evaluated('record.customer.rating < 3', null)).toBe(null);
  });

  it('[EXPR-9] sees the person, the time and what was entered for a command', () => {
    expect(evaluated('user.business_unit in user.business_units')).toBe(true);
    expect(evaluated('record.due + duration("24h") == today')).toBe(true);
    expect(evaluated('now - duration("1ms")')).toBe('2026-02-28T23:59:59.999Z');
    expect(evaluated('params.note')).toBe('done');
  });

  it('[EXPR-10] whole numbers beyond 2^53 - 1 are null, and zero has no sign', () => {
    expect(evaluated('record.price * 9007199254740991')).toBe(null);
    expect(evaluated('record.price * -0')).toBe(0);
    expect(evaluated('record.price - 12.5')).toBe(0);
  });

  it('[EXPR-11] text is ordered by code point', () => {
    expect(['😀', '\uffff', 'z', 'é', '', 'Z'].sort(compareText)).toEqual([
      '',
      'Z',
      'z',
      'é',
      '\uffff',
      '😀',
    ]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(compareText(a, b)).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
      { seed: 11 },
    );
  });
});

describe('moments', () => {
  it('[EXPR-12] instants and days agree with the calendar from year 1 to 9999', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (epochMs) => {
        const text = new Date(epochMs).toISOString();
        expect(formatInstant(epochMs)).toBe(text);
        expect(parseInstant(text)).toBe(epochMs);
        expect(addToDate(text.slice(0, 10), 0)).toBe(text.slice(0, 10));
      }),
      { seed: 12, numRuns: 2_000 },
    );
    expect(addToInstant('9999-12-31T23:59:59.999Z', 1)).toBe(null);
    expect(addToDate('0001-01-01', -86_400_000)).toBe(null);
  });

  it('[EXPR-12] reads zones and durations, and refuses what does not exist', () => {
    expect(parseInstant('2026-01-02T03:04:05+02:00')).toBe(Date.UTC(2026, 0, 2, 1, 4, 5));
    expect(parseInstant('2026-01-02T03:04:05.5Z')).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 500));
    for (const text of ['2026-02-29T00:00:00Z', '2026-01-02T24:00:00Z', '2026-01-02', '2026-01-02T03:04:05'])
      expect(parseInstant(text)).toBe(null);
    expect(parseDuration('1h30m')).toBe(5_400_000);
    expect(parseDuration('-1.5s')).toBe(-1_500);
    for (const text of ['7d', '', 'h', '1', '0.1ms', '9999999h']) expect(parseDuration(text)).toBe(null);
  });
});
