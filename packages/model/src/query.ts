// One way to ask for records. The same object runs on the device's SQLite and on the server's PostgreSQL.
import type { Expr } from './expression/tree.ts';
import type { RecordId, Row, Value } from './value.ts';
import type { Sort } from './view.ts';

export interface Query {
  readonly entity: string;
  /** Parsed conditions, all of which must hold: a view's, a chip's, a related list's. */
  readonly where?: readonly Expr[];
  /** Words typed into a search box; each must begin a word of a searchable field. Case and accents do not matter. */
  readonly search?: string;
  /** `id` is always added last, so that the order is total. */
  readonly order?: readonly Sort[];
  /** Rows; limits.queryRowsMax at most. */
  readonly limit: number;
  /** Values of the order's fields and the id of the last row already had. */
  readonly after?: readonly Value[];
  /** Also count all that match. */
  readonly count?: boolean;
}

export interface QueryResult {
  readonly rows: readonly Row[];
  /** What people call the records that lookups of these rows point to, by id. An id not here is not on this device, or not readable. */
  readonly titles: Readonly<Record<RecordId, string>>;
  /** All that match, where it was asked for. */
  readonly total?: number;
}
