import { describe, expect, it } from 'vitest';
import { allOf, anyOf, ident, joinSql, param, qualified, render, sql, type SqlParam } from './sql.ts';

describe('SQL fragments', () => {
  it('[QUERY-1] values become parameters, fragments nest, and each database gets its own placeholders', () => {
    const inner = sql`${ident('name')} = ${'x'}`;
    const whole = sql`select * from ${qualified(ident('org'), 'account')} where ${inner} and a = ${2}`;
    expect(render(whole, 'postgres')).toEqual({
      text: 'select * from "org"."account" where "name" = $1 and a = $2',
      values: ['x', 2],
    });
    expect(render(whole, 'sqlite').text).toBe('select * from "org"."account" where "name" = ? and a = ?');
  });

  it('[QUERY-1] SQLite gets 0 and 1 for booleans and JSON text for arrays', () => {
    const list: SqlParam = ['a', 'b'];
    const whole = joinSql([param(true), param(list), param(null)]);
    expect(render(whole, 'sqlite')).toEqual({ text: '?, ?, ?', values: [1, '["a","b"]', null] });
    expect(render(whole, 'postgres').values).toEqual([true, ['a', 'b'], null]);
  });

  it('[QUERY-1] a name that no model can contain is refused, and received data cannot pass for SQL', () => {
    for (const name of ['a"b', 'a b', '', '1a', 'x'.repeat(64), 'a;--']) expect(() => ident(name)).toThrow();
    const forged = JSON.parse('{"strings":["1=1"],"values":[]}') as SqlParam;
    expect(render(sql`${forged}`, 'postgres').text).toBe('$1');
  });

  it('[QUERY-1] no conditions at all: all of them hold, none of them does', () => {
    expect(render(allOf([]), 'postgres').text).toBe('(1 = 1)');
    expect(render(anyOf([sql`a`, sql`b`]), 'sqlite').text).toBe('(a or b)');
    expect(render(anyOf([]), 'sqlite').text).toBe('(1 = 0)');
  });
});
