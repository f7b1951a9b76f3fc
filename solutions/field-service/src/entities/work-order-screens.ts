// Lists and form of work orders.
import type { Form, View } from '@satchel/model';

const unfinished = "!(record.status in ['completed', 'closed'])";

export const workOrderViews: readonly View[] = [
  {
    name: 'mine',
    entity: 'work_order',
    label: 'My work orders',
    where: `record.owner == user.id && ${unfinished}`,
    order: [{ field: 'due_date' }, { field: 'priority' }],
    columns: ['title', 'status', 'priority', 'account', 'due_date'],
    isDefault: true,
  },
  {
    name: 'my_team',
    entity: 'work_order',
    label: "My team's",
    where: `record.team in user.teams && ${unfinished}`,
    order: [{ field: 'due_date' }, { field: 'priority' }],
    columns: ['title', 'status', 'priority', 'owner', 'due_date'],
  },
  {
    name: 'open',
    entity: 'work_order',
    label: 'All open',
    where: unfinished,
    order: [{ field: 'priority' }, { field: 'due_date' }],
    columns: ['title', 'status', 'priority', 'team', 'owner', 'due_date'],
  },
  {
    name: 'due_this_week',
    entity: 'work_order',
    label: 'Due in 7 days',
    where: `record.due_date <= today + duration("168h") && ${unfinished}`,
    order: [{ field: 'due_date' }],
    columns: ['title', 'status', 'priority', 'owner', 'due_date'],
  },
  {
    name: 'waiting',
    entity: 'work_order',
    label: 'On hold',
    where: "record.status == 'on_hold'",
    order: [{ field: 'due_date' }],
    columns: ['title', 'hold_reason', 'owner', 'due_date'],
  },
  {
    name: 'all',
    entity: 'work_order',
    label: 'All',
    order: [{ field: 'number', descending: true }],
    columns: ['title', 'number', 'status', 'account', 'owner'],
  },
];

export const workOrderForm: Form = {
  entity: 'work_order',
  sections: [
    { label: 'Job', fields: ['number', 'title', 'status', 'priority', 'kind', 'description', 'hold_reason'] },
    { label: 'Where and who', fields: ['account', 'contact', 'address', 'asset', 'incident'] },
    {
      label: 'Plan',
      fields: ['team', 'owner', 'required_skills', 'scheduled_start', 'scheduled_end', 'due_date'],
    },
    {
      label: 'Done',
      fields: ['actual_start', 'actual_end', 'labour_minutes', 'resolution', 'customer_reference'],
    },
  ],
  related: [
    {
      label: 'Tasks',
      entity: 'work_order_task',
      via: 'work_order',
      columns: ['title', 'status', 'minutes'],
      order: [{ field: 'position' }],
      canAdd: true,
    },
    {
      label: 'Parts used',
      entity: 'work_order_part',
      via: 'work_order',
      columns: ['description', 'quantity', 'unit_price'],
      order: [{ field: 'description' }],
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
};
