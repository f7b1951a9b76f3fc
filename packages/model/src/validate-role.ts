// Faults of a role: privileges on entities that are there, depths that its ownership knows, and fields that can be hidden or locked without making a
// record that nobody could name or make.
import type { Entity, Field } from './entity.ts';
import type { FieldLimit, Role } from './role.ts';
import { allFields } from './system-fields.ts';
import type { ValidationScope } from './validation-scope.ts';

export function validateRole(scope: ValidationScope, role: Role, path: string): void {
  for (const [name, privileges] of Object.entries(role.privileges)) {
    const at = `${path}.privileges.${name}`;
    const entity = scope.entities.get(name);
    if (entity === undefined) scope.report(at, `no entity ${name}`);
    if (entity?.personal)
      scope.report(at, `${name} is everybody's own: no role says what may be done with it`);
    if (entity?.ownership !== 'organisation') continue;
    for (const [action, depth] of Object.entries(privileges)) {
      if (depth !== 'none' && depth !== 'organisation') {
        scope.report(
          `${at}.${action}`,
          `${name} belongs to the organisation: the depth is none or organisation, not ${depth}`,
        );
      }
    }
  }
  for (const [name, limits] of Object.entries(role.fields ?? {})) {
    const at = `${path}.fields.${name}`;
    const entity = scope.entities.get(name);
    if (entity === undefined) scope.report(at, `no entity ${name}`);
    else if (entity.intersect || entity.personal)
      scope.report(at, `${name} is the engine's: nothing of it can be hidden or locked`);
    else validateLimits(scope, role, entity, limits, at);
  }
}

function validateLimits(
  scope: ValidationScope,
  role: Role,
  entity: Entity,
  limits: Readonly<Record<string, FieldLimit>>,
  path: string,
): void {
  const mayCreate = (role.privileges[entity.name]?.create ?? 'none') !== 'none';
  for (const [name, limit] of Object.entries(limits)) {
    const at = `${path}.${name}`;
    const field = Object.hasOwn(entity.fields, name) ? entity.fields[name] : undefined;
    if (field === undefined) {
      const isSystem = Object.hasOwn(allFields(entity), name);
      scope.report(
        at,
        isSystem ? `every record has ${name}: it can be neither hidden nor locked` : `no field ${name}`,
      );
      continue;
    }
    if (limit === 'hidden' && name === entity.titleField)
      scope.report(at, `${name} names a record to people and cannot be hidden`);
    if (mayCreate && mustBeEntered(field))
      scope.report(at, `${name} must be filled in a new record, and this role may make one`);
    const group = entity.fieldGroups?.find((each) => each.includes(name)) ?? [];
    const apart = group.find((other) => limits[other] !== limit);
    if (apart !== undefined)
      scope.report(at, `${name} and ${apart} are one value to people, so both are ${limit} or neither is`);
  }
}

/** Required, and nobody else fills it. */
function mustBeEntered(field: Field): boolean {
  return (
    field.required === true && field.default === undefined && field.type !== 'autonumber' && !field.readOnly
  );
}
