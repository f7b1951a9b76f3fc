// A solution as upgrade steps leave it: what devices of an earlier version may speak of, in the names of a later one. Only what changes and
// tables go by is followed: entities, fields, choices, commands and their parameters. Texts of expressions are not rewritten.
import type { Entity, Field, ManyToMany } from './entity.ts';
import type { Solution } from './solution.ts';
import { mapValue, type UpgradeStep } from './upcast.ts';
import type { Command } from './view.ts';

export type Named = Pick<Solution, 'entities' | 'relations' | 'commands'>;

/** Follows the steps; `report` is told what a step names that is not there, or gives a name that is taken. */
export function solutionAfter(
  before: Named,
  steps: readonly UpgradeStep[],
  report: (step: number, message: string) => void,
): Named {
  return steps.reduce<Named>((now, step, index) => {
    const fault = faultOf(now, step);
    if (fault === null) return after(now, step);
    report(index, fault);
    return now;
  }, before);
}

/** What is wrong with a step in this place; null where it can be taken. */
function faultOf(now: Named, step: UpgradeStep): string | null {
  const fields = fieldsOf(now, step.entity);
  if (fields === undefined) return `there is no entity ${step.entity}`;
  // A default may be for a field that the next version brings.
  if ('field' in step && step.kind !== 'setDefault' && !Object.hasOwn(fields, step.field))
    return `${step.entity} has no field ${step.field}`;
  const command =
    'command' in step
      ? now.commands.find((each) => each.entity === step.entity && each.name === step.command)
      : undefined;
  if ('command' in step && command === undefined) return `${step.entity} has no command ${step.command}`;
  if ('param' in step && !Object.hasOwn(command?.params ?? {}, step.param))
    return `the command ${step.command} has no parameter ${step.param}`;
  switch (step.kind) {
    case 'renameEntity':
      return fieldsOf(now, step.to) === undefined
        ? referencesFault(now, step)
        : `there is an entity ${step.to} already`;
    case 'renameField':
      return takenFault(step.entity, fields, [step.to]);
    case 'splitField':
      if (step.separator === '' || step.into[0] === step.into[1])
        return 'a split needs a separator and two different names';
      if (!isPlainText(fields[step.field])) return `${step.field} is no text without a merge rule`;
      return takenFault(step.entity, fields, step.into);
    case 'mapChoices':
      return choicesFault(fields[step.field], step.values);
    case 'mapParamChoices':
      return choicesFault(command?.params?.[step.param], step.values);
    case 'widenChoice':
      return fields[step.field]?.type === 'choice' ? null : `${step.field} is no choice`;
    case 'widenLookup': {
      const field = fields[step.field];
      const isOne = field?.type === 'lookup' && field.to.length === 1 && field.to[0] === step.target;
      return isOne ? null : `${step.field} is no lookup to ${step.target} alone`;
    }
    case 'setDefault':
      if (step.value === null) return 'a default is a value';
      // What was summed or joined up to now would be counted from another beginning.
      return fields[step.field]?.merge === undefined ? null : `${step.field} has a merge rule`;
    case 'renameCommand':
      return now.commands.some((each) => each.entity === step.entity && each.name === step.to)
        ? `${step.entity} has a command ${step.to} already`
        : null;
    default:
      return null;
  }
}

function after(now: Named, step: UpgradeStep): Named {
  switch (step.kind) {
    case 'renameEntity':
      return renameEntity(now, step.entity, step.to);
    case 'dropEntity':
      return {
        entities: now.entities.filter(({ name }) => name !== step.entity),
        relations: now.relations.filter(({ name }) => name !== step.entity),
        commands: now.commands.filter(({ entity }) => entity !== step.entity),
      };
    case 'renameField':
      return withFields(now, step.entity, step.field, (field) => ({ [step.to]: field }));
    case 'dropField':
      return withFields(now, step.entity, step.field, () => ({}));
    case 'splitField':
      return withFields(now, step.entity, step.field, (field) => ({
        [step.into[0]]: field,
        [step.into[1]]: field,
      }));
    case 'mapChoices':
      return withValues(now, step, (field) => mapChoiceField(field, step.values));
    case 'widenChoice':
      return withValues(now, step, (field) =>
        field.type === 'choice'
          ? {
              ...field,
              type: 'multiChoice',
              ...(typeof field.default === 'string' ? { default: [field.default] } : {}),
            }
          : field,
      );
    case 'widenLookup':
      // Which others it may point to is for the next version to say; here it only counts that they are several.
      return withValues(now, step, (field) =>
        field.type === 'lookup' ? { ...field, to: [step.target, step.target] } : field,
      );
    case 'setDefault':
      return now;
    default:
      return { ...now, commands: now.commands.flatMap((command) => commandAfter(command, step)) };
  }
}

