// A small organisation for tests of the engine: customers with jobs, jobs with notes, and a price list that is not carried.
import {
  buildBundle,
  defineSolution,
  safePolicy,
  type Bundle,
  type Privileges,
  type RecordId,
  type Row,
  type Solution,
  type UserContext,
} from '@satchel/model';

const all: Privileges = {
  create: 'organisation',
  read: 'organisation',
  update: 'organisation',
  delete: 'organisation',
};
const look: Privileges = { create: 'none', read: 'organisation', update: 'none', delete: 'none' };

export const sampleSolution: Solution = defineSolution({
  name: 'sample',
  label: 'Sample',
  schemaVersion: 1,
  entities: [
    {
      name: 'customer',
      label: 'Customer',
      labelPlural: 'Customers',
      icon: 'building',
      ownership: 'organisation',
      titleField: 'name',
      fields: {
        name: { type: 'text', label: 'Name', required: true, searchable: true, indexed: true },
        vip: { type: 'boolean', label: 'Important' },
      },
    },
    {
      name: 'job',
      label: 'Job',
      labelPlural: 'Jobs',
      icon: 'wrench',
      ownership: 'organisation',
      titleField: 'title',
      fields: {
        title: { type: 'text', label: 'Title', required: true, searchable: true, indexed: true },
        customer: { type: 'lookup', label: 'Customer', to: ['customer'], indexed: true },
        status: {
          type: 'choice',
          label: 'Status',
          default: 'open',
          choices: ['open', 'done', 'closed'].map((value) => ({ value, label: value })),
        },
        minutes: { type: 'integer', label: 'Minutes', merge: 'sum', default: 0 },
        remarks: { type: 'longText', label: 'Remarks', merge: 'append' },
        tools: {
          type: 'multiChoice',
          label: 'Tools',
          choices: ['drill', 'ladder', 'pump'].map((value) => ({ value, label: value })),
        },
        due: { type: 'date', label: 'Due' },
      },
      guards: [
        {
          name: 'closed',
          when: "record.status == 'closed'",
          refuses: ['*'],
          message: 'This job is closed.',
        },
      ],
    },
    {
      name: 'note',
      label: 'Note',
      labelPlural: 'Notes',
      icon: 'note',
      ownership: 'organisation',
      titleField: 'text',
      fields: {
        text: { type: 'longText', label: 'Text', required: true },
        job: { type: 'lookup', label: 'Job', to: ['job'], required: true },
      },
    },
    {
      name: 'price',
      label: 'Price',
      labelPlural: 'Prices',
      icon: 'tag',
      ownership: 'organisation',
      titleField: 'name',
      fields: {
        name: { type: 'text', label: 'Name', required: true, searchable: true },
        amount: { type: 'money', label: 'Amount', scale: 2, currency: 'EUR' },
      },
    },
  ],
  relations: [],
  views: [
    {
      name: 'all',
      entity: 'job',
      label: 'All',
      order: [{ field: 'title' }],
      columns: ['title', 'status'],
      isDefault: true,
    },
  ],
  forms: [],
  commands: [
    {
      name: 'finish',
      entity: 'job',
      label: 'Finish',
      icon: 'check',
      when: "record.status == 'open'",
      set: { status: { value: 'done' } },
    },
  ],
  roles: [
    {
      name: 'worker',
      label: 'Worker',
      privileges: { customer: all, job: all, note: all, price: all, user: look, team: look },
    },
  ],
  profiles: [
    {
      name: 'worker',
      label: 'Worker',
      roles: ['worker'],
      entities: [
        { entity: 'customer', rows: 'all', offline: ['create', 'update', 'delete'], priority: 1 },
        { entity: 'job', rows: 'all', offline: ['create', 'update', 'delete', 'finish'], priority: 2 },
        { entity: 'note', rows: 'all', offline: ['create', 'update', 'delete'], priority: 3 },
      ],
    },
  ],
  policy: safePolicy,
  home: ['job'],
});

/** The sample as a device gets it. The hash is made up: content-addressing is the server's affair. */
export function sampleBundle(solution: Solution = sampleSolution, hash = 'a'.repeat(64)): Bundle {
  return { ...buildBundle(solution, ['worker']), hash };
}

export const maya: UserContext = {
  id: '00000000-0000-7000-8000-0000000000aa',
  login: 'maya',
  name: 'Maya',
  businessUnit: null,
  businessUnits: [],
  teams: [],
  roles: ['worker'],
};

export const omar: UserContext = {
  ...maya,
  id: '00000000-0000-7000-8000-0000000000bb',
  login: 'omar',
  name: 'Omar',
};

/** A record id that tells apart by number. */
export function idOf(number: number): RecordId {
  const hex = (number * 2_654_435_761) % 4_294_967_296;
  return `01900000-0000-7000-8000-${number.toString(16).padStart(4, '0')}${Math.floor(hex).toString(16).padStart(8, '0')}`;
}

export function jobRow(number: number, values: Row = {}): Row {
  return {
    id: idOf(number),
    title: `Job ${String(number).padStart(4, '0')}`,
    status: 'open',
    minutes: 0,
    ...values,
  };
}
