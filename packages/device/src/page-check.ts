// A page of a download as it came, checked before a row of it is touched: the shape that the protocol's schema states, and that the columns have as
// many cells as the page has rows. Cells are looked at in plain loops: a page has 150,000, for which the schema took half as long as SQLite does.
import { pageAnswer, wire, type PageAnswer, type PageColumn } from '@satchel/model';

type Checked = { readonly success: true; readonly data: PageAnswer } | { readonly success: false };

export const checkedPage = {
  safeParse(received: unknown): Checked {
    if (typeof received !== 'object' || received === null || !('columns' in received))
      return { success: false };
    const frame = pageAnswer.safeParse({ ...received, columns: [] });
    if (!frame.success || !Array.isArray(received.columns)) return { success: false };
    const { rows } = frame.data;
    const columns = (received.columns as readonly unknown[]).filter((column) => isColumn(column, rows));
    const names = new Set(columns.map(({ name }) => name));
    const isWhole = columns.length === received.columns.length && names.size === columns.length;
    const ids = columns.find(({ name }) => name === 'id');
    if (!isWhole || ids === undefined || !valuesOf(ids).every((id) => typeof id === 'string'))
      return { success: false };
    return { success: true, data: { ...frame.data, columns } };
  },
};

function isColumn(column: unknown, rows: number): column is PageColumn {
  if (typeof column !== 'object' || column === null || !('name' in column)) return false;
  if (!wire.column.safeParse(column.name).success) return false;
  if ('values' in column) return isListOf(column.values, isValue) && column.values.length === rows;
  if (!('dictionary' in column) || !('codes' in column)) return false;
  const { dictionary, codes } = column;
  if (!isListOf(dictionary, isValue)) return false;
  const isCode = (code: unknown) =>
    typeof code === 'number' && Number.isInteger(code) && code >= 0 && code < dictionary.length;
  return isListOf(codes, isCode) && codes.length === rows;
}

function isListOf(list: unknown, isItem: (item: unknown) => boolean): list is unknown[] {
  return Array.isArray(list) && list.every(isItem);
}

function isValue(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return true;
    default:
      return value === null || isListOf(value, (item) => typeof item === 'string');
  }
}

function valuesOf(column: PageColumn): readonly unknown[] {
  return 'values' in column ? column.values : column.dictionary;
}
