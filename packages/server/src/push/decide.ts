// What is to become of one mutation: pure, from the mutation and the facts that were read for it. Nothing here writes; `apply.ts` obeys.
// Order matters: a person who may not read a record learns nothing of it, a guard speaks before a conflict, and a conflict before anything is written.
import {
  applyMutation,
  checkMutation,
  checkRow,
  effectiveChanges,
  fieldOf,
  isTrue,
  mergeChanges,
  permits,
  type EffectScope,
  type ErrorCode,
  type FieldChange,
  type FieldClash,
  type Model,
  type Mutation,
  type OwnerFacts,
  type Privileges,
  type Row,
  type SettledClash,
  type UserContext,
  type Value,
} from '@satchel/model';

export interface Caller {
  readonly user: UserContext;
  /** What the person's roles see of the model. */
  readonly model: Model;
  /** What the person's roles allow, by entity. */
  readonly privileges: Readonly<Record<string, Privileges>>;
}

export interface Facts {
  /** The whole model, not the caller's part of it. */
  readonly model: Model;
  readonly caller: Caller;
  readonly mutation: Mutation;
  /** The row as it is, locked; null where there is none. */
  readonly theirs: Row | null;
  /** The row had been there, the caller could have read it, and somebody deleted it. */
  readonly wasDeleted: boolean;
  /** Nobody but this device has written the row since the person saw it. */
  readonly isUntouched: boolean;
  readonly ownerFacts: (ownerId: string) => OwnerFacts;
  readonly scope: EffectScope;
}

export interface Refused {
  readonly kind: 'refused';
  readonly outcome: 'rejected' | 'conflict';
  readonly code: ErrorCode;
  readonly reason?: string;
  readonly fields?: Readonly<Record<string, ErrorCode>>;
  readonly clashes?: Readonly<Record<string, FieldClash>>;
  /** Show the caller the row as it is. */
  readonly showsTheirs: boolean;
}

export type Decision =
  | { readonly kind: 'insert'; readonly row: Row }
  | {
      readonly kind: 'update';
      readonly values: Readonly<Record<string, Value>>;
      readonly settled: Readonly<Record<string, SettledClash>>;
      readonly after: Row;
    }
  | { readonly kind: 'delete' }
  /** There is nothing left to do: it counts as applied. */
  | { readonly kind: 'nothing' }
  | Refused;

const standardCommands: ReadonlySet<string> = new Set(['create', 'update', 'delete']);

/**
 * Faults that need no look at the database: entity, command, fields, values. Null where there is none. What a person enters is checked by the person's
 * own model, in which hidden fields are unknown and locked ones read-only; a named command is the whole model's.
 */
export function checkShape(model: Model, mine: Model, mutation: Mutation): Refused | null {
  if (model.findEntity(mutation.entity) === undefined) return rejected('unknown_entity');
  const isNamed = model.command(mutation.entity, mutation.command) !== undefined;
  if (!isNamed && !standardCommands.has(mutation.command)) return rejected('unknown_command');
  const fields = checkMutation(
    isNamed || mine.findEntity(mutation.entity) === undefined ? model : mine,
    mutation,
  );
  return Object.keys(fields).length > 0 ? { ...rejected('validation'), fields } : null;
}

/** The row a create would make, before anybody looked whether it may be made. */
export function newRow(model: Model, mutation: Mutation, scope: EffectScope): Row {
  return applyMutation(model, mutation, null, scope) ?? {};
}

export function decide(facts: Facts): Decision {
  if (facts.mutation.command === 'create') return decideCreate(facts);
  const { theirs } = facts;
  if (theirs === null || !may(facts, 'read', theirs)) {
    if (facts.mutation.command === 'delete') return { kind: 'nothing' };
    return theirs === null && facts.wasDeleted
      ? { ...conflict('record_deleted'), showsTheirs: false }
      : rejected('record_gone');
  }
  return facts.mutation.command === 'delete' ? decideDelete(facts, theirs) : decideUpdate(facts, theirs);
}

