// Rows given by column, put into SQLite as fast as it takes them: each column's text becomes one joined string, copied into WASM
// memory once; every cell is then bound in place by address and length. No JavaScript-to-WASM string conversion per cell.
import type { PageColumn, Value } from '@satchel/model';
import type { RawSqlite, Scratch } from './sqlite-memory.ts';

/** A cell as it will be bound: text by place and length, or a number, or nothing. Which one is told by `kinds`. */
interface PreparedColumn {
  readonly kinds: Uint8Array;
  /** For text: where in the block it begins. */
  readonly starts: Uint32Array;
  /** For text: bytes. */
  readonly sizes: Uint32Array;
  readonly numbers: Float64Array;
  /** Index per row into the arrays above; null where cells stand row by row. */
  readonly codes: readonly number[] | null;
}

const nothing = 0;
const textual = 1;
const int32 = 2;
const int64 = 3;
const real = 4;
/** SQLITE_STATIC: the memory stays as it is until the statement has run. */
const staticMemory = 0;

/**
 * Runs a prepared INSERT with one parameter for each column, once for each row. `step` runs the statement and throws when it fails.
 * Text may hold any character; a lone surrogate becomes U+FFFD, as everywhere in UTF-8.
 */
export function insertByColumn(
  raw: RawSqlite,
  scratch: Scratch,
  statement: number,
  columns: readonly PageColumn[],
  count: number,
  step: () => void,
): void {
  const texts: string[][] = [];
  const prepared = columns.map((column) => prepareColumn(column, count, texts));
  const joined = texts.map((parts) => parts.join('\n'));
  const block = scratch.reserve(joined.reduce((bytes, text) => bytes + text.length * 3, 1));
  let at = block;
  joined.forEach((text, index) => {
    const written = scratch.putText(at, text);
    const column = prepared[index];
    const parts = texts[index];
    if (column !== undefined && parts !== undefined) placeTexts(column, parts, at, written === text.length);
    at += written;
  });
  for (let row = 0; row < count; row += 1) {
    for (let index = 0; index < prepared.length; index += 1) {
      const column = prepared[index] as PreparedColumn;
      bindCell(raw, statement, index + 1, column, column.codes === null ? row : (column.codes[row] ?? -1));
    }
    step();
  }
}

/** Sorts the different values of a column by kind. Text is put aside in order, one list for each column. */
function prepareColumn(column: PageColumn, count: number, texts: string[][]): PreparedColumn {
  const coded = 'codes' in column;
  const values = coded ? column.dictionary : column.values;
  if ((coded ? column.codes.length : values.length) !== count) {
    throw new Error(`column ${column.name} has not ${count} values`);
  }
  const kinds = new Uint8Array(values.length);
  const numbers = new Float64Array(values.length);
  const parts: string[] = [];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as Value;
    if (value === null) continue;
    if (typeof value === 'string') {
      kinds[index] = textual;
      parts.push(value);
    } else if (typeof value === 'number') {
      kinds[index] = (value | 0) === value ? int32 : Number.isSafeInteger(value) ? int64 : real;
      numbers[index] = value;
    } else if (typeof value === 'boolean') {
      kinds[index] = int32;
      numbers[index] = value ? 1 : 0;
    } else {
      kinds[index] = textual;
      parts.push(JSON.stringify(value));
    }
  }
  texts.push(parts);
  const starts = new Uint32Array(parts.length === 0 ? 0 : values.length);
  return {
    kinds,
    numbers,
    starts,
    sizes: new Uint32Array(starts.length),
    codes: coded ? column.codes : null,
  };
}

/** Works out where each text of a column begins and ends in the copied block; they stand one byte (a line break) apart. */
function placeTexts(column: PreparedColumn, parts: readonly string[], block: number, isAscii: boolean): void {
  let at = block;
  let part = 0;
  for (let index = 0; index < column.starts.length; index += 1) {
    if (column.kinds[index] !== textual) continue;
    const text = parts[part] as string;
    const size = isAscii ? text.length : utf8Bytes(text);
    column.starts[index] = at;
    column.sizes[index] = size;
    at += size + 1;
    part += 1;
  }
}

function bindCell(
  raw: RawSqlite,
  statement: number,
  parameter: number,
  column: PreparedColumn,
  cell: number,
): void {
  switch (column.kinds[cell]) {
    case textual:
      raw.sqlite3_bind_text(
        statement,
        parameter,
        column.starts[cell] as number,
        column.sizes[cell] as number,
        staticMemory,
      );
      return;
    case int32:
      raw.sqlite3_bind_int(statement, parameter, column.numbers[cell] as number);
      return;
    case int64:
      raw.sqlite3_bind_int64(statement, parameter, BigInt(column.numbers[cell] as number));
      return;
    case real:
      raw.sqlite3_bind_double(statement, parameter, column.numbers[cell] as number);
      return;
    case nothing:
      raw.sqlite3_bind_null(statement, parameter);
      return;
    default:
      throw new Error('a code of a column has no value in its dictionary');
  }
}

/** Bytes of a text in UTF-8, lone surrogates counted as U+FFFD. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) {
      bytes += 1;
    } else if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(index + 1))) {
      bytes += 2;
      index += 1;
    } else {
      bytes += 2;
    }
  }
  return bytes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
