// One meaning of filters: the same condition over the same rows gives the same answer, true, false or unknown, in JS, SQLite and PostgreSQL.
import {
  allFields,
  compileExpression,
  compileQuery,
  evaluate,
  ident,
  isTrue,
  parseExpression,
  render,
  searchBody,
  searchIndex,
  searchKeysPerEntity,
  sql,
  type Entity,
  type Expr,
  type Field,
  type Query,
  type Row,
  type Sql,
  type SqlContext,
  type Value,
} from '@satchel/model';
import init, { type Database, type SqlValue } from '@sqlite.org/sqlite-wasm';
import * as fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asker, conditions, filterEntities, group, now, rowsOf, thing } from './testing/filter-world.ts';

const seed = Number(process.env['FILTER_SEED'] ?? 20260301);
const runs = Number(process.env['FILTER_RUNS'] ?? 300);
const counts = { things: 80, groups: 6 };
const [things = [], groups = []] =
  fc.sample(fc.tuple(rowsOf(thing, counts), rowsOf(group, counts)), { seed, numRuns: 1 })[0] ?? [];
// The last group is deleted on the device and not there on the server: nobody looks through to it.
const shownGroups = groups.slice(0, -1);
const rowsById = new Map([...things, ...shownGroups].map((row) => [row['id'], row]));
const follow = (row: Row, field: string): Row | null => rowsById.get(row[field] ?? '') ?? null;

let postgres: pg.Client;
let sqlite: Database;
const schema = 'filter_meaning';
const contexts = {
  postgres: context('postgres', (entity) => sql`${ident(schema)}.${ident(entity)}`),
  sqlite: context('sqlite', (entity) => ident(entity)),
};

beforeAll(async () => {
  postgres = new pg.Client({ connectionString: process.env['TEST_DATABASE_URL'] });
  await postgres.connect();
  await postgres.query(
    `drop schema if exists ${schema} cascade; create schema ${schema}; set time zone 'UTC'`,
  );
  sqlite = new (await init()).oo1.DB(':memory:');
  sqlite.exec(`${searchIndex}; create table _entity (entity text primary key, number integer)`);
  for (const [entity, rows, hidden] of [
    [thing, things, []],
    [group, shownGroups, groups.slice(-1)],
  ] as const)
    await fill(entity, rows, hidden);
});
afterAll(async () => {
  await postgres.query(`drop schema ${schema} cascade`);
  await postgres.end();
  sqlite.close();
});

