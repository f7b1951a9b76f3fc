// Many rows at once, straight into an entity's table, as any other program could write them: the triggers draw revisions and log the changes.
import { allFields, ident, joinSql, sql, type Entity, type Field, type Row, type Sql } from '@satchel/model';
import { codeOf } from '../errors.ts';
import { serverLimits } from '../limits.ts';
import type { Tx } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';

/** Rows of one statement. */
export const { batchRowsMax } = serverLimits;

export interface RefusedRow {
  /** Place in the batch, from nought. */
  readonly index: number;
  /** PostgreSQL's code, such as 23505 for a value that another row holds. */
  readonly code: string;
  readonly column: string | null;
}

/** The columns of the rows, as a record type for `jsonb_to_recordset`. */
export function recordType(entity: Entity, columns: readonly string[]): Sql {
  const fields = allFields(entity);
  return joinSql(columns.map((name) => sql`${ident(name)} ${typeOf(name, fields[name])}`));
}

/** Inserts rows, or replaces the given columns of those that are there. All rows have the same columns, `id` among them. */
export async function writeRows(
  tx: Tx,
  organisation: Pick<Organisation, 'table'>,
  entity: Entity,
  columns: readonly string[],
  rows: readonly Row[],
): Promise<{ readonly inserted: number; readonly updated: number }> {
  if (rows.length === 0) return { inserted: 0, updated: 0 };
  const names = joinSql(columns.map(ident));
  const others = columns.filter((name) => name !== 'id');
  const sets = joinSql(others.map((name) => sql`${ident(name)} = excluded.${ident(name)}`));
  const onConflict = others.length === 0 ? sql`do nothing` : sql`do update set ${sets}`;
  const written = await tx.rows<{ is_new: boolean }>(
    sql`insert into ${organisation.table(entity.name)} (${names})
        select ${names} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(${recordType(entity, columns)})
        on conflict ("id") ${onConflict} returning (xmax = 0) as is_new`,
  );
  const inserted = written.filter((row) => row.is_new).length;
  return { inserted, updated: written.length - inserted };
}

/** As `writeRows`, but where the database refuses a row the rest goes in without it. */
export async function writeRowsApart(
  tx: Tx,
  organisation: Pick<Organisation, 'table'>,
  entity: Entity,
  columns: readonly string[],
  rows: readonly Row[],
  firstIndex = 0,
): Promise<{ readonly inserted: number; readonly updated: number; readonly refused: readonly RefusedRow[] }> {
  await tx.rows(sql`savepoint batch`);
  try {
    const written = await writeRows(tx, organisation, entity, columns, rows);
    await tx.rows(sql`release savepoint batch`);
    return { ...written, refused: [] };
  } catch (thrown) {
    const code = codeOf(thrown);
    // Class 21: the same id twice in one statement; 22: a value out of range; 23: a constraint.
    if (code === null || !/^2[123]/.test(code)) throw thrown;
    await tx.rows(sql`rollback to savepoint batch`);
    if (rows.length === 1) {
      return { inserted: 0, updated: 0, refused: [{ index: firstIndex, code, column: columnOf(thrown) }] };
    }
  }
  const middle = Math.ceil(rows.length / 2);
  const left = await writeRowsApart(tx, organisation, entity, columns, rows.slice(0, middle), firstIndex);
  const right = await writeRowsApart(
    tx,
    organisation,
    entity,
    columns,
    rows.slice(middle),
    firstIndex + middle,
  );
  return {
    inserted: left.inserted + right.inserted,
    updated: left.updated + right.updated,
    refused: [...left.refused, ...right.refused],
  };
}

function columnOf(thrown: unknown): string | null {
  if (thrown === null || typeof thrown !== 'object') return null;
  const { column, constraint } = thrown as { column?: unknown; constraint?: unknown };
  if (typeof column === 'string') return column;
  return typeof constraint === 'string' ? constraint : null;
}

function typeOf(name: string, field: Field | undefined): Sql {
  if (name === 'id') return sql`uuid`;
  switch (field?.type) {
    case 'integer':
    case 'decimal':
    case 'money':
      return sql`bigint`;
    case 'boolean':
      return sql`boolean`;
    case 'date':
      return sql`date`;
    case 'dateTime':
      return sql`timestamptz(3)`;
    case 'lookup':
      return field.to.length === 1 ? sql`uuid` : sql`text`;
    case 'multiChoice':
      return sql`text[]`;
    default:
      return name === '_rev' ? sql`bigint` : sql`text`;
  }
}
