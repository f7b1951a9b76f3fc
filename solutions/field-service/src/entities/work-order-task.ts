// One step of a work order, ticked off on site.
import { defineEntity } from '@satchel/model';
import type { SolutionPart } from './part.ts';

const entity = defineEntity({
  name: 'work_order_task',
  label: 'Task',
  labelPlural: 'Tasks',
  icon: 'list-checks',
  ownership: 'organisation',
  titleField: 'title',
  fields: {
    title: { type: 'text', label: 'Task', required: true, maxLength: 160, searchable: true },
    work_order: {
      type: 'lookup',
      label: 'Work order',
      to: ['work_order'],
      required: true,
      indexed: true,
      onDelete: 'cascade',
    },
    position: { type: 'integer', label: 'Order', default: 100, min: 0, indexed: true },
    status: {
      type: 'choice',
      label: 'Status',
      required: true,
      default: 'to_do',
      choices: [
        { value: 'to_do', label: 'To do', tone: 'info' },
        { value: 'done', label: 'Done', tone: 'success' },
        { value: 'skipped', label: 'Skipped', tone: 'neutral' },
      ],
    },
    minutes: { type: 'integer', label: 'Minutes', min: 0, max: 1_440, merge: 'sum' },
    finding: { type: 'longText', label: 'Finding', maxLength: 2_000, merge: 'append' },
    done_at: { type: 'dateTime', label: 'Done at', readOnly: true },
  },
  guards: [
    {
      name: 'order_closed',
      when: "record.work_order.status == 'closed'",
      refuses: ['*'],
      message: 'The work order of this task is closed. Write a note on the order instead.',
    },
  ],
});

export const workOrderTask: SolutionPart = {
  entity,
  views: [
    {
      name: 'to_do',
      entity: 'work_order_task',
      label: 'To do',
      where: "record.status == 'to_do'",
      order: [{ field: 'position' }],
      columns: ['title', 'work_order', 'status'],
      isDefault: true,
    },
    {
      name: 'all',
      entity: 'work_order_task',
      label: 'All tasks',
      order: [{ field: 'position' }],
      columns: ['title', 'work_order', 'status'],
    },
  ],
  form: {
    entity: 'work_order_task',
    sections: [
      { label: 'Task', fields: ['title', 'work_order', 'status', 'position'] },
      { label: 'Done', fields: ['minutes', 'finding', 'done_at'] },
    ],
    related: [],
  },
  commands: [
    {
      name: 'finish',
      entity: 'work_order_task',
      label: 'Done',
      icon: 'check',
      tone: 'success',
      when: "record.status == 'to_do'",
      set: { status: { value: 'done' }, done_at: { expression: 'now' } },
    },
    {
      name: 'skip',
      entity: 'work_order_task',
      label: 'Skip',
      icon: 'skip-forward',
      when: "record.status == 'to_do'",
      set: { status: { value: 'skipped' } },
    },
  ],
};
