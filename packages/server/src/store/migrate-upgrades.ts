// What a solution's upgrade steps do to an organisation's tables: renames keep every value and revision, what takes another value gets a new revision.
// Each step means here what it means for changes and rows in model/upcast.ts. Pure; the statements run in the transaction of the publish.
import {
  allFields,
  solutionAfter,
  stepsSince,
  tableEntities,
  type Entity,
  type Solution,
  type UpgradeStep,
  type Value,
} from '@satchel/model';
import { columnType, literal, objectName, quoted } from './ddl.ts';
import { drawRev, sequenceOf, type TriggerContext } from './triggers.ts';
import { emptyOrRefuse, MigrationError } from './migration-fault.ts';

export interface Upgraded {
  readonly statements: readonly string[];
  /** The solution before under its new names: what is left is for the ordinary migration. */
  readonly before: Solution;
  /** Tables whose indexes must be made anew: names of the old ones went with them. */
  readonly renamed: ReadonlySet<string>;
}

/** Takes the steps between two solutions. Throws MigrationError where one cannot be taken. */
export function upgradeStatements(before: Solution, after: Solution, context: TriggerContext): Upgraded {
  const steps = stepsSince(after, before.schemaVersion);
  const statements: string[] = [];
  const renamed = new Set<string>();
  let now = before;
  for (const step of steps) {
    statements.push(...statementsOf(now, step, context));
    if (step.kind === 'renameEntity') renamed.add(step.entity).add(step.to);
    if (step.kind === 'renameField' || step.kind === 'dropField' || step.kind === 'splitField')
      renamed.add(step.entity);
    const report = (_step: number, message: string): never => {
      throw new MigrationError(`${step.entity}: ${message}`);
    };
    now = { ...now, ...solutionAfter(now, [step], report) };
  }
  return { statements, before: now, renamed };
}

/** By 'entity.field': the value that rows get in a field that is new. */
export function defaultsOfNewFields(before: Solution, after: Solution): ReadonlyMap<string, Value> {
  return new Map(
    stepsSince(after, before.schemaVersion)
      .filter((step) => step.kind === 'setDefault')
      .map((step) => [`${step.entity}.${step.field}`, step.value]),
  );
}

/** What takes another value gets a revision that nobody has. */
const newRev = `_rev = ${drawRev}`;

function statementsOf(now: Solution, step: UpgradeStep, context: TriggerContext): readonly string[] {
  const entity = tableEntities(now).find(({ name }) => name === step.entity);
  if (entity === undefined) return [];
  const table = `${quoted(context.schema)}.${quoted(step.entity)}`;
  switch (step.kind) {
    case 'renameEntity':
      return renameTable(entity, step, context);
    case 'dropEntity':
      return [...emptyOrRefuse(step.entity, null, context), `drop table ${table} cascade`];
    case 'renameField':
      return [
        `alter table ${table} rename column ${quoted(step.field)} to ${quoted(step.to)}`,
        ...constraintRename(table, foreignKeyOf(entity.name, step.field), foreignKeyOf(entity.name, step.to)),
        ...sequenceRename(entity, step.field, entity, step.to, context),
        `update ${quoted(context.schema)}."_superseded" set field = ${literal(step.to)}
           where entity = ${literal(entity.name)} and field = ${literal(step.field)}`,
      ];
    case 'dropField':
      return [
        ...emptyOrRefuse(step.entity, step.field, context),
        `alter table ${table} drop column ${quoted(step.field)} cascade`,
      ];
    case 'splitField':
      return splitColumn(entity, step, table);
    case 'mapChoices':
      return mapColumn(entity, step, table);
    case 'setDefault': {
      const field = allFields(entity)[step.field];
      // A new field is filled when its column is made.
      if (field === undefined) return [];
      const value = valueText(step.value);
      return quietly(
        table,
        `update ${table} set ${newRev}, ${quoted(step.field)} = ${value} where ${quoted(step.field)} is null`,
      );
    }
    default:
      return [];
  }
}

