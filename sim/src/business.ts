// What people work on in a run, by name: so that one set of acts serves the shipped solution on the real server and the sample on the small one.
import type { Chance } from './chance.ts';

/** A record that hangs on an order. */
export interface Attachment {
  readonly entity: string;
  /** The lookup that points to the order. */
  readonly parent: string;
  /** The lookup may point to several entities, and then names the one it means. */
  readonly isPolymorphic: boolean;
  readonly text: string;
  readonly mayBeDeleted: boolean;
}

export interface Business {
  /** The entity most work is about. */
  readonly order: string;
  readonly title: string;
  /** A lookup of the order, and the entity it points to. */
  readonly customer: { readonly field: string; readonly entity: string };
  /** A number that adds up, whoever changes it. */
  readonly minutes: string;
  /** Fields that anybody edits, each with values to choose from. */
  readonly edits: Readonly<Record<string, (chance: Chance) => string | readonly string[] | null>>;
  readonly attachments: readonly Attachment[];
  /** Commands without parameters. */
  readonly commands: readonly string[];
}

const text = (chance: Chance): string | null =>
  chance.happens(0.1) ? null : `text ${chance.below(1e6)} ünï "quoted" 😀`;
const day = (chance: Chance): string => `2026-0${1 + chance.below(9)}-1${chance.below(10)}`;
const some =
  (...items: readonly string[]) =>
  (chance: Chance): readonly string[] | null => {
    const chosen = items.filter(() => chance.happens(0.5)).sort();
    return chosen.length === 0 ? null : chosen;
  };

export const fieldServiceBusiness: Business = {
  order: 'work_order',
  title: 'title',
  customer: { field: 'account', entity: 'account' },
  minutes: 'labour_minutes',
  edits: {
    priority: (chance) => String(1 + chance.below(4)),
    description: text,
    customer_reference: text,
    required_skills: some('electrical', 'ventilation'),
    due_date: day,
  },
  attachments: [
    {
      entity: 'work_order_task',
      parent: 'work_order',
      isPolymorphic: false,
      text: 'title',
      mayBeDeleted: true,
    },
    { entity: 'note', parent: 'regarding', isPolymorphic: true, text: 'body', mayBeDeleted: false },
  ],
  commands: ['start', 'take'],
};

export const sampleBusiness: Business = {
  order: 'job',
  title: 'title',
  customer: { field: 'customer', entity: 'customer' },
  minutes: 'minutes',
  edits: {
    title: (chance) => `Title ${chance.below(4)}`,
    status: (chance) => chance.pick(['open', 'done', 'done']),
    tools: some('drill', 'ladder', 'pump'),
    due: day,
  },
  attachments: [{ entity: 'note', parent: 'job', isPolymorphic: false, text: 'text', mayBeDeleted: true }],
  commands: ['finish'],
};
