// What makes every write seen, also one by another program straight in SQL: a row trigger draws `_rev` and the stamps, statement triggers append to the
// change log, wake devices and insist on a durable commit. Functions run with the owner's rights, so that a program needs rights on its tables only.
import { allFields, type Entity, type Field } from '@satchel/model';
import { literal, objectName, quoted } from './ddl.ts';
import { channelOf } from './engine-tables.ts';

export interface TriggerContext {
  readonly schema: string;
  readonly organisation: string;
  readonly entities: readonly Entity[];
  readonly numberByEntity: ReadonlyMap<string, number>;
  /** By entity: fields whose previous values the log keeps. */
  readonly scopeFields: ReadonlyMap<string, readonly string[]>;
}

/** `_rev` is a whole number in [1, 2^40). */
export const drawRev = '1 + floor(random() * 1099511627775)::bigint';

/** Set by a restore alone: rows come with the revisions that the backup has, so that devices fetch only what differs from it. */
export const restoringSetting = 'satchel.restoring';

/** Cut, not rounded: a moment must not come out later than it was. */
const thisMoment = "date_trunc('milliseconds', clock_timestamp())";

/** Statements that make or replace the triggers of an entity. */
export function triggersOf(entity: Entity, context: TriggerContext): readonly string[] {
  const number = numberOf(entity, context);
  const table = tableOf(entity.name, context);
  const s = quoted(context.schema);
  const log = (event: string, body: string) =>
    plpgsql(`${s}."_log_${event}_${number}"`, `${body}\n${afterWrite(context)}\n  return null;`);
  const on = (event: string, tables: string) =>
    `create or replace trigger "_log_${event}" after ${event} on ${table} ${tables} for each statement execute function ${s}."_log_${event}_${number}"()`;
  return [
    plpgsql(
      `${s}."_stamp_${number}"`,
      stampBody(entity, context),
      "me uuid := nullif(current_setting('satchel.user', true), '')::uuid;",
    ),
    `create or replace trigger "_stamp" before insert or update on ${table} for each row execute function ${s}."_stamp_${number}"()`,
    log('insert', insertBody(number, context)),
    on('insert', 'referencing new table as new_rows'),
    log('update', updateBody(entity, number, context)),
    on('update', 'referencing old table as old_rows new table as new_rows'),
    log('delete', deleteBody(entity, number, context)),
    on('delete', 'referencing old table as old_rows'),
    plpgsql(`${s}."_log_truncate_${number}"`, truncateBody(entity, number, context)),
    `create or replace trigger "_log_truncate" before truncate on ${table} for each statement execute function ${s}."_log_truncate_${number}"()`,
  ];
}

/** A change of somebody's roles is logged as a change of the person, so that "nothing in the log" means "the same scope". */
export function roleTriggers(context: TriggerContext): readonly string[] {
  const s = quoted(context.schema);
  const number = context.numberByEntity.get('user') ?? 0;
  const body = `insert into ${s}."_change" (entity, record_id, op)
    select ${number}, coalesce(new.user_id, old.user_id), 'U';
${afterWrite(context)}
  return null;`;
  return [
    plpgsql(`${s}."_log_role"`, body),
    `create or replace trigger "_log_role" after insert or update or delete on ${s}."_user_role" for each row execute function ${s}."_log_role"()`,
  ];
}

/** Name of the sequence behind an autonumber field. */
export function sequenceOf(entity: Entity, field: string): string {
  return objectName('_number', entity.name, field);
}

function plpgsql(name: string, body: string, declare = ''): string {
  return `create or replace function ${name}() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
${declare === '' ? '' : `declare\n  ${declare}\n`}begin
${body}
end $body$`;
}

/**
 * A commit that devices may see must not be undone by a crash: its transaction id would come back with other content. PostgreSQL prepares no transaction
 * that notifies: a program that wants to says so with `satchel.wake`, and devices hear of it when they next ask.
 */
function afterWrite(context: TriggerContext): string {
  return `  if current_setting('synchronous_commit') = 'off' then perform set_config('synchronous_commit', 'local', true); end if;
  if current_setting('satchel.wake', true) is distinct from 'off' then perform pg_notify(${literal(channelOf(context.organisation))}, ''); end if;`;
}

function stampBody(entity: Entity, context: TriggerContext): string {
  const fields = Object.entries(entity.fields);
  return [
    `  new._rev := case when tg_op = 'INSERT' and current_setting('${restoringSetting}', true) = 'on' then coalesce(new._rev, ${drawRev}) else ${drawRev} end;`,
    ...fields.flatMap(([name, field]) => tidyValue(`new.${quoted(name)}`, field)),
    `  if tg_op = 'INSERT' then`,
    `    new.id := coalesce(new.id, gen_random_uuid());`,
    `    new.created_at := coalesce(new.created_at, ${thisMoment});`,
    `    new.created_by := coalesce(new.created_by, me);`,
    `    new.modified_at := coalesce(new.modified_at, new.created_at);`,
    `    new.modified_by := coalesce(new.modified_by, new.created_by);`,
    ...fields.flatMap(([name, field]) =>
      field.type === 'autonumber' ? numberLines(entity, name, field, context) : [],
    ),
    `  else`,
    `    new.created_at := old.created_at;`,
    `    new.created_by := old.created_by;`,
    `    new.modified_at := ${thisMoment};`,
    // Another program says who wrote, or nobody knows.
    `    new.modified_by := coalesce(me, case when new.modified_by is distinct from old.modified_by then new.modified_by end);`,
    `  end if;`,
    `  return new;`,
  ].join('\n');
}

