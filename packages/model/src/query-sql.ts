// One query object as SQL for either database: the same rows in the same order. Null stands after everything, so it comes last going up and first
// going down, as PostgreSQL has it. `id` ends every order, in the direction of the field before it, so that one index serves both directions.
import type { Entity, Field } from './entity.ts';
import { checkExpression } from './expression/check.ts';
import { compileExpression, tableOf, visibleIn, type SqlContext } from './expression/sql.ts';
import type { Expr } from './expression/tree.ts';
import { checkField } from './field-rules.ts';
import { limits } from './limits.ts';
import { searchableFields } from './model.ts';
import type { Query } from './query.ts';
import {
  lowerLetters,
  searchKeysPerEntity,
  searchWords,
  separatorPattern,
  upperLetters,
} from './search-text.ts';
import { allOf, anyOf, emptySql, ident, joinSql, qualified, sql, type Dialect, type Sql } from './sql.ts';
import { allFields } from './system-fields.ts';
import type { RecordId, Value } from './value.ts';
import type { Sort, View } from './view.ts';

/** Where a query runs. `visible` limits the queried rows too. */
export interface QueryContext extends SqlContext {
  /** Fields to read; default: all, and `_rev`, and on SQLite `_local`. */
  readonly columns?: readonly string[];
}

export interface CompiledQuery {
  readonly rows: Sql;
  /** Names of the columns of `rows`, in order. */
  readonly columns: readonly string[];
  /** One number: all rows that match, whatever the page. Null where it was not asked for. */
  readonly count: Sql | null;
}

/** SQL of a query that `checkQuery` let through. Throws on an unknown entity or field. */
export function compileQuery(query: Query, context: QueryContext): CompiledQuery {
  const entity = entityOf(context.entities, query.entity);
  const alias = ident('r');
  const columns = context.columns ?? allColumns(entity, context.dialect);
  const from = sql`from ${tableOf(context, entity.name)} ${alias}`;
  const conditions = rowConditions(query, entity, alias, context);
  const keys = orderKeys(entity, query.order ?? [], alias);
  const page = query.after === undefined ? [] : [afterCondition(keys, query.after, context.dialect)];
  const selected = joinSql(columns.map((column) => qualified(alias, column)));
  const order = joinSql(keys.map((key, index) => orderTerm(key, index === 0, context.dialect)));
  return {
    rows: sql`select ${selected} ${from}${whereAll([...conditions, ...page])} order by ${order} limit ${query.limit}`,
    columns,
    count: query.count ? sql`select count(*) ${from}${whereAll(conditions)}` : null,
  };
}

export type QueryCheck =
  | { readonly ok: true; readonly query: Query }
  | { readonly ok: false; readonly faults: readonly { readonly message: string }[] };

/** A received query against the model: its conditions checked anew, its fields known, its limit and page within bounds. Use the query that comes back. */
export function checkQuery(query: Query, entities: readonly Entity[]): QueryCheck {
  const faults: { message: string }[] = [];
  const entity = entities.find((each) => each.name === query.entity);
  if (entity === undefined) return { ok: false, faults: [{ message: `there is no entity ${query.entity}` }] };
  const where: Expr[] = [];
  for (const tree of query.where ?? []) {
    const result = checkExpression(tree, { entities, entity: entity.name });
    if (!result.ok) faults.push(...result.faults);
    else if (result.tree.type.kind !== 'boolean')
      faults.push({ message: 'a condition must be true or false' });
    else where.push(result.tree);
  }
  const order = query.order ?? [];
  for (const { field } of order)
    if (!isSortable(entity, field)) faults.push({ message: `cannot sort by ${field}` });
  if (query.limit < 0 || query.limit > limits.queryRowsMax) faults.push({ message: `limit ${query.limit}` });
  if (faults.length === 0 && query.after !== undefined && !isPlace(entity, order, query.after))
    faults.push({ message: 'after does not fit the order' });
  return faults.length > 0 ? { ok: false, faults } : { ok: true, query: { ...query, where } };
}

