// The page of a default view is a walk along an index on both databases: nothing is sorted and only the page is read.
import {
  compileQuery,
  deviceIndexColumns,
  ident,
  listIndexes,
  qualified,
  render,
  sql,
  type Query,
  type QueryContext,
  type View,
} from '@satchel/model';
import init, { type SqlValue } from '@sqlite.org/sqlite-wasm';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asker, filterEntities, now, thing } from './testing/filter-world.ts';

const schema = 'query_plan';
const view: View = {
  name: 'v',
  entity: 'thing',
  label: 'V',
  order: [
    { field: 'at', descending: true },
    { field: 'count', descending: true },
  ],
  columns: [],
};
const columns = ['id', 'label'];
const queries: readonly Query[] = [
  { entity: 'thing', order: view.order, limit: 50 },
  { entity: 'thing', order: [{ field: 'at' }, { field: 'count' }], limit: 50 },
  {
    entity: 'thing',
    order: view.order,
    limit: 50,
    after: ['2026-01-01T00:00:00.000Z', 3, '01900000-0000-7000-8000-000000000001'],
  },
];
const context: Omit<QueryContext, 'dialect'> = { entities: filterEntities, user: asker, now, columns };
const indexes = listIndexes(thing, [view]);
const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

describe('plans of list pages', () => {
  const postgres = new pg.Client({ connectionString: process.env['TEST_DATABASE_URL'] });
  beforeAll(() => postgres.connect());
  afterAll(async () => {
    await postgres.query(`drop schema if exists ${schema} cascade`);
    await postgres.end();
  });

  it('[QUERY-5] PostgreSQL walks the index', async () => {
    await postgres.query(`drop schema if exists ${schema} cascade; create schema ${schema};
      create table ${schema}.thing (id uuid primary key, label text, at timestamptz(3), count bigint, owner uuid, modified_at timestamptz(3));
      insert into ${schema}.thing select gen_random_uuid(), 'x', case when n % 5 > 0 then now() - n * interval '1 minute' end, n % 7, gen_random_uuid(), now() from generate_series(1, 20000) n;`);
    for (const names of indexes) await postgres.query(`create index on ${schema}.thing (${quoted(names)})`);
    await postgres.query(`analyze ${schema}.thing`);
    for (const query of queries) {
      const { rows } = compileQuery(query, {
        ...context,
        dialect: 'postgres',
        table: (entity) => qualified(ident(schema), entity),
      });
      const { text, values } = render(sql`explain (costs off) ${rows}`, 'postgres');
      const plan = (await postgres.query({ text, values: [...values], rowMode: 'array' })).rows.join('\n');
      expect(plan).toContain('Index Scan');
      expect(plan).not.toContain('Sort');
    }
  });

  it('[QUERY-5] SQLite walks the index', async () => {
    const sqlite = new (await init()).oo1.DB(':memory:');
    sqlite.exec(
      `create table thing (id text not null unique, label text, at text, count integer, owner text, modified_at text, _local integer);`,
    );
    for (const [index, names] of indexes.entries())
      sqlite.exec(
        `create index i${index} on thing (${render(deviceIndexColumns(thing, names), 'sqlite').text})`,
      );
    for (const query of queries) {
      const { text, values } = render(
        sql`explain query plan ${compileQuery(query, { ...context, dialect: 'sqlite' }).rows}`,
        'sqlite',
      );
      const plan = sqlite.exec({
        sql: text,
        bind: values as SqlValue[],
        returnValue: 'resultRows',
        rowMode: 'array',
      });
      expect(plan.map((step) => step[3]).join('\n')).toMatch(/^(SCAN|SEARCH) r USING INDEX i0/);
      expect(plan.map((step) => step[3]).join('\n')).not.toContain('TEMP B-TREE FOR ORDER BY');
    }
    sqlite.close();
  });
});
