// What a solution gets where a supervisor settles clashes, and the faults of one in which nobody could, or in which a review would tell too much.
import { describe, expect, it } from 'vitest';
import { buildBundle } from './build-bundle.ts';
import { reviewedEntities } from './review.ts';
import type { Privileges, Role } from './role.ts';
import { defineSolution, type Solution } from './solution.ts';
import { workshop } from './testing/workshop.ts';
import { validateSolution } from './validate-solution.ts';

const may = (change: Partial<Privileges>): Privileges => ({
  create: 'none',
  read: 'none',
  update: 'none',
  delete: 'none',
  ...change,
});
const managerWith = (change: Partial<Role>, review: Privileges): Solution => ({
  ...workshop,
  roles: workshop.roles.map((role) =>
    role.name === 'manager'
      ? { ...role, ...change, privileges: { ...role.privileges, ...change.privileges, review } }
      : role,
  ),
});
const manager = `roles[${workshop.roles.findIndex(({ name }) => name === 'manager')}]`;
const pathsOf = (solution: Solution) => validateSolution(solution).map(({ path }) => path);
const settles = may({ read: 'organisation', update: 'organisation' });

describe('reviews', () => {
  it('[MODEL-17] come with the first field that a supervisor settles, once, and never of themselves', () => {
    expect(reviewedEntities(workshop)).toEqual(['job']);
    expect(workshop.entities.filter(({ name }) => name === 'review')).toHaveLength(1);
    expect(defineSolution(workshop)).toEqual(workshop);
    expect(pathsOf(workshop)).toEqual([]);
    const bundle = buildBundle(workshop, ['manager']);
    const ofReview = bundle.commands.filter(({ entity }) => entity === 'review');
    expect(ofReview.map(({ name }) => name)).toEqual(['accept', 'decline', 'withdraw']);
    const plain = workshop.entities.filter(({ name }) => name === 'customer');
    expect(
      defineSolution({ ...workshop, entities: plain }).entities.some(({ name }) => name === 'review'),
    ).toBe(false);
  });

  it.each<[string, Solution, readonly string[]]>([
    ['nobody may settle', managerWith({}, may({ read: 'organisation' })), ['roles']],
    [
      'made or deleted by hand',
      managerWith({}, { ...settles, create: 'own', delete: 'own' }),
      [`${manager}.privileges.review.create`, `${manager}.privileges.review.delete`],
    ],
    [
      'reaches further than the record',
      managerWith({ privileges: { job: may({ read: 'organisation', update: 'own' }) } }, settles),
      [`${manager}.privileges.review.update`],
    ],
    [
      'tells what is hidden',
      managerWith({ fields: { job: { minutes: 'hidden' } } }, settles),
      [`${manager}.privileges.review.read`],
    ],
    [
      'the entity left out',
      { ...workshop, entities: workshop.entities.filter(({ name }) => name !== 'review') },
      ['entities'],
    ],
  ])('[MODEL-17] a fault: %s', (_why, solution, paths) => {
    expect(pathsOf(solution)).toEqual(expect.arrayContaining([...paths]));
  });
});
