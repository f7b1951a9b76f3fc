// What the server clears away by itself, once when it starts and then daily. Nothing that a device or a person could still need goes: what stands between
// a repeat and a second effect (ids, hashes and verdicts of the ledger) stays for ever.
import { sql } from '@satchel/model';
import { serverLimits } from '../limits.ts';
import type { Database } from './database.ts';
import { listOrganisations, openOrganisation, pruneChangeLog, type Organisation } from './organisation.ts';

/** How much of each was cleared away. */
export interface Cleared {
  readonly changes: number;
  readonly superseded: number;
  readonly sessions: number;
  readonly attempts: number;
  readonly heals: number;
  readonly payloads: number;
}

export interface Housekeeping {
  /** Resolves when a round under way is over. */
  close(): Promise<void>;
}

/** Rounds for all organisations. A failure is told to `onError`, and the next round tries again. */
export function startHousekeeping(database: Database, onError: (error: unknown) => void): Housekeeping {
  let isClosed = false;
  const round = async (): Promise<void> => {
    for (const name of await listOrganisations(database))
      if (!isClosed) await clearAway(database, await openOrganisation(database, name));
  };
  let current = round().catch(onError);
  const timer = setInterval(() => {
    current = current.then(round).catch(onError);
  }, serverLimits.housekeepingMs);
  return {
    close: async () => {
      isClosed = true;
      clearInterval(timer);
      await current;
    },
  };
}

/** One round for one organisation; each part in a transaction of its own. Two processes may do it at once. */
export async function clearAway(database: Database, organisation: Organisation): Promise<Cleared> {
  const { traceDays } = serverLimits;
  const session = organisation.table('_session');
  return {
    changes: await pruneOldChanges(database, organisation),
    superseded: await clear(
      database,
      sql`delete from ${organisation.table('_superseded')} where at < now() - make_interval(days => ${traceDays})`,
    ),
    sessions: await clear(
      database,
      sql`delete from ${session} where least(expires_at, revoked_at) < now() - make_interval(days => ${traceDays})`,
    ),
    attempts: await clear(
      database,
      sql`delete from ${organisation.table('_attempt')} where last_at < now() - make_interval(days => ${traceDays})`,
    ),
    heals: await clear(
      database,
      sql`delete from ${organisation.table('_heal')} where recorded_at < now() - make_interval(days => ${traceDays})`,
    ),
    payloads: await cutPayloads(database, organisation),
  };
}

/** By rows, and by age: the log knows no times, so each round marks how far it went by now. */
async function pruneOldChanges(database: Database, organisation: Organisation): Promise<number> {
  const mark = organisation.table('_log_mark');
  const days = serverLimits.changeLogDays;
  // Of the marks that are old enough only the newest is needed. What was under way at the mark is above it.
  const old = await database.write(async (tx) => {
    await tx.rows(sql`insert into ${mark} (xid) values (pg_snapshot_xmin(pg_current_snapshot()))`);
    const [found] = await tx.rows<{ xid: string }>(
      sql`select max(xid)::text as xid from ${mark} where at < now() - make_interval(days => ${days}) having count(*) > 0`,
    );
    if (found !== undefined) await tx.rows(sql`delete from ${mark} where xid < ${found.xid}::xid8`);
    return found ?? null;
  });
  const byAge = old === null ? 0 : await pruneChangeLog(database, organisation, { before: old.xid });
  return byAge + (await pruneChangeLog(database, organisation));
}

/**
 * What was asked is forgotten long after the device has its outcome. What later rulings look at stays: which record, and what the mutation did to it.
 */
function cutPayloads(database: Database, organisation: Organisation): Promise<number> {
  return clear(
    database,
    sql`update ${organisation.table('_ledger')} l
        set payload = jsonb_build_object('_cut', true, 'entity', l.payload->'entity', 'recordId', l.payload->'recordId',
          '_from', l.payload->'_from', '_to', l.payload->'_to')
        from ${organisation.table('_device')} d
        where d.id = l.device_id and l.seq <= d.settled_seq and not l.payload ? '_cut'
          and l.received_at < now() - make_interval(days => ${serverLimits.ledgerPayloadDays})`,
  );
}

function clear(database: Database, statement: ReturnType<typeof sql>): Promise<number> {
  return database.write(async (tx) => {
    await tx.rows('set local statement_timeout = 0');
    const [gone] = await tx.rows<{ count: number }>(
      sql`with gone as (${statement} returning 1) select count(*) as count from gone`,
    );
    return gone?.count ?? 0;
  });
}
