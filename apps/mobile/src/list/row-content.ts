// What one row of a list shows, from a view's columns: a title, a badge, and the rest on a second line. Pure but for the words it is given.
import type { Choice, Field, RecordId, Row } from '@satchel/model';
import { choiceOf } from '../format/value-text.ts';

export interface RowContent {
  readonly title: string;
  /** The first choice among the columns. */
  readonly badge: Choice | null;
  readonly details: readonly string[];
}

export interface RowWords {
  readonly value: (
    field: Field,
    value: Row[string] | undefined,
    titles: Readonly<Record<RecordId, string>>,
  ) => string;
  readonly untitled: string;
  readonly numberPending: string;
}

export function rowContent(
  columns: readonly string[],
  titleField: string,
  fields: Readonly<Record<string, Field>>,
  row: Row,
  titles: Readonly<Record<RecordId, string>>,
  words: RowWords,
): RowContent {
  const titleColumn = columns.includes(titleField) ? titleField : (columns[0] ?? titleField);
  const textOf = (name: string) => {
    const field = fields[name];
    if (field === undefined) return '';
    const isUnnumbered = field.type === 'autonumber' && (row[name] ?? null) === null;
    return isUnnumbered ? words.numberPending : words.value(field, row[name], titles);
  };
  const badgeColumn = columns.find((name) => fields[name]?.type === 'choice' && name !== titleColumn);
  const badgeField = badgeColumn === undefined ? undefined : fields[badgeColumn];
  const badge =
    badgeColumn !== undefined && badgeField?.type === 'choice'
      ? choiceOf(badgeField.choices, row[badgeColumn])
      : undefined;
  return {
    title: textOf(titleColumn) || words.untitled,
    badge: badge ?? null,
    details: columns
      .filter((name) => name !== titleColumn && name !== badgeColumn)
      .map(textOf)
      .filter((text) => text !== ''),
  };
}
