// What an expression means for one record, in JS. It must agree on every row with the SQL that sql.ts makes: an operand that is null, or an error,
// gives null, that is unknown; == and != always know; &&, || and ! are three-valued.
import type { UserContext } from '../directory.ts';
import type { Row, Value } from '../value.ts';
import { addToDate, addToInstant } from './moment.ts';
import type { CompareOp, Expr } from './tree.ts';

export interface EvaluationScope {
  /** Null where the expression is about no record. */
  readonly record: Row | null;
  readonly user: UserContext;
  /** ISO UTC with milliseconds. */
  readonly now: string;
  /** The record that a lookup of this row points to, where it is at hand; null otherwise. Called with the record itself or what a call before gave. */
  readonly follow: (row: Row, field: string) => Row | null;
  /** What the person entered for a named command. */
  readonly params?: Readonly<Record<string, Value>>;
}

/** The value of a checked expression. Numbers of decimals and money are whole numbers of the smallest unit. */
export function evaluate(expr: Expr, scope: EvaluationScope): Value {
  switch (expr.op) {
    case 'literal':
      return expr.value;
    case 'field':
      return fieldValue(expr.path, scope);
    case 'user':
      return userValue(expr.attribute, scope.user);
    case 'param':
      return scope.params?.[expr.name] ?? null;
    case 'now':
      return scope.now;
    case 'today':
      return scope.now.slice(0, 10);
    case 'list':
      return expr.items.map((item) => String(evaluate(item, scope)));
    case 'compare':
      return compare(expr.compare, evaluate(expr.left, scope), evaluate(expr.right, scope));
    case 'and':
      return both(evaluate(expr.left, scope), () => evaluate(expr.right, scope));
    case 'or':
      return negate(both(negate(evaluate(expr.left, scope)), () => negate(evaluate(expr.right, scope))));
    case 'not':
      return negate(evaluate(expr.operand, scope));
    case 'in':
      return contains(evaluate(expr.right, scope), evaluate(expr.left, scope));
    case 'text':
      return textTest(expr.fn, evaluate(expr.left, scope), evaluate(expr.right, scope));
    case 'arithmetic':
      return arithmetic(expr, evaluate(expr.left, scope), evaluate(expr.right, scope));
    case 'conditional': {
      const test = evaluate(expr.test, scope);
      if (typeof test !== 'boolean') return null;
      return evaluate(test ? expr.then : expr.otherwise, scope);
    }
  }
}

/** Does the condition hold? Unknown is no. */
export function isTrue(expr: Expr, scope: EvaluationScope): boolean {
  return evaluate(expr, scope) === true;
}

/** Before, same or after (-1, 0, 1) by code point, as both databases order text; JavaScript's own `<` goes by UTF-16 unit. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return codePointRank(left) < codePointRank(right) ? -1 : 1;
  }
  return Math.sign(a.length - b.length);
}

// Halves of surrogate pairs stand for code points beyond every single unit, also those from U+E000 on.
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function fieldValue(path: readonly string[], scope: EvaluationScope): Value {
  let row = scope.record;
  for (const step of path.slice(0, -1)) {
    if (row === null) return null;
    row = scope.follow(row, step);
  }
  return row?.[path.at(-1) ?? ''] ?? null;
}

function userValue(attribute: string, user: UserContext): Value {
  switch (attribute) {
    case 'id':
    case 'login':
    case 'name':
    case 'teams':
    case 'roles':
      return user[attribute];
    case 'business_unit':
      return user.businessUnit;
    case 'business_units':
      return user.businessUnits;
    default:
      return null;
  }
}

function compare(op: CompareOp, left: Value, right: Value): boolean | null {
  if (op === '==') return left === right;
  if (op === '!=') return left !== right;
  if (left === null || right === null) return null;
  const order =
    typeof left === 'string' && typeof right === 'string'
      ? compareText(left, right)
      : Math.sign(Number(left) - Number(right));
  switch (op) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function both(left: Value, right: () => Value): boolean | null {
  if (left === false) return false;
  const other = right();
  if (other === false) return false;
  return left === true && other === true ? true : null;
}

function negate(value: Value): boolean | null {
  return typeof value === 'boolean' ? !value : null;
}

function contains(list: Value, item: Value): boolean | null {
  if (list === null || typeof list !== 'object') return null;
  return typeof item === 'string' && list.includes(item);
}

function textTest(fn: 'startsWith' | 'endsWith' | 'contains', text: Value, part: Value): boolean | null {
  if (typeof text !== 'string' || typeof part !== 'string') return null;
  switch (fn) {
    case 'startsWith':
      return text.startsWith(part);
    case 'endsWith':
      return text.endsWith(part);
    case 'contains':
      return text.includes(part);
  }
}

function arithmetic(expr: Extract<Expr, { readonly op: 'arithmetic' }>, left: Value, right: Value): Value {
  if (left === null || typeof right !== 'number') return null;
  if (typeof left === 'string') {
    const durationMs = expr.fn === '-' ? -right : right;
    return expr.type.kind === 'date' ? addToDate(left, durationMs) : addToInstant(left, durationMs);
  }
  const result = numberOf(expr.fn, Number(left), right);
  // Adding 0 turns -0, which no database knows, into 0.
  return Number.isSafeInteger(result) ? result + 0 : null;
}

function numberOf(fn: '+' | '-' | '*', left: number, right: number): number {
  switch (fn) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
  }
}
