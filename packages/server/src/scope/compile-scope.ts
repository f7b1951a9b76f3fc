// The rows a person may hold, as SQL: one common table expression per carried entity, each resting on those whose rows bring its rows along. The same
// conditions over previous versions of rows tell what the person could have held before.
import {
  compileExpression,
  emptySql,
  formatReference,
  ident,
  joinSql,
  limits,
  qualified,
  sql,
  type Bundle,
  type Entity,
  type Expr,
  type Model,
  type StepRule,
  type Sql,
  type UserContext,
} from '@satchel/model';
import { serverLimits } from '../limits.ts';
import type { Organisation } from '../store/organisation.ts';
import { readable } from './read-permission.ts';
import { fieldPaths, readsTime, targetsOf } from './scope-fields.ts';

export interface ScopedEntity {
  /** With all its fields, also those that the person does not see. */
  readonly entity: Entity;
  /** Its number in the change log. */
  readonly number: number;
  readonly rules: readonly StepRule[];
  /** The row filter of its own; null where there is none. */
  readonly filter: Expr | null;
  readonly readsTime: boolean;
}

/** Versions of rows as they were: what the log kept, and rows that the log says nothing of, which are as they were. */
export interface PreviousRows {
  readonly entity: string;
  readonly versions: readonly Readonly<Record<string, unknown>>[];
  readonly unchangedIds: readonly string[];
}

export interface Scope {
  readonly user: UserContext;
  readonly bundle: Bundle;
  readonly model: Model;
  /** What the clock of row filters says. */
  readonly now: string;
  /** Entities carried; one that brings rows of another along comes before it. */
  readonly entities: readonly ScopedEntity[];
  find(entity: string): ScopedEntity | undefined;
  /** `with …` that a statement needs to use `rows` of these entities; of all where none are named. */
  with(names?: readonly string[]): Sql;
  /** `with …` also of `previous` rows; `since` is what the clock said then. */
  withPrevious(previous: readonly PreviousRows[], since: string): Sql;
  /** Name of the rows in scope: `id`, `_rev`. */
  rows(entity: string): Sql;
  /** Name of the previous rows that could have been held: `id`. */
  previousRows(entity: string): Sql;
  /**
   * Selects these columns of the rows in scope, once for each way into it, `rest` being said of every one: further conditions on `r`, an order, a
   * limit. Needs `with(parents(entity))`.
   */
  select(entity: string, columns: readonly string[], rest?: Sql): Sql;
  parents(entity: string): readonly string[];
  /** Rows whose own filter says another thing now than it did then, because time went by. */
  movedByTime(entity: string, since: string): Sql;
  /** Log numbers of entities whose changes can change this scope. */
  readonly relevantNumbers: readonly number[];
}

/** The moment by which row filters are judged: within one step a scope changes by writes only. */
export function scopeMoment(now: string): string {
  const step = serverLimits.scopeClockStepMs;
  return new Date(Math.floor(Date.parse(now) / step) * step).toISOString();
}

/** `now` is a scopeMoment. */
export function compileScope(organisation: Organisation, user: UserContext, now: string): Scope {
  const bundle = organisation.bundleFor(user.roles);
  const model = organisation.modelFor(user.roles);
  const entities = inOrder(organisation, model);
  const byName = new Map(entities.map((each) => [each.entity.name, each]));
  const at = (name: string): ScopedEntity => {
    const found = byName.get(name);
    if (found === undefined) throw new Error(`${name} is not carried`);
    return found;
  };
  const maker: Maker = { organisation, bundle, user, at };
  const rows = (name: string) => ident(`_s${at(name).number}`);
  const previousRows = (name: string) => ident(`_w${at(name).number}`);
  const select = (name: string, columns: readonly string[], rest: Sql = emptySql) => {
    const chosen = joinSql(columns.map((column) => sql`r.${ident(column)}`));
    const parts = waysIn(maker, at(name), now, rows).map(
      (way) => sql`(select ${chosen} from ${organisation.table(name)} r where ${way}${rest})`,
    );
    return joinSql(parts, ' union all ');
  };
  const definition = ({ entity: { name } }: ScopedEntity) =>
    sql`${rows(name)} as (${select(name, ['id', '_rev', ...followedFields(entities, name)])})`;
  const chain = (names?: readonly string[]) => {
    const needed = names === undefined ? null : withParents(names, at);
    return entities.filter((each) => needed === null || needed.has(each.entity.name)).map(definition);
  };
  const withAll = (definitions: readonly Sql[]) =>
    definitions.length === 0 ? emptySql : sql`with ${joinSql(definitions)} `;
  return {
    user,
    bundle,
    model,
    now,
    entities,
    find: (name) => byName.get(name),
    with: (names) => withAll(chain(names)),
    withPrevious: (previous, since) => {
      const known = new Set(previous.map((each) => each.entity));
      const parentRows = (parent: string) => {
        const columns = joinSql(['id', ...followedFields(entities, parent)].map(ident));
        const now = sql`select ${columns} from ${rows(parent)}`;
        return known.has(parent)
          ? sql`(${now} union all select ${columns} from ${previousRows(parent)})`
          : rows(parent);
      };
      const parts = entities.flatMap((each) => {
        const found = previous.find((one) => one.entity === each.entity.name);
        return found === undefined
          ? []
          : previousDefinitions(maker, each, found, [now, since], parentRows, entities);
      });
      return withAll([...chain(), ...parts]);
    },
    rows,
    previousRows,
    select,
    parents: (name) => [...new Set(at(name).rules.map((rule) => rule.entity))],
    movedByTime: (name, since) => {
      const { filter, entity } = at(name);
      if (filter === null) return sql`select id from ${organisation.table(name)} where false`;
      const then = filterSql(maker, entity, filter, ident('r'), since);
      return sql`select r.id from ${organisation.table(name)} r where ${then} is distinct from ${filterSql(maker, entity, filter, ident('r'), now)} limit ${limits.deltaRowsMax + 1}`;
    },
    relevantNumbers: relevantNumbers(organisation, entities),
  };
}

