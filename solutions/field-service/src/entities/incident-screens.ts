// Lists and form of incidents.
import type { Form, View } from '@satchel/model';

const open = "!(record.state in ['resolved', 'closed'])";

export const incidentViews: readonly View[] = [
  {
    name: 'mine',
    entity: 'incident',
    label: 'My incidents',
    where: `record.owner == user.id && ${open}`,
    order: [{ field: 'priority' }, { field: 'opened_at' }],
    columns: ['short_description', 'state', 'priority', 'account', 'opened_at'],
    isDefault: true,
  },
  {
    name: 'my_team',
    entity: 'incident',
    label: "My team's",
    where: `record.assignment_group in user.teams && ${open}`,
    order: [{ field: 'priority' }, { field: 'opened_at' }],
    columns: ['short_description', 'state', 'priority', 'owner', 'opened_at'],
  },
  {
    name: 'open',
    entity: 'incident',
    label: 'All open',
    where: open,
    order: [{ field: 'priority' }, { field: 'opened_at' }],
    columns: ['short_description', 'state', 'priority', 'assignment_group', 'opened_at'],
  },
  {
    name: 'critical',
    entity: 'incident',
    label: 'Critical and high',
    where: `record.priority in ['1', '2'] && ${open}`,
    order: [{ field: 'priority' }, { field: 'opened_at' }],
    columns: ['short_description', 'priority', 'state', 'owner', 'opened_at'],
  },
  {
    name: 'resolved_lately',
    entity: 'incident',
    label: 'Resolved in 7 days',
    where: `record.resolved_at >= now - duration("168h")`,
    order: [{ field: 'resolved_at', descending: true }],
    columns: ['short_description', 'close_code', 'owner', 'resolved_at'],
  },
  {
    name: 'all',
    entity: 'incident',
    label: 'All',
    order: [{ field: 'opened_at', descending: true }],
    columns: ['short_description', 'number', 'state', 'priority', 'opened_at'],
  },
];

export const incidentForm: Form = {
  entity: 'incident',
  sections: [
    { label: 'Incident', fields: ['number', 'short_description', 'state', 'description'] },
    { label: 'Weight', fields: ['priority', 'impact', 'urgency', 'made_sla'] },
    { label: 'Who and where', fields: ['caller', 'account', 'location', 'asset', 'contact_type'] },
    { label: 'Kind', fields: ['category', 'subcategory', 'symptom'] },
    { label: 'Assignment', fields: ['assignment_group', 'owner', 'reassignment_count', 'reopen_count'] },
    { label: 'Course', fields: ['opened_at', 'resolved_at', 'closed_at', 'close_code', 'resolution'] },
  ],
  related: [
    {
      label: 'Notes',
      entity: 'note',
      via: 'regarding',
      columns: ['body', 'author', 'written_at'],
      order: [{ field: 'written_at' }],
      canAdd: true,
      notesField: 'body',
    },
    {
      label: 'Work orders',
      entity: 'work_order',
      via: 'incident',
      columns: ['title', 'status', 'due_date'],
      order: [{ field: 'due_date' }],
      canAdd: true,
    },
    {
      label: 'History',
      entity: 'incident_history',
      via: 'incident',
      columns: ['summary', 'changed_by', 'changed_at'],
      order: [{ field: 'version', descending: true }],
    },
  ],
};