describe('one meaning of filters', () => {
  it(`[EXPR-6] JS, SQLite and PostgreSQL agree on every row (seed ${seed})`, async () => {
    const seen = { true: 0, false: 0, null: 0 };
    await fc.assert(
      fc.asyncProperty(conditions, async (text) => {
        const tree = treeOf(text);
        const inJs = things.map((row) => evaluate(tree, { record: row, user: asker, now, follow }));
        for (const value of inJs) seen[String(value) as keyof typeof seen] += 1;
        expect(await inPostgres(tree), 'PostgreSQL').toEqual(inJs);
        expect(inSqlite(tree), 'SQLite').toEqual(inJs);
      }),
      { seed, numRuns: runs },
    );
    // The conditions are worth something: each answer is given often.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(runs);
  });

  it('[QUERY-2] a query gives the same rows in the same order in both databases, page by page', async () => {
    const orders = [
      [],
      [{ field: 'label' }],
      [{ field: 'at', descending: true }],
      [{ field: 'state', descending: true }, { field: 'count' }],
      [{ field: 'owner' }, { field: 'due', descending: true }],
    ];
    for (const order of orders) {
      const where = [treeOf('record.active != true')];
      const all = await bothAnswers({ entity: 'thing', where, order, limit: 1_000 });
      expect(all.length).toBe(things.filter((row) => row['active'] !== true).length);
      const paged: Row[] = [];
      for (;;) {
        const last = paged.at(-1);
        const after = last && [...order.map(({ field }) => last[field] ?? null), last['id'] ?? null];
        const page = await bothAnswers({
          entity: 'thing',
          where,
          order,
          limit: 7,
          ...(after ? { after } : {}),
        });
        paged.push(...page);
        if (page.length < 7) break;
      }
      expect(paged).toEqual(all);
    }
  });

  it('[QUERY-3] null stands after everything: last going up, first going down', async () => {
    const up = await bothAnswers({ entity: 'thing', order: [{ field: 'count' }], limit: 1_000 });
    const down = await bothAnswers({
      entity: 'thing',
      order: [{ field: 'count', descending: true }],
      limit: 1_000,
    });
    expect(up.at(-1)?.['count']).toBeNull();
    expect(down).toEqual(up.toReversed());
  });

  it('[QUERY-4] the count is of all that match, whatever the page', async () => {
    const tree = treeOf('record.count > 0');
    const { count } = compileQuery(
      { entity: 'thing', where: [tree], limit: 2, count: true },
      contexts.sqlite,
    );
    const expected = things.filter((row) => isTrue(tree, { record: row, user: asker, now, follow })).length;
    expect(runSqlite(count ?? sql``)).toEqual([[expected]]);
    const inPg = compileQuery(
      { entity: 'thing', where: [tree], limit: 2, count: true },
      contexts.postgres,
    ).count;
    expect(await runPostgres(inPg ?? sql``)).toEqual([[String(expected)]]);
  });

  it('[QUERY-6] search finds the same records on the device and on the server', async () => {
    await addSearchRows();
    const expected: Readonly<Record<string, number>> = {
      ecole: 1,
      ÉCOLE: 1,
      pump: 2,
      PUM: 2,
      ump: 0,
      'wo-12': 1,
      'wo 0012': 1,
      'pump leak': 1,
      "o'neil": 1,
      ΑΘΉΝΑ: 1,
      жёлтый: 1,
      ørsted: 1,
      '50%': 1,
      '"*': -1,
      straße: 1,
      'cafe\u0301': 1,
    };
    for (const [search, hits] of Object.entries(expected)) {
      const where = [treeOf('record.state == null && record.count == 424242')];
      const found = await bothAnswers({ entity: 'thing', where, search, limit: 1_000 });
      expect(found.length, search).toBe(hits < 0 ? searchTexts.length : hits);
    }
  });
});

const searchTexts = [
  'Pump leaks',
  'The École, 2e étage',
  '(pump) WO-0012 wo-12',
  'O\'Neil "Café"',
  'Αθήνα',
  'ЖЁЛТЫЙ дом',
  'Ørsted 😀 50% straße',
];

async function addSearchRows(): Promise<void> {
  const blank = Object.fromEntries(Object.keys(allFields(thing)).map((name) => [name, null]));
  const rows = searchTexts.map((label, index): Row => ({
    ...blank,
    id: `01900000-0000-7000-8000-7000000000${10 + index}`,
    label,
    count: 424242,
    _rev: 1,
  }));
  await fill(thing, rows, [], false);
}

function treeOf(text: string): Expr {
  const result = parseExpression(text, { entities: filterEntities, entity: 'thing' });
  if (!result.ok) throw new Error(`${text}: ${result.faults.map((fault) => fault.message).join('; ')}`);
  return result.tree;
}

function context(dialect: SqlContext['dialect'], table: (entity: string) => Sql): SqlContext {
  return { dialect, table, entities: filterEntities, user: asker, now };
}

async function inPostgres(tree: Expr): Promise<Value[]> {
  const answer = compileExpression(tree, { entity: 'thing', alias: ident('r') }, contexts.postgres);
  const rows = await runPostgres(
    sql`select ${answer} from ${ident(schema)}.${ident('thing')} ${ident('r')} order by r.id limit ${counts.things}`,
  );
  return rows.map(([value]) => value as Value);
}

function inSqlite(tree: Expr): Value[] {
  const answer = compileExpression(tree, { entity: 'thing', alias: ident('r') }, contexts.sqlite);
  const rows = runSqlite(
    sql`select ${answer} from ${ident('thing')} ${ident('r')} order by r.id limit ${counts.things}`,
  );
  return rows.map(([value]) =>
    value === null ? null : value === 1 ? true : value === 0 ? false : String(value),
  );
}

