// The parsed, checked form of an expression: what is stored in a bundle and read by the evaluator and the two SQL compilers.

/** What an expression or a field yields. */
export type ExprType =
  | { readonly kind: 'text' | 'integer' | 'boolean' | 'date' | 'dateTime' | 'duration' | 'null' }
  | { readonly kind: 'fixed'; readonly scale: number }
  | { readonly kind: 'list'; readonly of: 'text' };

export type CompareOp = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type ArithmeticOp = '+' | '-' | '*';
export type TextFunction = 'startsWith' | 'endsWith' | 'contains';

/** A node. Literals already carry the type of the column they meet; a fixed-point literal is a whole number of the column's unit. */
export type Expr =
  | { readonly op: 'literal'; readonly value: string | number | boolean | null; readonly type: ExprType }
  /** A field of the record, reached through zero or more N:1 lookups: `record.account.name` has path ['account','name']. */
  | { readonly op: 'field'; readonly path: readonly string[]; readonly type: ExprType }
  /** `user.id`, `user.business_unit`, `user.business_units`, `user.teams`, `user.roles`. */
  | { readonly op: 'user'; readonly attribute: string; readonly type: ExprType }
  | { readonly op: 'now'; readonly type: ExprType }
  /** Today's date in UTC. */
  | { readonly op: 'today'; readonly type: ExprType }
  | { readonly op: 'compare'; readonly compare: CompareOp; readonly left: Expr; readonly right: Expr; readonly type: ExprType }
  | { readonly op: 'and' | 'or'; readonly left: Expr; readonly right: Expr; readonly type: ExprType }
  | { readonly op: 'not'; readonly operand: Expr; readonly type: ExprType }
  /** `x in [literals]`, `x in user.teams`, or `'a' in record.tags`. */
  | { readonly op: 'in'; readonly left: Expr; readonly right: Expr; readonly type: ExprType }
  | { readonly op: 'list'; readonly items: readonly Expr[]; readonly type: ExprType }
  | { readonly op: 'text'; readonly fn: TextFunction; readonly left: Expr; readonly right: Expr; readonly type: ExprType }
  | { readonly op: 'arithmetic'; readonly fn: ArithmeticOp; readonly left: Expr; readonly right: Expr; readonly type: ExprType }
  | { readonly op: 'conditional'; readonly test: Expr; readonly then: Expr; readonly otherwise: Expr; readonly type: ExprType };