/** What people call these records: rows of `entity`, `id`, `title`. Ids that are not there, or not visible, give no row. Null for no ids. */
export function titlesSql(
  idsByEntity: Readonly<Record<string, readonly RecordId[]>>,
  context: SqlContext,
): Sql | null {
  const parts = Object.entries(idsByEntity).flatMap(([name, ids]) => {
    const entity = entityOf(context.entities, name);
    const alias = ident('t');
    const id = qualified(alias, 'id');
    const title = qualified(alias, entity.titleField);
    const isPostgres = context.dialect === 'postgres';
    const isAsked = isPostgres
      ? sql`${id} = any(${ids}::uuid[])`
      : sql`${id} in (select value from json_each(${ids}))`;
    const columns = isPostgres
      ? sql`${name}::text as entity, ${id}::text as id, ${title}::text as title`
      : sql`${name} as entity, ${id} as id, ${title} as title`;
    const visible = visibleIn(context, name, alias);
    const where = whereAll(visible === null ? [isAsked] : [isAsked, visible]);
    return ids.length === 0 ? [] : [sql`select ${columns} from ${tableOf(context, name)} ${alias}${where}`];
  });
  return parts.length === 0 ? null : joinSql(parts, ' union all ');
}

/**
 * Columns of the indexes that make the pages of these views, and of lists sorted by an indexed field, a walk along an index: the fields of the
 * order and `id`. Orders that mix directions are served by their leading fields of one direction. Plain ascending indexes do, on both databases.
 */
export function listIndexes(entity: Entity, views: readonly View[]): readonly (readonly string[])[] {
  const fields = allFields(entity);
  const indexed = Object.keys(fields).filter((name) => fields[name]?.indexed);
  return indexesForOrders(entity, [...viewOrders(entity, views), ...indexed.map((name) => [name])]);
}

/**
 * Columns of the indexes that a device makes: those of its views' pages, and of the lookups by which lists of related records are found. Other
 * lists are sorted when somebody asks: each further index would make the first download longer.
 */
export function deviceIndexes(entity: Entity, views: readonly View[]): readonly (readonly string[])[] {
  const lookups = Object.entries(allFields(entity)).filter(
    ([, field]) => field.type === 'lookup' && field.indexed,
  );
  return [...indexesForOrders(entity, viewOrders(entity, views)), ...lookups.map(([name]) => [name])];
}

function viewOrders(entity: Entity, views: readonly View[]): readonly (readonly string[])[] {
  return views.filter((view) => view.entity === entity.name).map((view) => sameDirection(view.order));
}

function indexesForOrders(
  entity: Entity,
  orders: readonly (readonly string[])[],
): readonly (readonly string[])[] {
  const lists = orders
    .map((names) => names.filter((name) => name !== 'id'))
    .filter((names) => names.length > 0 && names.every((name) => isSortable(entity, name)));
  const byKey = new Map(lists.map((names) => [names.join(' '), [...names, 'id']]));
  return [...byKey.values()];
}

/** What an index of SQLite must have in brackets to serve an order of these columns, one of `listIndexes` or `deviceIndexes`; PostgreSQL takes the columns as they are. */
export function deviceIndexColumns(entity: Entity, columns: readonly string[]): Sql {
  const fields = allFields(entity);
  const terms = columns.map((name, index) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const needsTerm = index > 0 && field !== undefined && isNullable(name, field);
    return needsTerm ? sql`${ident(name)} is null, ${ident(name)}` : ident(name);
  });
  return joinSql(terms);
}

/** One searchable text of a record in PostgreSQL, folded as `foldText` does it, words parted and begun by a space. */
export function searchTextSql(entity: Entity, alias: Sql): Sql {
  const values = joinSql(searchableFields(entity).map((name) => sql`${qualified(alias, name)}::text`));
  const plain = sql`regexp_replace(normalize(concat_ws(' ', ${values}), NFD), ${'[\\u0300-\\u036f]'}, '', 'g')`;
  // `translate` searches its list for every letter and takes most of the time; what is plain ASCII by now does without.
  const folded = sql`case when octet_length(_f.plain) = length(_f.plain) then lower(_f.plain collate "C") else translate(_f.plain, ${upperLetters}, ${lowerLetters}) end`;
  return sql`(select ' ' || regexp_replace(${folded}, ${separatorPattern}, ' ', 'g') from (select ${plain} as plain offset 0) _f)`;
}

