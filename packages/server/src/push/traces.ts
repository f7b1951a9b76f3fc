// What writes leave behind: losing values, kept for thirty days, and the change log, which knows what was deleted.
import { permits, sql, type Entity, type Mutation, type Row, type SettledClash } from '@satchel/model';
import type { Database, Tx } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';
import type { Caller } from './decide.ts';
import { readOwners } from './records.ts';

/** Keeps base, theirs, mine and the result of every field that a rule settled. */
export async function keepSuperseded(
  tx: Tx,
  organisation: Organisation,
  mutation: Mutation,
  settled: Readonly<Record<string, SettledClash>>,
): Promise<void> {
  for (const [field, clash] of Object.entries(settled)) {
    await tx.rows(
      sql`insert into ${organisation.table('_superseded')}
            (mutation_id, entity, record_id, field, base, theirs, mine, result, rule, at)
          values (${mutation.id}, ${mutation.entity}, ${mutation.recordId}, ${field},
            ${JSON.stringify(clash.base)}::jsonb, ${JSON.stringify(clash.theirs)}::jsonb,
            ${JSON.stringify(clash.mine)}::jsonb, ${JSON.stringify(clash.result)}::jsonb, ${clash.rule}, now())`,
    );
  }
}

/** A value that lost without anybody having been asked, as an administrator sees it. */
export interface Superseded {
  readonly mutationId: string;
  readonly entity: string;
  readonly recordId: string;
  /** '*': the whole row, in `theirs`. */
  readonly field: string;
  readonly base: unknown;
  readonly theirs: unknown;
  readonly mine: unknown;
  readonly result: unknown;
  readonly rule: string;
  readonly at: string;
}

/** The newest losing values, of one record or of all; housekeeping keeps them for `serverLimits.traceDays`. */
export async function readSuperseded(
  database: Database,
  organisation: Organisation,
  asked: { readonly recordId?: string; readonly limit: number },
): Promise<readonly Superseded[]> {
  const isAsked = asked.recordId === undefined ? sql`true` : sql`record_id = ${asked.recordId}::uuid`;
  return database.rows<Superseded>(
    sql`select mutation_id as "mutationId", entity, record_id as "recordId", field, base, theirs, mine, result, rule, at
        from ${organisation.table('_superseded')} where ${isAsked} order by at desc, id limit ${asked.limit}`,
  );
}

/** Keeps a row that a delete won over: what others had made of it since. */
export async function keepLostRow(
  tx: Tx,
  organisation: Organisation,
  mutation: Mutation,
  row: Row,
): Promise<void> {
  await tx.rows(
    sql`insert into ${organisation.table('_superseded')} (mutation_id, entity, record_id, field, theirs, rule, at)
        values (${mutation.id}, ${mutation.entity}, ${mutation.recordId}, '*', ${JSON.stringify(row)}::jsonb, 'delete-wins', now())`,
  );
}

/** Does the log know that the record was deleted, and could the caller have read it? Who could not is told no more than that it is not there. */
export async function wasDeleted(
  tx: Tx,
  organisation: Organisation,
  caller: Caller,
  entity: Entity,
  recordId: string,
): Promise<boolean> {
  const rows = await tx.rows<{ before: Row | null }>(
    sql`select c.before from ${organisation.table('_change')} c
        join ${organisation.table('_entity')} e on e.number = c.entity
        where c.record_id = ${recordId} and e.name = ${entity.name} and c.op = 'D'
        order by c.xid desc limit 1`,
  );
  const before = rows[0]?.before;
  if (before === null || before === undefined) return false;
  const ownerId = before['owner'];
  const owners = await readOwners(
    tx,
    organisation,
    entity,
    new Set(typeof ownerId === 'string' ? [ownerId] : []),
  );
  const facts = (typeof ownerId === 'string' ? owners.get(ownerId) : undefined) ?? {
    businessUnit: null,
    teams: [],
  };
  return permits(caller.privileges, 'read', entity, before, caller.user, facts);
}
