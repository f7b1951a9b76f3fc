// Clashes that a supervisor settles: an entity of the engine with one record for each, and what may be done with it. It is a record like any other, so
// that it syncs, is read and is decided on by the rules of every record; that nothing of it is entered by hand is what its fields and roles see to.
import { defineEntity, type Entity } from './entity.ts';
import type { Policy } from './policy.ts';
import type { Command, Form, View } from './view.ts';

/** What of a solution decides whether there are any. */
interface Source {
  readonly entities: readonly Entity[];
  readonly policy: Policy;
}

export const reviewEntity = 'review';
/** What becomes of a clash: a supervisor takes the author's change, or lets the other side stand; or the author takes the change back. */
export const reviewCommands = { accept: 'accept', decline: 'decline', withdraw: 'withdraw' } as const;

/** Names of the entities of which a supervisor may have to settle a clash. */
export function reviewedEntities({ entities, policy }: Source): readonly string[] {
  return entities
    .filter(({ name }) => name !== reviewEntity)
    .filter((entity) => {
      const ofEntity = entity.conflict ?? policy.conflict.overlapping;
      return Object.values(entity.fields).some((field) => (field.conflict ?? ofEntity) === 'supervisor');
    })
    .map(({ name }) => name);
}

/** What a solution with such clashes has besides its own: the records, how they are shown, and what may be done with them. */
export interface ReviewParts {
  readonly entities: readonly Entity[];
  readonly views: readonly View[];
  readonly forms: readonly Form[];
  readonly commands: readonly Command[];
}

/** Nothing where no supervisor settles anything, or where the solution has it already. */
export function reviewParts(solution: Source): ReviewParts {
  const reviewed = reviewedEntities(solution);
  const isThere = solution.entities.some(({ name }) => name === reviewEntity);
  if (reviewed.length === 0 || isThere) return { entities: [], views: [], forms: [], commands: [] };
  return { entities: [entityFor(reviewed)], views, forms: [form], commands };
}

/** The id is that of the refused mutation, the owner its author. */
function entityFor(reviewed: readonly string[]): Entity {
  return defineEntity({
    name: reviewEntity,
    label: 'Disputed change',
    labelPlural: 'Disputed changes',
    icon: 'scale',
    ownership: 'user',
    titleField: 'title',
    conflict: 'server',
    fields: {
      title: { type: 'text', label: 'What', readOnly: true, searchable: true },
      state: {
        type: 'choice',
        label: 'State',
        readOnly: true,
        default: 'open',
        indexed: true,
        choices: [
          { value: 'open', label: 'To be decided', tone: 'warning' },
          { value: 'accepted', label: 'Accepted', tone: 'success' },
          { value: 'declined', label: 'Declined', tone: 'neutral' },
          { value: 'withdrawn', label: 'Withdrawn', tone: 'neutral' },
        ],
      },
      record: { type: 'lookup', label: 'Record', to: reviewed, readOnly: true, indexed: true },
      summary: { type: 'longText', label: 'Values', readOnly: true },
      clashes: { type: 'longText', label: 'Values as data', readOnly: true },
      asked: { type: 'longText', label: 'Change as data', readOnly: true },
      decided_by: { type: 'lookup', label: 'Decided by', to: ['user'], readOnly: true },
      decided_at: { type: 'dateTime', label: 'Decided', readOnly: true, indexed: true },
    },
    guards: [
      {
        name: 'not_edited',
        when: 'true',
        refuses: ['update', 'delete'],
        message: 'A disputed change is decided on, not edited.',
      },
      {
        name: 'decided',
        when: "record.state != 'open'",
        refuses: ['*'],
        message: 'This has been decided or withdrawn already.',
      },
    ],
  });
}

const views: readonly View[] = [
  {
    name: 'open',
    entity: reviewEntity,
    label: 'To be decided',
    where: "record.state == 'open'",
    order: [{ field: 'created_at' }],
    columns: ['title', 'state', 'owner', 'created_at'],
    isDefault: true,
  },
  {
    name: 'all',
    entity: reviewEntity,
    label: 'All',
    order: [{ field: 'created_at', descending: true }],
    columns: ['title', 'state', 'owner', 'created_at'],
  },
];

const form: Form = {
  entity: reviewEntity,
  sections: [
    { label: 'Disputed change', fields: ['state', 'summary', 'record', 'owner', 'decided_by', 'decided_at'] },
  ],
  related: [],
};

const decided = { decided_by: { expression: 'user.id' }, decided_at: { expression: 'now' } } as const;
const isOpen = "record.state == 'open'";

const commands: readonly Command[] = [
  {
    name: reviewCommands.accept,
    entity: reviewEntity,
    label: 'Accept the change',
    icon: 'check',
    tone: 'success',
    when: isOpen,
    set: { state: { value: 'accepted' }, ...decided },
  },
  {
    name: reviewCommands.decline,
    entity: reviewEntity,
    label: 'Decline the change',
    icon: 'x',
    tone: 'danger',
    when: isOpen,
    set: { state: { value: 'declined' }, ...decided },
  },
  {
    name: reviewCommands.withdraw,
    entity: reviewEntity,
    label: 'Withdraw my change',
    icon: 'undo',
    when: `${isOpen} && record.owner == user.id`,
    set: { state: { value: 'withdrawn' }, ...decided },
  },
];