/** Rows of a query as fields that both databases give alike: ids, texts, whole numbers. */
async function bothAnswers(query: Query): Promise<Row[]> {
  const columns = ['id', 'label', 'count', 'state', 'owner', 'at', 'due'];
  const fromPostgres = await runPostgres(compileQuery(query, { ...contexts.postgres, columns }).rows);
  const fromSqlite = runSqlite(compileQuery(query, { ...contexts.sqlite, columns }).rows);
  const row = (values: readonly unknown[]): Row =>
    Object.fromEntries(
      columns.map((name, index) => [name, wireValue(allFields(thing)[name], values[index])]),
    );
  const answer = fromSqlite.map(row);
  expect(fromPostgres.map(row)).toEqual(answer);
  return answer;
}

function wireValue(field: Field | undefined, value: unknown): Value {
  if (value === null || value === undefined) return null;
  return field?.type === 'integer' ? Number(value) : (value as Value);
}

async function runPostgres(query: Sql): Promise<unknown[][]> {
  const { text, values } = render(query, 'postgres');
  const types = { getTypeParser: (oid: number) => (text: string) => parsePostgres(oid, text) };
  return (await postgres.query({ text, values: [...values], rowMode: 'array', types: types as never })).rows;
}

/** As the server's own parsers: booleans, and times as fixed-width UTC text. */
function parsePostgres(oid: number, text: string): unknown {
  if (oid === 16) return text === 't';
  return oid === 1184 ? new Date(text.replace(' ', 'T').replace('+00', 'Z')).toISOString() : text;
}

function runSqlite(query: Sql): SqlValue[][] {
  const { text, values } = render(query, 'sqlite');
  return sqlite.exec({ sql: text, bind: values as SqlValue[], returnValue: 'resultRows', rowMode: 'array' });
}

async function fill(
  entity: Entity,
  rows: readonly Row[],
  hidden: readonly Row[],
  create = true,
): Promise<void> {
  const fields = Object.entries(allFields(entity));
  const columnsOf = (typeOf: (name: string, field: Field) => string) =>
    fields.map(([name, field]) => `"${name}" ${typeOf(name, field)}`).join(', ');
  if (create) {
    await postgres.query(`create table ${schema}."${entity.name}" (${columnsOf(postgresType)}, _rev bigint)`);
    sqlite.exec(
      `create table "${entity.name}" (_key integer primary key, ${columnsOf(sqliteType)}, _rev integer, _local integer);
       insert into _entity select '${entity.name}', count(*) from _entity`,
    );
  }
  const names = [...fields.map(([name]) => name), '_rev'];
  for (const row of [...rows, ...hidden]) {
    const values = names.map((name) => row[name] ?? null);
    const marks = names.map((_, index) => `$${index + 1}`).join(', ');
    if (rows.includes(row))
      await postgres.query(`insert into ${schema}."${entity.name}" values (${marks})`, values as unknown[]);
    const bound = values.map((value) =>
      typeof value === 'boolean' ? Number(value) : Array.isArray(value) ? JSON.stringify(value) : value,
    );
    sqlite.exec({
      sql: `insert into "${entity.name}" values (null, ${names.map(() => '?').join(', ')}, ?)`,
      bind: [...(bound as SqlValue[]), hidden.includes(row) ? 3 : 0],
    });
    const body = searchBody([row['label'] ?? null, row['note'] ?? null]);
    sqlite.exec({
      sql: 'insert into _search (rowid, body) select number * ? + last_insert_rowid(), ? from _entity where entity = ?',
      bind: [searchKeysPerEntity, body, entity.name],
    });
  }
}

function postgresType(name: string, field: Field): string {
  switch (field.type) {
    case 'integer':
    case 'decimal':
    case 'money':
      return 'bigint';
    case 'boolean':
    case 'date':
      return field.type;
    case 'dateTime':
      return 'timestamptz(3)';
    case 'multiChoice':
      return 'text[]';
    case 'lookup':
      return field.to.length === 1 ? 'uuid' : 'text collate "C"';
    default:
      return name === 'id' ? 'uuid' : 'text collate "C"';
  }
}

function sqliteType(_name: string, field: Field): string {
  return ['integer', 'decimal', 'money', 'boolean'].includes(field.type) ? 'integer' : 'text';
}
