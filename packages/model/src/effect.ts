// What a write does to a row. The same on the device, which shows its guess at once, and on the server, which has the last word: there the
// values of a named command are worked out anew from the model, so that a device cannot smuggle in others.
import type { UserContext } from './directory.ts';
import type { Command, CommandValue } from './view.ts';
import type { Entity, Field } from './entity.ts';
import type { ErrorCode } from './error-codes.ts';
import { evaluate } from './expression/evaluate.ts';
import { checkField, normaliseValue } from './field-rules.ts';
import { overlayChanges } from './merge.ts';
import type { Model } from './model.ts';
import type { FieldChange, Mutation, MutationTimes } from './mutation.ts';
import { sameValue, type RecordId, type Row, type Value } from './value.ts';

/** What expressions may see besides the record. */
export interface EffectScope {
  readonly user: UserContext;
  /** ISO UTC with milliseconds. */
  readonly now: string;
  /** The record that a lookup of this row points to, where it is at hand; null otherwise. */
  readonly follow: (row: Row, field: string) => Row | null;
}

/** What a person asks for, as a screen tells it. */
export interface DraftRequest {
  readonly entity: string;
  readonly command: string;
  readonly values?: Readonly<Record<string, Value>>;
  readonly params?: Readonly<Record<string, Value>>;
  readonly supersedes?: string;
}

/** Makes the mutation of a request: values normalised, bases taken from the row the person saw, defaults filled in, fields that stay the same left out. */
export function draftMutation(
  model: Model,
  request: DraftRequest,
  seen: Row | null,
  identity: { readonly id: string; readonly recordId: RecordId; readonly at: MutationTimes },
  scope: EffectScope,
): Mutation {
  const changes = draftChanges(model, request, seen, scope);
  const rev = seen?.['_rev'];
  return {
    id: identity.id,
    entity: request.entity,
    recordId: identity.recordId,
    command: request.command,
    ...(request.params === undefined ? {} : { params: request.params }),
    changes,
    baseRev: request.command !== 'create' && typeof rev === 'number' ? rev : null,
    schemaVersion: model.bundle.schemaVersion,
    at: identity.at,
    ...(request.supersedes === undefined ? {} : { supersedes: request.supersedes }),
  };
}

/**
 * The row after a mutation; null where there is none any more. Pending changes go over a fresher row field by field, as the server would
 * merge them, and mine is shown where it would ask. `scope.now` is only used for defaults the mutation does not carry.
 */
export function applyMutation(
  model: Model,
  mutation: Mutation,
  row: Row | null,
  scope: EffectScope,
): Row | null {
  if (mutation.command === 'create') return createdRow(model, mutation, row, scope);
  if (mutation.command === 'delete' || row === null) return null;
  const entity = model.entity(mutation.entity);
  const known = Object.entries(effectiveChanges(model, mutation, row, scope)).filter(
    ([name]) => model.field(entity.name, name) !== undefined,
  );
  const { policy } = model.bundle;
  const shown = overlayChanges({ entity, changes: Object.fromEntries(known), theirs: row, policy });
  return { ...row, ...shown, modified_at: timeOf(mutation), modified_by: scope.user.id };
}

/**
 * What a mutation changes, by the server's word. Create and update: as sent. A named command: its fields only, their values worked out from
 * the server's row with the bases as the person saw them, so that a sum adds its difference and not another total. Delete: nothing.
 */
export function effectiveChanges(
  model: Model,
  mutation: Mutation,
  theirs: Row | null,
  scope: EffectScope,
): Readonly<Record<string, FieldChange>> {
  if (mutation.command === 'delete') return {};
  const command = model.command(mutation.entity, mutation.command);
  if (command === undefined) return mutation.changes;
  const seen: Record<string, Value> = { ...theirs };
  for (const [name, change] of Object.entries(mutation.changes))
    if (Object.hasOwn(command.set, name)) seen[name] = change.base;
  return commandChanges(model, command, mutation.params ?? {}, seen, scope);
}

/**
 * Faults of what a mutation brings, by field or parameter: unknown or read-only fields, wrong values. Required fields of a create that are
 * missing are faults; `row` (the row after the effect) is not needed for that. Permission, guards and references are checked elsewhere.
 */
export function checkMutation(model: Model, mutation: Mutation): Readonly<Record<string, ErrorCode>> {
  const faults: Record<string, ErrorCode> = {};
  const entity = model.entity(mutation.entity);
  const command = model.command(mutation.entity, mutation.command);
  if (command !== undefined) return checkParams(command, mutation.params ?? {});
  if (mutation.command === 'delete') return faults;
  const isCreate = mutation.command === 'create';
  for (const [name, change] of Object.entries(mutation.changes)) {
    const fault = checkWritten(model.field(entity.name, name), change.value);
    if (fault !== null) faults[name] = fault;
  }
  for (const [name, field] of Object.entries(isCreate ? model.fields(entity.name) : {})) {
    const isGiven = mutation.changes[name] !== undefined || field.default !== undefined;
    if (field.required && field.type !== 'autonumber' && !isGiven) faults[name] = 'required';
  }
  return faults;
}

