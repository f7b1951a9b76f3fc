// From the solution that is published to the next: the statements that bring an organisation's tables along. Forward only: columns are added and
// widened, and dropped only when nothing is in them. Pure; who runs the statements does so in one transaction.
import {
  allFields,
  listIndexes,
  tableEntities,
  type Entity,
  type Field,
  type Solution,
  type Value,
} from '@satchel/model';
import { columnDefault, columnType, literal, objectName, quoted, uniqueFields } from './ddl.ts';
import { defaultsOfNewFields, upgradeStatements } from './migrate-upgrades.ts';
import { emptyOrRefuse, MigrationError } from './migration-fault.ts';
import { publishNumber } from './engine-tables.ts';
import { roleTriggers, sequenceOf, triggersOf, type TriggerContext } from './triggers.ts';

/** Statements in the order in which they must run. Throws MigrationError with the path of a field whose type cannot be widened so. */
export function planMigration(
  published: Solution | null,
  after: Solution,
  context: TriggerContext,
): readonly string[] {
  const upgraded = published === null ? null : upgradeStatements(published, after, context);
  const before = upgraded?.before ?? null;
  const defaults = published === null ? new Map<string, Value>() : defaultsOfNewFields(published, after);
  const old = new Map((before === null ? [] : tableEntities(before)).map((entity) => [entity.name, entity]));
  const entities = tableEntities(after);
  const names = new Set(entities.map((entity) => entity.name));
  const kept = entities.flatMap((entity) => {
    const was = old.get(entity.name);
    return was === undefined ? [] : [{ was, entity }];
  });
  const gone = [...old.values()].filter((entity) => !names.has(entity.name));
  return [
    ...(upgraded === null ? [] : dropIndexes(published, upgraded.renamed, context)),
    ...(upgraded?.statements ?? []),
    ...entities.flatMap((entity) => numberStatements(entity, old.get(entity.name), context)),
    // Links between entities that go away must not hold them.
    ...gone.flatMap((entity) => emptyOrRefuse(entity.name, null, context)),
    ...kept.flatMap(({ was, entity }) => dropFields(was, entity, context)),
    ...gone.map((entity) => `drop table ${tableOf(entity.name, context)} cascade`),
    ...entities.filter((entity) => !old.has(entity.name)).map((entity) => createTable(entity, context)),
    ...kept.flatMap(({ was, entity }) => alterFields(was, entity, defaults, context)),
    ...entities.flatMap((entity) => defaultStatements(entity, context)),
    ...entities.flatMap((entity) => foreignKeys(entity, old.get(entity.name), context)),
    ...indexStatements(before, after, upgraded?.renamed ?? new Set(), context),
    ...entities.flatMap((entity) => triggersOf(entity, context)),
    ...roleTriggers(context),
    ...kept.flatMap(({ was, entity }) => touchWidened(was, entity, context)),
    `insert into ${quoted(context.schema)}."_change" (entity, record_id, op) values (${publishNumber}, '00000000-0000-0000-0000-000000000000', 'P')`,
  ];
}

function createTable(entity: Entity, context: TriggerContext): string {
  const own = Object.entries(allFields(entity)).filter(([name]) => name !== 'id');
  const columns = own.map(
    ([name, field]) => `${quoted(name)} ${columnType(field)}${mustBeFilled(entity, name) ? ' not null' : ''}`,
  );
  // The revision stands in the key's index, so that the digest of a whole table never reads the table.
  return `create table ${tableOf(entity.name, context)} (
  id uuid not null default gen_random_uuid(),
  ${columns.join(',\n  ')},
  _rev bigint not null,
  primary key (id) include (_rev))`;
}

function mustBeFilled(entity: Entity, field: string): boolean {
  return (
    field === 'created_at' ||
    field === 'modified_at' ||
    (entity.intersect === true && Object.hasOwn(entity.fields, field))
  );
}

function numberStatements(
  entity: Entity,
  was: Entity | undefined,
  context: TriggerContext,
): readonly string[] {
  const number = context.numberByEntity.get(entity.name) ?? 0;
  const s = quoted(context.schema);
  const sequences = Object.entries(entity.fields)
    .filter(([name, field]) => field.type === 'autonumber' && was?.fields[name]?.type !== 'autonumber')
    .map(([name]) => `create sequence if not exists ${s}.${quoted(sequenceOf(entity, name))}`);
  return [
    `insert into ${s}."_entity" (number, name) values (${number}, ${literal(entity.name)}) on conflict do nothing`,
    ...sequences,
  ];
}

