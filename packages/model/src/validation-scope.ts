// What the parts of the validator share: the solution, its entities by name, and where faults go.
import type { Entity, Field } from './entity.ts';
import type { Solution } from './solution.ts';
import { allFields } from './system-fields.ts';

export interface Fault {
  /** Such as `entities[2].fields.account.to[0]`. */
  readonly path: string;
  /** For the solution's author, in plain words. */
  readonly message: string;
}

export interface ValidationScope {
  readonly solution: Solution;
  /** By name, links included. */
  readonly entities: ReadonlyMap<string, Entity>;
  readonly report: (path: string, message: string) => void;
}

/** Of entities, fields, views: also a name that both databases take, and no member that every object has. */
export const namePattern = /^(?!constructor$)[a-z][a-z0-9_]{0,62}$/;

/** The field of that name of a known entity, system fields included. */
export function knownField(scope: ValidationScope, entity: string, name: string): Field | undefined {
  const known = scope.entities.get(entity);
  const fields = known === undefined ? {} : allFields(known);
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Reports every key after the first that is equal to one before it. */
export function reportRepeats(
  scope: ValidationScope,
  keys: readonly string[],
  pathOf: (index: number) => string,
  what: string,
): void {
  keys.forEach((key, index) => {
    if (keys.indexOf(key) !== index)
      scope.report(pathOf(index), `there are two ${what} called ${JSON.stringify(key)}`);
  });
}
