// What a row must be after an accepted change, said once more and on its own: from the row before, the change, and the rules of its fields. It shares
// nothing with the product's merge but the definition of the fields.
import type { Entity, Field, FieldChange, Model, Mutation, Row, SealedMutation, Value } from '@satchel/model';

/** Fields that the server writes by itself. */
const stamps: ReadonlySet<string> = new Set([
  'created_at',
  'created_by',
  'modified_at',
  'modified_by',
  '_rev',
]);

/** Every way in which this write is not what the mutation asked for, in words. */
export function wrongsOfWrite(
  model: Model,
  mutation: SealedMutation,
  before: Row | null,
  after: Row | null,
): readonly string[] {
  const entity = model.entity(mutation.entity);
  const name = `${mutation.command} ${mutation.id} of ${entity.name} ${mutation.recordId}`;
  const say = (what: string): string => `${name}: ${what}`;
  if (mutation.command === 'delete') return after === null ? [] : [say('the row is still there')];
  if (after === null) return [say('the row is gone')];
  if (mutation.command === 'create') {
    if (before !== null) return [say('there was a row already')];
    return Object.entries(mutation.changes).flatMap(([field, { value }]) =>
      same(after[field], value)
        ? []
        : [say(`${field} became ${text(after[field])} instead of ${text(value)}`)],
    );
  }
  if (before === null) return [say('there was nothing to change')];
  const command = model.command(entity.name, mutation.command);
  const touched = new Set(
    Object.keys(after).filter((field) => !stamps.has(field) && !same(before[field], after[field])),
  );
  if (command !== undefined) {
    const allowed = new Set([...Object.keys(command.set ?? {}), ...Object.keys(mutation.changes)]);
    return [...touched]
      .filter((field) => !allowed.has(field))
      .map((field) => say(`${field} was changed too`));
  }
  const grouped = new Set((entity.fieldGroups ?? []).flat());
  const wrong: string[] = [];
  for (const [field, change] of Object.entries(mutation.changes)) {
    touched.delete(field);
    if (grouped.has(field)) continue;
    const want = expectedValue(model, entity, field, change, before[field] ?? null);
    if (want === undefined) wrong.push(say(`${field} was changed on both sides and nobody was asked`));
    else if (!same(after[field], want))
      wrong.push(say(`${field} became ${text(after[field])} instead of ${text(want)}`));
  }
  return [...wrong, ...[...touched].map((field) => say(`${field} was changed too`))];
}

/** Would this accepted mutation have to change anything in this row? */
export function asksForNothing(model: Model, mutation: SealedMutation, row: Row | null): boolean {
  if (mutation.command === 'delete') return row === null;
  if (mutation.command !== 'update' || row === null) return mutation.command !== 'create';
  const entity = model.entity(mutation.entity);
  return Object.entries(mutation.changes).every(([field, change]) => {
    const theirs = row[field] ?? null;
    const want = expectedValue(model, entity, field, change, theirs);
    return want !== undefined && same(want, theirs);
  });
}

/**
 * What a person must see of a record: the server's row with the own changes over it, oldest first, mine where somebody would have to be asked.
 * Null: nothing. Only fields that one of the changes names count.
 */
export function expectedSight(model: Model, base: Row | null, mutations: readonly Mutation[]): Row | null {
  let row = base;
  for (const { entity: name, command, changes } of mutations) {
    const before = row;
    const values = (): Row =>
      Object.fromEntries(
        Object.entries(changes).map(([field, change]) => [
          field,
          expectedValue(model, model.entity(name), field, change, before?.[field] ?? null) ?? change.value,
        ]),
      );
    if (command === 'delete') row = null;
    else if (command === 'create') row = before ?? values();
    else if (before !== null) row = { ...before, ...values() };
  }
  return row;
}

/** Undefined: a person has to be asked. */
function expectedValue(
  model: Model,
  entity: Entity,
  name: string,
  { base, value: mine }: FieldChange,
  theirs: Value,
): Value | undefined {
  const field: Field | undefined = model.field(entity.name, name);
  if (same(mine, base)) return theirs;
  if (same(theirs, base)) return mine;
  if (field?.merge === 'sum') return Number(theirs ?? 0) + Number(mine ?? 0) - Number(base ?? 0);
  if (same(theirs, mine)) return theirs;
  switch (field?.merge) {
    case 'union':
      return unionOf(list(base), list(theirs), list(mine));
    case 'max':
      return theirs === null || (mine !== null && mine > theirs) ? mine : theirs;
    case 'min':
      return theirs === null || (mine !== null && mine < theirs) ? mine : theirs;
    default: {
      const rule = field?.conflict ?? entity.conflict ?? model.bundle.policy.conflict.overlapping;
      return rule === 'client' ? mine : rule === 'server' ? theirs : undefined;
    }
  }
}

/** In the result: what both have, what either added; not what either took away. */
function unionOf(base: readonly string[], theirs: readonly string[], mine: readonly string[]): Value {
  const all = [...new Set([...base, ...theirs, ...mine])].sort();
  const left = all.filter((item) =>
    base.includes(item) ? theirs.includes(item) && mine.includes(item) : true,
  );
  return left.length === 0 ? null : left;
}

function list(value: Value): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

function same(a: Value | undefined, b: Value | undefined): boolean {
  return text(a) === text(b);
}

function text(value: Value | undefined): string {
  return JSON.stringify(value ?? null);
}