function dropFields(was: Entity, entity: Entity, context: TriggerContext): readonly string[] {
  const fields = allFields(entity);
  return Object.keys(allFields(was))
    .filter((name) => !Object.hasOwn(fields, name))
    .flatMap((name) => [
      ...emptyOrRefuse(entity.name, name, context),
      `alter table ${tableOf(entity.name, context)} drop column ${quoted(name)}`,
    ]);
}

/**
 * New columns come empty, also those with a default, unless an upgrade says what rows get in them. Revisions stay: a device takes a column that is new to it
 * whole.
 */
function alterFields(
  was: Entity,
  entity: Entity,
  defaults: ReadonlyMap<string, Value>,
  context: TriggerContext,
): readonly string[] {
  const table = tableOf(entity.name, context);
  const old = allFields(was);
  return Object.entries(allFields(entity)).flatMap(([name, field]) => {
    const before = Object.hasOwn(old, name) ? old[name] : undefined;
    const column = quoted(name);
    if (before === undefined) {
      const value = columnDefault({
        ...field,
        default: defaults.get(`${entity.name}.${name}`) ?? null,
      } as Field);
      const filled = value === null ? '' : ` default ${value}`;
      return [`alter table ${table} add column ${column} ${columnType(field)}${filled}`];
    }
    const widening = wideningOf(before, field, column);
    if (widening === 'none') return [];
    if (widening === 'refused') throw new MigrationError(`${entity.name}.${name}`);
    return [
      `alter table ${table} alter column ${column} drop default`,
      ...dropForeignKey(entity, name, before, context),
      `alter table ${table} alter column ${column} type ${columnType(field)} using ${widening}`,
    ];
  });
}

/** How old values become new ones; 'none' where they stay as they are. */
function wideningOf(before: Field, after: Field, column: string): string {
  if ('scale' in before || 'scale' in after) {
    const scale = (field: Field) => ('scale' in field ? field.scale : 0);
    return columnType(before) === columnType(after) && scale(before) === scale(after) ? 'none' : 'refused';
  }
  if (before.type === 'lookup' && after.type === 'lookup') {
    if (!before.to.every((target) => after.to.includes(target))) return 'refused';
    if (before.to.length === 1 && after.to.length > 1)
      return `${literal(`${before.to[0]}/`)} || ${column}::text`;
    return 'none';
  }
  if (before.type === 'lookup' || after.type === 'lookup') return 'refused';
  if (before.type === 'choice' && after.type === 'multiChoice')
    return `case when ${column} is not null then array[${column}] end`;
  return columnType(before) === columnType(after) ? 'none' : 'refused';
}

/** Rows whose values changed form get a new revision, so that devices fetch them. */
function touchWidened(was: Entity, entity: Entity, context: TriggerContext): readonly string[] {
  const old = allFields(was);
  const widened = Object.entries(allFields(entity)).filter(([name, field]) => {
    const before = Object.hasOwn(old, name) ? old[name] : undefined;
    return before !== undefined && wideningOf(before, field, '') !== 'none';
  });
  if (widened.length === 0) return [];
  const isFilled = widened.map(([name]) => `${quoted(name)} is not null`).join(' or ');
  return [`update ${tableOf(entity.name, context)} set _rev = 0 where ${isFilled}`];
}

function defaultStatements(entity: Entity, context: TriggerContext): readonly string[] {
  const table = tableOf(entity.name, context);
  return Object.entries(entity.fields).map(([name, field]) => {
    const value = columnDefault(field);
    return `alter table ${table} alter column ${quoted(name)} ${value === null ? 'drop default' : `set default ${value}`}`;
  });
}

interface ForeignKey {
  readonly name: string;
  readonly field: string;
  readonly definition: string;
}