function renameEntity(now: Named, from: string, to: string): Named {
  const name = (each: string) => (each === from ? to : each);
  const field = (each: Field): Field => (each.type === 'lookup' ? { ...each, to: each.to.map(name) } : each);
  return {
    entities: now.entities.map((entity) => ({
      ...entity,
      name: name(entity.name),
      fields: mapFields(entity.fields, field),
    })),
    relations: now.relations.map((relation) => ({
      ...relation,
      name: name(relation.name),
      between: [name(relation.between[0]), name(relation.between[1])],
    })),
    commands: now.commands.map((command) => ({
      ...command,
      entity: name(command.entity),
      ...(command.params === undefined ? {} : { params: mapFields(command.params, field) }),
    })),
  };
}

/** Gives a field another meaning under its name, and what commands set in it too. */
function withValues(
  now: Named,
  step: Extract<UpgradeStep, { readonly field: string }>,
  becomes: (field: Field) => Field,
): Named {
  const next = withFields(now, step.entity, step.field, (field) => ({ [step.field]: becomes(field) }));
  const commands = next.commands.map((command): Command => {
    const source = command.set[step.field];
    if (command.entity !== step.entity || source === undefined || !('value' in source)) return command;
    const value = mapValue(step, source.value);
    return { ...command, set: { ...command.set, [step.field]: { value } } };
  });
  return { ...next, commands };
}

/** Replaces a field everywhere that names it, in its place. */
function withFields(
  now: Named,
  entityName: string,
  fieldName: string,
  becomes: (field: Field) => Readonly<Record<string, Field>>,
): Named {
  const names = (field: Field | undefined): readonly string[] =>
    field === undefined ? [] : Object.keys(becomes(field));
  const entities = now.entities.map((entity): Entity => {
    if (entity.name !== entityName) return entity;
    const was = entity.fields[fieldName];
    const fields = Object.entries(entity.fields).flatMap(([name, field]) =>
      name === fieldName ? Object.entries(becomes(field)) : [[name, field] as [string, Field]],
    );
    const groups = (entity.fieldGroups ?? []).map((group) =>
      group.flatMap((name) => (name === fieldName ? names(was) : [name])),
    );
    return {
      ...entity,
      fields: Object.fromEntries(fields),
      titleField: entity.titleField === fieldName ? (names(was)[0] ?? 'id') : entity.titleField,
      ...(entity.fieldGroups === undefined ? {} : { fieldGroups: groups }),
    };
  });
  const relations = now.relations.map((relation): ManyToMany => {
    if (relation.name !== entityName) return relation;
    const side = (name: string): string =>
      name === fieldName ? (names({ type: 'boolean', label: '' })[0] ?? name) : name;
    return { ...relation, fields: [side(relation.fields[0]), side(relation.fields[1])] };
  });
  const was = now.entities.find(({ name }) => name === entityName)?.fields[fieldName];
  const commands = now.commands.map((command): Command => {
    if (command.entity !== entityName) return command;
    const set = Object.entries(command.set).flatMap(([name, source]) =>
      name === fieldName
        ? names(was).map((each): [string, typeof source] => [each, source])
        : [[name, source] as const],
    );
    return { ...command, set: Object.fromEntries(set) };
  });
  return { entities, relations, commands };
}

