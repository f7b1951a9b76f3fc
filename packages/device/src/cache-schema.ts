// The tables of cache.db, made from the bundle: one typed table per readable entity. What a new bundle changes is worked out here as data,
// so that only what really differs is fetched again.
import {
  deviceIndexColumns,
  deviceIndexes,
  render,
  searchIndex,
  type Entity,
  type Field,
  type Model,
} from '@satchel/model';
import type { Database } from './ports.ts';
import { sqliteType } from './row-codec.ts';

/** What the cache remembers of an entity's shape. */
export interface EntityShape {
  /** Of the model. */
  readonly version: number;
  /** By field: its type, and for lookups what it may point to. */
  readonly fields: Readonly<Record<string, string>>;
  readonly search: readonly string[];
  readonly isCarried: boolean;
}

export type ShapeChange =
  | { readonly kind: 'create' }
  | { readonly kind: 'same' }
  /** New columns, of which only the values are fetched, and columns that are gone: the rows stay readable. */
  | { readonly kind: 'alter'; readonly added: readonly string[]; readonly dropped: readonly string[] }
  /** A column means something else: the table is dropped. */
  | { readonly kind: 'replace' };

const engineTables = `
create table if not exists _sync (key text primary key, value text not null) without rowid;
create table if not exists _entity (
  entity text primary key, number integer not null unique, shape text not null, is_complete integer not null default 0,
  is_proven integer not null default 0, position text, row_count integer not null default 0, rows_expected integer not null default 0,
  fault text, wordless_after integer);
create table if not exists _stage (entity text, id text, row text, primary key (entity, id)) without rowid;
${searchIndex};`;

/** Raised by one whenever the tables above, or how rows are stored, change: a cache of another form is emptied, because it can be fetched again. */
const cacheForm = 3;

/** Makes the engine's own tables in a database that is new, and empties one that an older or newer engine left. */
export function prepareCache(db: Database): void {
  const form = Number(db.rows('pragma user_version')[0]?.[0]);
  if (form === cacheForm) return;
  db.transaction(() => {
    const tables = db.rows(`select name from sqlite_schema where type = 'table'`);
    for (const [name] of tables)
      if (!isShadow(String(name))) db.run(`drop table if exists ${quoted(String(name))}`);
    db.run(engineTables);
    db.run(`pragma user_version = ${cacheForm}`);
  });
}

/** Tables that go with the search index. */
function isShadow(name: string): boolean {
  return name.startsWith('_search_') || name.startsWith('sqlite_');
}

export function shapeOf(model: Model, entity: string): EntityShape {
  const fields = Object.entries(model.fields(entity)).map(([name, field]) => [name, kindOf(field)]);
  return {
    version: model.bundle.schemaVersion,
    fields: Object.fromEntries(fields),
    search: model.searchableFields(entity),
    isCarried: model.profileEntity(entity) !== undefined,
  };
}

/** `reused`: names that stand for another field than before, though it may look the same. */
export function changeOfShape(
  before: EntityShape | null,
  after: EntityShape,
  reused: ReadonlySet<string>,
): ShapeChange {
  if (before === null) return { kind: 'create' };
  const dropped = Object.keys(before.fields).filter((name) => after.fields[name] === undefined);
  const added = Object.keys(after.fields).filter((name) => before.fields[name] === undefined);
  const isKept = Object.entries(before.fields).every(
    ([name, kind]) => dropped.includes(name) || (after.fields[name] === kind && !reused.has(name)),
  );
  if (!isKept) return { kind: 'replace' };
  return added.length + dropped.length === 0 ? { kind: 'same' } : { kind: 'alter', added, dropped };
}

export function createTable(model: Model, entity: Entity): string {
  const columns = Object.entries(model.fields(entity.name))
    .filter(([name]) => name !== 'id')
    .map(([name, field]) => `${quoted(name)} ${sqliteType(field)}`);
  // `_key` is a row's stable place in the search index; a bare rowid could move.
  return `create table ${quoted(entity.name)} (_key integer primary key, id text not null unique, ${columns.join(', ')},
    _rev integer, _local integer not null default 0)`;
}

/** Statements that make the indexes of lists that complete entities lack. */
export function missingIndexes(db: Database, model: Model): readonly string[] {
  const made = new Set(db.rows(`select name from sqlite_schema where type = 'index'`).map(([name]) => name));
  const complete = db.rows('select entity from _entity where is_complete = 1 order by number');
  return complete.flatMap(([name]) => {
    const entity = model.entity(String(name));
    return deviceIndexes(entity, model.views(entity.name)).flatMap((columns) => {
      const index = `_${[entity.name, ...columns].join('_')}`;
      const terms = render(deviceIndexColumns(entity, columns), 'sqlite').text;
      return made.has(index)
        ? []
        : [`create index if not exists ${quoted(index)} on ${quoted(entity.name)} (${terms})`];
    });
  });
}

/** A name from the model as an identifier. The model's names are checked at publish; this refuses anything else. */
export function quoted(name: string): string {
  if (!/^_?[a-zA-Z][a-zA-Z0-9_]*$/.test(name)) throw new Error('not a name of the model');
  return `"${name}"`;
}

function kindOf(field: Field): string {
  return field.type === 'lookup' ? `lookup ${field.to.length === 1 ? 'one' : 'several'}` : field.type;
}
