// Gives every node its type by the model, and refuses what does not fit. A tree from the wire goes through here just as one from text: the types
// it claims are thrown away, only those of its literals count, as the unit of their value.
import type { Entity, Field } from '../entity.ts';
import { isDate, isInstant } from '../field-rules.ts';
import { limits } from '../limits.ts';
import { allFields } from '../system-fields.ts';
import { durationMsMax, isWholeDays } from './moment.ts';
import { userAttributes, type Expr, type ExprType } from './tree.ts';

export interface CheckContext {
  /** Those that may be looked at; a path through another is a fault. */
  readonly entities: readonly Entity[];
  /** What `record` is; null where there is no record. */
  readonly entity: string | null;
  /** What `params` has; absent where there are none. */
  readonly params?: Readonly<Record<string, Field>>;
}

export interface ExpressionFault {
  /** For the author, in plain words. */
  readonly message: string;
}

export type CheckResult =
  | { readonly ok: true; readonly tree: Expr }
  | { readonly ok: false; readonly faults: readonly ExpressionFault[] };

/** The tree with types worked out anew, or everything that is wrong with it. Use the tree that comes back, not the one given. */
export function checkExpression(tree: Expr, context: CheckContext): CheckResult {
  if (!fitsIn(tree, limits.expressionNodesMax))
    return { ok: false, faults: [{ message: `more than ${limits.expressionNodesMax} parts` }] };
  const faults: ExpressionFault[] = [];
  const checked = check(tree, {
    ...context,
    fault: (message) => {
      faults.push({ message });
      return null;
    },
  });
  return checked === null ? { ok: false, faults } : { ok: true, tree: checked };
}

/** What a field yields in an expression. */
export function expressionType(field: Field): ExprType {
  switch (field.type) {
    case 'integer':
    case 'boolean':
    case 'date':
    case 'dateTime':
      return { kind: field.type };
    case 'decimal':
    case 'money':
      return { kind: 'fixed', scale: field.scale };
    case 'multiChoice':
      return { kind: 'list', of: 'text' };
    default:
      return { kind: 'text' };
  }
}

/** The field at the end of a path, or what is wrong with the path. */
export function fieldAtPath(
  entities: readonly Entity[],
  entity: string | null,
  path: readonly string[],
): { readonly field: Field; readonly name: string } | { readonly fault: string } {
  if (path.length === 0 || path.length > limits.expressionPathMax + 1)
    return { fault: `a path goes through at most ${limits.expressionPathMax} lookups to a field` };
  let at = entities.find((each) => each.name === entity);
  for (const [index, name] of path.entries()) {
    const fields = at === undefined ? {} : allFields(at);
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const shown = ['record', ...path.slice(0, index + 1)].join('.');
    if (field === undefined) return { fault: `there is no ${shown}` };
    if (index === path.length - 1) return { field, name };
    if (field.type !== 'lookup' || field.to.length !== 1)
      return { fault: `${shown} is not a lookup to one entity` };
    at = entities.find((each) => each.name === field.to[0]);
  }
  return { fault: 'a path has no field' };
}

interface State extends CheckContext {
  readonly fault: (message: string) => null;
}

function check(tree: Expr, state: State): Expr | null {
  switch (tree.op) {
    case 'literal':
      return checkLiteral(tree, state);
    case 'field': {
      const found = fieldAtPath(state.entities, state.entity, tree.path);
      if ('fault' in found) return state.fault(found.fault);
      return { op: 'field', path: tree.path, type: expressionType(found.field) };
    }
    case 'user': {
      const type = Object.hasOwn(userAttributes, tree.attribute) ? userAttributes[tree.attribute] : undefined;
      return type === undefined
        ? state.fault(`there is no user.${tree.attribute}`)
        : { op: 'user', attribute: tree.attribute, type };
    }
    case 'param': {
      const params = state.params ?? {};
      const field = Object.hasOwn(params, tree.name) ? params[tree.name] : undefined;
      return field === undefined
        ? state.fault(`there is no params.${tree.name}`)
        : { op: 'param', name: tree.name, type: expressionType(field) };
    }
    case 'now':
      return { op: 'now', type: { kind: 'dateTime' } };
    case 'today':
      return { op: 'today', type: { kind: 'date' } };
    case 'compare':
      return checkCompare(tree, state);
    case 'and':
    case 'or': {
      const left = checkCondition(tree.left, state);
      const right = checkCondition(tree.right, state);
      return left && right && { op: tree.op, left, right, type: boolean };
    }
    case 'not': {
      const operand = checkCondition(tree.operand, state);
      return operand && { op: 'not', operand, type: boolean };
    }
    case 'in':
      return checkIn(tree, state);
    case 'list':
      return state.fault('a list stands only to the right of `in`');
    case 'text': {
      const left = checkText(tree.left, tree.fn, state);
      const right = checkText(tree.right, tree.fn, state);
      return left && right && { op: 'text', fn: tree.fn, left, right, type: boolean };
    }
    case 'arithmetic':
      return checkArithmetic(tree, state);
    case 'conditional':
      return checkConditional(tree, state);
  }
}