/** The values a new record starts with: every field's default, the owner where there is one to guess. */
export function defaultValues(
  model: Model,
  entity: Entity,
  scope: EffectScope,
): Readonly<Record<string, Value>> {
  const values: Record<string, Value> = {};
  for (const [name, field] of Object.entries(model.fields(entity.name))) {
    if (field.default !== undefined) values[name] = defaultOf(model, field, scope);
  }
  if (entity.ownership === 'user') values['owner'] = scope.user.id;
  if (entity.ownership === 'team') values['owner'] = scope.user.teams[0] ?? null;
  return values;
}

function createdRow(model: Model, mutation: Mutation, before: Row | null, scope: EffectScope): Row {
  // The server has the record already: a create whose answer was lost. Its row stands.
  if (before !== null) return before;
  const entity = model.entity(mutation.entity);
  const defaults = defaultValues(model, entity, scope);
  const row: Record<string, Value> = {};
  for (const name of Object.keys(model.fields(entity.name))) {
    const change = mutation.changes[name];
    row[name] = change === undefined ? (defaults[name] ?? null) : change.value;
  }
  const at = timeOf(mutation);
  return {
    ...row,
    id: mutation.recordId,
    created_at: at,
    created_by: scope.user.id,
    modified_at: at,
    modified_by: scope.user.id,
  };
}

function draftChanges(
  model: Model,
  request: DraftRequest,
  seen: Row | null,
  scope: EffectScope,
): Readonly<Record<string, FieldChange>> {
  if (request.command === 'delete') return {};
  const command = model.command(request.entity, request.command);
  if (command !== undefined) return commandChanges(model, command, request.params ?? {}, seen ?? {}, scope);
  const entity = model.entity(request.entity);
  const isCreate = request.command === 'create';
  const changes: Record<string, FieldChange> = {};
  const asked = isCreate
    ? { ...writableDefaults(model, entity, scope), ...request.values }
    : (request.values ?? {});
  for (const [name, value] of Object.entries(asked)) {
    const field = model.field(entity.name, name);
    const base = isCreate ? null : (seen?.[name] ?? null);
    const wanted = field === undefined ? value : normaliseValue(field, value);
    // A blank typed over a default is kept: it says that the person wants none.
    if (!sameValue(base, wanted) || (isCreate && field?.default !== undefined))
      changes[name] = { base, value: wanted };
  }
  return isCreate ? changes : withGroups(entity, changes, seen);
}

/** Defaults that a person could have entered; those of read-only fields are left to the effect, because nobody may send them. */
function writableDefaults(model: Model, entity: Entity, scope: EffectScope): Readonly<Record<string, Value>> {
  const values = Object.entries(defaultValues(model, entity, scope));
  return Object.fromEntries(values.filter(([name]) => !model.field(entity.name, name)?.readOnly));
}

/** Members of a touched field group come along unchanged, so that the server sees whether somebody else touched them. */
function withGroups(
  entity: Entity,
  changes: Readonly<Record<string, FieldChange>>,
  seen: Row | null,
): Readonly<Record<string, FieldChange>> {
  const all: Record<string, FieldChange> = { ...changes };
  for (const group of entity.fieldGroups ?? []) {
    if (!group.some((name) => changes[name] !== undefined)) continue;
    for (const name of group) all[name] ??= { base: seen?.[name] ?? null, value: seen?.[name] ?? null };
  }
  return all;
}

function commandChanges(
  model: Model,
  command: Command,
  params: Readonly<Record<string, Value>>,
  seen: Row,
  scope: EffectScope,
): Readonly<Record<string, FieldChange>> {
  const changes: Record<string, FieldChange> = {};
  for (const [name, source] of Object.entries(command.set)) {
    const field = model.field(command.entity, name);
    if (field === undefined) continue;
    const value = normaliseValue(field, commandValue(model, command, source, params, seen, scope));
    changes[name] = { base: seen[name] ?? null, value };
  }
  return changes;
}

function commandValue(
  model: Model,
  command: Command,
  source: CommandValue,
  params: Readonly<Record<string, Value>>,
  seen: Row,
  scope: EffectScope,
): Value {
  if ('value' in source) return source.value;
  if ('param' in source) {
    const field = command.params?.[source.param];
    return field === undefined ? null : normaliseValue(field, params[source.param]);
  }
  return evaluate(model.expression(command.entity, source.expression), { ...scope, record: seen, params });
}

function defaultOf(model: Model, field: Field, scope: EffectScope): Value {
  const standard = field.default ?? null;
  if (standard === null || typeof standard !== 'object' || Array.isArray(standard)) return standard as Value;
  const text = (standard as { readonly expression: string }).expression;
  return evaluate(model.expression('', text), { ...scope, record: null });
}

function checkParams(
  command: Command,
  params: Readonly<Record<string, Value>>,
): Readonly<Record<string, ErrorCode>> {
  const faults: Record<string, ErrorCode> = {};
  for (const name of Object.keys(params))
    if (!Object.hasOwn(command.params ?? {}, name)) faults[name] = 'unknown_field';
  for (const [name, field] of Object.entries(command.params ?? {})) {
    const fault = checkField(field, normaliseValue(field, params[name]));
    if (fault !== null) faults[name] = fault;
  }
  return faults;
}

function checkWritten(field: Field | undefined, value: Value): ErrorCode | null {
  if (field === undefined) return 'unknown_field';
  return field.readOnly || field.type === 'autonumber' ? 'read_only' : checkField(field, value);
}

function timeOf(mutation: Mutation): string {
  return mutation.at.corrected ?? mutation.at.device;
}
