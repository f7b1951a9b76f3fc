// A whole business app as data: what an organisation publishes.
import { businessUnit, position, positionField, team, teamMember, user } from './directory.ts';
import { intersectEntity, type Entity, type ManyToMany } from './entity.ts';
import { personalEntities } from './personal.ts';
import type { Policy } from './policy.ts';
import type { OfflineProfile } from './profile.ts';
import { reviewParts } from './review.ts';
import type { Role } from './role.ts';
import type { Upgrade } from './upcast.ts';
import type { Command, Form, View } from './view.ts';

/** Whose records a person sees besides: those of people below, along `user.manager` or down the tree of positions. */
export interface Hierarchy {
  readonly kind: 'manager' | 'position';
  /** How far down. */
  readonly levels: number;
}

export interface Solution {
  readonly name: string;
  readonly label: string;
  /** Raised by one at each publish that changes an entity. */
  readonly schemaVersion: number;
  /** What became of what earlier versions had, in order of versions: at least for the versions that are still served. */
  readonly upgrades?: readonly Upgrade[];
  readonly entities: readonly Entity[];
  readonly relations: readonly ManyToMany[];
  readonly views: readonly View[];
  readonly forms: readonly Form[];
  readonly commands: readonly Command[];
  readonly roles: readonly Role[];
  /** Absent: nobody stands above anybody. */
  readonly hierarchy?: Hierarchy;
  readonly profiles: readonly OfflineProfile[];
  readonly policy: Policy;
  /** Entities on the home screen, in order. */
  readonly home: readonly string[];
}

/**
 * A solution as its author writes it: the directory entities may be left out and are then the plain ones; where a supervisor settles clashes, the engine's
 * entity for these comes with its screens and commands.
 */
export function defineSolution(solution: Solution): Solution {
  const own = new Set(solution.entities.map((entity) => entity.name));
  const byPosition = solution.hierarchy?.kind === 'position';
  const person: Entity = byPosition ? { ...user, fields: { ...user.fields, position: positionField } } : user;
  const plain: readonly Entity[] = [businessUnit, person, team, ...(byPosition ? [position] : [])];
  const directory = plain.filter((entity) => !own.has(entity.name));
  const relations = solution.relations.some((relation) => relation.name === teamMember.name)
    ? solution.relations
    : [teamMember, ...solution.relations];
  const review = reviewParts(solution);
  return {
    ...solution,
    entities: [...directory, ...solution.entities, ...review.entities],
    relations,
    views: [...solution.views, ...review.views],
    forms: [...solution.forms, ...review.forms],
    commands: [...solution.commands, ...review.commands],
  };
}

/** Every entity that has a table: the modelled ones, those that hold many-to-many links, and what the engine keeps for each person. */
export function tableEntities(solution: Solution): readonly Entity[] {
  return [...solution.entities, ...solution.relations.map(intersectEntity), ...personalEntities(solution)];
}
