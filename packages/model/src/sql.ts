// SQL text with its parameters kept apart. Identifiers come from the model and are quoted, values are always parameters: there is no way to splice
// in text that was made at run time. A fragment is immutable and knows nothing of the database until it is rendered.

/** What may be bound. Arrays are of text: PostgreSQL gets an array, SQLite its JSON text. */
export type SqlParam = string | number | boolean | null | readonly string[];

export type Dialect = 'postgres' | 'sqlite';

// A symbol cannot come out of JSON, so nothing that was received can pass for a fragment.
const brand: unique symbol = Symbol('sql');

/** A piece of SQL: one more string than values; a value is a parameter or another piece. */
export interface Sql {
  readonly [brand]: true;
  readonly strings: readonly string[];
  readonly values: readonly (SqlParam | Sql)[];
}

export interface RenderedSql {
  readonly text: string;
  /** For SQLite booleans are 0 and 1 and arrays JSON text. */
  readonly values: readonly SqlParam[];
}

/** Tagged template: an interpolated fragment is nested, anything else becomes a parameter. */
export function sql(strings: TemplateStringsArray, ...values: readonly (SqlParam | Sql)[]): Sql {
  return { [brand]: true, strings, values };
}

/** A parameter on its own. */
export function param(value: SqlParam): Sql {
  return { [brand]: true, strings: ['', ''], values: [value] };
}

/** A quoted identifier. Throws on a name that no model can contain: letters, digits and underscores, 63 at most, not beginning with a digit. */
export function ident(name: string): Sql {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]{0,62}$/.test(name)) throw new Error(`not an identifier: ${name}`);
  return { [brand]: true, strings: [`"${name}"`], values: [] };
}

/** A table and a column of it, or a schema and a table. */
export function qualified(qualifier: Sql, name: string): Sql {
  return sql`${qualifier}.${ident(name)}`;
}

export const emptySql: Sql = sql``;

/** `a, b, c`: the parts with the separator between them. Nothing for no parts. */
export function joinSql(
  parts: readonly Sql[],
  separator: ', ' | ' and ' | ' or ' | ' ' | ' union all ' = ', ',
): Sql {
  if (parts.length === 0) return emptySql;
  return { [brand]: true, strings: ['', ...parts.slice(1).map(() => separator), ''], values: parts };
}

/** All of them, in brackets; true for none. */
export function allOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`(1 = 1)` : sql`(${joinSql(conditions, ' and ')})`;
}

/** Any of them, in brackets; false for none. */
export function anyOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`(1 = 0)` : sql`(${joinSql(conditions, ' or ')})`;
}

/** Text and parameters for one database: `$1`, `$2`… for PostgreSQL, `?` for SQLite. */
export function render(fragment: Sql, dialect: Dialect): RenderedSql {
  const text: string[] = [];
  const values: SqlParam[] = [];
  const write = (part: Sql): void => {
    part.strings.forEach((piece, index) => {
      text.push(piece);
      if (index >= part.values.length) return;
      const value = part.values[index] as SqlParam | Sql;
      if (isSql(value)) {
        write(value);
        return;
      }
      values.push(dialect === 'sqlite' ? sqliteParam(value) : value);
      text.push(dialect === 'sqlite' ? '?' : `$${values.length}`);
    });
  };
  write(fragment);
  return { text: text.join(''), values };
}

function isSql(value: SqlParam | Sql): value is Sql {
  return value !== null && typeof value === 'object' && brand in value;
}

function sqliteParam(value: SqlParam): SqlParam {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value !== null && typeof value === 'object' ? JSON.stringify(value) : value;
}
