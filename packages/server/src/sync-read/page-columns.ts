// Columns of a page as JSON text. PostgreSQL writes the cells of a column, one a line, and here they are only cut apart and put together again: no
// row is ever an object, and only values that differ from each other are looked at. A page is 150,000 cells, so what is done for each of them counts.
import { ident, sql, type Field, type Sql } from '@satchel/model';
import { instantOf } from '../store/database.ts';

export interface SentColumn {
  readonly name: string;
  /** Undefined for `_rev`. */
  readonly field: Field | undefined;
}

/** All cells of a column of `rows`, a line for each, as text; null where there are no rows. */
export function cellsSql({ name, field }: SentColumn, rows: Sql): Sql {
  const cell = sql`${rows}.${ident(name)}`;
  // JSON text has no line breaks. Where a cell cannot have one in the first place, plain text costs PostgreSQL half.
  const text = formOf(field) === 'json' ? sql`to_json(${cell})::text` : sql`${cell}::text`;
  return sql`string_agg(coalesce(${text}, 'null'), E'\n')`;
}

/** The column with a dictionary where at most half of its values differ from each other. */
export function columnJson({ name, field }: SentColumn, cells: string | null): string {
  const values = cells === null ? [] : cells.split('\n');
  const most = Math.floor(values.length / 2);
  const codeByValue = new Map<string, number>();
  const codes: number[] = [];
  for (const value of values) {
    let code = codeByValue.get(value);
    if (code === undefined) {
      code = codeByValue.size;
      if (code === most) return `{"name":"${name}","values":[${jsonOf(field, values)}]}`;
      codeByValue.set(value, code);
    }
    codes.push(code);
  }
  return `{"name":"${name}","dictionary":[${jsonOf(field, [...codeByValue.keys()])}],"codes":[${codes.join(',')}]}`;
}

/** How the cells of a column come: as JSON, or as plain text that is a number or a truth value, wants quotes, or is an instant in PostgreSQL's words. */
type CellForm = 'json' | 'bare' | 'quoted' | 'instant';

function formOf(field: Field | undefined): CellForm {
  switch (field?.type) {
    case undefined:
    case 'integer':
    case 'decimal':
    case 'money':
    case 'boolean':
      return 'bare';
    case 'date':
      return 'quoted';
    case 'dateTime':
      return 'instant';
    case 'lookup':
      return field.to.length === 1 ? 'quoted' : 'json';
    default:
      return 'json';
  }
}

function jsonOf(field: Field | undefined, values: readonly string[]): string {
  switch (formOf(field)) {
    case 'json':
    case 'bare':
      return values.join(',');
    case 'quoted':
      return values.map((value) => (value === 'null' ? value : `"${value}"`)).join(',');
    case 'instant':
      return values.map((value) => (value === 'null' ? value : `"${instantOf(value)}"`)).join(',');
  }
}
