// What is to become of one mutation: pure, from the mutation and the facts that were read for it. Nothing here writes; `apply.ts` obeys.
// Order matters: a person who may not read a record learns nothing of it, a guard speaks before a conflict, and a conflict before anything is written.
import {
  applyMutation,
  checkMutation,
  checkRow,
  deleteRule,
  effectiveChanges,
  fieldOf,
  guardOfWhole,
  isTrue,
  mergeChanges,
  permits,
  reviewCommands,
  reviewEntity,
  standingGuard,
  type DeleteRule,
  type EffectScope,
  type ErrorCode,
  type FieldClash,
  type Guard,
  type Model,
  type Mutation,
  type OwnerFacts,
  type Privileges,
  type Row,
  type SettledClash,
  type UserContext,
  type Value,
  type Whole,
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
  /** Records that this one becomes a part of, and that can be closed. */
  readonly wholes: readonly Whole[];
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
  /** `over`: what others had made of the record since, lost by rule. */
  | { readonly kind: 'delete'; readonly over: Row | null }
  /** There is nothing left to do: it counts as applied, or as merged where a rule let the other side win. */
  | {
      readonly kind: 'nothing';
      readonly rule: Exclude<DeleteRule, 'ask'> | null;
      readonly settled: Readonly<Record<string, SettledClash>>;
    }
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
    if (facts.mutation.command === 'delete') return nothingLeft;
    return theirs === null && facts.wasDeleted ? editOfDeleted(facts) : rejected('record_gone');
  }
  return facts.mutation.command === 'delete' ? decideDelete(facts, theirs) : decideUpdate(facts, theirs);
}

function decideCreate(facts: Facts): Decision {
  if (facts.theirs !== null) return rejected('already_exists');
  const row = newRow(facts.model, facts.mutation, facts.scope);
  if (!may(facts, 'create', row)) return rejected('forbidden');
  const guard = guardOfWhole(facts.model, facts.mutation.entity, facts.wholes, facts.scope);
  if (guard !== null) return guardedBy(guard);
  return { kind: 'insert', row };
}

/** Under `recreate` the device makes the record again: only it has the row that its person saw. */
function editOfDeleted({ model, mutation, scope }: Facts): Decision {
  const rule = deleteRule(model.entity(mutation.entity), model.bundle.policy);
  if (rule !== 'delete-wins') return { ...conflict('record_deleted'), showsTheirs: false };
  const changes = Object.entries(effectiveChanges(model, mutation, null, scope));
  const settled = changes.map(([name, { base, value }]): [string, SettledClash] => [
    name,
    { base, theirs: null, mine: value, result: null, rule },
  ]);
  return { kind: 'nothing', rule, settled: Object.fromEntries(settled) };
}

function decideDelete(facts: Facts, theirs: Row): Decision {
  if (!may(facts, 'delete', theirs)) return rejected('forbidden');
  const { model, mutation, scope } = facts;
  const guard = standingGuard(model, mutation, {}, theirs, scope);
  if (guard !== null) return guardedBy(guard);
  if (mutation.baseRev === null || facts.isUntouched) return { kind: 'delete', over: null };
  switch (deleteRule(model.entity(mutation.entity), model.bundle.policy)) {
    case 'ask':
      return conflict('record_changed');
    case 'delete-wins':
      return { kind: 'delete', over: theirs };
    case 'recreate':
      return { kind: 'nothing', rule: 'recreate', settled: {} };
  }
}

function decideUpdate(facts: Facts, theirs: Row): Decision {
  const { model, mutation } = facts;
  const entity = model.entity(mutation.entity);
  if (!may(facts, 'update', theirs)) return rejected('forbidden');
  const changes = effectiveChanges(model, mutation, theirs, facts.scope);
  const guard =
    standingGuard(model, mutation, changes, theirs, facts.scope) ??
    guardOfWhole(model, mutation.entity, facts.wholes, facts.scope);
  if (guard !== null) return guardedBy(guard);
  const merge = mergeChanges({ entity, changes, theirs, policy: model.bundle.policy });
  if (merge.kind === 'conflict') {
    const isSupervisors = merge.settledBy === 'supervisor' && model.findEntity(reviewEntity) !== undefined;
    return { ...conflict(isSupervisors ? 'needs_supervisor' : 'field_conflict'), clashes: merge.clashes };
  }
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

const nothingLeft: Decision = { kind: 'nothing', rule: null, settled: {} };

function guardedBy(guard: Guard): Refused {
  return { ...rejected('guarded'), reason: guard.message, showsTheirs: true };
}

function may(facts: Facts, action: 'create' | 'read' | 'update' | 'delete', row: Row): boolean {
  const entity = facts.model.entity(facts.mutation.entity);
  const ownerId = row['owner'];
  if (isWithdrawal(facts.mutation) && ownerId === facts.caller.user.id) return true;
  const owner: OwnerFacts =
    typeof ownerId === 'string' ? facts.ownerFacts(ownerId) : { businessUnit: null, teams: [] };
  return permits(facts.caller.privileges, action, entity, row, facts.caller.user, owner);
}

/** An author takes back what waits for a supervisor, whatever the author's roles say of reviews. */
function isWithdrawal({ entity, command }: Mutation): boolean {
  return entity === reviewEntity && command === reviewCommands.withdraw;
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