interface Maker {
  readonly organisation: Organisation;
  readonly bundle: Bundle;
  readonly user: UserContext;
  readonly at: (entity: string) => ScopedEntity;
}

/** Carried entities, those first that bring others along. The validator saw to it that there is such an order. */
function inOrder(organisation: Organisation, model: Model): readonly ScopedEntity[] {
  const carried = model.carriedEntities().map((entity) => scopedEntity(organisation, model, entity));
  const sorted: ScopedEntity[] = [];
  const place = (each: ScopedEntity): void => {
    if (sorted.includes(each)) return;
    for (const rule of each.rules) {
      const parent = carried.find((other) => other.entity.name === rule.entity);
      if (parent !== undefined) place(parent);
    }
    sorted.push(each);
  };
  for (const each of carried) place(each);
  return sorted;
}

function scopedEntity(organisation: Organisation, model: Model, entity: Entity): ScopedEntity {
  const part = model.profileEntity(entity.name);
  const number = organisation.numberByEntity.get(entity.name);
  if (part === undefined || number === undefined) throw new Error(`${entity.name} is not carried`);
  const filter = typeof part.rows === 'object' ? model.expression(entity.name, part.rows.where) : null;
  // All rows, and some of them besides, are all rows.
  const rules = part.rows === 'all' ? [] : (part.related ?? []);
  // The whole entity: rules may follow and filters may read what the person does not see.
  return {
    entity: organisation.model.entity(entity.name),
    number,
    rules,
    filter,
    readsTime: filter !== null && readsTime(filter),
  };
}

/** Lookup fields of an entity that bring other rows along. */
function followedFields(entities: readonly ScopedEntity[], name: string): readonly string[] {
  const rules = entities.flatMap((each) => each.rules);
  return [
    ...new Set(
      rules.filter((rule) => rule.kind === 'target' && rule.entity === name).map((rule) => rule.field),
    ),
  ];
}

function withParents(names: readonly string[], at: (name: string) => ScopedEntity): ReadonlySet<string> {
  const needed = new Set<string>();
  const add = (name: string): void => {
    if (needed.has(name)) return;
    needed.add(name);
    for (const rule of at(name).rules) add(rule.entity);
  };
  for (const name of names) add(name);
  return needed;
}

/**
 * Conditions on a row `r` of the entity's table, of which each row in scope fulfils exactly one: the filter's rows are walked as they lie, and only
 * what others bring along is looked up by id. Neither is an `or`, which PostgreSQL could not hash when it is large.
 */
function waysIn(
  maker: Maker,
  each: ScopedEntity,
  moment: string,
  parentRows: (entity: string) => Sql,
): readonly Sql[] {
  const { entity, filter, rules } = each;
  const row = ident('r');
  const mayRead = readable(maker.organisation, maker.bundle, maker.user, entity.name, row);
  if (isWhole(maker, entity)) return [mayRead];
  // As it is where it is wanted: an index serves a bare condition, and unknown is no anyway. The other way round unknown must be made no.
  const matches = filter === null ? sql`false` : conditionSql(maker, entity, filter, row, moment);
  if (rules.length === 0) return [sql`${mayRead} and ${matches}`];
  const source = maker.organisation.table(entity.name);
  const brought = rules.map((rule) => broughtBy(maker, rule, entity, source, parentRows));
  const isBrought = sql`${mayRead} and r.id in (${joinSql(brought, ' union all ')})`;
  return filter === null
    ? [isBrought]
    : [sql`${mayRead} and ${matches}`, sql`not coalesce(${matches}, false) and ${isBrought}`];
}

/** Does the profile carry every readable row? */
function isWhole(maker: Maker, entity: Entity): boolean {
  return maker.bundle.profile?.entities.find((one) => one.entity === entity.name)?.rows === 'all';
}

