// Every place of a solution that holds an expression: one list for the validator, which checks them, and for the bundle, which carries their trees.
import type { Entity, Field } from './entity.ts';
import type { CheckContext } from './expression/check.ts';
import type { OfflineProfile } from './profile.ts';
import { allFields } from './system-fields.ts';
import type { Command, View } from './view.ts';

export interface ExpressionSite {
  /** Such as `views[3].where`. */
  readonly path: string;
  /** The entity of `record`; null where there is no record. */
  readonly entity: string | null;
  readonly text: string;
  /** Parameters of the command it belongs to. */
  readonly params?: Readonly<Record<string, Field>>;
  /** A condition yields true, false or null; otherwise the value of this field. */
  readonly yields: 'condition' | Field;
}

/** How the text at a site is to be read, given the entities it may look at. */
export function parseContext(site: ExpressionSite, entities: readonly Entity[]): CheckContext {
  const { entity, params } = site;
  return { entities, entity, ...(params === undefined ? {} : { params }) };
}

export interface ExpressionHolder {
  readonly entities: readonly Entity[];
  readonly views: readonly View[];
  readonly commands: readonly Command[];
  readonly profiles: readonly OfflineProfile[];
}

export function expressionSites(holder: ExpressionHolder): readonly ExpressionSite[] {
  const fieldsByEntity = new Map(holder.entities.map((entity) => [entity.name, allFields(entity)]));
  return [
    ...holder.entities.flatMap((entity, index) => entitySites(entity, `entities[${index}]`)),
    ...holder.views.flatMap((view, index) => conditionSite(`views[${index}].where`, view.entity, view.where)),
    ...holder.commands.flatMap((command, index) =>
      commandSites(command, `commands[${index}]`, fieldsByEntity),
    ),
    ...holder.profiles.flatMap((profile, index) => profileSites(profile, `profiles[${index}]`)),
  ];
}

function conditionSite(path: string, entity: string, text: string | undefined): ExpressionSite[] {
  return text === undefined ? [] : [{ path, entity, text, yields: 'condition' }];
}

function entitySites(entity: Entity, path: string): ExpressionSite[] {
  const guards = (entity.guards ?? []).flatMap((guard, index) =>
    conditionSite(`${path}.guards[${index}].when`, entity.name, guard.when),
  );
  return [...guards, ...defaultSites(entity.fields, `${path}.fields`)];
}

function defaultSites(fields: Readonly<Record<string, Field>>, path: string): ExpressionSite[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const standard = field.default;
    if (standard === null || typeof standard !== 'object' || !('expression' in standard)) return [];
    return [
      { path: `${path}.${name}.default.expression`, entity: null, text: standard.expression, yields: field },
    ];
  });
}

function commandSites(
  command: Command,
  path: string,
  fieldsByEntity: ReadonlyMap<string, Readonly<Record<string, Field>>>,
): ExpressionSite[] {
  const values = Object.entries(command.set).flatMap(([name, source]): ExpressionSite[] => {
    const field = fieldsByEntity.get(command.entity)?.[name];
    if (field === undefined || !('expression' in source)) return [];
    const params = command.params === undefined ? {} : { params: command.params };
    return [
      {
        path: `${path}.set.${name}.expression`,
        entity: command.entity,
        text: source.expression,
        ...params,
        yields: field,
      },
    ];
  });
  return [
    ...conditionSite(`${path}.when`, command.entity, command.when),
    ...values,
    ...defaultSites(command.params ?? {}, `${path}.params`),
  ];
}

function profileSites(profile: OfflineProfile, path: string): ExpressionSite[] {
  return profile.entities.flatMap((part, index) =>
    typeof part.rows === 'object'
      ? conditionSite(`${path}.entities[${index}].rows.where`, part.entity, part.rows.where)
      : [],
  );
}
