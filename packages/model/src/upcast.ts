// What becomes of a change that was made under an earlier version of the model: steps that are data in the solution, each with one meaning for
// changes, for rows, and (server's store/migrate.ts) for tables. Pure. Law: a change brought up and then applied is the row applied and then brought up.
import type { FieldChange, FieldClash, Mutation, Verdict } from './mutation.ts';
import { formatReference, parseReference, type Row, type Value } from './value.ts';

/** Names are those in force before the step. */
export type UpgradeStep =
  /** `references`: every lookup to one of several entities that may hold 'entity/id' of it. */
  | {
      readonly kind: 'renameEntity';
      readonly entity: string;
      readonly to: string;
      readonly references?: readonly { readonly entity: string; readonly field: string }[];
    }
  /** What was done to its records is refused with the reason, and kept. */
  | { readonly kind: 'dropEntity'; readonly entity: string }
  | { readonly kind: 'renameField'; readonly entity: string; readonly field: string; readonly to: string }
  | { readonly kind: 'dropField'; readonly entity: string; readonly field: string }
  /** A text becomes two: what stands before the first separator, and the rest. */
  | {
      readonly kind: 'splitField';
      readonly entity: string;
      readonly field: string;
      readonly separator: string;
      readonly into: readonly [string, string];
    }
  /** What is empty becomes this value, in rows and in records yet to be made. */
  | { readonly kind: 'setDefault'; readonly entity: string; readonly field: string; readonly value: Value }
  /** Values of a choice that become others; null: none. */
  | {
      readonly kind: 'mapChoices';
      readonly entity: string;
      readonly field: string;
      readonly values: Readonly<Record<string, string | null>>;
    }
  /** A choice becomes a set of choices. */
  | { readonly kind: 'widenChoice'; readonly entity: string; readonly field: string }
  /** A lookup to `target` alone becomes one to several entities. */
  | { readonly kind: 'widenLookup'; readonly entity: string; readonly field: string; readonly target: string }
  | { readonly kind: 'renameCommand'; readonly entity: string; readonly command: string; readonly to: string }
  /** Refused with the reason, and kept. */
  | { readonly kind: 'dropCommand'; readonly entity: string; readonly command: string }
  | {
      readonly kind: 'renameParam';
      readonly entity: string;
      readonly command: string;
      readonly param: string;
      readonly to: string;
    }
  | { readonly kind: 'dropParam'; readonly entity: string; readonly command: string; readonly param: string }
  | {
      readonly kind: 'mapParamChoices';
      readonly entity: string;
      readonly command: string;
      readonly param: string;
      readonly values: Readonly<Record<string, string | null>>;
    };

/** How everything of the version before becomes something of version `to`. */
export interface Upgrade {
  readonly to: number;
  readonly steps: readonly UpgradeStep[];
}

/** What has versions: a solution or a bundle. One from before there were upgrades has none. */
export interface Versioned {
  readonly schemaVersion: number;
  readonly upgrades?: readonly Upgrade[];
}

/** The steps from a version to the present one, in order. */
export function stepsSince(versioned: Versioned, version: number): readonly UpgradeStep[] {
  return (versioned.upgrades ?? []).filter(({ to }) => to > version).flatMap(({ steps }) => steps);
}

/** The change in the words of the present version. One of this version, or of a later one, stays the same object. */
export function upcastToPresent<M extends Mutation>(versioned: Versioned, mutation: M): M {
  if (mutation.schemaVersion >= versioned.schemaVersion) return mutation;
  const steps = stepsSince(versioned, mutation.schemaVersion);
  return { ...upcastMutation(mutation, steps), schemaVersion: versioned.schemaVersion };
}

/** A change after these steps. Its version stays what it was. */
export function upcastMutation<M extends Mutation>(mutation: M, steps: readonly UpgradeStep[]): M {
  return steps.reduce<M>((before, step) => upcastOne(before, step), mutation);
}

/** A record's row after these steps, and the name of its entity. */
export function upcastRow(
  entity: string,
  row: Row,
  steps: readonly UpgradeStep[],
): { readonly entity: string; readonly row: Row } {
  let [name, cells] = [entity, row];
  for (const step of steps) {
    cells = mapCells(step, name, cells, true);
    name = entityAfter(step, name);
  }
  return { entity: name, row: cells };
}

/** The server's word on a change of this entity: its fields under the names they have now. */
export function upcastVerdict(entity: string, verdict: Verdict, steps: readonly UpgradeStep[]): Verdict {
  const { clashes, theirs, fields } = verdict;
  const after = (name: string, value: Value) => cellsAfter(entity, { [name]: value }, steps);
  const clashesAfter = Object.entries(clashes ?? {}).flatMap(([name, clash]) => {
    const [base, others, mine] = [
      after(name, clash.base),
      after(name, clash.theirs),
      after(name, clash.mine),
    ];
    return Object.keys(mine).map((now): [string, FieldClash] => [
      now,
      { base: base[now] ?? null, theirs: others[now] ?? null, mine: mine[now] ?? null },
    ]);
  });
  const fieldsAfter = Object.entries(fields ?? {}).flatMap(([name, code]) =>
    Object.keys(after(name, null)).map((now) => [now, code]),
  );
  return {
    ...verdict,
    ...(clashes === undefined ? {} : { clashes: Object.fromEntries(clashesAfter) }),
    ...(fields === undefined ? {} : { fields: Object.fromEntries(fieldsAfter) }),
    ...(theirs === undefined || theirs === null ? {} : { theirs: upcastRow(entity, theirs, steps).row }),
  };
}

