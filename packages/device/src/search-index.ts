// The words of cached rows in the full-text index, kept in the transaction that brings the rows. A page's rows are indexed with the page: the device
// would only wait for the next one meanwhile, and search is complete the moment the rows are.
import { searchBody, searchKeysPerEntity, type Model, type PageColumn, type RecordId } from '@satchel/model';
import { quoted } from './cache-schema.ts';
import { deviceLimits } from './limits.ts';
import type { Database } from './ports.ts';
import { fromSql } from './row-codec.ts';

/** Rows whose ids lie between these, both included. */
export interface IdRange {
  readonly first: RecordId;
  readonly last: RecordId;
}

/** Every id there is. */
const everything: IdRange = { first: '0', last: 'g' };

/** The index of an entity's rows made anew. `firstKey` is where the entity's search keys begin. */
export function buildSearch(db: Database, model: Model, entity: string, firstKey: number): void {
  dropSearch(db, firstKey);
  indexRows(db, model, entity, firstKey, everything);
}

/** Takes all words of an entity out of the index. */
export function dropSearch(db: Database, firstKey: number): void {
  db.run('delete from _search where rowid >= ? and rowid < ?', [firstKey, firstKey + searchKeysPerEntity]);
}

/** The ids that a page goes from and to; null for an empty one. */
export function idRangeOf(columns: readonly PageColumn[]): IdRange | null {
  const column = columns.find(({ name }) => name === 'id');
  if (column === undefined) return null;
  const ids = ('values' in column ? column.values : column.dictionary) as readonly RecordId[];
  const [one] = ids;
  if (one === undefined) return null;
  const widen = (range: IdRange, id: RecordId): IdRange => {
    if (id < range.first) return { ...range, first: id };
    return id > range.last ? { ...range, last: id } : range;
  };
  return ids.reduce(widen, { first: one, last: one });
}

/** Takes the words of these rows out, before rows that get other keys replace them. */
export function forgetRows(db: Database, entity: string, firstKey: number, { first, last }: IdRange): void {
  const keys = db.rows(`select _key from ${quoted(entity)} where id between ? and ?`, [first, last]);
  for (const [key] of keys) db.run('delete from _search where rowid = ?', [firstKey + Number(key)]);
}

/** Puts the words of these rows in; none of them may be there. */
export function indexRows(
  db: Database,
  model: Model,
  entity: string,
  firstKey: number,
  range: IdRange,
): void {
  const names = model.searchableFields(entity);
  if (names.length === 0) return;
  const statement = `select _key, id, ${names.map(quoted).join(', ')} from ${quoted(entity)}
    where id >= ? and id <= ? and _local <> 3 order by id limit ?`;
  for (let from = range.first; ;) {
    const batch = db.rows(statement, [from, range.last, deviceLimits.searchBatchRows + 1]);
    const rows = batch.slice(0, deviceLimits.searchBatchRows);
    const bodies = rows.map(([, , ...cells]) =>
      searchBody(cells.map((cell, index) => fromSql(model.field(entity, names[index] ?? ''), cell))),
    );
    const columns: readonly PageColumn[] = [
      { name: 'rowid', values: rows.map(([key]) => firstKey + Number(key)) },
      { name: 'body', values: bodies },
    ];
    if (rows.length > 0) db.insertColumns('_search', columns, rows.length);
    const following = batch[rows.length];
    if (following === undefined) return;
    from = String(following[1]);
  }
}
