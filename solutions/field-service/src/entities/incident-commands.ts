// What is done with an incident by name.
import type { Command } from '@satchel/model';
import { closeCodes } from './close-codes.ts';

const entity = 'incident';

export const incidentCommands: readonly Command[] = [
  {
    name: 'assign_to_me',
    entity,
    label: 'Assign to me',
    icon: 'user-check',
    when: "record.owner != user.id && !(record.state in ['resolved', 'closed'])",
    set: {
      owner: { expression: 'user.id' },
      state: { expression: "record.state == 'new' ? 'active' : record.state" },
    },
  },
  {
    name: 'resolve',
    entity,
    label: 'Resolve',
    icon: 'check',
    tone: 'success',
    when: "!(record.state in ['resolved', 'closed'])",
    params: {
      close_code: { type: 'choice', label: 'Outcome', required: true, choices: closeCodes },
      resolution: { type: 'longText', label: 'Resolution', required: true, maxLength: 8_000 },
    },
    set: {
      state: { value: 'resolved' },
      close_code: { param: 'close_code' },
      resolution: { param: 'resolution' },
      resolved_at: { expression: 'now' },
    },
  },
  {
    name: 'close',
    entity,
    label: 'Close',
    icon: 'lock',
    when: "record.state == 'resolved'",
    set: { state: { value: 'closed' }, closed_at: { expression: 'now' } },
  },
  {
    name: 'reopen',
    entity,
    label: 'Reopen',
    icon: 'rotate-ccw',
    when: "record.state in ['resolved', 'closed']",
    set: {
      state: { value: 'active' },
      resolved_at: { value: null },
      closed_at: { value: null },
      close_code: { value: null },
      reopen_count: { expression: '(record.reopen_count == null ? 0 : record.reopen_count) + 1' },
    },
  },
];