function renameTable(
  entity: Entity,
  step: Extract<UpgradeStep, { readonly kind: 'renameEntity' }>,
  context: TriggerContext,
): readonly string[] {
  const s = quoted(context.schema);
  const table = `${s}.${quoted(step.to)}`;
  const after = { ...entity, name: step.to };
  const names = Object.keys(allFields(entity));
  return [
    `alter table ${s}.${quoted(entity.name)} rename to ${quoted(step.to)}`,
    `update ${s}."_entity" set name = ${literal(step.to)} where name = ${literal(entity.name)}`,
    ...names.flatMap((field) =>
      constraintRename(table, foreignKeyOf(entity.name, field), foreignKeyOf(step.to, field)),
    ),
    ...names.flatMap((field) => sequenceRename(entity, field, after, field, context)),
    `update ${s}."_superseded" set entity = ${literal(step.to)} where entity = ${literal(entity.name)}`,
    ...(step.references ?? []).flatMap((reference) => {
      const holder = `${s}.${quoted(reference.entity === entity.name ? step.to : reference.entity)}`;
      const column = quoted(reference.field);
      return quietly(
        holder,
        `update ${holder} set ${newRev}, ${column} = ${literal(`${step.to}/`)} || substr(${column}, ${entity.name.length + 2})
         where starts_with(${column}, ${literal(`${entity.name}/`)})`,
      );
    }),
  ];
}

/** As `splitValue` of model/upcast.ts: what stands before the first separator, and the rest; nothing empty but null. */
function splitColumn(
  entity: Entity,
  step: Extract<UpgradeStep, { readonly kind: 'splitField' }>,
  table: string,
): readonly string[] {
  const field = entity.fields[step.field];
  if (field === undefined) return [];
  const [first, rest] = step.into.map(quoted);
  const [column, separator] = [quoted(step.field), literal(step.separator)];
  const at = `strpos(${column}, ${separator})`;
  return [
    `alter table ${table} add column ${first} ${columnType(field)}, add column ${rest} ${columnType(field)}`,
    ...quietly(
      table,
      `update ${table} set
       ${first} = nullif(case when ${at} = 0 then ${column} else substr(${column}, 1, ${at} - 1) end, ''),
       ${rest} = nullif(case when ${at} = 0 then null else substr(${column}, ${at} + length(${separator})) end, '')
       where ${column} is not null`,
    ),
    `alter table ${table} drop column ${column} cascade`,
  ];
}

function mapColumn(
  entity: Entity,
  step: Extract<UpgradeStep, { readonly kind: 'mapChoices' }>,
  table: string,
): readonly string[] {
  const column = quoted(step.field);
  const old = Object.keys(step.values).map(literal);
  if (old.length === 0) return [];
  const cases = Object.entries(step.values)
    .map(([from, to]) => `when ${literal(from)} then ${to === null ? 'null' : literal(to)}`)
    .join(' ');
  if (entity.fields[step.field]?.type === 'choice')
    return quietly(
      table,
      `update ${table} set ${newRev}, ${column} = case ${column} ${cases} else ${column} end where ${column} in (${old.join(', ')})`,
    );
  return quietly(
    table,
    `update ${table} set ${newRev}, ${column} = (select array_agg(distinct m collate "C" order by m collate "C")
         from unnest(${column}) v, lateral (select case v ${cases} else v end as m) each where m is not null)
       where ${column} && array[${old.join(', ')}]::text[]`,
  );
}

/** The triggers speak of the names before; who wrote a record and when stays, and every device compares after a publish anyway. */
function quietly(table: string, statement: string): readonly string[] {
  return [`alter table ${table} disable trigger user`, statement, `alter table ${table} enable trigger user`];
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return literal(value);
  if (Array.isArray(value)) return `array[${value.map((each) => literal(String(each))).join(', ')}]::text[]`;
  return String(value);
}

function constraintRename(table: string, from: string, to: string): readonly string[] {
  return [
    `do $rename$ begin if exists (select 1 from pg_constraint where conrelid = ${literal(table)}::regclass and conname = ${literal(from)}) then
       alter table ${table} rename constraint ${quoted(from)} to ${quoted(to)}; end if; end $rename$`,
  ];
}

function sequenceRename(
  from: Entity,
  field: string,
  to: Entity,
  toField: string,
  context: TriggerContext,
): readonly string[] {
  if (from.fields[field]?.type !== 'autonumber') return [];
  return [
    `alter sequence if exists ${quoted(context.schema)}.${quoted(sequenceOf(from, field))} rename to ${quoted(sequenceOf(to, toField))}`,
  ];
}

function foreignKeyOf(entity: string, field: string): string {
  return objectName('_fk', entity, field);
}