function rowConditions(query: Query, entity: Entity, alias: Sql, context: QueryContext): readonly Sql[] {
  const visible = visibleIn(context, entity.name, alias);
  const place = { entity: entity.name, alias };
  const search = searchCondition(query.search ?? '', entity, alias, context.dialect);
  return [
    ...(visible === null ? [] : [visible]),
    ...(query.where ?? []).map((tree) => compileExpression(tree, place, context)),
    ...(search === null ? [] : [search]),
  ];
}

/** Each word must begin a word of a searchable field. On the device the full-text index answers, on the server the folded text is looked through. */
function searchCondition(typed: string, entity: Entity, alias: Sql, dialect: Dialect): Sql | null {
  const words = searchWords(typed);
  if (words.length === 0) return null;
  if (searchableFields(entity).length === 0) return anyOf([]);
  if (dialect === 'sqlite') {
    const match = words.map((word) => `"${word}"*`).join(' ');
    const first = sql`(select number * ${searchKeysPerEntity} from _entity where entity = ${entity.name})`;
    const isOfEntity = sql`rowid >= ${first} and rowid < ${first} + ${searchKeysPerEntity}`;
    return sql`${qualified(alias, '_key')} in (select rowid - ${first} from _search where _search match ${match} and ${isOfEntity})`;
  }
  const found = allOf(words.map((word) => sql`strpos(_s.body, ${` ${word}`}) > 0`));
  // `offset 0` keeps PostgreSQL from folding the text once for each word.
  return sql`(select ${found} from (select ${searchTextSql(entity, alias)} as body offset 0) _s)`;
}

interface OrderKey {
  readonly column: Sql;
  readonly descending: boolean;
  /** Whether a record may have no value there. */
  readonly nullable: boolean;
  readonly field: Field;
  readonly isId: boolean;
}

const alwaysFilled = new Set(['id', 'created_at', 'modified_at']);

/** Required fields have no nulls; an autonumber has one until the server has given the number. */
function isNullable(name: string, field: Field): boolean {
  return !alwaysFilled.has(name) && (!field.required || field.type === 'autonumber');
}

function orderKeys(entity: Entity, order: readonly Sort[], alias: Sql): readonly OrderKey[] {
  const fields = allFields(entity);
  const sorts = order.some((sort) => sort.field === 'id')
    ? order.slice(0, order.findIndex((sort) => sort.field === 'id') + 1)
    : [...order, { field: 'id', descending: order.at(-1)?.descending ?? false }];
  return sorts.map(({ field, descending }) => {
    const known = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (known === undefined) throw new Error(`${entity.name} has no field ${field}`);
    return {
      column: qualified(alias, field),
      descending: descending ?? false,
      nullable: isNullable(field, known),
      field: known,
      isId: field === 'id',
    };
  });
}

/** SQLite walks an index with `nulls last` only for the first term; further ones say the same by a term of their own, see `deviceIndexColumns`. */
function orderTerm(key: OrderKey, isFirst: boolean, dialect: Dialect): Sql {
  const direction = key.descending ? sql` desc` : emptySql;
  const plain = sql`${key.column}${direction}`;
  if (dialect === 'postgres' || !key.nullable) return plain;
  if (isFirst) return key.descending ? sql`${plain} nulls first` : sql`${plain} nulls last`;
  return sql`${key.column} is null${direction}, ${plain}`;
}

/**
 * Rows after a place in the order: beyond it in the first key, or equal there and beyond in the second, and so on. The first key's bound is said
 * once more in front, because that is what an index can begin from.
 */
