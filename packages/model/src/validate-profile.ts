// Faults of offline profiles. Related rules must not go round in a circle, neither within a profile nor when a person's roles unite several,
// because the scope is compiled as a chain.
import { expandProfile, stepsOfLinked } from './expand-profile.ts';
import type { OfflineProfile, ProfileEntity, RelatedRule, StepRule } from './profile.ts';
import { knownField, reportRepeats, type ValidationScope } from './validation-scope.ts';

interface Step {
  readonly from: string;
  readonly to: string;
  readonly path: string;
}

export function validateProfiles(scope: ValidationScope): void {
  const { profiles } = scope.solution;
  const cyclesBefore = profiles.map((profile, index) =>
    validateProfile(scope, profile, `profiles[${index}]`),
  );
  if (cyclesBefore.includes(true)) return;
  const united = findCycle(
    profiles.flatMap((profile, index) => stepsOf(scope, profile, `profiles[${index}]`)),
  );
  if (united !== null)
    scope.report(
      united.path,
      `with the other profiles, related rules go in a circle: ${united.cycle.join(' → ')}`,
    );
}

/** True where the profile's own rules go in a circle. */
function validateProfile(scope: ValidationScope, profile: OfflineProfile, path: string): boolean {
  const roles = new Set(scope.solution.roles.map((role) => role.name));
  profile.roles.forEach((role, index) => {
    if (!roles.has(role)) scope.report(`${path}.roles[${index}]`, `no role ${role}`);
  });
  reportRepeats(
    scope,
    profile.entities.map((part) => part.entity),
    (index) => `${path}.entities[${index}].entity`,
    'parts for the entity',
  );
  const expanded = expandProfile(scope.solution, profile).entities;
  const carried = new Set(expanded.map((part) => part.entity));
  for (const [index, part] of profile.entities.entries()) {
    const at = `${path}.entities[${index}]`;
    validatePart(scope, part, carried, at);
    const isEmpty = part.rows === 'related' && expanded[index]?.related?.length === 0;
    if (isEmpty && (part.related ?? []).length === 0)
      scope.report(`${at}.rows`, 'only related rows, but there are no related rules: nothing is carried');
  }
  const found = findCycle(stepsOf(scope, profile, path));
  if (found !== null) scope.report(found.path, `related rules go in a circle: ${found.cycle.join(' → ')}`);
  return found !== null;
}

function validatePart(
  scope: ValidationScope,
  part: ProfileEntity,
  carried: ReadonlySet<string>,
  path: string,
): void {
  if (!scope.entities.has(part.entity)) {
    scope.report(`${path}.entity`, `no entity ${part.entity}`);
    return;
  }
  if (!Number.isSafeInteger(part.priority)) scope.report(`${path}.priority`, 'must be a whole number');
  for (const [index, rule] of (part.related ?? []).entries())
    validateRule(scope, part.entity, rule, carried, `${path}.related[${index}]`);
  const commands = scope.solution.commands.filter((command) => command.entity === part.entity);
  part.offline.forEach((name, index) => {
    const at = `${path}.offline[${index}]`;
    if (name === 'create' || name === 'update' || name === 'delete') return;
    const command = commands.find((each) => each.name === name);
    if (command === undefined) scope.report(at, `no command ${name} of ${part.entity}`);
    else if (command.onlineOnly) scope.report(at, `${name} cannot be done without a connection`);
  });
}

function validateRule(
  scope: ValidationScope,
  entity: string,
  rule: RelatedRule,
  carried: ReadonlySet<string>,
  path: string,
): void {
  if (!scope.entities.has(rule.entity)) {
    scope.report(`${path}.entity`, `no entity ${rule.entity}`);
    return;
  }
  if (!carried.has(rule.entity))
    scope.report(`${path}.entity`, `${rule.entity} is not carried by this profile`);
  if (rule.kind === 'linked') {
    if (stepsOfLinked(scope.solution.relations, entity, rule) === null)
      scope.report(`${path}.through`, `no relation ${rule.through} between ${rule.entity} and ${entity}`);
    return;
  }
  const [holder, target] = rule.kind === 'target' ? [rule.entity, entity] : [entity, rule.entity];
  const field = knownField(scope, holder, rule.field);
  if (field?.type !== 'lookup') scope.report(`${path}.field`, `no lookup field ${rule.field} in ${holder}`);
  else if (!field.to.includes(target))
    scope.report(`${path}.field`, `${holder}.${rule.field} does not point to ${target}`);
}

function stepsOf(scope: ValidationScope, profile: OfflineProfile, path: string): readonly Step[] {
  return profile.entities.flatMap((part, index) =>
    (part.related ?? []).flatMap((rule, place): readonly Step[] => {
      const at = `${path}.entities[${index}].related[${place}]`;
      const step = (from: string, { entity }: StepRule): Step => ({ from, to: entity, path: at });
      if (rule.kind !== 'linked') return [step(part.entity, rule)];
      const steps = stepsOfLinked(scope.solution.relations, part.entity, rule);
      return steps === null ? [] : [step(part.entity, steps.target), step(rule.through, steps.link)];
    }),
  );
}

/** A circle of steps, first entity repeated at the end, and the path of the rule that closes it. */
function findCycle(
  steps: readonly Step[],
): { readonly cycle: readonly string[]; readonly path: string } | null {
  const finished = new Set<string>();
  const walk = (
    entity: string,
    trail: readonly string[],
  ): { cycle: readonly string[]; path: string } | null => {
    for (const step of steps.filter((each) => each.from === entity)) {
      const start = trail.indexOf(step.to);
      if (start >= 0) return { cycle: [...trail.slice(start), step.to], path: step.path };
      if (finished.has(step.to)) continue;
      const found = walk(step.to, [...trail, step.to]);
      if (found !== null) return found;
    }
    finished.add(entity);
    return null;
  };
  for (const { from } of steps) {
    const found = finished.has(from) ? null : walk(from, [from]);
    if (found !== null) return found;
  }
  return null;
}
