// How values of the model lie in SQLite: booleans as 0 and 1, sets as JSON text, everything else as it is. Both directions in one place,
// so that a row read back is the row that was written, byte for byte.
import type { Field, Model, Row, Value } from '@satchel/model';
import type { SqlValue } from './ports.ts';

/** The column type of a field on the device. */
export function sqliteType(field: Field): 'TEXT' | 'INTEGER' {
  switch (field.type) {
    case 'integer':
    case 'decimal':
    case 'money':
    case 'boolean':
      return 'INTEGER';
    default:
      return 'TEXT';
  }
}

export function toSql(value: Value | undefined): SqlValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

/** `field` is undefined for columns of the engine (`_rev`), which are numbers. */
export function fromSql(field: Field | undefined, cell: SqlValue | undefined): Value {
  if (cell === undefined || cell === null) return null;
  if (typeof cell === 'bigint') return Number(cell);
  if (cell instanceof Uint8Array) return null;
  if (field?.type === 'boolean') return cell !== 0;
  if (field?.type === 'multiChoice') return JSON.parse(String(cell)) as readonly string[];
  return cell;
}

/** A row from cells in the order of `columns`. Columns of the engine other than `_rev` are left out, and so is a missing `_rev`. */
export function decodeRow(
  model: Model,
  entity: string,
  columns: readonly string[],
  cells: readonly SqlValue[],
): Row {
  const fields = model.fields(entity);
  const row: Record<string, Value> = {};
  columns.forEach((column, index) => {
    if (!column.startsWith('_')) row[column] = fromSql(fields[column], cells[index]);
    else if (column === '_rev' && cells[index] !== null) row[column] = fromSql(undefined, cells[index]);
  });
  return row;
}

/** Only what the model knows, with every field present: what a row from the wire or a screen may bring into a store. */
export function cleanRow(model: Model, entity: string, row: Row): Row {
  const clean: Record<string, Value> = {};
  for (const name of Object.keys(model.fields(entity))) clean[name] = row[name] ?? null;
  return typeof row['_rev'] === 'number' ? { ...clean, _rev: row['_rev'] } : clean;
}
