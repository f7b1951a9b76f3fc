// Lays columns of a page into the rows that are here at the same revision; see added-columns.ts for what must stay true.
import type { Model, PageColumn, RecordId } from '@satchel/model';
import { quoted } from './cache-schema.ts';
import type { Database, SqlValue } from './ports.ts';
import { sqliteType } from './row-codec.ts';

/** The ids that a page speaks of: after the one, up to the other; null: from the first, to the last. */
export interface Stretch {
  readonly after: RecordId | null;
  readonly last: RecordId | null;
}

/** `columns`: `id`, what is to be filled, `_rev`. Rows of the stretch that the page has not at their revision get revision 0. Call inside a transaction. */
export function fillColumns(
  db: Database,
  model: Model,
  entity: string,
  columns: readonly PageColumn[],
  count: number,
  { after, last }: Stretch,
): void {
  const table = quoted(entity);
  const names = columns.map(({ name }) => name).filter((name) => name !== 'id' && name !== '_rev');
  const types = names.flatMap((name) => {
    const field = model.field(entity, name);
    return field === undefined ? [] : [`${quoted(name)} ${sqliteType(field)}, `];
  });
  db.run('drop table if exists _column_page');
  db.run(
    `create table _column_page (id text primary key, ${types.join('')}_rev integer not null) without rowid`,
  );
  if (count > 0) db.insertColumns('_column_page', columns, count);
  const isSame = `p.id = ${table}.id and p._rev = ${table}._rev`;
  const sets = names.map((name) => `${quoted(name)} = p.${quoted(name)}`);
  db.run(`update ${table} set ${sets.join(', ')} from _column_page p where ${isSame}`);
  const within = [after === null ? '' : ' and id > ?', last === null ? '' : ' and id <= ?'].join('');
  const ends: readonly SqlValue[] = [after, last].filter((id) => id !== null);
  db.run(
    `update ${table} set _rev = 0 where _rev is not null${within}
       and not exists (select 1 from _column_page p where ${isSame})`,
    ends,
  );
  db.run('drop table _column_page');
}
