// The directory entities, with what field service adds: what a technician can do, where a team is reached.
import { team as plainTeam, user as plainUser, type Entity } from '@satchel/model';
import type { SolutionPart } from './part.ts';

export const skills = [
  { value: 'electrical', label: 'Electrical' },
  { value: 'gas', label: 'Gas' },
  { value: 'hydraulics', label: 'Hydraulics' },
  { value: 'lifts', label: 'Lifts' },
  { value: 'medical', label: 'Medical equipment' },
  { value: 'network', label: 'Networks' },
  { value: 'point_of_sale', label: 'Point of sale' },
  { value: 'refrigeration', label: 'Refrigeration' },
  { value: 'ventilation', label: 'Ventilation' },
] as const;

const userEntity: Entity = {
  ...plainUser,
  fields: {
    ...plainUser.fields,
    skills: { type: 'multiChoice', label: 'Skills', choices: skills, merge: 'union' },
  },
};

const teamEntity: Entity = {
  ...plainTeam,
  fields: {
    ...plainTeam.fields,
    email: { type: 'email', label: 'E-mail' },
    phone: { type: 'phone', label: 'Duty phone' },
  },
};

export const user: SolutionPart = {
  entity: userEntity,
  views: [
    {
      name: 'active',
      entity: 'user',
      label: 'People',
      where: 'record.active == true',
      order: [{ field: 'name' }],
      columns: ['name', 'job_title', 'phone'],
      isDefault: true,
    },
    {
      name: 'all',
      entity: 'user',
      label: 'Everyone',
      order: [{ field: 'name' }],
      columns: ['name', 'login', 'active'],
    },
  ],
  form: {
    entity: 'user',
    sections: [
      { label: 'Person', fields: ['name', 'job_title', 'phone', 'email', 'skills'] },
      { label: 'Organisation', fields: ['business_unit', 'manager', 'login', 'active'] },
    ],
    related: [
      {
        label: 'Work orders',
        entity: 'work_order',
        via: 'owner',
        columns: ['title', 'status', 'due_date'],
        order: [{ field: 'due_date', descending: true }],
      },
    ],
  },
  commands: [],
};

export const team: SolutionPart = {
  entity: teamEntity,
  views: [
    {
      name: 'all',
      entity: 'team',
      label: 'Teams',
      order: [{ field: 'name' }],
      columns: ['name', 'phone', 'business_unit'],
      isDefault: true,
    },
  ],
  form: {
    entity: 'team',
    sections: [{ label: 'Team', fields: ['name', 'business_unit', 'email', 'phone'] }],
    related: [
      {
        label: 'Members',
        entity: 'team_member',
        via: 'team',
        columns: ['user'],
        order: [{ field: 'user' }],
      },
      {
        label: 'Work orders',
        entity: 'work_order',
        via: 'team',
        columns: ['title', 'status', 'owner'],
        order: [{ field: 'due_date', descending: true }],
      },
    ],
  },
  commands: [],
};
