// Something does not work and somebody called. Owned by the person who works on it.
import { defineEntity } from '@satchel/model';
import { closeCodes } from './close-codes.ts';
import { incidentCommands } from './incident-commands.ts';
import { incidentForm, incidentViews } from './incident-screens.ts';
import type { SolutionPart } from './part.ts';

const levels = [
  { value: '1', label: '1 · High', tone: 'danger' },
  { value: '2', label: '2 · Medium', tone: 'neutral' },
  { value: '3', label: '3 · Low', tone: 'neutral' },
] as const;

const entity = defineEntity({
  name: 'incident',
  label: 'Incident',
  labelPlural: 'Incidents',
  icon: 'alert-triangle',
  ownership: 'user',
  titleField: 'short_description',
  fields: {
    number: {
      type: 'autonumber',
      label: 'Number',
      prefix: 'INC-',
      digits: 6,
      searchable: true,
      indexed: true,
    },
    short_description: {
      type: 'text',
      label: 'Short description',
      required: true,
      maxLength: 160,
      searchable: true,
    },
    description: { type: 'longText', label: 'Description', maxLength: 8_000 },
    state: {
      type: 'choice',
      label: 'State',
      required: true,
      default: 'new',
      indexed: true,
      choices: [
        { value: 'new', label: 'New', tone: 'info' },
        { value: 'active', label: 'Active', tone: 'warning' },
        { value: 'awaiting_user', label: 'Awaiting caller', tone: 'neutral' },
        { value: 'awaiting_vendor', label: 'Awaiting vendor', tone: 'neutral' },
        { value: 'awaiting_problem', label: 'Awaiting problem', tone: 'neutral' },
        { value: 'awaiting_evidence', label: 'Awaiting evidence', tone: 'neutral' },
        { value: 'resolved', label: 'Resolved', tone: 'success' },
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
    impact: { type: 'choice', label: 'Impact', default: '2', choices: levels },
    urgency: { type: 'choice', label: 'Urgency', default: '2', choices: levels },
    category: { type: 'text', label: 'Category', maxLength: 60, searchable: true },
    subcategory: { type: 'text', label: 'Subcategory', maxLength: 60 },
    symptom: { type: 'text', label: 'Symptom', maxLength: 100 },
    location: { type: 'text', label: 'Location', maxLength: 150, searchable: true },
    contact_type: {
      type: 'choice',
      label: 'Came by',
      default: 'phone',
      choices: [
        { value: 'phone', label: 'Phone' },
        { value: 'email', label: 'E-mail' },
        { value: 'self_service', label: 'Self service' },
        { value: 'ivr', label: 'Voice menu' },
        { value: 'direct', label: 'In person' },
      ],
    },
    caller: { type: 'lookup', label: 'Caller', to: ['contact'], indexed: true },
    account: { type: 'lookup', label: 'Account', to: ['account'], indexed: true },
    asset: { type: 'lookup', label: 'Asset', to: ['asset'], indexed: true },
    assignment_group: { type: 'lookup', label: 'Team', to: ['team'], indexed: true },
    opened_at: {
      type: 'dateTime',
      label: 'Opened',
      indexed: true,
      readOnly: true,
      default: { expression: 'now' },
    },
    resolved_at: { type: 'dateTime', label: 'Resolved', readOnly: true },
    closed_at: { type: 'dateTime', label: 'Closed', readOnly: true },
    close_code: { type: 'choice', label: 'Outcome', choices: closeCodes },
    resolution: { type: 'longText', label: 'Resolution', maxLength: 8_000 },
    reassignment_count: {
      type: 'integer',
      label: 'Handed over',
      default: 0,
      min: 0,
      readOnly: true,
      merge: 'max',
    },
    reopen_count: { type: 'integer', label: 'Reopened', default: 0, min: 0, readOnly: true, merge: 'sum' },
    made_sla: { type: 'boolean', label: 'Within service level', default: true, readOnly: true },
  },
  // Priority follows from impact and urgency: a clash in one is a clash in all.
  fieldGroups: [['priority', 'impact', 'urgency']],
  guards: [
    {
      name: 'closed',
      when: "record.state == 'closed'",
      refuses: ['update', 'delete'],
      closes: true,
      message: 'This incident is closed. Write a note on it, or reopen it.',
    },
  ],
});

export const incident: SolutionPart = {
  entity,
  views: incidentViews,
  form: incidentForm,
  commands: incidentCommands,
};
