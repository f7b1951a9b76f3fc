// Which part of the records a role carries offline, and what may be done with it there.
import type { ExpressionText } from './entity.ts';

/** Rows that come along because other carried rows point to them or are pointed to by them. */
export type RelatedRule =
  /** The records that `field` of the carried rows of `entity` points to. */
  | { readonly kind: 'target'; readonly entity: string; readonly field: string }
  /** The records whose own `field` points to a carried row of `entity`. */
  | { readonly kind: 'child'; readonly entity: string; readonly field: string };

export interface ProfileEntity {
  readonly entity: string;
  /** 'all' the person may read; those that match; or none of its own, only related ones. */
  readonly rows: 'all' | 'related' | { readonly where: ExpressionText };
  /** Added to `rows` (union). The graph of related rules between entities has no cycle. */
  readonly related?: readonly RelatedRule[];
  /** Commands allowed offline, by name; create, update and delete included. */
  readonly offline: readonly string[];
  /** Downloaded in this order; lower first. */
  readonly priority: number;
}

export interface OfflineProfile {
  readonly name: string;
  readonly label: string;
  readonly roles: readonly string[];
  readonly entities: readonly ProfileEntity[];
}
