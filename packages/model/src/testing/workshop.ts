// A small solution for tests of the model: jobs done for customers, with every kind of field, rule and relation once.
import type { UserContext } from '../directory.ts';
import { defineEntity } from '../entity.ts';
import { safePolicy } from '../policy.ts';
import type { Privileges } from '../role.ts';
import { defineSolution, type Solution } from '../solution.ts';

export const ids = {
  maya: '01900000-0000-7000-8000-000000000001',
  otto: '01900000-0000-7000-8000-000000000002',
  north: '01900000-0000-7000-8000-000000000010',
  south: '01900000-0000-7000-8000-000000000011',
  unit: '01900000-0000-7000-8000-000000000020',
  customer: '01900000-0000-7000-8000-000000000030',
  job: '01900000-0000-7000-8000-000000000040',
  otherJob: '01900000-0000-7000-8000-000000000041',
  part: '01900000-0000-7000-8000-000000000050',
} as const;

export const maya: UserContext = {
  id: ids.maya,
  login: 'maya',
  name: 'Maya',
  businessUnit: ids.unit,
  businessUnits: [ids.unit],
  teams: [ids.north],
  roles: ['technician'],
};

const customer = defineEntity({
  name: 'customer',
  label: 'Customer',
  labelPlural: 'Customers',
  icon: 'building',
  ownership: 'organisation',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name', required: true, maxLength: 80, searchable: true },
    rating: { type: 'integer', label: 'Rating', min: 1, max: 5 },
  },
});

export const job = defineEntity({
  name: 'job',
  label: 'Job',
  labelPlural: 'Jobs',
  icon: 'wrench',
  ownership: 'user',
  titleField: 'title',
  fields: {
    number: { type: 'autonumber', label: 'Number', prefix: 'J-', digits: 5, searchable: true },
    title: { type: 'text', label: 'Title', required: true, maxLength: 40, searchable: true },
    state: {
      type: 'choice',
      label: 'State',
      readOnly: true,
      default: 'open',
      choices: [
        { value: 'open', label: 'Open' },
        { value: 'closed', label: 'Closed' },
      ],
    },
    customer: { type: 'lookup', label: 'Customer', to: ['customer'] },
    regarding: { type: 'lookup', label: 'Regarding', to: ['customer', 'job'] },
    log: { type: 'longText', label: 'Log', merge: 'append' },
    minutes: { type: 'integer', label: 'Minutes', merge: 'sum' },
    best: { type: 'integer', label: 'Best reading', merge: 'max' },
    least: { type: 'integer', label: 'Least reading', merge: 'min' },
    tools: {
      type: 'multiChoice',
      label: 'Tools',
      merge: 'union',
      choices: ['drill', 'hammer', 'ladder', 'saw'].map((value) => ({ value, label: `A ${value}` })),
    },
    price: { type: 'money', label: 'Price', scale: 2, currency: 'EUR', min: 0 },
    street: { type: 'text', label: 'Street' },
    town: { type: 'text', label: 'Town' },
    due: { type: 'date', label: 'Due', conflict: 'server' },
    closed_at: { type: 'dateTime', label: 'Closed', readOnly: true },
    contact: { type: 'email', label: 'Contact', conflict: 'client' },
    approved: { type: 'boolean', label: 'Approved', conflict: 'supervisor', default: false },
    reported: { type: 'dateTime', label: 'Reported', default: { expression: 'now' } },
  },
  guards: [
    {
      name: 'closed',
      when: "record.state == 'closed'",
      refuses: ['*'],
      message: 'This job is closed. Reopen it first.',
      exceptFields: ['log'],
    },
    {
      name: 'poor_rating',
      when: 'record.customer.rating < 2',
      refuses: ['delete'],
      message: 'Ask the office.',
    },
  ],
  fieldGroups: [['street', 'town']],
});