type Of<Op extends Expr['op']> = Extract<Expr, { readonly op: Op }>;

const boolean: ExprType = { kind: 'boolean' };
const unstorable = /[\0\p{Surrogate}]/u;

function checkLiteral({ value, type }: Of<'literal'>, state: State): Expr | null {
  const isSound = (): boolean => {
    switch (type.kind) {
      case 'text':
        return typeof value === 'string' && !unstorable.test(value);
      case 'integer':
        return Number.isSafeInteger(value);
      case 'fixed':
        return (
          Number.isSafeInteger(value) && Number.isInteger(type.scale) && type.scale >= 0 && type.scale <= 15
        );
      case 'boolean':
        return typeof value === 'boolean';
      case 'date':
        return typeof value === 'string' && isDate(value);
      case 'dateTime':
        return typeof value === 'string' && isInstant(value);
      case 'duration':
        return Number.isSafeInteger(value) && Math.abs(Number(value)) <= durationMsMax;
      case 'null':
        return value === null;
      case 'list':
        return false;
    }
  };
  if (!isSound()) return state.fault(`${JSON.stringify(value)} is not a ${type.kind}`);
  return { op: 'literal', value: Object.is(value, -0) ? 0 : value, type };
}

function checkCondition(tree: Expr, state: State): Expr | null {
  const checked = check(tree, state);
  if (checked === null || checked.type.kind === 'boolean' || checked.type.kind === 'null') return checked;
  return state.fault(`a condition is expected where there is a ${checked.type.kind}`);
}

function checkText(tree: Expr, fn: string, state: State): Expr | null {
  const checked = check(tree, state);
  if (checked === null || checked.type.kind === 'text') return checked;
  return state.fault(`${fn} works on text, not on ${checked.type.kind}`);
}

function checkCompare(tree: Of<'compare'>, state: State): Expr | null {
  const sides = agree(check(tree.left, state), check(tree.right, state), state);
  if (sides === null) return null;
  const [left, right] = sides;
  if (!areChoices(left, [right], state) || !areChoices(right, [left], state)) return null;
  const isEquality = tree.compare === '==' || tree.compare === '!=';
  const kinds = [left.type.kind, right.type.kind];
  const isNullTest = kinds.includes('null');
  if (!isNullTest && (kinds.includes('list') || kinds.includes('duration')))
    return state.fault(`two values of kind ${left.type.kind} cannot be compared`);
  if (!isEquality && (isNullTest || kinds.includes('boolean')))
    return state.fault(`${tree.compare} needs two numbers, texts, dates or times`);
  return { op: 'compare', compare: tree.compare, left, right, type: boolean };
}

function checkIn(tree: Of<'in'>, state: State): Expr | null {
  const left = checkText(tree.left, 'in', state);
  const right = tree.right.op === 'list' ? checkList(tree.right, state) : check(tree.right, state);
  if (left === null || right === null) return null;
  if (right.type.kind !== 'list') return state.fault(`\`in\` needs a list, not a ${right.type.kind}`);
  if (!areChoices(left, right.op === 'list' ? right.items : [], state) || !areChoices(right, [left], state))
    return null;
  return { op: 'in', left, right, type: boolean };
}

/** Texts beside a choice field must be among its choices: the commonest slip in a condition, and it would only ever be false. */
function areChoices(side: Expr, others: readonly Expr[], state: State): boolean {
  const found = side.op === 'field' ? fieldAtPath(state.entities, state.entity, side.path) : undefined;
  const field = found !== undefined && 'field' in found ? found.field : undefined;
  if (side.op !== 'field' || (field?.type !== 'choice' && field?.type !== 'multiChoice')) return true;
  const strange = others.find(
    (other) =>
      other.op === 'literal' &&
      other.value !== null &&
      !field.choices.some(({ value }) => value === other.value),
  );
  if (strange?.op !== 'literal') return true;
  state.fault(`${JSON.stringify(strange.value)} is not a choice of record.${side.path.join('.')}`);
  return false;
}

function checkList(tree: Of<'list'>, state: State): Expr | null {
  const items = tree.items.map((item) => check(item, state));
  if (items.some((item) => item === null)) return null;
  if (items.some((item) => item?.op !== 'literal' || item.type.kind !== 'text'))
    return state.fault('a list holds only texts in quotes');
  return { op: 'list', items: items as readonly Expr[], type: { kind: 'list', of: 'text' } };
}

