// The entities by which the engine knows people. Every solution has them; it may add fields but not remove these.
import { defineEntity, type ManyToMany } from './entity.ts';

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
}
