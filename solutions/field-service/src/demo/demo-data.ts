// The shape of generated data. Rows stand in an order in which they can be inserted: whatever a lookup points to comes first.
import type { Row } from '@satchel/model';

export interface DemoLogIn {
  readonly login: string;
  readonly name: string;
  readonly userId: string;
  readonly roles: readonly string[];
}

export interface DemoData {
  readonly organisation: { readonly name: string; readonly label: string };
  /**
   * By entity, in order of insertion. All rows of one entity have the same keys: `id`, the fields and `owner`. Autonumber fields are left out, so
   * that the database numbers the rows in this order; stamps are left to the triggers.
   */
  readonly tables: readonly { readonly entity: string; readonly rows: readonly Row[] }[];
  /** Everybody who may sign in. */
  readonly logIns: readonly DemoLogIn[];
  /** The password of all of them. */
  readonly password: string;
}

export type MutableRow = Record<string, Row[string]>;

/** The id of a generated row. */
export function idOf(row: Row): string {
  return String(row['id']);
}
