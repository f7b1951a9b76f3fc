// One version of an incident, in words: who, when, what changed. Written by imports and by other programs, never on a phone.
import { defineEntity } from '@satchel/model';
import type { SolutionPart } from './part.ts';

const entity = defineEntity({
  name: 'incident_history',
  label: 'Incident version',
  labelPlural: 'Incident history',
  icon: 'history',
  ownership: 'organisation',
  titleField: 'summary',
  fields: {
    incident: {
      type: 'lookup',
      label: 'Incident',
      to: ['incident'],
      required: true,
      indexed: true,
      onDelete: 'cascade',
    },
    version: { type: 'integer', label: 'Version', required: true, min: 0 },
    changed_at: { type: 'dateTime', label: 'When', indexed: true },
    changed_by: { type: 'text', label: 'By', maxLength: 120 },
    summary: { type: 'longText', label: 'What changed', required: true, maxLength: 4_000 },
  },
});

export const incidentHistory: SolutionPart = {
  entity,
  views: [
    {
      name: 'latest',
      entity: 'incident_history',
      label: 'Latest versions',
      order: [{ field: 'changed_at', descending: true }],
      columns: ['summary', 'incident', 'changed_by', 'changed_at'],
      isDefault: true,
    },
  ],
  form: {
    entity: 'incident_history',
    sections: [{ label: 'Version', fields: ['incident', 'version', 'changed_at', 'changed_by', 'summary'] }],
    related: [],
  },
  commands: [],
};
