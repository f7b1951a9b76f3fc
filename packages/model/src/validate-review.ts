// Faults about clashes that a supervisor settles: somebody must be able to settle them, and what a review tells must be no more than its reader may see.
import { reviewedEntities, reviewEntity } from './review.ts';
import { deeper } from './role.ts';
import type { ValidationScope } from './validation-scope.ts';

export function validateReview({ solution, report }: ValidationScope): void {
  const reviewed = reviewedEntities(solution);
  if (reviewed.length === 0) return;
  const isThere =
    solution.entities.some(({ name }) => name === reviewEntity) &&
    solution.commands.some(({ entity }) => entity === reviewEntity);
  if (!isThere) report('entities', `the entity ${reviewEntity} is missing; defineSolution adds it`);
  const maySettle = solution.roles.some(({ privileges }) => {
    const may = privileges[reviewEntity];
    return may !== undefined && may.read !== 'none' && may.update !== 'none';
  });
  if (!maySettle)
    report(
      'roles',
      `a supervisor settles clashes of ${reviewed.join(', ')}: some role must read and update ${reviewEntity}`,
    );
  for (const [index, { privileges, fields }] of solution.roles.entries()) {
    const may = privileges[reviewEntity];
    if (may === undefined) continue;
    const path = `roles[${index}].privileges.${reviewEntity}`;
    if (may.create !== 'none') report(`${path}.create`, `only the server makes a ${reviewEntity}`);
    if (may.delete !== 'none') report(`${path}.delete`, `a ${reviewEntity} is never deleted`);
    for (const name of reviewed) {
      if (may.read !== 'none' && Object.keys(fields?.[name] ?? {}).length > 0)
        report(
          `${path}.read`,
          `a ${reviewEntity} tells values of ${name}, of which this role hides or locks fields`,
        );
      for (const action of ['read', 'update'] as const) {
        const reach = privileges[name]?.[action] ?? 'none';
        if (may[action] !== 'own' && deeper(reach, may[action]) !== reach)
          report(`${path}.${action}`, `reaches further than ${action} of ${name}, whose values it tells`);
      }
    }
  }
}
