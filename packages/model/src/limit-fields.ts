// What a person gets of an entity whose fields some roles hide or lock: the same entity with fewer fields, and views, forms, commands and verdicts that
// know no others. Whoever works with what comes out of here cannot name a hidden field, which is how it stays hidden.
import type { Entity, Field } from './entity.ts';
import type { Model } from './model.ts';
import type { Verdict } from './mutation.ts';
import type { FieldLimit } from './role.ts';
import { allFields } from './system-fields.ts';
import type { Command, Form, RelatedList, View } from './view.ts';

type Limits = Readonly<Record<string, FieldLimit>>;

/** Hidden fields are gone, locked ones read-only. A group with a hidden field is none: it never changes by this person's hand. */
export function limitEntity(entity: Entity, limits: Limits | undefined): Entity {
  if (limits === undefined) return entity;
  const kept = Object.entries(entity.fields).filter(([name]) => limits[name] !== 'hidden');
  const fields = kept.map(([name, field]): [string, Field] => [
    name,
    limits[name] === 'readOnly' ? { ...field, readOnly: true } : field,
  ]);
  const groups = entity.fieldGroups?.filter((group) => group.every((name) => limits[name] !== 'hidden'));
  return {
    ...entity,
    fields: Object.fromEntries(fields),
    ...(groups === undefined ? {} : { fieldGroups: groups }),
  };
}

/** Neither columns nor an order by fields that the entity does not have: an order tells of values. */
export function limitView(view: View, entity: Entity): View {
  const has = knows(entity);
  return { ...view, columns: view.columns.filter(has), order: view.order.filter(({ field }) => has(field)) };
}

/** `entities`: those the person may read, limited. */
export function limitForm(form: Form, entities: ReadonlyMap<string, Entity>): Form {
  const entity = entities.get(form.entity);
  const has = entity === undefined ? () => false : knows(entity);
  const sections = form.sections
    .map((section) => ({ ...section, fields: section.fields.filter(has) }))
    .filter((section) => section.fields.length > 0);
  return { ...form, sections, related: form.related.flatMap((list) => limitList(list, entities)) };
}

/** The server sets what the person does not see by itself: see MODEL-11. */
export function limitCommand(command: Command, entity: Entity): Command {
  const has = knows(entity);
  return { ...command, set: Object.fromEntries(Object.entries(command.set).filter(([name]) => has(name))) };
}

/** A verdict as far as the person may see it now, whatever was recorded when: no hidden field of the server's row, of clashes, of what was settled or of faults. */
export function limitVerdict(model: Model, entity: string, verdict: Verdict): Verdict {
  const { theirs, clashes, settled, fields, by, ...rest } = verdict;
  const isReadable = model.findEntity(entity) !== undefined;
  const has = (name: string) => isReadable && (name === '_rev' || model.field(entity, name) !== undefined);
  const only = <T>(values: Readonly<Record<string, T>>, also: (value: T) => boolean = () => false) =>
    Object.fromEntries(Object.entries(values).filter(([name, value]) => has(name) || also(value)));
  const isNamedByPerson = (code: unknown) => code === 'unknown_field';
  return {
    ...rest,
    ...(fields === undefined || !isReadable ? {} : { fields: only(fields, isNamedByPerson) }),
    ...(clashes === undefined ? {} : { clashes: only(clashes) }),
    ...(settled === undefined ? {} : { settled: only(settled) }),
    ...(theirs === undefined || (theirs !== null && !isReadable)
      ? {}
      : { theirs: theirs === null ? null : only(theirs) }),
    ...(by === undefined || model.findEntity('user') === undefined ? {} : { by }),
  };
}

function limitList(list: RelatedList, entities: ReadonlyMap<string, Entity>): readonly RelatedList[] {
  const entity = entities.get(list.entity);
  if (entity === undefined || !knows(entity)(list.via)) return [];
  const has = knows(entity);
  const { notesField, ...rest } = list;
  return [
    {
      ...rest,
      columns: list.columns.filter(has),
      order: list.order.filter(({ field }) => has(field)),
      ...(notesField === undefined || !has(notesField) ? {} : { notesField }),
    },
  ];
}

function knows(entity: Entity): (field: string) => boolean {
  const fields = allFields(entity);
  return (name) => Object.hasOwn(fields, name);
}
