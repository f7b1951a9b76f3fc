// Which part of the records a role carries offline, and what may be done with it there.
import type { ExpressionText } from './entity.ts';

/** Rows that come along because other carried rows point to them or are pointed to by them: one step along one lookup. */
export type StepRule =
  /** The records that `field` of the carried rows of `entity` points to. */
  | { readonly kind: 'target'; readonly entity: string; readonly field: string }
  /** The records whose own `field` points to a carried row of `entity`. */
  | { readonly kind: 'child'; readonly entity: string; readonly field: string };

export type RelatedRule =
  | StepRule
  /** The records that carried rows of `entity` are linked to by the many-to-many relation `through`; the links come along. */
  | { readonly kind: 'linked'; readonly entity: string; readonly through: string };

export interface ProfileEntity<Rule = RelatedRule> {
  readonly entity: string;
  /** 'all' the person may read; those that match; or none of its own, only related ones. */
  readonly rows: 'all' | 'related' | { readonly where: ExpressionText };
  /** Added to `rows` (union). The graph of related rules between entities has no cycle. */
  readonly related?: readonly Rule[];
  /** Commands allowed offline, by name; create, update and delete included. */
  readonly offline: readonly string[];
  /** Downloaded in this order; lower first. */
  readonly priority: number;
}

export interface OfflineProfile<Rule = RelatedRule> {
  readonly name: string;
  readonly label: string;
  readonly roles: readonly string[];
  readonly entities: readonly ProfileEntity<Rule>[];
}

/** As a bundle has it: every rule one step along one lookup, links carried by parts of their own. */
export type CarriedProfile = OfflineProfile<StepRule>;