const part = defineEntity({
  name: 'part',
  label: 'Part',
  labelPlural: 'Parts',
  icon: 'box',
  ownership: 'team',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name', required: true },
    job: { type: 'lookup', label: 'Job', to: ['job'], required: true, onDelete: 'cascade' },
  },
});

const all: Privileges = {
  create: 'organisation',
  read: 'organisation',
  update: 'organisation',
  delete: 'organisation',
};
const settles: Privileges = { create: 'none', read: 'organisation', update: 'organisation', delete: 'none' };
const read: Privileges = { create: 'none', read: 'organisation', update: 'none', delete: 'none' };
const own: Privileges = { create: 'own', read: 'team', update: 'own', delete: 'own' };
const directory = { user: read, team: read, business_unit: read };

export const workshop: Solution = defineSolution({
  name: 'workshop',
  label: 'Workshop',
  schemaVersion: 3,
  entities: [customer, job, part],
  relations: [{ name: 'job_helper', label: 'Helpers', between: ['job', 'user'], fields: ['job', 'helper'] }],
  views: [
    {
      name: 'open',
      entity: 'job',
      label: 'Open jobs',
      where: "record.state == 'open'",
      order: [{ field: 'due' }],
      columns: ['title', 'due'],
      isDefault: true,
    },
    {
      name: 'rated',
      entity: 'job',
      label: 'Good customers',
      where: 'record.customer.rating > 3',
      order: [{ field: 'title' }],
      columns: ['title'],
    },
  ],
  forms: [
    {
      entity: 'job',
      sections: [{ label: 'Job', fields: ['title', 'customer', 'due', 'owner'] }],
      related: [
        {
          label: 'Parts',
          entity: 'part',
          via: 'job',
          columns: ['name'],
          order: [{ field: 'name' }],
          canAdd: true,
        },
      ],
    },
  ],
  commands: [
    {
      name: 'close',
      entity: 'job',
      label: 'Close',
      icon: 'check',
      when: "record.state == 'open'",
      params: { spent: { type: 'longText', label: 'What was done', required: true } },
      set: { state: { value: 'closed' }, closed_at: { expression: 'now' }, log: { param: 'spent' } },
    },
    {
      name: 'addHour',
      entity: 'job',
      label: 'Add an hour',
      icon: 'clock',
      set: { minutes: { expression: 'record.minutes + 60' } },
    },
    {
      name: 'postpone',
      entity: 'job',
      label: 'Postpone',
      icon: 'calendar',
      params: { until: { type: 'date', label: 'Until', required: true } },
      set: { due: { expression: 'params.until' } },
    },
  ],
  roles: [
    {
      name: 'technician',
      label: 'Technician',
      privileges: { ...directory, customer: read, job: own, part: own },
    },
    { name: 'helper', label: 'Helper', privileges: { user: read, job: { ...own, read: 'own' } } },
    {
      name: 'manager',
      label: 'Manager',
      privileges: { ...directory, user: all, customer: all, job: all, part: all, review: settles },
      isAdministrator: true,
    },
  ],
  profiles: [
    {
      name: 'field',
      label: 'In the field',
      roles: ['technician'],
      entities: [
        {
          entity: 'job',
          rows: { where: 'record.owner == user.id' },
          offline: ['create', 'update', 'close'],
          priority: 1,
        },
        {
          entity: 'customer',
          rows: 'related',
          related: [{ kind: 'target', entity: 'job', field: 'customer' }],
          offline: [],
          priority: 2,
        },
        {
          entity: 'part',
          rows: 'related',
          related: [{ kind: 'child', entity: 'job', field: 'job' }],
          offline: ['create'],
          priority: 3,
        },
      ],
    },
    {
      name: 'office',
      label: 'Office',
      roles: ['manager'],
      entities: [
        {
          entity: 'job',
          rows: { where: "record.state == 'open'" },
          offline: ['update', 'delete'],
          priority: 5,
        },
        { entity: 'customer', rows: 'all', offline: ['update'], priority: 1 },
      ],
    },
  ],
  policy: safePolicy,
  home: ['job', 'customer'],
});
