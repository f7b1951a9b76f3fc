// How one person's changes meet other people's, field by field, from three values: what the person saw (base), what the server has (theirs)
// and what the person wants (mine). Nobody is asked where an answer is safe; where none is, the whole mutation is a conflict and nothing is written.
import type { ConflictRule, DeleteRule, Entity, Field } from './entity.ts';
import { mergeByRule } from './merge-rules.ts';
import type { FieldChange, FieldClash, SettledClash } from './mutation.ts';
import type { Policy } from './policy.ts';
import { fieldOf } from './system-fields.ts';
import { sameValue, type Row, type Value } from './value.ts';

export type MergeResult =
  /** `values`: what to write, only fields whose value becomes another. */
  | {
      readonly kind: 'merged';
      readonly values: Readonly<Record<string, Value>>;
      readonly settled: Readonly<Record<string, SettledClash>>;
    }
  /** `clashes`: the fields that somebody must settle: the person, or a supervisor where the rule of any of them says so. */
  | {
      readonly kind: 'conflict';
      readonly clashes: Readonly<Record<string, FieldClash>>;
      readonly settledBy: 'person' | 'supervisor';
    };

export interface MergeInput {
  readonly entity: Entity;
  readonly changes: Readonly<Record<string, FieldChange>>;
  readonly theirs: Row;
  readonly policy: Pick<Policy, 'conflict'>;
}

type FieldResult =
  | { readonly kind: 'keep' }
  | { readonly kind: 'write'; readonly value: Value }
  | { readonly kind: 'settled'; readonly clash: SettledClash }
  | { readonly kind: 'clash'; readonly clash: FieldClash; readonly by: 'person' | 'supervisor' };

/** Three-way merge of a mutation's changes into the server's row. Fields that the mutation does not change are never touched. */
export function mergeChanges(input: MergeInput): MergeResult {
  const values: Record<string, Value> = {};
  const settled: Record<string, SettledClash> = {};
  const clashes: Record<string, FieldClash> = {};
  let settledBy: 'person' | 'supervisor' = 'person';
  for (const [name, result] of Object.entries(fieldResults(input))) {
    const theirs = input.theirs[name] ?? null;
    if (result.kind === 'write' && !sameValue(result.value, theirs)) values[name] = result.value;
    if (result.kind === 'settled') {
      settled[name] = result.clash;
      if (!sameValue(result.clash.result, theirs)) values[name] = result.clash.result;
    }
    if (result.kind === 'clash') {
      clashes[name] = result.clash;
      if (result.by === 'supervisor') settledBy = 'supervisor';
    }
  }
  return Object.keys(clashes).length > 0
    ? { kind: 'conflict', clashes, settledBy }
    : { kind: 'merged', values, settled };
}

/**
 * The fields of a fresh row with a pending change laid over it, before the server has spoken: as the server will merge them, and mine where it
 * would ask. Only fields that the change names.
 */
export function overlayChanges(input: MergeInput): Readonly<Record<string, Value>> {
  const values = Object.entries(fieldResults(input)).map(([name, result]): [string, Value] => [
    name,
    shownValue(result, input.theirs[name] ?? null),
  ]);
  return Object.fromEntries(values);
}

function shownValue(result: FieldResult, theirs: Value): Value {
  switch (result.kind) {
    case 'keep':
      return theirs;
    case 'write':
      return result.value;
    case 'settled':
      return result.clash.result;
    case 'clash':
      return result.clash.mine;
  }
}

function fieldResults(input: MergeInput): Readonly<Record<string, FieldResult>> {
  const results: Record<string, FieldResult> = {};
  const grouped = new Set<string>();
  for (const group of input.entity.fieldGroups ?? []) {
    const members = group.filter((name) => input.changes[name] !== undefined);
    for (const name of members) grouped.add(name);
    Object.assign(results, groupResults(input, members));
  }
  for (const [name, change] of Object.entries(input.changes)) {
    if (!grouped.has(name))
      results[name] = mergeField(input.entity, name, change, input.theirs[name] ?? null, input.policy);
  }
  return results;
}

function mergeField(
  entity: Entity,
  name: string,
  change: FieldChange,
  theirs: Value,
  policy: Pick<Policy, 'conflict'>,
): FieldResult {
  const { base, value: mine } = change;
  if (sameValue(mine, base)) return { kind: 'keep' };
  if (sameValue(theirs, base)) return { kind: 'write', value: mine };
  const field = fieldOf(entity, name);
  // Only a sum tells two equal changes from one: everywhere else both sides simply agree.
  if (sameValue(mine, theirs) && field?.merge !== 'sum') return { kind: 'keep' };
  const merged = field?.merge === undefined ? undefined : mergeByRule(field.merge, base, theirs, mine);
  if (field?.merge !== undefined && merged !== undefined) {
    return { kind: 'settled', clash: { base, theirs, mine, result: merged, rule: field.merge } };
  }
  return settleBy(conflictRule(entity, field, policy), { base, theirs, mine });
}

/** Fields that are one value to a person: if both sides changed any of them, all of them are settled alike. */
function groupResults(input: MergeInput, members: readonly string[]): Readonly<Record<string, FieldResult>> {
  const clashes = members.map((name) => {
    const change = input.changes[name] as FieldChange;
    return { name, clash: { base: change.base, theirs: input.theirs[name] ?? null, mine: change.value } };
  });
  const iChanged = clashes.some(({ clash }) => !sameValue(clash.mine, clash.base));
  const theyChanged = clashes.some(({ clash }) => !sameValue(clash.theirs, clash.base));
  const isSame = clashes.every(({ clash }) => sameValue(clash.mine, clash.theirs));
  const rules = members.map((name) => conflictRule(input.entity, fieldOf(input.entity, name), input.policy));
  const strictest =
    (['supervisor', 'ask', 'server', 'client'] as const).find((rule) => rules.includes(rule)) ?? 'ask';
  return Object.fromEntries(
    clashes.map(({ name, clash }): [string, FieldResult] => {
      if (isSame || !iChanged) return [name, { kind: 'keep' }];
      return [name, theyChanged ? settleBy(strictest, clash) : { kind: 'write', value: clash.mine }];
    }),
  );
}

function settleBy(rule: ConflictRule, clash: FieldClash): FieldResult {
  switch (rule) {
    case 'client':
      return { kind: 'settled', clash: { ...clash, result: clash.mine, rule } };
    case 'server':
      return { kind: 'settled', clash: { ...clash, result: clash.theirs, rule } };
    case 'ask':
      return { kind: 'clash', clash, by: 'person' };
    case 'supervisor':
      return { kind: 'clash', clash, by: 'supervisor' };
  }
}

/** The value that a rule did not keep: theirs where mine became the result, else mine. Of a text, sum or set that holds both it is mine alone. */
export function losingValue({ theirs, mine, result }: SettledClash): Value {
  return sameValue(result, mine) ? theirs : mine;
}

/** What is to happen where one side deleted what the other changed. */
export function deleteRule(entity: Entity, policy: Pick<Policy, 'conflict'>): DeleteRule {
  return entity.deleteVsEdit ?? policy.conflict.deleteVsEdit;
}

function conflictRule(
  entity: Entity,
  field: Field | undefined,
  policy: Pick<Policy, 'conflict'>,
): ConflictRule {
  return field?.conflict ?? entity.conflict ?? policy.conflict.overlapping;
}
