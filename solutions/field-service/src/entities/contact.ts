// A person at a customer's: who calls, who opens the door, who signs.
import { defineEntity } from '@satchel/model';
import type { SolutionPart } from './part.ts';

const entity = defineEntity({
  name: 'contact',
  label: 'Contact',
  labelPlural: 'Contacts',
  icon: 'contact',
  ownership: 'organisation',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name', required: true, maxLength: 120, searchable: true, indexed: true },
    account: { type: 'lookup', label: 'Account', to: ['account'], indexed: true },
    job_title: { type: 'text', label: 'Job title', maxLength: 100 },
    phone: { type: 'phone', label: 'Phone' },
    mobile: { type: 'phone', label: 'Mobile' },
    email: { type: 'email', label: 'E-mail', searchable: true },
    prefers: {
      type: 'choice',
      label: 'Best reached by',
      choices: [
        { value: 'phone', label: 'Phone' },
        { value: 'email', label: 'E-mail' },
        { value: 'text', label: 'Text message' },
      ],
    },
    active: { type: 'boolean', label: 'Active', default: true },
  },
});

export const contact: SolutionPart = {
  entity,
  views: [
    {
      name: 'active',
      entity: 'contact',
      label: 'Active contacts',
      where: 'record.active == true',
      order: [{ field: 'name' }],
      columns: ['name', 'account', 'phone'],
      isDefault: true,
    },
    {
      name: 'all',
      entity: 'contact',
      label: 'All contacts',
      order: [{ field: 'name' }],
      columns: ['name', 'account', 'job_title', 'email'],
    },
  ],
  form: {
    entity: 'contact',
    sections: [
      { label: 'Person', fields: ['name', 'account', 'job_title', 'active'] },
      { label: 'Reach', fields: ['phone', 'mobile', 'email', 'prefers'] },
    ],
    related: [
      {
        label: 'Incidents',
        entity: 'incident',
        via: 'caller',
        columns: ['short_description', 'state', 'opened_at'],
        order: [{ field: 'opened_at', descending: true }],
        canAdd: true,
      },
      {
        label: 'Work orders',
        entity: 'work_order',
        via: 'contact',
        columns: ['title', 'status', 'due_date'],
        order: [{ field: 'due_date', descending: true }],
      },
    ],
  },
  commands: [],
};
