import { describe, expect, it } from 'vitest';
import type { Expr } from './expression/tree.ts';
import {
  checkQuery,
  compileQuery,
  deviceIndexes,
  listIndexes,
  titlesSql,
  type QueryContext,
} from './query-sql.ts';
import type { Query } from './query.ts';
import { tableEntities } from './solution.ts';
import { ident, qualified, render, sql } from './sql.ts';
import { ids, job, maya, workshop } from './testing/workshop.ts';

const entities = tableEntities(workshop);
const base: QueryContext = {
  dialect: 'postgres',
  entities,
  user: maya,
  now: '2026-03-01T00:00:00.000Z',
  columns: ['id', 'title'],
};
const text = (query: Query, context: QueryContext = base) =>
  render(compileQuery(query, context).rows, context.dialect);
const isOpen: Expr = {
  op: 'compare',
  compare: '==',
  left: { op: 'field', path: ['state'], type: { kind: 'text' } },
  right: { op: 'literal', value: 'open', type: { kind: 'text' } },
  type: { kind: 'boolean' },
};

describe('a query as SQL', () => {
  it('[QUERY-1] names come from the model and values are parameters', () => {
    const { text: statement, values } = text({
      entity: 'job',
      where: [isOpen],
      order: [{ field: 'due' }],
      limit: 50,
    });
    expect(statement).toBe(
      'select "r"."id", "r"."title" from "job" "r" where (("r"."state" = $1::text and "r"."state" is not null)) order by "r"."due", "r"."id" limit $2',
    );
    expect(values).toEqual(['open', 50]);
    expect(() => text({ entity: 'job', order: [{ field: 'id"; drop table job' }], limit: 1 })).toThrow();
    expect(() => text({ entity: 'nothing', limit: 1 })).toThrow();
  });

  it('[QUERY-7] rows that are not visible are neither read, nor counted, nor looked through, nor named', () => {
    const context: QueryContext = {
      ...base,
      table: (entity) => qualified(ident('org'), entity),
      visible: (entity, alias) =>
        sql`${qualified(alias, 'owner')} = ${entity} or ${qualified(alias, 'x')} = ${1}`,
    };
    const lookThrough: Expr = {
      ...isOpen,
      left: { op: 'field', path: ['customer', 'name'], type: { kind: 'text' } },
    };
    const query: Query = { entity: 'job', where: [lookThrough], limit: 5, count: true };
    const { rows, count } = compileQuery(query, context);
    for (const part of [rows, count ?? sql``]) {
      const statement = render(part, 'postgres').text;
      expect(statement).toContain('where ("r"."owner" = $1 or "r"."x" = $2)');
      expect(statement).toContain('and ("_p1"."owner" = ');
    }
    const titles = titlesSql({ customer: [ids.customer] }, context);
    expect(render(titles ?? sql``, 'postgres').text).toContain('and ("t"."owner" = ');
  });

  it('[QUERY-7] on the device rows deleted here are hidden', () => {
    const statement = text({ entity: 'job', limit: 5 }, { ...base, dialect: 'sqlite' }).text;
    expect(statement).toContain('where ("r"."_local" <> 3)');
  });

  it('[QUERY-8] a received query is checked against the model', () => {
    const good: Query = {
      entity: 'job',
      where: [isOpen],
      order: [{ field: 'due' }],
      limit: 50,
      after: [null, ids.job],
    };
    expect(checkQuery(good, entities)).toEqual({ ok: true, query: good });
    const bad: readonly Query[] = [
      { ...good, entity: 'nothing' },
      { ...good, order: [{ field: 'nothing' }] },
      { ...good, order: [{ field: 'tools' }] },
      { ...good, limit: 100_000 },
      { ...good, limit: -1 },
      { ...good, after: [ids.job] },
      { ...good, after: ['tomorrow', ids.job] },
      { ...good, after: [null, 'x'] },
      { ...good, where: [{ op: 'now', type: { kind: 'boolean' } }] },
      { ...good, where: [{ ...isOpen, left: { op: 'field', path: ['secret'], type: { kind: 'text' } } }] },
    ];
    for (const query of bad) expect(checkQuery(query, entities).ok, JSON.stringify(query)).toBe(false);
  });

  it('[QUERY-9] titles are asked for by entity, each only where there are ids', () => {
    const titles = titlesSql(
      { customer: [ids.customer], job: [], part: [ids.part] },
      { ...base, dialect: 'sqlite' },
    );
    const { text: statement, values } = render(titles ?? sql``, 'sqlite');
    expect(statement.split(' union all ')).toHaveLength(2);
    expect(values).toEqual(['customer', JSON.stringify([ids.customer]), 'part', JSON.stringify([ids.part])]);
    expect(titlesSql({ job: [] }, base)).toBe(null);
  });

  it('[QUERY-5] the indexes of an entity are those of its views and indexed fields, each once', () => {
    const view = { name: 'v', entity: 'job', label: 'V', columns: [] };
    const views = [
      { ...view, order: [{ field: 'due' }, { field: 'title' }] },
      {
        ...view,
        order: [
          { field: 'due', descending: true },
          { field: 'title', descending: true },
        ],
      },
      { ...view, order: [{ field: 'price', descending: true }, { field: 'title' }] },
      { ...view, entity: 'part', order: [{ field: 'name' }] },
    ];
    expect(listIndexes(job, views)).toEqual([
      ['due', 'title', 'id'],
      ['price', 'id'],
      ['owner', 'id'],
      ['modified_at', 'id'],
    ]);
    // A device makes those of views and of lookups that lead to related records.
    expect(deviceIndexes(job, views)).toEqual([['due', 'title', 'id'], ['price', 'id'], ['owner']]);
  });
});
