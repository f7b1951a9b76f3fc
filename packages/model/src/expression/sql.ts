// The SQL of a checked expression, for either database. It must agree with evaluate.ts on every row, nulls included.
// Whatever depends on no column is worked out here by evaluate and becomes one typed parameter, so that plans can use indexes.
import type { UserContext } from '../directory.ts';
import type { Entity } from '../entity.ts';
import { emptySql, ident, param, qualified, sql, type Dialect, type Sql, type SqlParam } from '../sql.ts';
import type { Value } from '../value.ts';
import { fieldAtPath } from './check.ts';
import { evaluate } from './evaluate.ts';
import type { CompareOp, Expr, ExprType } from './tree.ts';

/** What SQL needs to know of the place where it stands. */
export interface SqlContext {
  readonly dialect: Dialect;
  readonly entities: readonly Entity[];
  readonly user: UserContext;
  /** ISO UTC with milliseconds. */
  readonly now: string;
  /** The table of an entity, for a `from`; default: its quoted name. */
  readonly table?: (entity: string) => Sql;
  /** Which rows of a table there are to see, for tables other than the record's own; default: on SQLite those not deleted here, on PostgreSQL all. */
  readonly visible?: (entity: string, alias: Sql) => Sql;
}

/** A record's place: its entity, and the alias (or any row expression) its columns are taken from. */
export interface RecordPlace {
  readonly entity: string | null;
  readonly alias: Sql;
}

/** The expression as SQL. A condition is true, false or null; in a `where` null counts as false. */
export function compileExpression(expr: Expr, place: RecordPlace, context: SqlContext): Sql {
  return compile(expr, { ...context, place });
}

/** The entity's table as the context has it. */
export function tableOf(context: SqlContext, entity: string): Sql {
  return context.table?.(entity) ?? ident(entity);
}

/** Which rows of a table are there to see; null: all. */
export function visibleIn(context: SqlContext, entity: string, alias: Sql): Sql | null {
  if (context.visible !== undefined) return context.visible(entity, alias);
  return context.dialect === 'sqlite' ? sql`${qualified(alias, '_local')} <> 3` : null;
}

interface State extends SqlContext {
  readonly place: RecordPlace;
}
type Of<Op extends Expr['op']> = Extract<Expr, { readonly op: Op }>;

function compile(expr: Expr, state: State): Sql {
  if (isConstant(expr)) return constant(constantValue(expr, state), expr.type, state.dialect);
  switch (expr.op) {
    case 'field': {
      const column = columnAt(expr.path, state);
      return isUuid(expr, state) ? asText(column) : column;
    }
    case 'compare':
      return compileCompare(expr, state);
    case 'and':
      return sql`(${compile(expr.left, state)} and ${compile(expr.right, state)})`;
    case 'or':
      return sql`(${compile(expr.left, state)} or ${compile(expr.right, state)})`;
    case 'not':
      return sql`(not ${compile(expr.operand, state)})`;
    case 'in':
      return compileIn(expr, state);
    case 'text':
      return compileText(expr, state);
    case 'arithmetic':
      return compileArithmetic(expr, state);
    case 'conditional':
      return compileConditional(expr, state);
    default:
      // The rest is constant.
      throw new Error(`no SQL for ${expr.op}`);
  }
}

function isConstant(expr: Expr): boolean {
  switch (expr.op) {
    case 'field':
      return false;
    case 'not':
      return isConstant(expr.operand);
    case 'compare':
    case 'and':
    case 'or':
    case 'in':
    case 'text':
    case 'arithmetic':
      return isConstant(expr.left) && isConstant(expr.right);
    case 'conditional':
      return isConstant(expr.test) && isConstant(expr.then) && isConstant(expr.otherwise);
    default:
      return true;
  }
}

function constantValue(expr: Expr, state: State): Value {
  return evaluate(expr, { record: null, user: state.user, now: state.now, follow: () => null });
}

/** A typed parameter: PostgreSQL is told the type, because alone it would guess text. */
function constant(value: Value, type: ExprType, dialect: Dialect): Sql {
  if (dialect === 'sqlite') return param(value);
  switch (type.kind) {
    case 'text':
      return sql`${value}::text`;
    case 'integer':
    case 'fixed':
    case 'duration':
      return sql`${value}::bigint`;
    case 'boolean':
    case 'null':
      return sql`${value}::boolean`;
    case 'date':
      return sql`${value}::date`;
    case 'dateTime':
      return sql`${value}::timestamptz`;
    case 'list':
      return sql`${value}::text[]`;
  }
}

/** The column at the end of a path: of the record itself, or through lookups by a subquery that gives one value or null. */
function columnAt(path: readonly string[], state: State): Sql {
  const [first = '', ...rest] = path;
  return stepInto(first, rest, state.place.entity, state.place.alias, state, 1);
}