/** The one form of a value: sorted sets, nothing empty. */
function tidyValue(column: string, field: Field): readonly string[] {
  switch (field.type) {
    case 'multiChoice':
      return [
        `  if ${column} is not null then ${column} := (select array_agg(distinct v collate "C" order by v collate "C") from unnest(${column}) v where v is not null); end if;`,
      ];
    case 'text':
    case 'longText':
    case 'email':
    case 'phone':
    case 'url':
    case 'choice':
      return [`  if ${column} = '' then ${column} := null; end if;`];
    default:
      return [];
  }
}

/** Given by the server; a number that comes from outside moves the counter past it. */
function numberLines(
  entity: Entity,
  name: string,
  field: Extract<Field, { readonly type: 'autonumber' }>,
  context: TriggerContext,
): readonly string[] {
  const column = `new.${quoted(name)}`;
  const sequence = `${quoted(context.schema)}.${quoted(sequenceOf(entity, name))}`;
  const prefix = literal(field.prefix);
  const given = `substr(${column}, length(${prefix}) + 1)`;
  return [
    `    if ${column} is null then`,
    `      ${column} := nextval(${literal(sequence)})::text;`,
    `      ${column} := ${prefix} || lpad(${column}, greatest(length(${column}), ${field.digits}), '0');`,
    `    elsif starts_with(${column}, ${prefix}) and ${given} ~ '^[0-9]{1,15}$' then`,
    `      perform setval(${literal(sequence)}, ${given}::bigint) from ${sequence} q where ${given}::bigint > q.last_value and ${given}::bigint > 0;`,
    `    end if;`,
  ];
}

function insertBody(number: number, context: TriggerContext): string {
  return `  insert into ${quoted(context.schema)}."_change" (entity, record_id, op) select ${number}, id, 'I' from new_rows;`;
}

/** One log row for each changed row. A full join cannot be planned as a nested loop, whatever the statistics; it also tells an id that was changed. */
function updateBody(entity: Entity, number: number, context: TriggerContext): string {
  const fields = scopeFieldsOf(entity, context);
  const isOther = fields.map((name) => `o.${quoted(name)} is distinct from n.${quoted(name)}`);
  const before =
    fields.length === 0
      ? 'null::jsonb'
      : `case when n.id is not null and (${isOther.join(' or ')}) then ${beforeOf(entity, 'o', context)} end`;
  return `  insert into ${quoted(context.schema)}."_change" (entity, record_id, op, before)
    select ${number}, coalesce(o.id, n.id),
      case when o.id is null then 'I' when n.id is null then 'D' else 'U' end,
      case when o.id is null then null when n.id is null then ${beforeOf(entity, 'o', context)} else ${before} end
    from old_rows o full join new_rows n on o.id = n.id;`;
}

function deleteBody(entity: Entity, number: number, context: TriggerContext): string {
  return `  insert into ${quoted(context.schema)}."_change" (entity, record_id, op, before)
    select ${number}, o.id, 'D', ${beforeOf(entity, 'o', context)} from old_rows o;
${looseEnds(entity, context)}`;
}

function truncateBody(entity: Entity, number: number, context: TriggerContext): string {
  return `  insert into ${quoted(context.schema)}."_change" (entity, record_id, op, before)
    select ${number}, o.id, 'D', ${beforeOf(entity, 'o', context)} from ${tableOf(entity.name, context)} o;
${afterWrite(context)}
  return null;`;
}

function beforeOf(entity: Entity, alias: string, context: TriggerContext): string {
  const pairs = scopeFieldsOf(entity, context).map((name) => `${literal(name)}, ${alias}.${quoted(name)}`);
  return pairs.length === 0 ? `'{}'::jsonb` : `jsonb_build_object(${pairs.join(', ')})`;
}

/** Lookups to several entities have no foreign key: what it would do on a delete is done here. */
function looseEnds(target: Entity, context: TriggerContext): string {
  const gone = `(select ${literal(`${target.name}/`)} || o.id::text from old_rows o)`;
  return context.entities
    .flatMap((entity) =>
      Object.entries(allFields(entity)).flatMap(([name, field]) => {
        if (field.type !== 'lookup' || field.to.length === 1 || !field.to.includes(target.name)) return [];
        const table = tableOf(entity.name, context);
        const points = `${quoted(name)} in ${gone}`;
        if (field.onDelete === 'cascade') return [`  delete from ${table} where ${points};`];
        if (field.onDelete === 'restrict')
          return [
            `  if exists (select 1 from ${table} where ${points}) then raise exception using errcode = 'foreign_key_violation', table = ${literal(entity.name)}, column = ${literal(name)}; end if;`,
          ];
        return [`  update ${table} set ${quoted(name)} = null where ${points};`];
      }),
    )
    .join('\n');
}

function scopeFieldsOf(entity: Entity, context: TriggerContext): readonly string[] {
  return context.scopeFields.get(entity.name) ?? [];
}

function numberOf(entity: Entity, context: TriggerContext): number {
  const number = context.numberByEntity.get(entity.name);
  if (number === undefined) throw new Error(`${entity.name} has no number`);
  return number;
}

function tableOf(name: string, context: TriggerContext): string {
  return `${quoted(context.schema)}.${quoted(name)}`;
}
