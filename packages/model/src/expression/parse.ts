// From text to tree. The CEL parser of @bufbuild/cel reads the text; only the operators listed here are let through, then check.ts gives types.
// A phone never loads this file: trees travel in the bundle.
import { parse } from '@bufbuild/cel';
import { checkExpression, type CheckContext, type CheckResult } from './check.ts';
import { isDate } from '../field-rules.ts';
import { parseFixed } from '../field-text.ts';
import { formatInstant, parseDuration, parseInstant } from './moment.ts';
import type { ArithmeticOp, CompareOp, Expr, ExprType, TextFunction } from './tree.ts';

type Cel = ReturnType<typeof parse>['expr'];
type Call = Extract<Cel['exprKind'], { readonly case: 'callExpr' }>['value'];

/** The checked tree of a text, or what is wrong with it. */
export function parseExpression(text: string, context: CheckContext): CheckResult {
  let tree: Expr;
  try {
    tree = convert(parse(text).expr);
  } catch (cause) {
    // Thrown by the parser on what is not CEL and below on what is not in the subset: words for the author, nobody decides by them.
    return { ok: false, faults: [{ message: cause instanceof Error ? cause.message : String(cause) }] };
  }
  return checkExpression(tree, context);
}

const unknown: ExprType = { kind: 'null' };
const calls: Readonly<Record<string, (call: Call) => Expr>> = {
  '_&&_': (call) => ({ op: 'and', ...sides(call), type: unknown }),
  '_||_': (call) => ({ op: 'or', ...sides(call), type: unknown }),
  '!_': (call) => ({ op: 'not', operand: convert(argument(call, 0)), type: unknown }),
  '@in': membership,
  '_?_:_': (call) => ({
    op: 'conditional',
    test: convert(argument(call, 0)),
    then: convert(argument(call, 1)),
    otherwise: convert(argument(call, 2)),
    type: unknown,
  }),
  '-_': (call) => ({
    op: 'arithmetic',
    fn: '-',
    left: literal(0, { kind: 'integer' }),
    right: convert(argument(call, 0)),
    type: unknown,
  }),
  ...each<CompareOp>(['==', '!=', '<', '<=', '>', '>='], (compare) => [
    `_${compare}_`,
    (call) => ({ op: 'compare', compare, ...sides(call), type: unknown }),
  ]),
  ...each<ArithmeticOp>(['+', '-', '*'], (fn) => [
    `_${fn}_`,
    (call) => ({ op: 'arithmetic', fn, ...sides(call), type: unknown }),
  ]),
  ...each<TextFunction>(['startsWith', 'endsWith', 'contains'], (fn) => [fn, (call) => textCall(fn, call)]),
  duration: (call) => momentLiteral(call, 'duration', parseDuration, 'such as "72h" or "1h30m"'),
  timestamp: (call) =>
    momentLiteral(
      call,
      'dateTime',
      (text) => formatMoment(parseInstant(text)),
      'such as "2026-01-02T03:04:05Z"',
    ),
  date: (call) => momentLiteral(call, 'date', (text) => (isDate(text) ? text : null), 'such as "2026-01-02"'),
};

function convert(cel: Cel): Expr {
  const kind = cel.exprKind;
  switch (kind.case) {
    case 'constExpr':
      return constant(kind.value);
    case 'identExpr':
      return variable(kind.value.name);
    case 'selectExpr':
      return selection(cel);
    case 'listExpr':
      return { op: 'list', items: kind.value.elements.map(convert), type: unknown };
    case 'callExpr': {
      const known = Object.hasOwn(calls, kind.value.function) ? calls[kind.value.function] : undefined;
      if (known === undefined) throw new Error(`${kind.value.function} cannot be used in a condition`);
      return known(kind.value);
    }
    default:
      throw new Error('maps, messages and macros such as has() and exists() cannot be used');
  }
}

type Constant = Extract<Cel['exprKind'], { readonly case: 'constExpr' }>['value'];