function checkArithmetic(tree: Of<'arithmetic'>, state: State): Expr | null {
  const left = check(tree.left, state);
  const right = check(tree.right, state);
  if (left === null || right === null) return null;
  const fn = tree.fn;
  if (left.type.kind === 'date' || left.type.kind === 'dateTime') {
    const duration = right.op === 'literal' && right.type.kind === 'duration' ? Number(right.value) : null;
    if (duration === null || fn === '*')
      return state.fault('to a date or time a duration such as duration("72h") can be added, or taken away');
    if (left.type.kind === 'date' && !isWholeDays(duration))
      return state.fault('to a date only whole days can be added: multiples of 24h');
    return { op: 'arithmetic', fn, left, right, type: left.type };
  }
  if (!isNumber(left.type) || !isNumber(right.type))
    return state.fault(`${fn} does not work on ${left.type.kind} and ${right.type.kind}`);
  if (fn === '*') {
    const scale = scaleOf(left.type) + scaleOf(right.type);
    if (scale > 15) return state.fault('too many digits after the point');
    return {
      op: 'arithmetic',
      fn,
      left,
      right,
      type: scale === 0 ? { kind: 'integer' } : { kind: 'fixed', scale },
    };
  }
  const sides = agree(left, right, state);
  return sides && { op: 'arithmetic', fn, left: sides[0], right: sides[1], type: sides[0].type };
}

function checkConditional(tree: Of<'conditional'>, state: State): Expr | null {
  const test = checkCondition(tree.test, state);
  const sides = agree(check(tree.then, state), check(tree.otherwise, state), state);
  if (test === null || sides === null) return null;
  const [then, otherwise] = sides;
  if (then.type.kind === 'null' && otherwise.type.kind === 'null')
    return state.fault('one of the two branches must have a value');
  const type = then.type.kind === 'null' ? otherwise.type : then.type;
  return { op: 'conditional', test, then, otherwise, type };
}

/** Both sides with one type: a number literal takes the unit of the other side, null goes with everything. */
function agree(left: Expr | null, right: Expr | null, state: State): readonly [Expr, Expr] | null {
  if (left === null || right === null) return null;
  if (left.type.kind === 'null' || right.type.kind === 'null' || sameType(left.type, right.type))
    return [left, right];
  if (isNumber(left.type) && isNumber(right.type)) {
    const scaledRight = scaled(right, scaleOf(left.type));
    if (scaledRight !== null) return [left, scaledRight];
    const scaledLeft = scaled(left, scaleOf(right.type));
    if (scaledLeft !== null) return [scaledLeft, right];
    return state.fault('the two numbers do not have the same count of digits after the point');
  }
  const advice = [left, right].some((side) => side.type.kind === 'date' || side.type.kind === 'dateTime')
    ? '; write date("2026-01-02") or timestamp("2026-01-02T03:04:05Z")'
    : '';
  return state.fault(`${left.type.kind} and ${right.type.kind} do not go together${advice}`);
}

/** A number literal in units of 10^-scale; null where it is none or cannot be expressed exactly. */
function scaled(side: Expr, scale: number): Expr | null {
  if (side.op !== 'literal' || typeof side.value !== 'number') return null;
  const difference = scale - scaleOf(side.type);
  const factor = 10 ** Math.abs(difference);
  const value = difference >= 0 ? side.value * factor : side.value / factor;
  if (!Number.isSafeInteger(value)) return null;
  return { op: 'literal', value, type: scale === 0 ? { kind: 'integer' } : { kind: 'fixed', scale } };
}

function isNumber(type: ExprType): boolean {
  return type.kind === 'integer' || type.kind === 'fixed';
}

function scaleOf(type: ExprType): number {
  return type.kind === 'fixed' ? type.scale : 0;
}

function sameType(a: ExprType, b: ExprType): boolean {
  return a.kind === b.kind && scaleOf(a) === scaleOf(b);
}

/** Has the tree at most so many nodes? Counted without recursion, because its depth is not known yet. */
function fitsIn(tree: Expr, nodesMax: number): boolean {
  const open: Expr[] = [tree];
  for (let count = 0; open.length > 0; count += 1) {
    if (count >= nodesMax) return false;
    const node = open.pop() as Expr;
    if ('left' in node) open.push(node.left, node.right);
    else if (node.op === 'not') open.push(node.operand);
    else if (node.op === 'list') open.push(...node.items);
    else if (node.op === 'conditional') open.push(node.test, node.then, node.otherwise);
  }
  return true;
}
