// The entities by which the engine knows people. Every solution has them; it may add fields but not remove these.
import { defineEntity, type Field, type ManyToMany } from './entity.ts';

export const businessUnit = defineEntity({
  name: 'business_unit',
  label: 'Business unit',
  labelPlural: 'Business units',
  icon: 'building',
  ownership: 'organisation',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name', required: true, maxLength: 100, searchable: true },
    parent: { type: 'lookup', label: 'Part of', to: ['business_unit'] },
  },
});

export const user = defineEntity({
  name: 'user',
  label: 'Person',
  labelPlural: 'People',
  icon: 'user',
  ownership: 'organisation',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name', required: true, maxLength: 100, searchable: true, indexed: true },
    login: { type: 'text', label: 'Sign-in name', required: true, maxLength: 100, unique: true },
    email: { type: 'email', label: 'E-mail' },
    phone: { type: 'phone', label: 'Phone' },
    job_title: { type: 'text', label: 'Job title', maxLength: 100 },
    business_unit: { type: 'lookup', label: 'Business unit', to: ['business_unit'] },
    manager: { type: 'lookup', label: 'Manager', to: ['user'] },
    active: { type: 'boolean', label: 'Active', default: true },
  },
});

export const team = defineEntity({
  name: 'team',
  label: 'Team',
  labelPlural: 'Teams',
  icon: 'users',
  ownership: 'organisation',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name', required: true, maxLength: 100, searchable: true, indexed: true },
    business_unit: { type: 'lookup', label: 'Business unit', to: ['business_unit'] },
  },
});

/** A place in the tree of positions, for organisations whose hierarchy goes by it; `user` then has the lookup `position`. */
export const position = defineEntity({
  name: 'position',
  label: 'Position',
  labelPlural: 'Positions',
  icon: 'hierarchy',
  ownership: 'organisation',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name', required: true, maxLength: 100, searchable: true, indexed: true },
    parent: { type: 'lookup', label: 'Reports to', to: ['position'] },
  },
});

/** What `user` has besides where the hierarchy goes by positions. */
export const positionField: Field = { type: 'lookup', label: 'Position', to: ['position'] };

export const teamMember: ManyToMany = {
  name: 'team_member',
  label: 'Team members',
  between: ['team', 'user'],
  fields: ['team', 'user'],
};

/** Who is asking: what expressions see as `user` and what permissions are decided by. */
export interface UserContext {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly businessUnit: string | null;
  /** The user's unit and every unit below it. */
  readonly businessUnits: readonly string[];
  readonly teams: readonly string[];
  readonly roles: readonly string[];
  /** Owners below in the organisation's hierarchy: people, and the teams they belong to. Absent where there are none. */
  readonly below?: readonly string[] | undefined;
  /** Those of them just one level below. */
  readonly reports?: readonly string[] | undefined;
}
