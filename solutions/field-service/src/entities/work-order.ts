// A job for a technician: the record that the whole app turns about. Owned by the technician who does it; until one does, by the dispatcher.
import { defineEntity } from '@satchel/model';
import type { SolutionPart } from './part.ts';
import { skills } from './people.ts';
import { workOrderCommands } from './work-order-commands.ts';
import { workOrderForm, workOrderViews } from './work-order-screens.ts';

const entity = defineEntity({
  name: 'work_order',
  label: 'Work order',
  labelPlural: 'Work orders',
  icon: 'wrench',
  ownership: 'user',
  titleField: 'title',
  fields: {
    number: {
      type: 'autonumber',
      label: 'Number',
      prefix: 'WO-',
      digits: 6,
      searchable: true,
      indexed: true,
    },
    title: { type: 'text', label: 'Title', required: true, maxLength: 160, searchable: true },
    status: {
      type: 'choice',
      label: 'Status',
      required: true,
      default: 'open',
      indexed: true,
      choices: [
        { value: 'open', label: 'Open', tone: 'info' },
        { value: 'scheduled', label: 'Scheduled', tone: 'info' },
        { value: 'in_progress', label: 'In progress', tone: 'warning' },
        { value: 'on_hold', label: 'On hold', tone: 'danger' },
        { value: 'completed', label: 'Completed', tone: 'success' },
        { value: 'closed', label: 'Closed', tone: 'neutral' },
      ],
    },
    priority: {
      type: 'choice',
      label: 'Priority',
      required: true,
      default: '3',
      indexed: true,
      choices: [
        { value: '1', label: '1 · Critical', tone: 'danger' },
        { value: '2', label: '2 · High', tone: 'warning' },
        { value: '3', label: '3 · Moderate', tone: 'neutral' },
        { value: '4', label: '4 · Low', tone: 'neutral' },
      ],
    },
    kind: {
      type: 'choice',
      label: 'Kind',
      // It decides what is charged: where two people disagree, a supervisor settles it.
      conflict: 'supervisor',
      default: 'repair',
      choices: [
        { value: 'repair', label: 'Repair' },
        { value: 'maintenance', label: 'Maintenance' },
        { value: 'installation', label: 'Installation' },
        { value: 'inspection', label: 'Inspection' },
      ],
    },
    account: {
      type: 'lookup',
      label: 'Account',
      to: ['account'],
      required: true,
      indexed: true,
      onDelete: 'restrict',
    },
    contact: { type: 'lookup', label: 'Contact', to: ['contact'], indexed: true },
    asset: { type: 'lookup', label: 'Asset', to: ['asset'], indexed: true },
    incident: { type: 'lookup', label: 'Incident', to: ['incident'], indexed: true },
    team: { type: 'lookup', label: 'Team', to: ['team'], indexed: true },
    address: { type: 'text', label: 'Address', maxLength: 250, searchable: true },
    description: { type: 'longText', label: 'Description', maxLength: 8_000 },
    required_skills: { type: 'multiChoice', label: 'Skills needed', choices: skills, merge: 'union' },
    scheduled_start: { type: 'dateTime', label: 'Planned start', indexed: true },
    scheduled_end: { type: 'dateTime', label: 'Planned end' },
    due_date: { type: 'date', label: 'Due', indexed: true },
    actual_start: { type: 'dateTime', label: 'Started', readOnly: true },
    actual_end: { type: 'dateTime', label: 'Finished', readOnly: true },
    labour_minutes: {
      type: 'integer',
      label: 'Labour (minutes)',
      help: 'What two people add at the same time counts together',
      default: 0,
      min: 0,
      merge: 'sum',
    },
    hold_reason: { type: 'text', label: 'Waiting for', maxLength: 200 },
    resolution: { type: 'longText', label: 'What was done', maxLength: 8_000 },
    customer_reference: { type: 'text', label: "Customer's reference", maxLength: 60 },
  },
  // Start and end of a plan are one value to people: half of one plan and half of another would be neither.
  fieldGroups: [['scheduled_start', 'scheduled_end']],
  guards: [
    {
      name: 'closed',
      when: "record.status == 'closed'",
      refuses: ['update', 'delete'],
      closes: true,
      message: 'This work order is closed. Write a note on it, or ask a dispatcher to reopen it.',
    },
    {
      name: 'work_recorded',
      when: "record.status in ['in_progress', 'on_hold', 'completed']",
      refuses: ['delete'],
      message: 'Work has begun on this order, so it cannot be deleted. Complete and close it instead.',
    },
  ],
});

export const workOrder: SolutionPart = {
  entity,
  views: workOrderViews,
  form: workOrderForm,
  commands: workOrderCommands,
};
