// What every adapter of the port `Database` must do. Each adapter's test hands over a way to open an empty one; the browser runs the same
// suite inside a worker, so cases are plain functions that throw, without a test runner.
import type { Database, SqlValue } from './ports.ts';

export interface ContractCase<T> {
  /** Begins with the number of the rule in docs/SPEC.md. */
  readonly title: string;
  run(subject: T): void | Promise<void>;
}

/** Throws unless both are the same in words. */
export function same(actual: unknown, expected: unknown): void {
  const [a, b] = [inWords(actual), inWords(expected)];
  if (a !== b) throw new Error(`expected ${b}, got ${a}`);
}

function inWords(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'bigint' ? `${item}n` : item instanceof Uint8Array ? [...item] : item,
  );
}

function fails(work: () => unknown): void {
  try {
    work();
  } catch {
    return;
  }
  throw new Error('expected a failure');
}

const oddTexts = [
  '',
  'plain',
  'naïve',
  '漢字',
  '🙂🙂',
  'a\u0000b',
  'line\nbreak',
  'quote \' " %_',
  '\ud83d',
  '\ude42',
  'x'.repeat(70_000),
];
/** What comes back: lone surrogates have no form in UTF-8. */
const oddTextsBack = oddTexts.map((text) => (text === '\ud83d' || text === '\ude42' ? '\ufffd' : text));

function table(database: Database): void {
  database.run('CREATE TABLE item (id TEXT PRIMARY KEY, a TEXT, n INTEGER, f INTEGER, r REAL) WITHOUT ROWID');
}

export const databaseContract: readonly ContractCase<Database>[] = [
  {
    title: '[DB-1] every kind of value comes back as it went in',
    run(database) {
      const values: SqlValue[] = [
        null,
        0,
        -1,
        2 ** 31,
        -(2 ** 31) - 1,
        2 ** 40,
        Number.MAX_SAFE_INTEGER,
        1.5,
        2n ** 60n,
        new Uint8Array([0, 255]),
        ...oddTexts,
      ];
      const back: SqlValue[] = [...values.slice(0, 10), ...oddTextsBack];
      same(database.rows(`SELECT ${values.map(() => '?').join(', ')}`, values), [back]);
    },
  },
  {
    title: '[DB-2] run takes several statements without parameters, or one with',
    run(database) {
      table(database);
      database.run("INSERT INTO item (id) VALUES ('1'); INSERT INTO item (id) VALUES ('2')");
      database.run('INSERT INTO item (id, n) VALUES (?, ?)', ['3', 7]);
      same(database.rows('SELECT id, n FROM item ORDER BY id'), [
        ['1', null],
        ['2', null],
        ['3', 7],
      ]);
      same(database.rows('SELECT id FROM item WHERE id = ?', ['nobody']), []);
    },
  },
  {
    title: '[DB-3] a transaction whose work throws leaves nothing behind, and the next one works',
    run(database) {
      table(database);
      fails(() =>
        database.transaction(() => {
          database.run("INSERT INTO item (id) VALUES ('1')");
          throw new Error('stop');
        }),
      );
      same(
        database.transaction(() => database.rows('SELECT count(*) FROM item')),
        [[0]],
      );
    },
  },
  {
    title: '[DB-3] a transaction inside another is refused and undoes the outer one',
    run(database) {
      table(database);
      fails(() =>
        database.transaction(() => {
          database.run("INSERT INTO item (id) VALUES ('1')");
          database.transaction(() => 1);
        }),
      );
      same(database.rows('SELECT count(*) FROM item'), [[0]]);
    },
  },
  {
    title: '[DB-4] rows given by column equal rows given one by one, dictionaries and odd text included',
    run(database) {
      table(database);
      const count = oddTexts.length;
      const ids = oddTexts.map((_text, index) => `id-${index}`);
      database.transaction(() =>
        database.insertColumns(
          'item',
          [
            { name: 'id', values: ids },
            { name: 'a', values: oddTexts },
            { name: 'n', dictionary: [null, 2 ** 40, -3], codes: ids.map((_id, index) => index % 3) },
            { name: 'f', values: ids.map((_id, index) => index % 2 === 0) },
            { name: 'r', values: ids.map((_id, index) => index + 0.5) },
          ],
          count,
        ),
      );
      const expected = ids.map((id, index) => [
        id,
        oddTextsBack[index],
        [null, 2 ** 40, -3][index % 3],
        index % 2 === 0 ? 1 : 0,
        index + 0.5,
      ]);
      same(database.rows('SELECT id, a, n, f, r FROM item ORDER BY length(id), id'), expected);
    },
  },
  {
    title:
      '[DB-4] arrays become JSON text, a dictionary may hold odd text, and a row with the same key is replaced',
    run(database) {
      table(database);
      const insert = (value: string[]): void =>
        database.insertColumns(
          'item',
          [
            { name: 'id', dictionary: ['é', '🙂'], codes: [1, 0] },
            { name: 'a', values: [value, value] },
          ],
          2,
        );
      database.transaction(() => insert(['x']));
      database.transaction(() => insert(['a', 'ü']));
      same(database.rows('SELECT id, a FROM item ORDER BY id'), [
        ['é', '["a","ü"]'],
        ['🙂', '["a","ü"]'],
      ]);
      fails(() => database.insertColumns('item', [{ name: 'id', values: ['1', '2'] }], 1));
      fails(() => database.insertColumns('item', [{ name: 'id', dictionary: ['1'], codes: [1] }], 1));
    },
  },
  {
    title: '[DB-5] many different statements, and a table changed under a kept one, give right answers',
    run(database) {
      table(database);
      database.run("INSERT INTO item (id, n) VALUES ('1', 5)");
      const everything = 'SELECT * FROM item';
      same(database.rows(everything), [['1', null, 5, null, null]]);
      for (let n = 0; n < 300; n += 1)
        same(database.rows(`SELECT n + ${n} FROM item WHERE id = ?`, ['1']), [[5 + n]]);
      database.run('ALTER TABLE item ADD COLUMN late TEXT');
      same(database.rows(everything), [['1', null, 5, null, null, null]]);
      database.run('DROP TABLE item');
      fails(() => database.rows(everything));
    },
  },
  {
    title: '[DB-5] a statement that failed can be used again',
    run(database) {
      table(database);
      const insert = 'INSERT INTO item (id) VALUES (?)';
      database.run(insert, ['1']);
      fails(() => database.run(insert, ['1']));
      database.run(insert, ['2']);
      same(database.rows('SELECT count(*) FROM item'), [[2]]);
    },
  },
  {
    title: '[DB-6] full text search is there, finds rows by the beginnings of words, and lets them go again',
    run(database) {
      database.run(
        "CREATE VIRTUAL TABLE _search USING fts5(body, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii')",
      );
      database.run('INSERT INTO _search (rowid, body) VALUES (?, ?)', [7, 'kältemaschine im keller']);
      const find = () => database.rows('SELECT rowid FROM _search WHERE _search MATCH ?', ['"kält" *']);
      same(find(), [[7]]);
      database.run('DELETE FROM _search WHERE rowid = ?', [7]);
      same(find(), []);
    },
  },
];
