// What is done with a work order by name. Each says when it is offered; the server asks again.
import type { Command } from '@satchel/model';

const entity = 'work_order';

export const workOrderCommands: readonly Command[] = [
  {
    name: 'take',
    entity,
    label: 'Assign to me',
    icon: 'user-check',
    when: "record.owner != user.id && !(record.status in ['completed', 'closed'])",
    set: { owner: { expression: 'user.id' } },
  },
  {
    name: 'start',
    entity,
    label: 'Start work',
    icon: 'play',
    tone: 'info',
    when: "record.status in ['open', 'scheduled', 'on_hold']",
    set: {
      status: { value: 'in_progress' },
      hold_reason: { value: null },
      actual_start: { expression: 'record.actual_start == null ? now : record.actual_start' },
    },
  },
  {
    name: 'hold',
    entity,
    label: 'Put on hold',
    icon: 'pause',
    tone: 'warning',
    when: "record.status in ['open', 'scheduled', 'in_progress']",
    params: { reason: { type: 'text', label: 'Waiting for', required: true, maxLength: 200 } },
    set: { status: { value: 'on_hold' }, hold_reason: { param: 'reason' } },
  },
  {
    name: 'complete',
    entity,
    label: 'Complete',
    icon: 'check',
    tone: 'success',
    when: "record.status in ['open', 'scheduled', 'in_progress', 'on_hold']",
    params: {
      resolution: { type: 'longText', label: 'What was done', required: true, maxLength: 8_000 },
      minutes: {
        type: 'integer',
        label: 'Minutes to add',
        required: true,
        default: 0,
        min: 0,
        max: 1_440,
      },
    },
    set: {
      status: { value: 'completed' },
      resolution: { param: 'resolution' },
      hold_reason: { value: null },
      actual_end: { expression: 'now' },
      labour_minutes: {
        expression: '(record.labour_minutes == null ? 0 : record.labour_minutes) + params.minutes',
      },
    },
  },
  {
    name: 'close',
    entity,
    label: 'Close',
    icon: 'lock',
    when: "record.status == 'completed'",
    set: { status: { value: 'closed' } },
  },
  {
    name: 'reopen',
    entity,
    label: 'Reopen',
    icon: 'rotate-ccw',
    when: "record.status in ['completed', 'closed']",
    set: { status: { value: 'open' }, actual_end: { value: null } },
  },
];