/** Stamps have none: who wrote a record long ago may be gone, and each write would lock the writer's row. */
function foreignKeysOf(entity: Entity, context: TriggerContext): readonly ForeignKey[] {
  return Object.entries(allFields(entity)).flatMap(([field, definition]) => {
    if (definition.type !== 'lookup' || definition.to.length !== 1) return [];
    if (field === 'created_by' || field === 'modified_by') return [];
    const act = { cascade: 'on delete cascade', restrict: 'on delete restrict', clear: 'on delete set null' };
    const target = tableOf(definition.to[0] ?? '', context);
    return [
      {
        name: foreignKeyName(entity, field),
        field,
        definition: `foreign key (${quoted(field)}) references ${target} (id) ${act[definition.onDelete ?? 'clear']} deferrable initially immediate`,
      },
    ];
  });
}

function foreignKeys(entity: Entity, was: Entity | undefined, context: TriggerContext): readonly string[] {
  const before = new Map(
    (was === undefined ? [] : foreignKeysOf(was, context)).map((key) => [key.name, key.definition]),
  );
  const table = tableOf(entity.name, context);
  return foreignKeysOf(entity, context)
    .filter((key) => before.get(key.name) !== key.definition)
    .flatMap((key) => [
      `alter table ${table} drop constraint if exists ${quoted(key.name)}`,
      `alter table ${table} add constraint ${quoted(key.name)} ${key.definition}`,
    ]);
}

function dropForeignKey(
  entity: Entity,
  field: string,
  before: Field,
  context: TriggerContext,
): readonly string[] {
  if (before.type !== 'lookup') return [];
  return [
    `alter table ${tableOf(entity.name, context)} drop constraint if exists ${quoted(foreignKeyName(entity, field))}`,
  ];
}

function foreignKeyName(entity: Entity, field: string): string {
  return objectName('_fk', entity.name, field);
}

function indexStatements(
  before: Solution | null,
  after: Solution,
  renamed: ReadonlySet<string>,
  context: TriggerContext,
): readonly string[] {
  const old = before === null ? new Map<string, string>() : indexesOf(before, context, renamed);
  const now = indexesOf(after, context);
  const s = quoted(context.schema);
  return [
    ...[...old]
      .filter(([name, text]) => now.get(name) !== text)
      .map(([name]) => `drop index if exists ${s}.${quoted(name)}`),
    ...[...now].filter(([name, text]) => old.get(name) !== text).map(([, text]) => text),
  ];
}

/** Indexes of tables whose names or columns change would keep names that no longer fit: they are made anew. */
function dropIndexes(
  published: Solution | null,
  renamed: ReadonlySet<string>,
  context: TriggerContext,
): readonly string[] {
  if (published === null || renamed.size === 0) return [];
  const untouched = indexesOf(published, context, renamed);
  return [...indexesOf(published, context).keys()]
    .filter((name) => !untouched.has(name))
    .map((name) => `drop index if exists ${quoted(context.schema)}.${quoted(name)}`);
}

/** By name: what lists walk along, what deletes and related lists look up, what must not come twice. Without those of tables in `but`. */
function indexesOf(
  solution: Solution,
  context: TriggerContext,
  but: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, string> {
  const indexes = new Map<string, string>();
  for (const entity of tableEntities(solution)) {
    if (but.has(entity.name)) continue;
    const table = tableOf(entity.name, context);
    const add = (columns: readonly string[], isUnique: boolean) => {
      const name = objectName(isUnique ? '_ux' : '_ix', entity.name, ...columns);
      indexes.set(
        name,
        `create ${isUnique ? 'unique ' : ''}index if not exists ${quoted(name)} on ${table} (${columns.map(quoted).join(', ')})`,
      );
    };
    for (const field of uniqueFields(entity)) add([field], true);
    if (entity.intersect) add(Object.keys(entity.fields), true);
    const lists = listIndexes(entity, solution.views);
    for (const columns of lists) add(columns, false);
    const leading = new Set([
      ...lists.map((columns) => columns[0]),
      ...(entity.intersect ? Object.keys(entity.fields).slice(0, 1) : []),
    ]);
    for (const [field, definition] of Object.entries(allFields(entity))) {
      const isStamp = field === 'created_by' || field === 'modified_by';
      if (definition.type === 'lookup' && !isStamp && !leading.has(field)) add([field], false);
    }
  }
  return indexes;
}

function tableOf(name: string, context: TriggerContext): string {
  return `${quoted(context.schema)}.${quoted(name)}`;
}