function commandAfter(
  command: Command,
  step: Extract<UpgradeStep, { readonly command: string }>,
): readonly Command[] {
  if (command.entity !== step.entity || command.name !== step.command) return [command];
  if (step.kind === 'dropCommand') return [];
  if (step.kind === 'renameCommand') return [{ ...command, name: step.to }];
  const params = Object.entries(command.params ?? {}).flatMap(([name, field]): [string, Field][] => {
    if (name !== step.param) return [[name, field]];
    if (step.kind === 'dropParam') return [];
    if (step.kind === 'renameParam') return [[step.to, field]];
    return [[name, mapChoiceField(field, step.values)]];
  });
  const set = Object.entries(command.set).flatMap(([name, source]) => {
    if (!('param' in source) || source.param !== step.param) return [[name, source] as const];
    if (step.kind === 'dropParam') return [];
    return [[name, step.kind === 'renameParam' ? { param: step.to } : source] as const];
  });
  return [{ ...command, params: Object.fromEntries(params), set: Object.fromEntries(set) }];
}

function mapChoiceField(field: Field, values: Readonly<Record<string, string | null>>): Field {
  if (field.type !== 'choice' && field.type !== 'multiChoice') return field;
  const byValue = new Map(
    field.choices.flatMap((choice) => {
      const value = Object.hasOwn(values, choice.value) ? values[choice.value] : choice.value;
      return value === null || value === undefined ? [] : [[value, { ...choice, value }] as const];
    }),
  );
  const standard = field.default;
  const mapped =
    typeof standard === 'string' && Object.hasOwn(values, standard) ? values[standard] : standard;
  return {
    ...field,
    choices: [...byValue.values()],
    ...(mapped === undefined ? {} : { default: mapped }),
  };
}

function choicesFault(
  field: Field | undefined,
  values: Readonly<Record<string, string | null>>,
): string | null {
  if (field?.type !== 'choice' && field?.type !== 'multiChoice') return 'only a choice has values to map';
  const known = new Set(field.choices.map(({ value }) => value));
  const stranger = Object.keys(values).find((value) => !known.has(value));
  if (stranger !== undefined) return `${JSON.stringify(stranger)} is none of its choices`;
  // Two values that become one cannot be told apart when what others added and took away is united.
  const targets = field.choices.map(({ value }) => (Object.hasOwn(values, value) ? values[value] : value));
  const isUnion = field.type === 'multiChoice' && field.merge === 'union';
  if (isUnion && (new Set(targets).size < targets.length || targets.includes(null)))
    return 'values of a set that merges by union must stay apart';
  return null;
}

function referencesFault(
  now: Named,
  step: Extract<UpgradeStep, { readonly kind: 'renameEntity' }>,
): string | null {
  const param = now.commands.find((command) =>
    Object.values(command.params ?? {}).some((field) => isReference(field, step.entity)),
  );
  if (param !== undefined)
    return `a parameter of the command ${param.name} may hold a reference to ${step.entity}: rename the parameter first`;
  const holders = now.entities.flatMap((entity) =>
    Object.entries(entity.fields)
      .filter(([, field]) => isReference(field, step.entity))
      .map(([field]) => ({ entity: entity.name, field })),
  );
  const told = (step.references ?? []).map(({ entity, field }) => `${entity}.${field}`).sort();
  const wanted = holders.map(({ entity, field }) => `${entity}.${field}`).sort();
  return told.join() === wanted.join() ? null : `references must be ${JSON.stringify(holders)}`;
}

function isReference(field: Field, entity: string): boolean {
  return field.type === 'lookup' && field.to.length > 1 && field.to.includes(entity);
}

function takenFault(
  entity: string,
  fields: Readonly<Record<string, Field>>,
  names: readonly string[],
): string | null {
  const taken = names.find((name) => Object.hasOwn(fields, name));
  return taken === undefined ? null : `${entity} has a field ${taken} already`;
}

function isPlainText(field: Field | undefined): boolean {
  return (field?.type === 'text' || field?.type === 'longText') && field.merge === undefined;
}

/** The fields that a device may write of an entity or of a relation's links; undefined where there is none of that name. */
function fieldsOf(now: Named, name: string): Readonly<Record<string, Field>> | undefined {
  const entity = now.entities.find((each) => each.name === name);
  if (entity !== undefined) return entity.fields;
  const relation = now.relations.find((each) => each.name === name);
  if (relation === undefined) return undefined;
  return Object.fromEntries(
    relation.fields.map((field, side) => [
      field,
      { type: 'lookup', label: '', to: [relation.between[side] ?? ''] } satisfies Field,
    ]),
  );
}

function mapFields(
  fields: Readonly<Record<string, Field>>,
  map: (field: Field) => Field,
): Readonly<Record<string, Field>> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, map(field)]));
}