function afterCondition(keys: readonly OrderKey[], after: readonly Value[], dialect: Dialect): Sql {
  const values = keys.map((key, index) => keyValue(key, after[index] ?? null, dialect));
  const branches = keys.map((key, index) => {
    const equal = keys.slice(0, index).map((before, at) => equalTo(before, values[at] ?? null));
    return allOf([...equal, beyond(key, values[index] ?? null)]);
  });
  const [first] = keys;
  const bound = first === undefined || keys.length === 1 ? [] : [notBefore(first, values[0] ?? null)];
  return allOf([...bound, anyOf(branches)]);
}

/** A typed parameter; null where the place has no value there. */
function keyValue(key: OrderKey, value: Value, dialect: Dialect): Sql | null {
  if (value === null) return null;
  if (dialect === 'sqlite') return sql`${value}`;
  if (key.isId) return sql`${value}::uuid`;
  switch (key.field.type) {
    case 'integer':
    case 'decimal':
    case 'money':
      return sql`${value}::bigint`;
    case 'boolean':
      return sql`${value}::boolean`;
    case 'date':
      return sql`${value}::date`;
    case 'dateTime':
      return sql`${value}::timestamptz`;
    case 'lookup':
      return key.field.to.length === 1 ? sql`${value}::uuid` : sql`${value}::text`;
    default:
      return sql`${value}::text`;
  }
}

function equalTo(key: OrderKey, value: Sql | null): Sql {
  return value === null ? sql`${key.column} is null` : sql`${key.column} = ${value}`;
}

function beyond(key: OrderKey, value: Sql | null): Sql {
  if (value === null) return key.descending ? sql`${key.column} is not null` : anyOf([]);
  if (key.descending) return sql`${key.column} < ${value}`;
  const greater = sql`${key.column} > ${value}`;
  return key.nullable ? anyOf([greater, sql`${key.column} is null`]) : greater;
}

function notBefore(key: OrderKey, value: Sql | null): Sql {
  if (value === null) return key.descending ? allOf([]) : sql`${key.column} is null`;
  if (key.descending) return sql`${key.column} <= ${value}`;
  const from = sql`${key.column} >= ${value}`;
  return key.nullable ? anyOf([from, sql`${key.column} is null`]) : from;
}

function isSortable(entity: Entity, name: string): boolean {
  const fields = allFields(entity);
  return (
    Object.hasOwn(fields, name) && fields[name]?.type !== 'multiChoice' && fields[name]?.type !== 'longText'
  );
}

function isPlace(entity: Entity, order: readonly Sort[], after: readonly Value[]): boolean {
  const names = [
    ...order.map((sort) => sort.field),
    ...(order.some((sort) => sort.field === 'id') ? [] : ['id']),
  ];
  const fields = allFields(entity);
  return (
    after.length === names.length &&
    names.every((name, index) => {
      const value = after[index] ?? null;
      const field = fields[name];
      if (name === 'id')
        return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
      return value === null || (field !== undefined && checkField(field, value) !== 'wrong_type');
    })
  );
}

function sameDirection(order: readonly Sort[]): readonly string[] {
  const first = order[0]?.descending ?? false;
  const end = order.findIndex((sort) => (sort.descending ?? false) !== first);
  return (end < 0 ? order : order.slice(0, end)).map((sort) => sort.field);
}

function allColumns(entity: Entity, dialect: Dialect): readonly string[] {
  return [...Object.keys(allFields(entity)), '_rev', ...(dialect === 'sqlite' ? ['_local'] : [])];
}

function entityOf(entities: readonly Entity[], name: string): Entity {
  const found = entities.find((entity) => entity.name === name);
  if (found === undefined) throw new Error(`there is no entity ${name}`);
  return found;
}

function whereAll(conditions: readonly Sql[]): Sql {
  // In brackets: a condition of a caller's may be anything.
  const each = conditions.map((condition) => sql`(${condition})`);
  return each.length === 0 ? emptySql : sql` where ${joinSql(each, ' and ')}`;
}
