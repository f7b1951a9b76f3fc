import { describe, expect, it } from 'vitest';
import { tableEntities } from '../solution.ts';
import { workshop } from '../testing/workshop.ts';
import { checkExpression } from './check.ts';
import { parseExpression } from './parse.ts';
import type { Expr } from './tree.ts';

const context = { entities: tableEntities(workshop), entity: 'job' };

function treeOf(text: string): Expr {
  const result = parseExpression(text, context);
  if (!result.ok) throw new Error(`${text}: ${result.faults.map((fault) => fault.message).join('; ')}`);
  return result.tree;
}
function faultsOf(text: string): string {
  const result = parseExpression(text, context);
  return result.ok ? '' : result.faults.map((fault) => fault.message).join('; ');
}

describe('the CEL subset', () => {
  it.each([
    "record.state == 'open' && !(record.title.startsWith('A') || record.customer.rating >= 3)",
    "record.state in ['open', 'closed'] && 'drill' in record.tools",
    'record.owner == user.id || record.owner in user.teams || record.customer == null',
    'record.closed_at < now - duration("72h") || record.due <= today + duration("168h")',
    'record.due >= date("2026-01-02") && record.closed_at > timestamp("2026-01-02T03:04:05+02:00")',
    'record.price * 3 > 10.5 && record.minutes + 5 < 60 && record.best in [1, 2, 3]',
    '(record.approved ? record.price : 0) != 12',
    '-record.minutes < 2 && record.approved',
    "record.regarding == 'customer/01900000-0000-7000-8000-000000000030'",
    'user.business_unit == null || "admin" in user.roles',
  ])('[EXPR-1] takes %s', (text) => {
    expect(treeOf(text).type).toEqual({ kind: 'boolean' });
  });

  it.each([
    ['record.state ==', ''],
    ['record.colour == 1', 'there is no record.colour'],
    ['record.state.length == 1', 'record.state is not a lookup to one entity'],
    ['record.regarding.name == "x"', 'record.regarding is not a lookup'],
    ['has(record.state)', ''],
    ['record.tools.exists(t, t == "a")', ''],
    ['size(record.title) > 3', 'size cannot be used'],
    ['other == 1', 'other is not known'],
    ['record.title == 1', 'text and integer'],
    ['record.title < null', 'needs two numbers'],
    ['record.approved < true', 'needs two numbers'],
    ['record.due == "2026-01-02"', 'write date('],
    ['record.due == date("2026-02-30")', 'such as "2026-01-02"'],
    ['record.due + duration("5h") == today', 'whole days'],
    ['record.price == 1.234', 'digits after the point'],
    ['record.title + 1 == 2', 'does not work on text'],
    ['record.title && true', 'a condition is expected'],
    ['record.tools == record.tools', 'cannot be compared'],
    ['record.title in user.id', 'needs a list'],
    ['duration("7d") == duration("1h")', 'such as "72h"'],
    ['record.title == "a\\u0000"', 'is not a text'],
    ['user.password == "x"', 'there is no user.password'],
    ['params.note == "x"', 'there is no params.note'],
    ['record.title.matches("a+")', 'matches cannot be used'],
    ['record == null', ''],
  ])('[EXPR-2] refuses %s', (text, words) => {
    const faults = faultsOf(text);
    expect(faults).not.toBe('');
    expect(faults).toContain(words);
  });

  it('[EXPR-2] refuses what is larger than the limit, however deep it is', () => {
    expect(faultsOf(Array.from({ length: 200 }, () => 'record.approved').join(' && '))).toBe('');
    expect(faultsOf(Array.from({ length: 300 }, () => 'record.approved').join(' && '))).toContain(
      '500 parts',
    );
    let deep: Expr = { op: 'literal', value: true, type: { kind: 'boolean' } };
    for (let depth = 0; depth < 100_000; depth += 1) deep = { op: 'not', operand: deep, type: deep.type };
    expect(checkExpression(deep, context).ok).toBe(false);
    expect(faultsOf('record.customer.name == "x"')).toBe('');
  });

  it('[EXPR-3] a number takes the unit of the column it meets, exactly', () => {
    expect(treeOf('record.price == 12.5')).toMatchObject({
      right: { value: 1250, type: { kind: 'fixed', scale: 2 } },
    });
    expect(treeOf('3 < record.price')).toMatchObject({ left: { value: 300 } });
    expect(treeOf('record.minutes == 3.0')).toMatchObject({ right: { value: 3, type: { kind: 'integer' } } });
    expect(treeOf('record.price * 2')).toMatchObject({
      type: { kind: 'fixed', scale: 2 },
      right: { value: 2 },
    });
  });

  it.each([
    "record.state == 'opne'",
    "'opne' != record.state",
    "record.state in ['open', 'opne']",
    "'opne' in record.tools",
  ])('[EXPR-13] refuses %s, which is no choice', (text) => {
    expect(faultsOf(text)).toContain('"opne" is not a choice of record.');
  });

  it('[EXPR-4] types that a received tree claims are not believed', () => {
    const title: Expr = { op: 'field', path: ['title'], type: { kind: 'integer' } };
    const one: Expr = { op: 'literal', value: 1, type: { kind: 'integer' } };
    const forged: Expr = { op: 'compare', compare: '<', left: title, right: one, type: { kind: 'boolean' } };
    expect(checkExpression(forged, context).ok).toBe(false);
    const wrongLiteral: Expr = { op: 'literal', value: 'x', type: { kind: 'date' } };
    expect(checkExpression({ ...forged, right: wrongLiteral }, context).ok).toBe(false);
    const checked = checkExpression({ ...forged, left: { ...title, path: ['price'] } }, context);
    expect(checked).toMatchObject({ ok: true, tree: { right: { value: 100 } } });
  });

  it('[EXPR-4] a checked tree checks to itself, also after JSON', () => {
    const tree = treeOf(
      "record.price > 2.5 && record.state in ['open'] && record.due < today + duration('48h')",
    );
    expect(checkExpression(JSON.parse(JSON.stringify(tree)) as Expr, context)).toEqual({ ok: true, tree });
  });

  it('[EXPR-5] a path looks only through entities that were given', () => {
    const entities = context.entities.filter((entity) => entity.name !== 'customer');
    expect(parseExpression('record.customer.rating > 3', { entities, entity: 'job' }).ok).toBe(false);
    expect(parseExpression('record.customer == null', { entities, entity: 'job' }).ok).toBe(true);
    expect(parseExpression('record.title == "x"', { entities, entity: null }).ok).toBe(false);
    expect(parseExpression('now', { entities, entity: null })).toMatchObject({ ok: true });
  });
});
