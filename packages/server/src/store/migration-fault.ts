// What stops a migration: a type that cannot be widened so, and a table or column that would be dropped with something in it.
import { literal, quoted } from './ddl.ts';
import type { TriggerContext } from './triggers.ts';

/** SQLSTATE that a statement raises when a column or table to be dropped is not empty; the message is `entity` or `entity.field`. */
export const notEmptyCode = 'SC001';

/** A change of a field's type that would alter what its values mean. */
export class MigrationError extends Error {
  readonly path: string;
  constructor(path: string, options?: { cause?: unknown }) {
    super(`cannot migrate ${path}`, options);
    this.name = 'MigrationError';
    this.path = path;
  }
}

/** Statements that raise where a table, or a column of it, is not empty. */
export function emptyOrRefuse(
  entity: string,
  field: string | null,
  context: TriggerContext,
): readonly string[] {
  const where = field === null ? '' : ` where ${quoted(field)} is not null`;
  const what = field === null ? entity : `${entity}.${field}`;
  return [
    `do $check$ begin if exists (select 1 from ${quoted(context.schema)}.${quoted(entity)}${where}) then raise exception using errcode = ${literal(notEmptyCode)}, message = ${literal(what)}; end if; end $check$`,
  ];
}
