// The words of cached rows in the full-text index. Words of a single row are kept in the transaction that writes the row; those of a page come later,
// some rows at a time, because they take twice as long as the page. Which rows are still without is written beside them in the same transactions, and
// a search puts in what is missing before it answers: nobody sees the difference, but in how long it takes.
import { searchBody, searchKeysPerEntity, type Model, type PageColumn, type RecordId } from '@satchel/model';
import { quoted } from './cache-schema.ts';
import { deviceLimits } from './limits.ts';
import type { Database } from './ports.ts';
import { fromSql } from './row-codec.ts';

/** Where an entity's keys begin in the index. */
export function firstKeyOf(number: number): number {
  return number * searchKeysPerEntity;
}

/** Takes all words of an entity out of the index. */
export function dropWords(db: Database, number: number): void {
  const first = firstKeyOf(number);
  db.run('delete from _search where rowid >= ? and rowid < ?', [first, first + searchKeysPerEntity]);
}

/** The words of all rows are to be put in anew. */
export function forgetWords(db: Database, entity: string, number: number): void {
  dropWords(db, number);
  db.run('update _entity set wordless_after = 0 where entity = ?', [entity]);
}

/** Call before rows replace those with ids of this page: the words of the old ones go, and the new ones, which get higher keys, are without for now. */
export function expectPage(
  db: Database,
  entity: string,
  number: number,
  columns: readonly PageColumn[],
): void {
  const range = idRangeOf(columns);
  if (range === null) return;
  const keys = db.rows(`select _key from ${quoted(entity)} where id between ? and ?`, [
    range.first,
    range.last,
  ]);
  for (const [key] of keys) db.run('delete from _search where rowid = ?', [firstKeyOf(number) + Number(key)]);
  db.run(
    `update _entity set wordless_after = coalesce(wordless_after, (select max(_key) from ${quoted(entity)}), 0) where entity = ?`,
    [entity],
  );
}

/** Entities of which some rows are still without their words. */
export function wordlessEntities(db: Database): readonly string[] {
  const names = db.rows('select entity from _entity where wordless_after is not null order by number');
  return names.map(([entity]) => String(entity));
}

/** Puts in the words of some more rows; call in a transaction. False: none were left. */
export function addWords(db: Database, model: Model, entity: string, number: number): boolean {
  const after = db.rows('select wordless_after from _entity where entity = ?', [entity])[0]?.[0] ?? null;
  if (after === null) return false;
  const names = model.searchableFields(entity);
  const fields = names.map((name) => model.field(entity, name));
  const rows =
    names.length === 0
      ? []
      : db.rows(
          `select _key, ${names.map(quoted).join(', ')} from ${quoted(entity)} where _key > ? and _local <> 3 order by _key limit ?`,
          [after, deviceLimits.searchBatchRows],
        );
  const columns: readonly PageColumn[] = [
    { name: 'rowid', values: rows.map(([key]) => firstKeyOf(number) + Number(key)) },
    {
      name: 'body',
      values: rows.map(([, ...cells]) =>
        searchBody(cells.map((cell, index) => fromSql(fields[index], cell))),
      ),
    },
  ];
  if (rows.length > 0) db.insertColumns('_search', columns, rows.length);
  const isDone = rows.length < deviceLimits.searchBatchRows;
  const last = isDone ? null : (rows.at(-1)?.[0] ?? null);
  db.run('update _entity set wordless_after = ? where entity = ?', [last, entity]);
  return !isDone;
}

/** The ids that a page goes from and to; null for an empty one. */
function idRangeOf(
  columns: readonly PageColumn[],
): { readonly first: RecordId; readonly last: RecordId } | null {
  const column = columns.find(({ name }) => name === 'id');
  const ids = column === undefined ? [] : 'values' in column ? column.values : column.dictionary;
  let [first = null] = ids as readonly (RecordId | null)[];
  let last = first;
  for (const id of ids as readonly RecordId[]) {
    if (first === null || id < first) first = id;
    if (last === null || id > last) last = id;
  }
  return first === null || last === null ? null : { first, last };
}
