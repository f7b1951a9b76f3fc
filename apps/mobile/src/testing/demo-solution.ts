// A small business app for looking at the screens without a server: accounts, their equipment, work orders with notes.
import {
  buildBundle,
  defineEntity,
  defineSolution,
  safePolicy,
  type Bundle,
  type Privileges,
} from '@satchel/model';

const account = defineEntity({
  name: 'account',
  label: 'Account',
  labelPlural: 'Accounts',
  icon: 'building',
  ownership: 'organisation',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name', required: true, searchable: true },
    city: { type: 'text', label: 'City', searchable: true },
    phone: { type: 'phone', label: 'Phone' },
    email: { type: 'email', label: 'E-mail' },
    website: { type: 'url', label: 'Website' },
  },
});

const workOrder = defineEntity({
  name: 'work_order',
  label: 'Work order',
  labelPlural: 'Work orders',
  icon: 'wrench',
  ownership: 'user',
  titleField: 'title',
  fields: {
    number: { type: 'autonumber', label: 'Number', prefix: 'WO-', digits: 5, searchable: true },
    title: { type: 'text', label: 'Title', required: true, maxLength: 80, searchable: true },
    status: {
      type: 'choice',
      label: 'Status',
      required: true,
      default: 'scheduled',
      choices: [
        { value: 'scheduled', label: 'Scheduled', tone: 'info' },
        { value: 'in_progress', label: 'In progress', tone: 'warning' },
        { value: 'on_hold', label: 'On hold', tone: 'danger' },
        { value: 'closed', label: 'Closed', tone: 'success' },
      ],
    },
    priority: {
      type: 'choice',
      label: 'Priority',
      choices: [
        { value: 'high', label: 'High' },
        { value: 'normal', label: 'Normal' },
        { value: 'low', label: 'Low' },
      ],
    },
    account: { type: 'lookup', label: 'Account', to: ['account'], required: true },
    due: { type: 'date', label: 'Due' },
    scheduled_start: { type: 'dateTime', label: 'Scheduled start' },
    labour_minutes: {
      type: 'integer',
      label: 'Labour',
      help: 'Whole minutes on site.',
      min: 0,
      merge: 'sum',
    },
    estimate: { type: 'money', label: 'Estimate', scale: 2, currency: 'EUR' },
    equipment: {
      type: 'multiChoice',
      label: 'Equipment',
      choices: ['Ladder', 'Multimeter', 'Vacuum pump', 'Thermal camera'].map((label) => ({
        value: label.toLowerCase().replace(' ', '_'),
        label,
      })),
    },
    under_warranty: { type: 'boolean', label: 'Under warranty' },
    description: { type: 'longText', label: 'Description' },
    resolution: { type: 'longText', label: 'Resolution' },
  },
  guards: [
    {
      name: 'closed',
      when: "record.status == 'closed'",
      refuses: ['*'],
      message: 'This work order is closed. Ask the dispatcher to open it again.',
    },
  ],
});

const note = defineEntity({
  name: 'note',
  label: 'Note',
  labelPlural: 'Notes',
  icon: 'note',
  ownership: 'organisation',
  titleField: 'text',
  fields: {
    text: { type: 'longText', label: 'Text', required: true },
    work_order: { type: 'lookup', label: 'Work order', to: ['work_order'], required: true },
  },
});

const all: Privileges = {
  create: 'organisation',
  read: 'organisation',
  update: 'organisation',
  delete: 'organisation',
};
const read: Privileges = { create: 'none', read: 'organisation', update: 'none', delete: 'none' };

const solution = defineSolution({
  name: 'demo',
  label: 'Northlight Service',
  schemaVersion: 1,
  entities: [workOrder, account, note],
  relations: [],
  views: [
    {
      name: 'open',
      entity: 'work_order',
      label: 'Open work orders',
      where: "record.status != 'closed'",
      order: [{ field: 'due' }],
      columns: ['number', 'title', 'status', 'account', 'due'],
      isDefault: true,
    },
    {
      name: 'all',
      entity: 'work_order',
      label: 'All work orders',
      order: [{ field: 'number', descending: true }],
      columns: ['number', 'title', 'status', 'account', 'due'],
    },
    {
      name: 'all',
      entity: 'account',
      label: 'All accounts',
      order: [{ field: 'name' }],
      columns: ['name', 'city', 'phone'],
      isDefault: true,
    },
  ],
  forms: [
    {
      entity: 'work_order',
      sections: [
        {
          label: 'Work',
          fields: ['title', 'status', 'priority', 'account', 'owner', 'description', 'resolution'],
        },
        {
          label: 'Schedule and effort',
          fields: [
            'due',
            'scheduled_start',
            'labour_minutes',
            'estimate',
            'equipment',
            'under_warranty',
            'number',
          ],
        },
      ],
      related: [
        {
          label: 'Notes',
          entity: 'note',
          via: 'work_order',
          columns: ['text'],
          order: [{ field: 'created_at', descending: true }],
          canAdd: true,
          notesField: 'text',
        },
      ],
    },
    {
      entity: 'account',
      sections: [{ label: 'Account', fields: ['name', 'city', 'phone', 'email', 'website'] }],
      related: [
        {
          label: 'Work orders',
          entity: 'work_order',
          via: 'account',
          columns: ['title', 'status', 'due'],
          order: [{ field: 'due' }],
          canAdd: true,
        },
      ],
    },
  ],
  commands: [
    {
      name: 'start',
      entity: 'work_order',
      label: 'Start work',
      icon: 'play',
      when: "record.status == 'scheduled' || record.status == 'on_hold'",
      set: { status: { value: 'in_progress' } },
    },
    {
      name: 'hold',
      entity: 'work_order',
      label: 'Put on hold',
      icon: 'pause',
      when: "record.status == 'in_progress'",
      set: { status: { value: 'on_hold' } },
    },
    {
      name: 'close',
      entity: 'work_order',
      label: 'Close',
      icon: 'check',
      when: "record.status != 'closed'",
      params: { resolution: { type: 'longText', label: 'What was done', required: true } },
      set: { status: { value: 'closed' }, resolution: { param: 'resolution' } },
    },
    {
      name: 'approve',
      entity: 'work_order',
      label: 'Approve estimate',
      icon: 'badge-check',
      onlineOnly: true,
      set: { under_warranty: { value: false } },
    },
  ],
  roles: [
    {
      name: 'technician',
      label: 'Technician',
      privileges: { work_order: all, account: all, note: all, user: read, team: read, business_unit: read },
    },
  ],
  profiles: [
    {
      name: 'field',
      label: 'In the field',
      roles: ['technician'],
      entities: [
        {
          entity: 'work_order',
          rows: 'all',
          offline: ['create', 'update', 'delete', 'start', 'hold', 'close'],
          priority: 1,
        },
        { entity: 'account', rows: 'all', offline: ['create', 'update'], priority: 2 },
        { entity: 'note', rows: 'all', offline: ['create'], priority: 3 },
        { entity: 'user', rows: 'all', offline: [], priority: 4 },
      ],
    },
  ],
  policy: safePolicy,
  home: ['work_order', 'account', 'team'],
});

/** The bundle of a technician. */
export function demoBundle(): Bundle {
  return { hash: 'd3'.repeat(32), ...buildBundle(solution, ['technician']) };
}
