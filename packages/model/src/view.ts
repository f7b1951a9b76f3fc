// How people see records: lists, forms and commands.
import type { ExpressionText, Field, Tone } from './entity.ts';
import type { Value } from './value.ts';

export interface Sort {
  readonly field: string;
  readonly descending?: boolean;
}

/** A list of one entity's records. */
export interface View {
  readonly name: string;
  readonly entity: string;
  readonly label: string;
  /** Absent: all records the person may read. May use `record`, `user` and `now`. */
  readonly where?: ExpressionText;
  readonly order: readonly Sort[];
  /** What a row shows, in order of weight; choices are drawn as badges. */
  readonly columns: readonly string[];
  /** Shown first when the entity is opened. */
  readonly isDefault?: boolean;
}

export interface FormSection {
  readonly label: string;
  readonly fields: readonly string[];
}
/** Records of another entity that point here. */
export interface RelatedList {
  readonly label: string;
  readonly entity: string;
  /** The lookup field of that entity which holds this record. */
  readonly via: string;
  readonly columns: readonly string[];
  readonly order: readonly Sort[];
  /** A new one may be added from here. */
  readonly canAdd?: boolean;
  /** Entries read top-down as a conversation, with a box to write one. The named field is the text. */
  readonly notesField?: string;
}
export interface Form {
  readonly entity: string;
  readonly sections: readonly FormSection[];
  readonly related: readonly RelatedList[];
}

/** A named operation on a record, such as close. create, update and delete need no declaration. */
export interface Command {
  readonly name: string;
  readonly entity: string;
  readonly label: string;
  readonly icon: string;
  readonly tone?: Tone;
  /** Offered only while this holds of the record. */
  readonly when?: ExpressionText;
  /** Asked of the person before it runs. */
  readonly params?: Readonly<Record<string, Field>>;
  /** What it sets: a value, an expression over `record`, `user`, `now`, or a parameter. */
  readonly set: Readonly<Record<string, CommandValue>>;
  /** Cannot be done without a connection. */
  readonly onlineOnly?: boolean;
}
export type CommandValue =
  { readonly value: Value } | { readonly expression: ExpressionText } | { readonly param: string };
