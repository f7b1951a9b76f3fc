// Who is asking, at every request: one statement that finds the session and says whether anything was written since this process last read who the person
// is. What is remembered is used only where nothing was, so that a revoked session, a role or a team counts at the next request, whichever
// process changed it.
import { sql, SyncError, type UserContext } from '@satchel/model';
import { serverLimits } from '../limits.ts';
import type { Database } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';
import { clampSnapshot, type Snapshot } from '../sync-read/cursor.ts';
import type { Seen } from '../sync-read/head.ts';
import type { Organisations } from './organisations.ts';
import type { Session } from './sign-in.ts';
import { organisationOfToken, tokenHash } from './token.ts';

export interface Authentication {
  /** Who a token belongs to. Throws SyncError `session_expired`, or `account_disabled`. */
  sessionOf(token: string | null): Promise<Session>;
}

/** What was read of a person, and the snapshot in which it was. */
interface Known {
  readonly user: UserContext;
  readonly isActive: boolean;
  readonly since: Snapshot;
  /** Of the cluster: another one may have taken over, and give transaction ids again. */
  readonly timeline: string | null;
}

interface SessionRow {
  readonly user_id: string;
  readonly device_id: string;
  readonly is_old: boolean;
  readonly solution_hash: string;
  readonly history_id: string;
  readonly timeline: string | null;
  readonly changed: boolean;
  readonly snapshot: string;
  readonly top: string;
  readonly standby: boolean;
  readonly wal: string | null;
  readonly horizon: string;
  readonly last_seq: number;
  readonly settled_seq: number;
  readonly last_seen_at: string;
}

/** Remembers as many people as there are sessions in use, the longest unused first to be forgotten. */
export function openAuthentication(database: Database, organisations: Organisations): Authentication {
  const knownBySession = new Map<string, Known>();
  const remember = (key: string, known: Known) => {
    knownBySession.delete(key);
    knownBySession.set(key, known);
    if (knownBySession.size <= serverLimits.sessionsKnownMax) return;
    const [oldest] = knownBySession.keys();
    if (oldest !== undefined) knownBySession.delete(oldest);
  };
  return {
    sessionOf: async (token) => {
      const name = token === null ? null : organisationOfToken(token);
      const opened = name === null ? null : await organisations.find(name);
      if (token === null || opened === null) throw new SyncError('session_expired');
      const hash = tokenHash(token).toString('hex');
      const before = knownBySession.get(hash) ?? null;
      const row = await findSession(database, opened, hash, before?.since ?? null);
      if (row === null) {
        knownBySession.delete(hash);
        throw new SyncError('session_expired');
      }
      const isCurrent =
        row.solution_hash === opened.solutionHash && opened.historyId.startsWith(row.history_id);
      const organisation = isCurrent ? opened : await organisations.refresh(opened.name);
      const isFresh = before !== null && isCurrent && !row.changed && row.timeline === before.timeline;
      const known = isFresh ? before : await readPerson(database, organisation, row);
      if (known === null) throw new SyncError('session_expired');
      remember(hash, known);
      if (!known.isActive) throw new SyncError('account_disabled');
      if (row.is_old) await prolong(database, organisation, hash);
      const primaryAt = { wal: row.wal ?? '0/0', timeline: row.timeline };
      // Who was read only after the statement may be newer than what it saw.
      const seen = isFresh ? seenBy(row) : null;
      return { organisation, user: known.user, deviceId: row.device_id, primaryAt, seen };
    },
  };
}

function seenBy(row: SessionRow): Seen {
  const { snapshot, standby: isStandby, timeline, top, horizon } = row;
  const device = { lastSeq: row.last_seq, settledSeq: row.settled_seq, lastSeenAt: row.last_seen_at };
  return { snapshot, isStandby, timeline, top, horizon, device };
}

/** The live session of this token; null where there is none. `changed`: the log holds what `since` had not seen. */
async function findSession(
  database: Database,
  organisation: Organisation,
  hash: string,
  since: Snapshot | null,
): Promise<SessionRow | null> {
  const log = organisation.table('_change');
  const daysLeft = serverLimits.sessionDays - serverLimits.sessionProlongDays;
  // Ids are found by walking the index, and then compared: a plan that searches for an id it does not know would read the whole log.
  const rows = await database.rows<SessionRow>(
    sql`with top as materialized (select c.xid, c.entity from ${log} c order by c.xid desc limit 1)
        select s.user_id, s.device_id, o.solution_hash, o.history_id,
          s.expires_at < now() + make_interval(days => ${daysLeft}) as is_old,
          pg_current_snapshot()::text as snapshot, pg_is_in_recovery() as standby,
          case when pg_is_in_recovery() then null else pg_current_wal_flush_lsn()::text end as wal,
          case when pg_is_in_recovery() then null else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end as timeline,
          coalesce(top.xid::text, (o.horizon::text::bigint - 1)::text) as top, o.horizon::text as horizon,
          d.last_seq, d.settled_seq, d.last_seen_at,
          coalesce(top.xid >= asked.xmax, false) or o.horizon > asked.xmax or exists (
            select 1 from unnest(${since?.running ?? []}::xid8[]) r (xid)
            where r.xid < o.horizon or (select c.xid from ${log} c where c.xid >= r.xid order by c.xid limit 1) = r.xid) as changed
        from (select ${since?.xmax ?? '0'}::xid8 as xmax) asked
        cross join ${organisation.table('_organisation')} o
        left join top on true
        join ${organisation.table('_session')} s
          on s.token_hash = decode(${hash}, 'hex') and s.revoked_at is null and s.expires_at > now()
        join ${organisation.table('_device')} d on d.id = s.device_id and d.user_id = s.user_id`,
    `satchel_session_${organisation.schema}`,
  );
  return rows[0] ?? null;
}

/** Who a person is by now. It may be newer than the snapshot it is kept under, never older: then it is read once more than needed. */
async function readPerson(
  database: Database,
  organisation: Organisation,
  { user_id: userId, snapshot, top, standby, timeline }: SessionRow,
): Promise<Known | null> {
  const name = `satchel_person_${organisation.schema}_${organisation.solution.hierarchy?.kind[0] ?? ''}`;
  const person = await organisation.person({ rows: (statement) => database.rows(statement, name) }, userId);
  return person === null ? null : { ...person, since: clampSnapshot(snapshot, top, standby), timeline };
}

async function prolong(database: Database, organisation: Organisation, hash: string): Promise<void> {
  await database.rows(
    sql`update ${organisation.table('_session')} set expires_at = now() + make_interval(days => ${serverLimits.sessionDays})
        where token_hash = decode(${hash}, 'hex') and revoked_at is null`,
  );
}
