// Which fields decide whether a row is in somebody's scope: its owner, what row filters read, the lookups that related rules follow. The change log
// keeps their previous values, so that "was it in scope" is decided by the same conditions as "is it".
import {
  carriedProfiles,
  fieldOf,
  tableEntities,
  type Entity,
  type Expr,
  type Solution,
} from '@satchel/model';

/** By entity, over all profiles of the solution, in a stable order. `parsed` gives the tree of a profile's row filter. */
export function scopeFields(
  solution: Solution,
  parsed: (entity: string, text: string) => Expr,
): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, Set<string>>();
  const add = (entity: string, field: string | undefined) => {
    if (field === undefined || field === 'id') return;
    fields.set(entity, (fields.get(entity) ?? new Set()).add(field));
  };
  for (const entity of tableEntities(solution))
    if (fieldOf(entity, 'owner') !== undefined) add(entity.name, 'owner');
  for (const part of carriedProfiles(solution).flatMap((profile) => profile.entities)) {
    if (typeof part.rows === 'object')
      for (const path of fieldPaths(parsed(part.entity, part.rows.where))) add(part.entity, path[0]);
    for (const rule of part.related ?? [])
      add(rule.kind === 'target' ? rule.entity : part.entity, rule.field);
  }
  return new Map([...fields].map(([entity, names]) => [entity, [...names].sort()]));
}

/** Every path of fields that an expression reads. */
export function fieldPaths(expr: Expr): readonly (readonly string[])[] {
  switch (expr.op) {
    case 'field':
      return [expr.path];
    case 'compare':
    case 'and':
    case 'or':
    case 'in':
    case 'text':
    case 'arithmetic':
      return [...fieldPaths(expr.left), ...fieldPaths(expr.right)];
    case 'not':
      return fieldPaths(expr.operand);
    case 'list':
      return expr.items.flatMap(fieldPaths);
    case 'conditional':
      return [expr.test, expr.then, expr.otherwise].flatMap(fieldPaths);
    case 'literal':
    case 'user':
    case 'param':
    case 'now':
    case 'today':
      return [];
  }
}

/** Does its value depend on when it is asked? */
export function readsTime(expr: Expr): boolean {
  switch (expr.op) {
    case 'now':
    case 'today':
      return true;
    case 'compare':
    case 'and':
    case 'or':
    case 'in':
    case 'text':
    case 'arithmetic':
      return readsTime(expr.left) || readsTime(expr.right);
    case 'not':
      return readsTime(expr.operand);
    case 'list':
      return expr.items.some(readsTime);
    case 'conditional':
      return [expr.test, expr.then, expr.otherwise].some(readsTime);
    case 'field':
    case 'literal':
    case 'user':
    case 'param':
      return false;
  }
}

/** The targets of a lookup field; none for other fields. */
export function targetsOf(entity: Entity, field: string): readonly string[] {
  const found = fieldOf(entity, field);
  return found?.type === 'lookup' ? found.to : [];
}
