// The fast way to look things up in a bundle. Made once per bundle; everything it hands out is the bundle's own data.
import type { Bundle } from './bundle.ts';
import type { Entity, Field, Guard, LookupField } from './entity.ts';
import type { Expr } from './expression/tree.ts';
import type { ProfileEntity, StepRule } from './profile.ts';
import type { Privileges } from './role.ts';
import { allFields } from './system-fields.ts';
import type { Command, Form, View } from './view.ts';

/** A bundle before its hash is known. */
export type BundleContent = Omit<Bundle, 'hash'>;

export interface Model {
  readonly bundle: BundleContent;
  /** Throws where there is none: names from outside go through `findEntity`. */
  entity(name: string): Entity;
  findEntity(name: string): Entity | undefined;
  /** `id`, the entity's own fields, `owner`, stamps; in column order. */
  fields(entity: string): Readonly<Record<string, Field>>;
  field(entity: string, name: string): Field | undefined;
  /** What the profile says of the entity; undefined where it is not carried. */
  profileEntity(name: string): ProfileEntity<StepRule> | undefined;
  /** Entities the profile carries, first to be downloaded first. */
  carriedEntities(): readonly Entity[];
  privileges(entity: string): Privileges;
  views(entity: string): readonly View[];
  /** The modelled default, else the first, else a plain list of all. */
  defaultView(entity: string): View;
  /** The modelled form, else one section with all fields. */
  form(entity: string): Form;
  /** Named commands; create, update and delete are not among them. */
  commands(entity: string): readonly Command[];
  command(entity: string, name: string): Command | undefined;
  guards(entity: string): readonly { readonly guard: Guard; readonly when: Expr }[];
  /** The parsed form of an expression that the bundle's model contains. Entity '' for those without a record. Throws where there is none. */
  expression(entity: string, text: string): Expr;
  searchableFields(entity: string): readonly string[];
  titleField(entity: string): string;
  /** Lookup fields, system fields included. */
  lookups(entity: string): readonly { readonly name: string; readonly field: LookupField }[];
}

const noPrivileges: Privileges = { create: 'none', read: 'none', update: 'none', delete: 'none' };

export function openModel(bundle: BundleContent): Model {
  const entitiesByName = new Map(bundle.entities.map((entity) => [entity.name, entity]));
  const fieldsByEntity = new Map(bundle.entities.map((entity) => [entity.name, allFields(entity)]));
  const viewsByEntity = groupBy(bundle.views);
  const commandsByEntity = groupBy(bundle.commands);
  const formsByEntity = new Map(bundle.forms.map((form) => [form.entity, form]));
  const profileByEntity = new Map((bundle.profile?.entities ?? []).map((part) => [part.entity, part]));
  const carried = [...profileByEntity.values()]
    .sort((a, b) => a.priority - b.priority)
    .flatMap((part) => entitiesByName.get(part.entity) ?? []);

  const entity = (name: string): Entity => {
    const found = entitiesByName.get(name);
    if (found === undefined) throw new Error(`no entity ${name} in this bundle`);
    return found;
  };
  const fields = (name: string) => fieldsByEntity.get(name) ?? allFields(entity(name));
  const expression = (name: string, text: string): Expr => {
    const found = bundle.expressions[name]?.[text];
    if (found === undefined)
      throw new Error(`no parsed expression of ${name === '' ? 'no entity' : name}: ${text}`);
    return found;
  };
  const views = (name: string) => viewsByEntity.get(name) ?? [];
  return {
    bundle,
    entity,
    findEntity: (name) => entitiesByName.get(name),
    fields,
    field: (name, field) =>
      entitiesByName.has(name) && Object.hasOwn(fields(name), field) ? fields(name)[field] : undefined,
    profileEntity: (name) => profileByEntity.get(name),
    carriedEntities: () => carried,
    privileges: (name) => bundle.privileges[name] ?? noPrivileges,
    views,
    defaultView: (name) =>
      views(name).find((view) => view.isDefault) ?? views(name)[0] ?? plainView(entity(name)),
    form: (name) => formsByEntity.get(name) ?? plainForm(entity(name)),
    commands: (name) => commandsByEntity.get(name) ?? [],
    command: (name, command) => commandsByEntity.get(name)?.find((each) => each.name === command),
    guards: (name) =>
      (entity(name).guards ?? []).map((guard) => ({ guard, when: expression(name, guard.when) })),
    expression,
    searchableFields: (name) => searchableFields(entity(name)),
    titleField: (name) => entity(name).titleField,
    lookups: (name) => lookupsOf(fields(name)),
  };
}

/** Fields that the search box looks in: those marked so, else the title. */
export function searchableFields(entity: Entity): readonly string[] {
  const marked = Object.keys(entity.fields).filter((name) => entity.fields[name]?.searchable);
  if (marked.length > 0) return marked;
  return Object.hasOwn(entity.fields, entity.titleField) ? [entity.titleField] : [];
}

function lookupsOf(fields: Readonly<Record<string, Field>>): { name: string; field: LookupField }[] {
  return Object.entries(fields).flatMap(([name, field]) =>
    field.type === 'lookup' ? [{ name, field }] : [],
  );
}

function groupBy<T extends { readonly entity: string }>(
  parts: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const part of parts) groups.set(part.entity, [...(groups.get(part.entity) ?? []), part]);
  return groups;
}

function plainView(entity: Entity): View {
  const others = Object.keys(entity.fields).filter(
    (name) => name !== entity.titleField && entity.fields[name]?.type !== 'longText',
  );
  return {
    name: 'all',
    entity: entity.name,
    label: entity.labelPlural,
    order: [{ field: entity.titleField }],
    columns: [entity.titleField, ...others.slice(0, 3)],
    isDefault: true,
  };
}

function plainForm(entity: Entity): Form {
  const names = Object.keys(entity.fields);
  const owner = entity.ownership === 'organisation' ? [] : ['owner'];
  return {
    entity: entity.name,
    sections: [{ label: entity.label, fields: [...names, ...owner] }],
    related: [],
  };
}
