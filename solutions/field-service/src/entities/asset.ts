// A piece of equipment at a customer's, known by its serial number.
import { defineEntity } from '@satchel/model';
import type { SolutionPart } from './part.ts';

const entity = defineEntity({
  name: 'asset',
  label: 'Asset',
  labelPlural: 'Assets',
  icon: 'cpu',
  ownership: 'organisation',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name', required: true, maxLength: 150, searchable: true, indexed: true },
    serial: { type: 'text', label: 'Serial number', maxLength: 60, unique: true, searchable: true },
    model: { type: 'text', label: 'Model', maxLength: 80 },
    product: { type: 'lookup', label: 'Product', to: ['product'] },
    account: {
      type: 'lookup',
      label: 'Account',
      to: ['account'],
      required: true,
      indexed: true,
      onDelete: 'restrict',
    },
    location: { type: 'text', label: 'Where it stands', maxLength: 150 },
    status: {
      type: 'choice',
      label: 'Status',
      required: true,
      default: 'in_service',
      indexed: true,
      choices: [
        { value: 'in_service', label: 'In service', tone: 'success' },
        { value: 'impaired', label: 'Impaired', tone: 'warning' },
        { value: 'down', label: 'Down', tone: 'danger' },
        { value: 'retired', label: 'Retired', tone: 'neutral' },
      ],
    },
    installed_on: { type: 'date', label: 'Installed' },
    last_service: { type: 'date', label: 'Last service', merge: 'max' },
    next_service: { type: 'date', label: 'Next service', indexed: true },
    meter_reading: { type: 'integer', label: 'Running hours', min: 0, merge: 'max' },
  },
});

export const asset: SolutionPart = {
  entity,
  views: [
    {
      name: 'in_use',
      entity: 'asset',
      label: 'In use',
      where: "record.status != 'retired'",
      order: [{ field: 'name' }],
      columns: ['name', 'status', 'account', 'location'],
      isDefault: true,
    },
    {
      name: 'troubled',
      entity: 'asset',
      label: 'Down or impaired',
      where: "record.status in ['down', 'impaired']",
      order: [{ field: 'name' }],
      columns: ['name', 'status', 'account'],
    },
    {
      name: 'service_due',
      entity: 'asset',
      label: 'Service due in 30 days',
      where: `record.status != 'retired' && record.next_service <= today + duration("720h")`,
      order: [{ field: 'next_service' }],
      columns: ['name', 'next_service', 'account'],
    },
    {
      name: 'all',
      entity: 'asset',
      label: 'All assets',
      order: [{ field: 'name' }],
      columns: ['name', 'status', 'serial', 'account'],
    },
  ],
  form: {
    entity: 'asset',
    sections: [
      { label: 'Asset', fields: ['name', 'status', 'serial', 'model', 'product'] },
      { label: 'Place', fields: ['account', 'location'] },
      { label: 'Service', fields: ['installed_on', 'last_service', 'next_service', 'meter_reading'] },
    ],
    related: [
      {
        label: 'Work orders',
        entity: 'work_order',
        via: 'asset',
        columns: ['title', 'status', 'due_date'],
        order: [{ field: 'due_date', descending: true }],
        canAdd: true,
      },
      {
        label: 'Incidents',
        entity: 'incident',
        via: 'asset',
        columns: ['short_description', 'state', 'opened_at'],
        order: [{ field: 'opened_at', descending: true }],
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
