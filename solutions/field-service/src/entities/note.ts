// What somebody wrote about a record. Notes are kept as written: no role may change or delete one, so two people never clash over them.
import { defineEntity } from '@satchel/model';
import type { SolutionPart } from './part.ts';

const entity = defineEntity({
  name: 'note',
  label: 'Note',
  labelPlural: 'Notes',
  icon: 'message-square',
  ownership: 'organisation',
  titleField: 'body',
  fields: {
    body: { type: 'longText', label: 'Note', required: true, maxLength: 4_000, searchable: true },
    regarding: {
      type: 'lookup',
      label: 'Regarding',
      to: ['work_order', 'incident', 'asset', 'account'],
      required: true,
      indexed: true,
      onDelete: 'cascade',
    },
    kind: {
      type: 'choice',
      label: 'Kind',
      default: 'work_note',
      choices: [
        { value: 'work_note', label: 'Work note', tone: 'neutral' },
        { value: 'call', label: 'Call', tone: 'info' },
        { value: 'for_customer', label: 'For the customer', tone: 'success' },
      ],
    },
    author: {
      type: 'lookup',
      label: 'Written by',
      to: ['user'],
      readOnly: true,
      default: { expression: 'user.id' },
    },
    written_at: {
      type: 'dateTime',
      label: 'Written',
      readOnly: true,
      indexed: true,
      default: { expression: 'now' },
    },
  },
});

export const note: SolutionPart = {
  entity,
  views: [
    {
      name: 'latest',
      entity: 'note',
      label: 'Latest notes',
      order: [{ field: 'written_at', descending: true }],
      columns: ['body', 'author', 'written_at', 'regarding'],
      isDefault: true,
    },
    {
      name: 'mine',
      entity: 'note',
      label: 'My notes',
      where: 'record.author == user.id',
      order: [{ field: 'written_at', descending: true }],
      columns: ['body', 'written_at', 'regarding'],
    },
  ],
  form: {
    entity: 'note',
    sections: [{ label: 'Note', fields: ['body', 'kind', 'regarding', 'author', 'written_at'] }],
    related: [],
  },
  commands: [],
};