function stepInto(
  name: string,
  rest: readonly string[],
  entity: string | null,
  alias: Sql,
  state: State,
  depth: number,
): Sql {
  const column = qualified(alias, name);
  const [next, ...further] = rest;
  if (next === undefined) return column;
  const found = fieldAtPath(state.entities, entity, [name]);
  const target = 'field' in found && found.field.type === 'lookup' ? found.field.to[0] : undefined;
  if (target === undefined) throw new Error(`${entity}.${name} is not a lookup`);
  const inner = ident(`_p${depth}`);
  const visible = visibleIn(state, target, inner);
  const value = stepInto(next, further, target, inner, state, depth + 1);
  return sql`(select ${value} from ${tableOf(state, target)} ${inner} where ${qualified(inner, 'id')} = ${column}${
    visible === null ? emptySql : sql` and (${visible})`
  })`;
}

/** Ids and lookups to one entity are uuid columns in PostgreSQL; expressions see them as text. */
function isUuid(expr: Expr, state: State): boolean {
  if (state.dialect !== 'postgres' || expr.op !== 'field') return false;
  const found = fieldAtPath(state.entities, state.place.entity, expr.path);
  if ('fault' in found) throw new Error(found.fault);
  return found.name === 'id' || (found.field.type === 'lookup' && found.field.to.length === 1);
}