function decideCreate(facts: Facts): Decision {
  if (facts.theirs !== null) return rejected('already_exists');
  const row = newRow(facts.model, facts.mutation, facts.scope);
  if (!may(facts, 'create', row)) return rejected('forbidden');
  return { kind: 'insert', row };
}

function decideDelete(facts: Facts, theirs: Row): Decision {
  if (!may(facts, 'delete', theirs)) return rejected('forbidden');
  const guard = guardAgainst(facts, theirs, []);
  if (guard !== null) return guard;
  if (facts.mutation.baseRev !== null && !facts.isUntouched) return conflict('record_changed');
  return { kind: 'delete' };
}

function decideUpdate(facts: Facts, theirs: Row): Decision {
  const { model, mutation } = facts;
  const entity = model.entity(mutation.entity);
  if (!may(facts, 'update', theirs)) return rejected('forbidden');
  const changes = effectiveChanges(model, mutation, theirs, facts.scope);
  const guard = guardAgainst(facts, theirs, changedFields(changes));
  if (guard !== null) return guard;
  const merge = mergeChanges({ entity, changes, theirs, policy: model.bundle.policy });
  if (merge.kind === 'conflict') return { ...conflict('field_conflict'), clashes: merge.clashes };
  if (!isOffered(facts, theirs)) return { ...rejected('guarded'), showsTheirs: true };
  const after: Row = { ...theirs, ...merge.values };
  const faults = checkRow(entity, after, { only: Object.keys(merge.values) });
  if (Object.keys(faults).length > 0) return { ...rejected('validation'), fields: faults };
  if (!may(facts, 'update', after)) return rejected('forbidden');
  return { kind: 'update', values: merge.values, settled: merge.settled, after };
}

/** A named command is only for records of which its condition holds. */
function isOffered(facts: Facts, theirs: Row): boolean {
  const { model, mutation } = facts;
  const when = model.command(mutation.entity, mutation.command)?.when;
  if (when === undefined) return true;
  return isTrue(model.expression(mutation.entity, when), { ...facts.scope, record: theirs });
}

function guardAgainst(facts: Facts, row: Row, fields: readonly string[]): Refused | null {
  const { model, mutation, scope } = facts;
  for (const { guard, when } of model.guards(mutation.entity)) {
    const isMeant = guard.refuses.includes(mutation.command) || guard.refuses.includes('*');
    const isExcepted = fields.length > 0 && fields.every((name) => guard.exceptFields?.includes(name));
    if (!isMeant || isExcepted || !isTrue(when, { ...scope, record: row })) continue;
    return { ...rejected('guarded'), reason: guard.message, showsTheirs: true };
  }
  return null;
}

function may(facts: Facts, action: 'create' | 'read' | 'update' | 'delete', row: Row): boolean {
  const entity = facts.model.entity(facts.mutation.entity);
  const ownerId = row['owner'];
  const owner: OwnerFacts =
    typeof ownerId === 'string' ? facts.ownerFacts(ownerId) : { businessUnit: null, teams: [] };
  return permits(facts.caller.privileges, action, entity, row, facts.caller.user, owner);
}

/** Members of a field group that came along unchanged are no changes. */
function changedFields(changes: Readonly<Record<string, FieldChange>>): readonly string[] {
  return Object.entries(changes)
    .filter(([, change]) => JSON.stringify(change.base) !== JSON.stringify(change.value))
    .map(([name]) => name);
}

/** Lookups among these values, with what they point to: to see whether the targets are there. */
export function targetsOf(
  model: Model,
  entityName: string,
  values: Readonly<Record<string, Value>>,
): readonly { readonly field: string; readonly to: readonly string[]; readonly value: string }[] {
  const entity = model.entity(entityName);
  return Object.entries(values).flatMap(([name, value]) => {
    const field = fieldOf(entity, name);
    return field?.type === 'lookup' && typeof value === 'string'
      ? [{ field: name, to: field.to, value }]
      : [];
  });
}

function rejected(code: ErrorCode): Refused {
  return { kind: 'refused', outcome: 'rejected', code, showsTheirs: false };
}

function conflict(code: ErrorCode): Refused {
  return { kind: 'refused', outcome: 'conflict', code, showsTheirs: true };
}
