// A customer: where the equipment stands and who calls.
import { defineEntity } from '@satchel/model';
import type { SolutionPart } from './part.ts';

const entity = defineEntity({
  name: 'account',
  label: 'Account',
  labelPlural: 'Accounts',
  icon: 'building',
  ownership: 'organisation',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name', required: true, maxLength: 120, searchable: true, indexed: true },
    account_number: { type: 'autonumber', label: 'Account number', prefix: 'AC-', digits: 5 },
    kind: {
      type: 'choice',
      label: 'Kind',
      choices: [
        { value: 'retail', label: 'Retail' },
        { value: 'health', label: 'Health care' },
        { value: 'hospitality', label: 'Hospitality' },
        { value: 'education', label: 'Education' },
        { value: 'office', label: 'Offices' },
        { value: 'industry', label: 'Industry' },
      ],
    },
    status: {
      type: 'choice',
      label: 'Status',
      required: true,
      default: 'active',
      indexed: true,
      choices: [
        { value: 'active', label: 'Active', tone: 'success' },
        { value: 'on_stop', label: 'On stop', tone: 'danger' },
        { value: 'former', label: 'Former', tone: 'neutral' },
      ],
    },
    service_level: {
      type: 'choice',
      label: 'Service level',
      default: 'standard',
      choices: [
        { value: 'standard', label: 'Standard', tone: 'neutral' },
        { value: 'extended', label: 'Extended', tone: 'info' },
        { value: 'critical', label: 'Critical, 4 hours', tone: 'warning' },
      ],
    },
    phone: { type: 'phone', label: 'Phone' },
    email: { type: 'email', label: 'E-mail' },
    website: { type: 'url', label: 'Website' },
    street: { type: 'text', label: 'Street', maxLength: 150 },
    city: { type: 'text', label: 'City', maxLength: 80, searchable: true, indexed: true },
    postcode: { type: 'text', label: 'Postcode', maxLength: 20 },
    access_notes: {
      type: 'longText',
      label: 'Getting in',
      help: 'Parking, reception, keys, who to ask',
      merge: 'append',
    },
    contract_value: { type: 'money', label: 'Contract a year', scale: 2, currency: 'EUR', min: 0 },
  },
});

export const account: SolutionPart = {
  entity,
  views: [
    {
      name: 'active',
      entity: 'account',
      label: 'Active accounts',
      where: "record.status == 'active'",
      order: [{ field: 'name' }],
      columns: ['name', 'city', 'service_level', 'phone'],
      isDefault: true,
    },
    {
      name: 'critical',
      entity: 'account',
      label: 'Critical service',
      where: "record.status == 'active' && record.service_level == 'critical'",
      order: [{ field: 'name' }],
      columns: ['name', 'city', 'phone'],
    },
    {
      name: 'all',
      entity: 'account',
      label: 'All accounts',
      order: [{ field: 'name' }],
      columns: ['name', 'status', 'city', 'kind'],
    },
  ],
  form: {
    entity: 'account',
    sections: [
      { label: 'Account', fields: ['name', 'account_number', 'kind', 'status', 'service_level'] },
      { label: 'Reach', fields: ['phone', 'email', 'website'] },
      { label: 'Place', fields: ['street', 'city', 'postcode', 'access_notes'] },
      { label: 'Contract', fields: ['contract_value'] },
    ],
    related: [
      {
        label: 'Work orders',
        entity: 'work_order',
        via: 'account',
        columns: ['title', 'status', 'due_date'],
        order: [{ field: 'due_date', descending: true }],
        canAdd: true,
      },
      {
        label: 'Incidents',
        entity: 'incident',
        via: 'account',
        columns: ['short_description', 'state', 'opened_at'],
        order: [{ field: 'opened_at', descending: true }],
        canAdd: true,
      },
      {
        label: 'Contacts',
        entity: 'contact',
        via: 'account',
        columns: ['name', 'job_title', 'phone'],
        order: [{ field: 'name' }],
        canAdd: true,
      },
      {
        label: 'Assets',
        entity: 'asset',
        via: 'account',
        columns: ['name', 'status', 'serial'],
        order: [{ field: 'name' }],
        canAdd: true,
      },
      {
        label: 'Notes',
        entity: 'note',
        via: 'regarding',
        columns: ['body', 'author', 'written_at'],
        order: [{ field: 'written_at' }],
        canAdd: true,
        notesField: 'body',
      },
    ],
  },
  commands: [],
};