function asText(uuid: Sql): Sql {
  return sql`(${uuid})::text`;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function compileCompare(expr: Of<'compare'>, state: State): Sql {
  const swapped = isConstant(expr.left);
  const left = swapped ? expr.right : expr.left;
  const right = swapped ? expr.left : expr.right;
  const op = swapped ? mirrored[expr.compare] : expr.compare;
  if (isConstant(right)) return compareWithConstant(op, left, right, state);
  const bothUuid = isUuid(left, state) && isUuid(right, state) && isEquality(op);
  const a = bothUuid ? rawColumn(left, state) : compile(left, state);
  const b = bothUuid ? rawColumn(right, state) : compile(right, state);
  if (state.dialect === 'sqlite' && isEquality(op))
    return op === '==' ? sql`(${a} is ${b})` : sql`(${a} is not ${b})`;
  return comparison(op, a, b, left.type, state);
}

function compareWithConstant(op: CompareOp, left: Expr, right: Expr, state: State): Sql {
  const value = constantValue(right, state);
  const column = isUuid(left, state) ? rawColumn(left, state) : compile(left, state);
  if (value === null) {
    if (op === '==') return sql`(${column} is null)`;
    if (op === '!=') return sql`(${column} is not null)`;
    return constant(null, { kind: 'boolean' }, state.dialect);
  }
  if (state.dialect === 'sqlite') {
    const b = param(value);
    if (isEquality(op)) return op === '==' ? sql`(${column} is ${b})` : sql`(${column} is not ${b})`;
    return comparison(op, column, b, left.type, state);
  }
  const isId = isUuid(left, state) && isEquality(op) && uuidPattern.test(String(value));
  const a = isUuid(left, state) && !isId ? asText(column) : column;
  const b = isId ? sql`${value}::uuid` : constant(value, left.type, state.dialect);
  // PostgreSQL does not use an index for `is not distinct from`; for a plain column this says the same.
  const isPlain = left.op === 'field' && left.path.length === 1;
  if (isPlain && op === '==') return sql`(${a} = ${b} and ${a} is not null)`;
  return comparison(op, a, b, left.type, state);
}

function comparison(op: CompareOp, a: Sql, b: Sql, type: ExprType, state: State): Sql {
  const collate = state.dialect === 'postgres' && type.kind === 'text' ? sql` collate "C"` : emptySql;
  switch (op) {
    case '==':
      return sql`(${a} is not distinct from ${b})`;
    case '!=':
      return sql`(${a} is distinct from ${b})`;
    case '<':
      return sql`(${a} < ${b}${collate})`;
    case '<=':
      return sql`(${a} <= ${b}${collate})`;
    case '>':
      return sql`(${a} > ${b}${collate})`;
    case '>=':
      return sql`(${a} >= ${b}${collate})`;
  }
}

const mirrored: Readonly<Record<CompareOp, CompareOp>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function isEquality(op: CompareOp): boolean {
  return op === '==' || op === '!=';
}

function rawColumn(expr: Expr, state: State): Sql {
  return expr.op === 'field' ? columnAt(expr.path, state) : compile(expr, state);
}

/** A list that is null makes it unknown; otherwise it is known, also for a left side that is null. */
function compileIn(expr: Of<'in'>, state: State): Sql {
  const { left, right } = expr;
  if (!isConstant(right)) return inColumn(compile(left, state), compile(right, state), state.dialect);
  const list = constantValue(right, state);
  if (list === null || typeof list !== 'object') return constant(null, { kind: 'boolean' }, state.dialect);
  const raw = isUuid(left, state) ? rawColumn(left, state) : compile(left, state);
  if (state.dialect === 'sqlite')
    return sql`(${raw} is not null and ${raw} in (select value from json_each(${list as readonly string[]})))`;
  const values: SqlParam = isUuid(left, state) ? list.filter((item) => uuidPattern.test(item)) : list;
  const type = isUuid(left, state) ? sql`::uuid[]` : sql`::text[]`;
  return sql`(${raw} is not null and ${raw} = any(${values}${type}))`;
}

function inColumn(item: Sql, list: Sql, dialect: Dialect): Sql {
  return dialect === 'sqlite'
    ? sql`(case when ${list} is not null then exists (select 1 from json_each(${list}) where value = ${item}) end)`
    : sql`(case when ${list} is not null then coalesce(${item} = any((${list})::text[]), false) end)`;
}

function compileText(expr: Of<'text'>, state: State): Sql {
  const text = compile(expr.left, state);
  const part = compile(expr.right, state);
  const isSqlite = state.dialect === 'sqlite';
  switch (expr.fn) {
    case 'contains':
      return isSqlite ? sql`(instr(${text}, ${part}) > 0)` : sql`(strpos(${text}, ${part}) > 0)`;
    case 'startsWith':
      return isSqlite
        ? sql`(substr(${text}, 1, length(${part})) = ${part})`
        : sql`starts_with(${text}, ${part})`;
    case 'endsWith':
      return isSqlite
        ? sql`(substr(${text}, length(${text}) - length(${part}) + 1) = ${part})`
        : sql`(right(${text}, length(${part})) = ${part})`;
  }
}

function compileArithmetic(expr: Of<'arithmetic'>, state: State): Sql {
  const left = compile(expr.left, state);
  if (expr.type.kind === 'date' || expr.type.kind === 'dateTime') {
    const durationMs = Number(constantValue(expr.right, state)) * (expr.fn === '-' ? -1 : 1);
    return shifted(left, expr.type.kind, durationMs, state.dialect);
  }
  const right = compile(expr.right, state);
  // Two whole numbers below 2^53 may pass 2^63 when multiplied: numeric holds it, and SQLite goes over to a real number, which is then too large.
  const [a, b] =
    state.dialect === 'postgres' && expr.fn === '*'
      ? [sql`${left}::numeric`, sql`${right}::numeric`]
      : [left, right];
  const result = expr.fn === '+' ? sql`${a} + ${b}` : expr.fn === '-' ? sql`${a} - ${b}` : sql`${a} * ${b}`;
  const value = state.dialect === 'postgres' ? sql`_n.v::bigint` : sql`_n.v`;
  const most = Number.MAX_SAFE_INTEGER;
  return sql`(select case when _n.v between ${constant(-most, integer, state.dialect)} and ${constant(most, integer, state.dialect)} then ${value} end from (select ${result} as v) _n)`;
}

const integer: ExprType = { kind: 'integer' };

/** A date or time so much later; null outside the years 1 to 9999. */
function shifted(value: Sql, kind: 'date' | 'dateTime', durationMs: number, dialect: Dialect): Sql {
  const days = durationMs / 86_400_000;
  if (dialect === 'sqlite') {
    const later = kind === 'date' ? sql`date(${value}, ${`${days} days`})` : sqliteInstant(value, durationMs);
    return sql`(select case when _n.v between '0001' and '9999-99' then _n.v end from (select ${later} as v) _n)`;
  }
  const later =
    kind === 'date'
      ? sql`${value} + ${days}::integer`
      : sql`${value} + ${durationMs}::double precision * interval '1 millisecond'`;
  const [first, end] =
    kind === 'date'
      ? [sql`date '0001-01-01'`, sql`date '10000-01-01'`]
      : [sql`timestamptz '0001-01-01T00:00:00Z'`, sql`timestamptz '10000-01-01T00:00:00Z'`];
  return sql`(select case when _n.v >= ${first} and _n.v < ${end} then _n.v end from (select ${later} as v) _n)`;
}

function sqliteInstant(value: Sql, durationMs: number): Sql {
  return sql`strftime('%Y-%m-%dT%H:%M:%fZ', ${value}, ${`${(durationMs / 1_000).toFixed(3)} seconds`})`;
}

function compileConditional(expr: Of<'conditional'>, state: State): Sql {
  const test = compile(expr.test, state);
  const then = branch(expr.then, expr.type, state);
  const otherwise = branch(expr.otherwise, expr.type, state);
  return state.dialect === 'sqlite'
    ? sql`(case ${test} when 1 then ${then} when 0 then ${otherwise} end)`
    : sql`(case ${test} when true then ${then} when false then ${otherwise} end)`;
}

/** A null branch takes the type of the other one. */
function branch(expr: Expr, type: ExprType, state: State): Sql {
  return expr.type.kind === 'null' ? constant(null, type, state.dialect) : compile(expr, state);
}
