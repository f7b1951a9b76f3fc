// Makes the tables of cache.db fit a model: new columns beside the rows, dropped ones out of them, tables made anew only where a name means something
// else. Which columns are still to be filled is told to whoever keeps it; nothing here fetches. Call inside a transaction.
import { stepsSince, type Model, type RecordId } from '@satchel/model';
import { changeOfShape, createTable, quoted, shapeOf, type EntityShape } from './cache-schema.ts';
import type { Database } from './ports.ts';
import { sqliteType } from './row-codec.ts';
import { dropWords, forgetWords } from './search-index.ts';

/** Columns that came with a bundle, of an entity whose rows are here: their values are still to be fetched. */
export interface AddedColumns {
  readonly columns: readonly string[];
  /** Id of the last row of the last page of them; null before the first. */
  readonly after: RecordId | null;
}

export type AddedByEntity = Readonly<Record<string, AddedColumns>>;

/** `added`: what was still to be filled before. Returns what is now. */
export function fitTables(db: Database, model: Model, added: AddedByEntity): AddedByEntity {
  const toFill = new Map(Object.entries(added));
  const shapes = new Map(
    db
      .rows('select entity, shape from _entity')
      .map(([entity, shape]) => [String(entity), JSON.parse(String(shape)) as EntityShape]),
  );
  for (const entity of shapes.keys())
    if (model.findEntity(entity) === undefined) {
      dropEntity(db, entity);
      toFill.delete(entity);
    }
  for (const entity of model.bundle.entities) {
    const before = shapes.get(entity.name) ?? null;
    const still = fitEntity(db, model, entity.name, before, toFill.get(entity.name) ?? null);
    if (still === null) toFill.delete(entity.name);
    else toFill.set(entity.name, still);
  }
  return Object.fromEntries(toFill);
}

function fitEntity(
  db: Database,
  model: Model,
  entity: string,
  before: EntityShape | null,
  still: AddedColumns | null,
): AddedColumns | null {
  const after = shapeOf(model, entity);
  const change = changeOfShape(before, after, namesReused(model, entity, before));
  if (change.kind === 'replace') dropEntity(db, entity);
  if (change.kind === 'replace' || change.kind === 'create') {
    db.run(createTable(model, model.entity(entity)));
    db.run(
      'insert into _entity (entity, number, shape) select ?, coalesce(max(number), 0) + 1, ? from _entity',
      [entity, JSON.stringify(after)],
    );
    return null;
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return still;
  let toFill = still;
  if (change.kind === 'alter') {
    dropColumns(db, entity, change.dropped);
    toFill = withoutColumns(toFill, change.dropped);
    if (change.added.length > 0) toFill = addColumns(db, model, entity, change.added, toFill);
  }
  if (before?.isCarried && !after.isCarried) uncarry(db, entity);
  db.run('update _entity set shape = ? where entity = ?', [JSON.stringify(after), entity]);
  const number = Number(db.rows('select number from _entity where entity = ?', [entity])[0]?.[0]);
  const isSearchedAlike = JSON.stringify(before?.search) === JSON.stringify(after.search);
  if (!isSearchedAlike || before?.isCarried !== after.isCarried) forgetWords(db, entity, number);
  return after.isCarried ? toFill : null;
}

/** Names that an upgrade since then gave away or gave to another field: what lies under them here may be something else, at the same revision. */
function namesReused(model: Model, entity: string, before: EntityShape | null): ReadonlySet<string> {
  const names = stepsSince(model.bundle, before?.version ?? 0).flatMap((step) => {
    if (step.kind === 'renameEntity' && step.to === entity) return Object.keys(before?.fields ?? {});
    if (step.entity !== entity) return [];
    if (step.kind === 'renameField') return [step.field, step.to];
    if (step.kind === 'splitField') return [step.field, ...step.into];
    return step.kind === 'dropField' ? [step.field] : [];
  });
  return new Set(names);
}

function withoutColumns(still: AddedColumns | null, dropped: readonly string[]): AddedColumns | null {
  const columns = (still?.columns ?? []).filter((name) => !dropped.includes(name));
  return still === null || columns.length === 0 ? null : { ...still, columns };
}

/** An entity whose own pages are still to come begins with them again; of one that is here only the columns are to be filled. */
function addColumns(
  db: Database,
  model: Model,
  entity: string,
  added: readonly string[],
  still: AddedColumns | null,
): AddedColumns | null {
  for (const name of added) {
    const field = model.field(entity, name);
    if (field !== undefined)
      db.run(`alter table ${quoted(entity)} add column ${quoted(name)} ${sqliteType(field)}`);
  }
  const isComplete = db.rows('select is_complete from _entity where entity = ?', [entity])[0]?.[0] === 1;
  db.run('update _entity set is_proven = 0, position = null where entity = ?', [entity]);
  return isComplete ? { columns: [...(still?.columns ?? []), ...added], after: null } : null;
}

/** SQLite drops no column that an index names: all of the table go, and are made again like those of a download. */
function dropColumns(db: Database, entity: string, dropped: readonly string[]): void {
  if (dropped.length === 0) return;
  const indexes = db.rows(
    `select name from sqlite_schema where type = 'index' and tbl_name = ? and sql is not null`,
    [entity],
  );
  for (const [name] of indexes) db.run(`drop index ${quoted(String(name))}`);
  for (const name of dropped) db.run(`alter table ${quoted(entity)} drop column ${quoted(name)}`);
}

/** The entity left the profile: its rows go, except what is pending here. */
function uncarry(db: Database, entity: string): void {
  db.run(`delete from ${quoted(entity)} where _local = 0`);
  db.run(`update ${quoted(entity)} set _rev = null`);
  db.run(
    'update _entity set is_complete = 0, is_proven = 0, position = null, row_count = 0 where entity = ?',
    [entity],
  );
}

function dropEntity(db: Database, entity: string): void {
  const number = Number(db.rows('select number from _entity where entity = ?', [entity])[0]?.[0]);
  dropWords(db, number);
  db.run(`drop table if exists ${quoted(entity)}`);
  db.run('delete from _entity where entity = ?', [entity]);
}
