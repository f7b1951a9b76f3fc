// The parsed, checked form of an expression: what is stored in a bundle and read by the evaluator and the two SQL compilers.

/** What an expression or a field yields. A duration is a whole number of milliseconds. */
export type ExprType =
  | { readonly kind: 'text' | 'integer' | 'boolean' | 'date' | 'dateTime' | 'duration' | 'null' }
  | { readonly kind: 'fixed'; readonly scale: number }
  | { readonly kind: 'list'; readonly of: 'text' };

export type CompareOp = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type ArithmeticOp = '+' | '-' | '*';
export type TextFunction = 'startsWith' | 'endsWith' | 'contains';

interface Typed {
  readonly type: ExprType;
}
interface TwoSided extends Typed {
  readonly left: Expr;
  readonly right: Expr;
}

/** A node. Literals already carry the type of the column they meet; a fixed-point literal is a whole number of the column's unit. */
export type Expr =
  | (Typed & { readonly op: 'literal'; readonly value: string | number | boolean | null })
  /** A field of the record, reached through zero or more N:1 lookups: `record.account.name` has path ['account','name']. */
  | (Typed & { readonly op: 'field'; readonly path: readonly string[] })
  /** One of `userAttributes`. */
  | (Typed & { readonly op: 'user'; readonly attribute: string })
  /** What a person entered for a named command: `params.resolution`. Never in a condition of a query. */
  | (Typed & { readonly op: 'param'; readonly name: string })
  | (Typed & { readonly op: 'now' })
  /** Today's date in UTC. */
  | (Typed & { readonly op: 'today' })
  | (TwoSided & { readonly op: 'compare'; readonly compare: CompareOp })
  | (TwoSided & { readonly op: 'and' | 'or' })
  | (Typed & { readonly op: 'not'; readonly operand: Expr })
  /** `x in [literals]`, `x in user.teams`, or `'a' in record.tags`. */
  | (TwoSided & { readonly op: 'in' })
  | (Typed & { readonly op: 'list'; readonly items: readonly Expr[] })
  | (TwoSided & { readonly op: 'text'; readonly fn: TextFunction })
  | (TwoSided & { readonly op: 'arithmetic'; readonly fn: ArithmeticOp })
  | (Typed & {
      readonly op: 'conditional';
      readonly test: Expr;
      readonly then: Expr;
      readonly otherwise: Expr;
    });

/** What expressions may say of the person who asks, and its type. */
export const userAttributes: Readonly<Record<string, ExprType>> = {
  id: { kind: 'text' },
  login: { kind: 'text' },
  name: { kind: 'text' },
  business_unit: { kind: 'text' },
  business_units: { kind: 'list', of: 'text' },
  teams: { kind: 'list', of: 'text' },
  roles: { kind: 'list', of: 'text' },
};
