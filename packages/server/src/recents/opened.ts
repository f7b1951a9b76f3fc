// What a person used last, as the server keeps it: so many records of each of the entities used last, and with addition on access the last of any.
// A hint and no record of anything: what it does to scopes goes through the change log like every write, and only within what the person may read.
import {
  formatReference,
  ident,
  keepsRecents,
  limits,
  recentEntity,
  sql,
  type OpenedRequest,
  type ScopePolicy,
  type UserContext,
} from '@satchel/model';
import { serverLimits } from '../limits.ts';
import { readable } from '../scope/read-permission.ts';
import type { Database, Tx } from '../store/database.ts';
import { writeAs, type Organisation } from '../store/organisation.ts';

/** Notes records as used, the last one as the latest. Those the person does not carry or may not read are passed over without a word. */
export async function noteOpened(
  database: Database,
  organisation: Organisation,
  user: UserContext,
  opened: OpenedRequest['opened'],
): Promise<void> {
  const { scope } = organisation.solution.policy;
  const model = organisation.modelFor(user.roles);
  if (scope === undefined || !keepsRecents(scope) || model.profileEntity(recentEntity) === undefined) return;
  const carried = opened.filter(
    ({ entity }) => model.profileEntity(entity) !== undefined && model.findEntity(entity)?.personal !== true,
  );
  await database.write(async (tx) => {
    const references = await readableOf(tx, organisation, user, carried);
    if (references.length === 0) return;
    await writeAs(tx, user.id);
    // It wakes nobody: the device that tells this pulls right after.
    await tx.rows(sql`select set_config('satchel.wake', 'off', true)`);
    // Two devices of one person take turns, so that the caps hold.
    await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${user.id}::text, 0))`);
    await note(tx, organisation, user.id, references);
    await trim(tx, organisation, user.id, scope);
  });
}

/** As references, in order; only what the person may read. */
async function readableOf(
  tx: Tx,
  organisation: Organisation,
  user: UserContext,
  opened: OpenedRequest['opened'],
): Promise<readonly string[]> {
  const bundle = organisation.bundleFor(user.roles);
  const known = new Set<string>();
  for (const entity of new Set(opened.map((each) => each.entity))) {
    const ids = opened.filter((each) => each.entity === entity).map(({ id }) => id);
    const rows = await tx.rows<{ id: string }>(
      sql`select r.id from ${organisation.table(entity)} r
          where r.id = any(${ids}::uuid[]) and ${readable(organisation, bundle, user, entity, ident('r'))}`,
    );
    for (const { id } of rows) known.add(formatReference(entity, id));
  }
  const all = opened.map(({ entity, id }) => formatReference(entity, id));
  return all.filter((each, index) => known.has(each) && all.lastIndexOf(each) === index);
}

/** A record used again within a step is not written again: its place hardly changes, and every write is told to devices. */
async function note(
  tx: Tx,
  organisation: Organisation,
  userId: string,
  references: readonly string[],
): Promise<void> {
  const table = organisation.table(recentEntity);
  const used = sql`unnest(${references}::text[]) with ordinality as u (record, place)`;
  const at = sql`date_trunc('milliseconds', now()) + u.place * interval '1 millisecond'`;
  await tx.rows(
    sql`update ${table} r set used_at = ${at} from ${used}
        where r.owner = ${userId}::uuid and r.record = u.record
          and r.used_at < now() - ${serverLimits.usedAgainMs}::int * interval '1 millisecond'`,
  );
  await tx.rows(
    sql`insert into ${table} (owner, record, used_at) select ${userId}::uuid, u.record, ${at} from ${used}
        where not exists (select 1 from ${table} r where r.owner = ${userId}::uuid and r.record = u.record)`,
  );
}

async function trim(tx: Tx, organisation: Organisation, userId: string, scope: ScopePolicy): Promise<void> {
  const table = organisation.table(recentEntity);
  const entityOf = sql`split_part(record, '/', 1)`;
  const { recents, addOnAccess } = scope;
  await tx.rows(
    sql`with used as (
          select id, used_at, ${entityOf} as entity, row_number() over (order by used_at desc, id) as place,
            row_number() over (partition by ${entityOf} order by used_at desc, id) as place_in_entity
          from ${table} where owner = ${userId}::uuid),
        ranked as (select entity, row_number() over (order by max(used_at) desc, entity) as rank from used group by entity)
        delete from ${table} where id in (
          select u.id from used u join ranked e on e.entity = u.entity
          where u.place > ${addOnAccess ? limits.openedRecordsMax : 0}::int
            and (e.rank > ${recents.entities}::int or u.place_in_entity > ${recents.records}::int))`,
  );
}