function upcastOne<M extends Mutation>(mutation: M, step: UpgradeStep): M {
  if (step.kind === 'renameEntity' || mutation.entity === step.entity) {
    const values = mapCells(step, mutation.entity, sideOf(mutation, 'value'), mutation.command === 'create');
    const bases = mapCells(step, mutation.entity, sideOf(mutation, 'base'), false);
    const isCreate = mutation.command === 'create';
    const changes = mapValues(values, (value, name): FieldChange => ({
      base: isCreate ? null : (bases[name] ?? null),
      value,
    }));
    return withCommand({ ...mutation, entity: entityAfter(step, mutation.entity), changes }, step);
  }
  return mutation;
}

function withCommand<M extends Mutation>(mutation: M, step: UpgradeStep): M {
  if (!('command' in step) || mutation.command !== step.command) return mutation;
  if (step.kind === 'renameCommand') return { ...mutation, command: step.to };
  if (step.kind === 'dropCommand' || mutation.params === undefined) return mutation;
  const params = Object.entries(mutation.params).flatMap(([name, value]): [string, Value][] => {
    if (name !== step.param) return [[name, value]];
    if (step.kind === 'dropParam') return [];
    return step.kind === 'renameParam' ? [[step.to, value]] : [[name, mapChoice(value, step.values)]];
  });
  return { ...mutation, params: Object.fromEntries(params) };
}

/** `isWhole`: the cells are all of a record's, not those that a change touches. */
function mapCells(step: UpgradeStep, entity: string, cells: Row, isWhole: boolean): Row {
  if (step.kind === 'renameEntity') return mapReferences(step, entity, cells);
  if (step.entity !== entity || !('field' in step)) return cells;
  const { field } = step;
  switch (step.kind) {
    case 'renameField':
      return renamed(cells, field, (value) => ({ [step.to]: value }));
    case 'dropField':
      return renamed(cells, field, () => ({}));
    case 'splitField':
      return renamed(cells, field, (value) => splitValue(value, step.separator, step.into));
    case 'setDefault':
      return isWhole || Object.hasOwn(cells, field)
        ? { ...cells, [field]: mapValue(step, cells[field] ?? null) }
        : cells;
    case 'mapChoices':
    case 'widenChoice':
    case 'widenLookup':
      return renamed(cells, field, (value) => ({ [field]: mapValue(step, value) }));
  }
}

/** What a step that leaves a field its name makes of a value. */
export function mapValue(step: UpgradeStep, value: Value): Value {
  switch (step.kind) {
    case 'setDefault':
      return value ?? step.value;
    case 'mapChoices':
      return mapChoice(value, step.values);
    case 'widenChoice':
      return typeof value === 'string' ? [value] : value;
    case 'widenLookup':
      return typeof value === 'string' && parseReference(value) === null
        ? formatReference(step.target, value)
        : value;
    default:
      return value;
  }
}

function renamed(cells: Row, field: string, becomes: (value: Value) => Row): Row {
  if (!Object.hasOwn(cells, field)) return cells;
  const { [field]: value = null, ...others } = cells;
  return { ...others, ...becomes(value) };
}

/** As migrate.ts does it in SQL: nothing empty but null. */
function splitValue(value: Value, separator: string, into: readonly [string, string]): Row {
  const [first, rest] = into;
  if (typeof value !== 'string') return { [first]: null, [rest]: null };
  const cut = value.indexOf(separator);
  const parts = cut < 0 ? [value, ''] : [value.slice(0, cut), value.slice(cut + separator.length)];
  return { [first]: parts[0] || null, [rest]: parts[1] || null };
}

function mapChoice(value: Value, values: Readonly<Record<string, string | null>>): Value {
  const one = (choice: string): string | null =>
    Object.hasOwn(values, choice) ? (values[choice] ?? null) : choice;
  if (typeof value === 'string') return one(value);
  if (!Array.isArray(value)) return value;
  const mapped = new Set(value.flatMap((choice: string) => one(choice) ?? []));
  return mapped.size === 0 ? null : [...mapped].sort();
}

function mapReferences(
  step: Extract<UpgradeStep, { kind: 'renameEntity' }>,
  entity: string,
  cells: Row,
): Row {
  const mine = (step.references ?? []).filter((reference) => reference.entity === entity);
  return mapValues(cells, (value, name) => {
    if (typeof value !== 'string' || !mine.some(({ field }) => field === name)) return value;
    const reference = parseReference(value);
    return reference?.entity === step.entity ? formatReference(step.to, reference.id) : value;
  });
}

function entityAfter(step: UpgradeStep, entity: string): string {
  return step.kind === 'renameEntity' && step.entity === entity ? step.to : entity;
}

/** Some cells of a record of this entity after these steps. */
export function cellsAfter(entity: string, part: Row, steps: readonly UpgradeStep[]): Row {
  let [name, cells] = [entity, part];
  for (const step of steps) {
    cells = mapCells(step, name, cells, false);
    name = entityAfter(step, name);
  }
  return cells;
}

function sideOf(mutation: Mutation, side: keyof FieldChange): Row {
  return mapValues(mutation.changes, (change) => change[side]);
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}