function constant({ constantKind }: Constant): Expr {
  switch (constantKind.case) {
    case 'nullValue':
      return literal(null, { kind: 'null' });
    case 'boolValue':
      return literal(constantKind.value, { kind: 'boolean' });
    case 'stringValue':
      return literal(constantKind.value, { kind: 'text' });
    case 'int64Value':
      return literal(Number(constantKind.value), { kind: 'integer' });
    case 'doubleValue':
      return decimal(constantKind.value);
    default:
      throw new Error('unsigned numbers and bytes cannot be used');
  }
}

/** A decimal literal as a whole number of its own smallest unit; its shortest text is what the author wrote. */
function decimal(value: number): Expr {
  const text = String(value);
  const scale = text.includes('.') ? text.length - text.indexOf('.') - 1 : 0;
  const units = parseFixed(text, scale);
  if (units === undefined) throw new Error(`${text} has too many digits`);
  return literal(units, scale === 0 ? { kind: 'integer' } : { kind: 'fixed', scale });
}

function variable(name: string): Expr {
  if (name === 'now' || name === 'today') return { op: name, type: unknown };
  throw new Error(`${name} is not known; there are record, user, now and today`);
}

function selection(cel: Cel): Expr {
  const path: string[] = [];
  let at = cel;
  while (at.exprKind.case === 'selectExpr' && at.exprKind.value.operand !== undefined) {
    if (at.exprKind.value.testOnly) throw new Error('has() cannot be used; compare with null');
    path.unshift(at.exprKind.value.field);
    at = at.exprKind.value.operand;
  }
  const root = at.exprKind.case === 'identExpr' ? at.exprKind.value.name : '';
  const [first = ''] = path;
  if (root === 'record') return { op: 'field', path, type: unknown };
  if (root === 'user' && path.length === 1) return { op: 'user', attribute: first, type: unknown };
  if (root === 'params' && path.length === 1) return { op: 'param', name: first, type: unknown };
  throw new Error(`${[root, ...path].join('.')} is not known; there are record, user, now and today`);
}

/** Texts go into a list; members of another type become comparisons, which take the column's type one by one. */
function membership(call: Call): Expr {
  const { left, right } = sides(call);
  const isText = (item: Expr) => item.op === 'literal' && item.type.kind === 'text';
  if (right.op !== 'list' || right.items.length === 0 || right.items.every(isText))
    return { op: 'in', left, right, type: unknown };
  const [first, ...others] = right.items.map((item): Expr => ({
    op: 'compare',
    compare: '==',
    left,
    right: item,
    type: unknown,
  }));
  return others.reduce(
    (all, next): Expr => ({ op: 'or', left: all, right: next, type: unknown }),
    first as Expr,
  );
}

function textCall(fn: TextFunction, call: Call): Expr {
  if (call.target === undefined || call.args.length !== 1)
    throw new Error(`write record.field.${fn}("text")`);
  return { op: 'text', fn, left: convert(call.target), right: convert(argument(call, 0)), type: unknown };
}

function momentLiteral(
  call: Call,
  kind: 'date' | 'dateTime' | 'duration',
  read: (text: string) => string | number | null,
  example: string,
): Expr {
  const text = call.args.length === 1 && call.target === undefined ? convert(argument(call, 0)) : null;
  const value = text?.op === 'literal' && typeof text.value === 'string' ? read(text.value) : null;
  if (value === null) throw new Error(`${call.function}() takes a text ${example}`);
  return literal(value, { kind });
}

function formatMoment(epochMs: number | null): string | null {
  return epochMs === null ? null : formatInstant(epochMs);
}

function sides(call: Call): { readonly left: Expr; readonly right: Expr } {
  return { left: convert(argument(call, 0)), right: convert(argument(call, 1)) };
}

function argument(call: Call, index: number): Cel {
  const found = call.args[index];
  if (found === undefined) throw new Error(`${call.function} lacks an operand`);
  return found as Cel;
}

function literal(value: string | number | boolean | null, type: ExprType): Expr {
  return { op: 'literal', value, type };
}

function each<K extends string>(
  names: readonly K[],
  entry: (name: K) => readonly [string, (call: Call) => Expr],
): Readonly<Record<string, (call: Call) => Expr>> {
  return Object.fromEntries(names.map(entry));
}