/**
 * What the person could have held of versions of rows as they were: readable, and either matched by the filter (at any of the moments) or brought along by a row of `parentRows`. `source` is where all rows of the
 * entity come from. Ways in are united by id, not by `or`: a union is hashed, whatever its size.
 */
function inScope(
  maker: Maker,
  each: ScopedEntity,
  alias: Sql,
  source: Sql,
  moments: readonly string[],
  parentRows: (entity: string) => Sql,
): Sql {
  const { entity, filter, rules } = each;
  const mayRead = readable(maker.organisation, maker.bundle, maker.user, entity.name, alias);
  if (isWhole(maker, entity)) return mayRead;
  const matches = (row: Sql) =>
    filter === null
      ? sql`false`
      : sql`(${joinSql(
          moments.map((moment) => filterSql(maker, entity, filter, row, moment)),
          ' or ',
        )})`;
  if (rules.length === 0) return sql`${mayRead} and ${matches(alias)}`;
  const own = filter === null ? [] : [sql`select o.id from ${source} o where ${matches(ident('o'))}`];
  const ways = [...own, ...rules.map((rule) => broughtBy(maker, rule, entity, source, parentRows))];
  return sql`${mayRead} and ${qualified(alias, 'id')} in (${joinSql(ways, ' union all ')})`;
}

/** Ids that one related rule brings along. */
function broughtBy(
  maker: Maker,
  rule: StepRule,
  entity: Entity,
  source: Sql,
  parentRows: (entity: string) => Sql,
): Sql {
  const field = ident(rule.field);
  if (rule.kind === 'target') {
    const parent = maker.at(rule.entity).entity;
    if (targetsOf(parent, rule.field).length === 1)
      return sql`select p.${field} from ${parentRows(rule.entity)} p where p.${field} is not null`;
    const prefix = `${entity.name}/`;
    return sql`select substr(p.${field}, ${prefix.length + 1}::int)::uuid from ${parentRows(rule.entity)} p where starts_with(p.${field}, ${prefix})`;
  }
  const target =
    targetsOf(entity, rule.field).length === 1
      ? sql`p.id`
      : sql`(${formatReference(rule.entity, '')}::text || p.id::text) collate "C"`;
  return sql`select c.id from ${source} c join ${parentRows(rule.entity)} p on c.${field} = ${target}`;
}

/** Unknown counts as no. */
function filterSql(maker: Maker, entity: Entity, filter: Expr, alias: Sql, moment: string): Sql {
  return sql`coalesce(${conditionSql(maker, entity, filter, alias, moment)}, false)`;
}

/** True, false or null. */
function conditionSql(maker: Maker, entity: Entity, filter: Expr, alias: Sql, moment: string): Sql {
  const { organisation, user } = maker;
  return compileExpression(
    filter,
    { entity: entity.name, alias },
    { dialect: 'postgres', entities: organisation.entities, user, now: moment, table: organisation.table },
  );
}

function previousDefinitions(
  maker: Maker,
  each: ScopedEntity,
  previous: PreviousRows,
  moments: readonly string[],
  parentRows: (entity: string) => Sql,
  entities: readonly ScopedEntity[],
): readonly Sql[] {
  const { entity, number } = each;
  const table = maker.organisation.table(entity.name);
  const versions = ident(`_b${number}`);
  const columns = joinSql(
    ['id', ...followedFields(entities, entity.name)].map((column) => sql`v.${ident(column)}`),
  );
  // Ids with one version in scope and one outside were in scope; each version is judged by itself, so it needs an id of its own to be matched by.
  return [
    sql`${versions} as (select * from jsonb_populate_recordset(null::${table}, ${JSON.stringify(previous.versions)}::jsonb)
      union all select * from ${table} where id = any(${previous.unchangedIds}::uuid[]))`,
    sql`${ident(`_w${number}`)} as (select ${columns} from ${versions} v where ${inScope(maker, each, ident('v'), versions, moments, parentRows)})`,
  ];
}

/** What is carried, what decides who may read, what filters look through to, and a publish. */
function relevantNumbers(organisation: Organisation, entities: readonly ScopedEntity[]): readonly number[] {
  const names = new Set([
    'user',
    'team',
    'team_member',
    'business_unit',
    'position',
    ...entities.map((each) => each.entity.name),
  ]);
  for (const { entity, filter } of entities)
    for (const path of filter === null ? [] : fieldPaths(filter))
      addLookedThrough(organisation, entity, path, names);
  return [0, ...[...names].flatMap((name) => organisation.numberByEntity.get(name) ?? [])];
}

function addLookedThrough(
  organisation: Organisation,
  from: Entity,
  path: readonly string[],
  names: Set<string>,
): void {
  let entity: Entity | undefined = from;
  for (const step of path.slice(0, -1)) {
    const target: string | undefined = entity === undefined ? undefined : targetsOf(entity, step)[0];
    entity = organisation.entities.find((each) => each.name === target);
    if (entity !== undefined) names.add(entity.name);
  }
}
