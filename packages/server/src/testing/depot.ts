// A small solution for the server's own tests: jobs at sites, with steps, notes on either, parts they
// share, visits that come near in time, and three kinds of reader.
import { defineEntity, defineSolution, safePolicy, type Privileges, type Solution } from '@satchel/model';

const site = defineEntity({
  name: 'site',
  label: 'Site',
  labelPlural: 'Sites',
  icon: 'building',
  ownership: 'organisation',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name', required: true, searchable: true, indexed: true },
    secret: { type: 'text', label: 'Door code' },
  },
});

const job = defineEntity({
  name: 'job',
  label: 'Job',
  labelPlural: 'Jobs',
  icon: 'wrench',
  ownership: 'user',
  titleField: 'title',
  fields: {
    number: { type: 'autonumber', label: 'Number', prefix: 'J-', digits: 4 },
    title: { type: 'text', label: 'Title', required: true, searchable: true },
    state: {
      type: 'choice',
      label: 'State',
      default: 'open',
      choices: ['open', 'closed'].map((value) => ({ value, label: value })),
    },
    site: { type: 'lookup', label: 'Site', to: ['site'], onDelete: 'cascade' },
    price: { type: 'money', label: 'Price', scale: 2, currency: 'EUR' },
    due: { type: 'date', label: 'Due' },
    begun: { type: 'dateTime', label: 'Begun' },
    urgent: { type: 'boolean', label: 'Urgent' },
    tools: {
      type: 'multiChoice',
      label: 'Tools',
      choices: ['saw', 'drill'].map((value) => ({ value, label: value })),
    },
  },
});

const step = defineEntity({
  name: 'step',
  label: 'Step',
  labelPlural: 'Steps',
  icon: 'check',
  ownership: 'organisation',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name', required: true },
    job: { type: 'lookup', label: 'Job', to: ['job'], required: true, onDelete: 'cascade' },
  },
});

const note = defineEntity({
  name: 'note',
  label: 'Note',
  labelPlural: 'Notes',
  icon: 'pen',
  ownership: 'organisation',
  titleField: 'text',
  fields: {
    text: { type: 'longText', label: 'Text', required: true },
    regarding: { type: 'lookup', label: 'Regarding', to: ['job', 'site'], onDelete: 'cascade' },
  },
});

const visit = defineEntity({
  name: 'visit',
  label: 'Visit',
  labelPlural: 'Visits',
  icon: 'car',
  ownership: 'organisation',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name', required: true },
    at: { type: 'dateTime', label: 'At' },
  },
});

const part = defineEntity({
  name: 'part',
  label: 'Part',
  labelPlural: 'Parts',
  icon: 'box',
  ownership: 'organisation',
  titleField: 'name',
  fields: { name: { type: 'text', label: 'Name', required: true } },
});

const all: Privileges = {
  create: 'organisation',
  read: 'organisation',
  update: 'organisation',
  delete: 'organisation',
};
const read: Privileges = { create: 'none', read: 'organisation', update: 'none', delete: 'none' };
const directory = { user: read, team: read, business_unit: read };
const rest = { site: read, step: read, note: read, visit: read, part: read };

export const depot: Solution = defineSolution({
  name: 'depot',
  label: 'Depot',
  schemaVersion: 1,
  entities: [site, job, step, note, visit, part],
  relations: [
    { name: 'job_part', label: 'Parts of jobs', between: ['job', 'part'], fields: ['job', 'part'] },
  ],
  views: [
    {
      name: 'by_title',
      entity: 'job',
      label: 'Jobs',
      order: [{ field: 'title' }],
      columns: ['title'],
    },
  ],
  forms: [],
  commands: [],
  roles: [
    { name: 'fitter', label: 'Fitter', privileges: { ...directory, ...rest, job: { ...all, read: 'team' } } },
    { name: 'head', label: 'Head', privileges: { ...directory, ...rest, job: { ...all, read: 'unit' } } },
    { name: 'office', label: 'Office', privileges: { ...directory, ...rest, job: all, site: all } },
  ],
  profiles: [
    {
      name: 'field',
      label: 'Field',
      roles: ['fitter', 'head'],
      entities: [
        { entity: 'job', rows: { where: "record.state != 'closed'" }, offline: ['update'], priority: 1 },
        {
          entity: 'site',
          rows: 'related',
          related: [{ kind: 'target', entity: 'job', field: 'site' }],
          offline: [],
          priority: 2,
        },
        {
          entity: 'step',
          rows: 'related',
          related: [{ kind: 'child', entity: 'job', field: 'job' }],
          offline: [],
          priority: 3,
        },
        {
          entity: 'note',
          rows: { where: "record.text == 'for all'" },
          related: [
            { kind: 'child', entity: 'job', field: 'regarding' },
            { kind: 'child', entity: 'site', field: 'regarding' },
          ],
          offline: [],
          priority: 4,
        },
        { entity: 'user', rows: 'all', offline: [], priority: 5 },
        {
          entity: 'visit',
          rows: { where: 'record.at < now + duration("24h")' },
          offline: [],
          priority: 6,
        },
        {
          entity: 'part',
          rows: 'related',
          related: [{ kind: 'linked', entity: 'job', through: 'job_part' }],
          offline: [],
          priority: 7,
        },
      ],
    },
  ],
  policy: safePolicy,
  home: ['job'],
});
