// What a kind of record is: its fields, who owns it, what guards it. Plain data, written with `defineEntity`, checked by `validateSolution`.
import type { Value } from './value.ts';

/** Text of an expression in the checked subset of CEL; see docs/SPEC.md, rules EXPR. */
export type ExpressionText = string;

/** How two values of one field that both sides changed become one without asking. */
export type MergeRule = 'append' | 'max' | 'min' | 'sum' | 'union';

/** Who settles a field that both sides changed differently and that has no merge rule. */
export type ConflictRule = 'ask' | 'client' | 'server' | 'supervisor';

/**
 * One side deleted a record that the other changed. ask: the author decides, and the edit stays meanwhile. delete-wins: the edit yields and is kept
 * for 30 days. recreate: the edit wins; a delete is not done, and a record that is gone is made again from what its editor saw.
 */
export type DeleteRule = 'ask' | 'delete-wins' | 'recreate';

/** What may still be done with a closed record: nothing that the guard refuses; additions to texts that append, and notes on it; everything. */
export type ClosedRule = 'reject' | 'allow-append-only' | 'allow';

interface FieldBase {
  readonly label: string;
  readonly help?: string;
  readonly required?: boolean;
  /** Never entered by a person: set by the server, a command or a default. */
  readonly readOnly?: boolean;
  /** Value of a new record; text in `{ expression }` is evaluated with `user` and `now`. */
  readonly default?: Value | { readonly expression: ExpressionText };
  /** Found by the search box. */
  readonly searchable?: boolean;
  /** Lists are filtered or sorted by it: both databases index it. */
  readonly indexed?: boolean;
  readonly merge?: MergeRule;
  readonly conflict?: ConflictRule;
}

export interface TextField extends FieldBase {
  readonly type: 'text' | 'longText' | 'email' | 'phone' | 'url';
  /** Characters; limits.textCharsMax where absent. */
  readonly maxLength?: number;
  /** No two records may hold the same value. */
  readonly unique?: boolean;
}
export interface IntegerField extends FieldBase {
  readonly type: 'integer';
  readonly min?: number;
  readonly max?: number;
}
export interface DecimalField extends FieldBase {
  readonly type: 'decimal';
  /** Digits after the point; the value is stored as a whole number of 10^-scale. */
  readonly scale: number;
  /** As values are: whole numbers of the smallest unit. */
  readonly min?: number;
  readonly max?: number;
}
export interface MoneyField extends FieldBase {
  readonly type: 'money';
  readonly scale: number;
  /** ISO 4217 code. */
  readonly currency: string;
  /** As values are: whole numbers of the smallest unit. */
  readonly min?: number;
  readonly max?: number;
}
export interface BooleanField extends FieldBase {
  readonly type: 'boolean';
}
export interface DateField extends FieldBase {
  readonly type: 'date' | 'dateTime';
}
/** How a choice looks in a list or on a badge. */
export type Tone = 'neutral' | 'info' | 'success' | 'warning' | 'danger';
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly tone?: Tone;
}
export interface ChoiceField extends FieldBase {
  readonly type: 'choice' | 'multiChoice';
  readonly choices: readonly Choice[];
}
export interface LookupField extends FieldBase {
  readonly type: 'lookup';
  /** Entities it may point to. One: the value is an id. Several: the value is 'entity/id'. */
  readonly to: readonly string[];
  /** What happens to this record when the target is deleted. Default 'clear'. */
  readonly onDelete?: 'clear' | 'cascade' | 'restrict';
}
export interface AutonumberField extends FieldBase {
  readonly type: 'autonumber';
  /** Text before the number, such as 'WO-'. */
  readonly prefix: string;
  /** Least count of digits. */
  readonly digits: number;
}

export type Field =
  | TextField
  | IntegerField
  | DecimalField
  | MoneyField
  | BooleanField
  | DateField
  | ChoiceField
  | LookupField
  | AutonumberField;
export type FieldType = Field['type'];

/** A condition on the record as the server holds it; while it is true, the named commands are refused with its code and message. */
export interface Guard {
  readonly name: string;
  readonly when: ExpressionText;
  /** Commands refused; '*' is all but create. */
  readonly refuses: readonly string[];
  /** What a person reads: what happened and what to do. */
  readonly message: string;
  /** Fields that may still change, such as an append-only note. */
  readonly exceptFields?: readonly string[];
  /**
   * While it holds the record counts as closed: the closed-record rule says what passes all the same, and records that are parts of this one
   * (their lookup goes when it is deleted) may be added only as that rule allows.
   */
  readonly closes?: boolean;
}

/** Who a record belongs to; it decides what the depth of a privilege means. */
export type Ownership = 'user' | 'team' | 'organisation';

export interface Entity {
  /** lower_snake_case; also the table's name. */
  readonly name: string;
  readonly label: string;
  readonly labelPlural: string;
  /** A name from the icon set of the app; unknown names fall back to a plain one. */
  readonly icon: string;
  /** user: has an `owner` (user). team: has an `owner` (team). organisation: seen by depth 'organisation' only. */
  readonly ownership: Ownership;
  /** The field that names a record to people. */
  readonly titleField: string;
  readonly fields: Readonly<Record<string, Field>>;
  readonly guards?: readonly Guard[];
  /** For fields without their own rule. Default: the policy's. */
  readonly conflict?: ConflictRule;
  /** Default: the policy's. */
  readonly deleteVsEdit?: DeleteRule;
  /** Default: the policy's. */
  readonly closedRecord?: ClosedRule;
  /** Fields that together are one value to a person (amount and currency): a clash in one is a clash in all. */
  readonly fieldGroups?: readonly (readonly string[])[];
  /** Made by the engine to hold a many-to-many relationship; has no screen of its own. */
  readonly intersect?: boolean;
  /** Made by the engine to keep something of each person's own; nobody else's roles or hierarchy reach it, and it has no screen of its own. */
  readonly personal?: boolean;
}

/** A many-to-many relationship. It becomes an entity of its own with one lookup to each side, so that links sync like any record. */
export interface ManyToMany {
  /** Name of the entity that holds the links. */
  readonly name: string;
  readonly label: string;
  readonly between: readonly [string, string];
  /** Names of the two lookup fields, in the order of `between`. */
  readonly fields: readonly [string, string];
}

/** Writes an entity with its literal types kept, so that field names are checked where they are used. */
export function defineEntity<const E extends Entity>(entity: E): E {
  return entity;
}

/** The entity that holds the links of a many-to-many relationship. */
export function intersectEntity(relation: ManyToMany): Entity {
  const side = (index: 0 | 1): LookupField => ({
    type: 'lookup',
    label: relation.between[index],
    to: [relation.between[index]],
    required: true,
    onDelete: 'cascade',
    indexed: true,
  });
  return {
    name: relation.name,
    label: relation.label,
    labelPlural: relation.label,
    icon: 'link',
    ownership: 'organisation',
    titleField: 'id',
    intersect: true,
    fields: { [relation.fields[0]]: side(0), [relation.fields[1]]: side(1) },
  };
}
