// What every answer begins with, in one statement of a few buffers: the snapshot, how far the log goes, whether it holds anything new for a cursor, and
// how far this device's own mutations have come. As the first statement of a transaction it is also what takes the snapshot.
import { sql, type Sql, type UserContext } from '@satchel/model';
import type { Organisation } from '../store/organisation.ts';
import {
  clampSnapshot,
  historyMark,
  scopeSignature,
  sealCursor,
  type Cursor,
  type Snapshot,
} from './cursor.ts';

export interface Head {
  readonly snapshot: string;
  readonly isStandby: boolean;
  readonly timeline: string | null;
  /** Highest transaction that was ever in the log. */
  readonly top: string;
  readonly horizon: string;
  /** Anything in the log that the asked cursor has not seen. */
  readonly hasChanges: boolean;
  readonly device: {
    readonly lastSeq: number;
    readonly settledSeq: number;
    readonly lastSeenAt: string;
    readonly hasOutcomes: boolean;
  } | null;
}

/** The same, as the statement that finds a session sees it on its way: it knows no cursor. */
export interface Seen {
  readonly snapshot: string;
  readonly isStandby: boolean;
  readonly timeline: string | null;
  readonly top: string;
  readonly horizon: string;
  readonly device: { readonly lastSeq: number; readonly settledSeq: number; readonly lastSeenAt: string };
}

/** The head for a cursor, where what was seen is enough to know that nothing is new; null where the log must be asked. The ledger is dense: what is above is there. */
export function headOfSeen(seen: Seen, since: Snapshot, settledSeq: number): Head | null {
  if (since.running.length > 0 || BigInt(seen.top) >= BigInt(since.xmax)) return null;
  const device = { ...seen.device, hasOutcomes: seen.device.lastSeq > settledSeq };
  return { ...seen, hasChanges: false, device };
}

interface HeadRow {
  readonly snapshot: string;
  readonly standby: boolean;
  readonly timeline: string | null;
  readonly top: string;
  readonly horizon: string;
  readonly changed: boolean;
  readonly last_seq: number | null;
  readonly settled_seq: number;
  readonly last_seen_at: string;
  readonly has_outcomes: boolean;
}

/** `since` null: no cursor. `device` null: not asked by one. */
export function headSql(
  organisation: Organisation,
  since: Snapshot | null,
  device: { readonly id: string; readonly userId: string; readonly settledSeq: number } | null,
): Sql {
  const log = organisation.table('_change');
  const id = device?.id ?? null;
  // Ids are found by walking the index, and then compared: a plan that searches for an id it does not know would read the whole log. The newest row of the log
  // lies on a page that is still written to: `entity` keeps the plan from asking the visibility map about it first.
  return sql`with top as materialized (select c.xid, c.entity from ${log} c order by c.xid desc limit 1)
    select pg_current_snapshot()::text as snapshot, pg_is_in_recovery() as standby,
      case when pg_is_in_recovery() then (select upper(lpad(to_hex(c.timeline_id), 8, '0')) from pg_control_checkpoint() c)
        else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end as timeline,
      greatest(coalesce(top.xid, '0'), (o.horizon::text::bigint - 1)::text::xid8)::text as top,
      o.horizon::text as horizon,
      coalesce(top.xid >= ${since?.xmax ?? '18446744073709551615'}::xid8, false) or exists (
        select 1 from unnest(${since?.running ?? []}::xid8[]) r (xid)
        where (select c.xid from ${log} c where c.xid >= r.xid order by c.xid limit 1) = r.xid) as changed,
      d.last_seq, d.settled_seq, d.last_seen_at,
      d.last_seq > ${device?.settledSeq ?? 0}::bigint as has_outcomes
    from ${organisation.table('_organisation')} o
    left join top on true
    left join ${organisation.table('_device')} d on d.id = ${id}::uuid and d.user_id = ${device?.userId ?? null}::uuid`;
}

export function headOf(row: HeadRow | object | undefined): Head {
  if (row === undefined) throw new Error('the organisation has lost its row');
  const { snapshot, standby, timeline, top, horizon, changed, ...rest } = row as HeadRow;
  const device =
    rest.last_seq === null
      ? null
      : {
          lastSeq: rest.last_seq,
          settledSeq: rest.settled_seq,
          lastSeenAt: rest.last_seen_at,
          hasOutcomes: rest.has_outcomes,
        };
  return { snapshot, isStandby: standby, timeline, top, horizon, hasChanges: changed, device };
}

/** The cursor of an answer made in this snapshot. */
export function cursorAt(organisation: Organisation, head: Head, user: UserContext, moment: string): string {
  const cursor: Cursor = {
    history: historyMark(organisation.historyId),
    timeline: head.timeline,
    snapshot: clampSnapshot(head.snapshot, head.top, head.isStandby),
    bundle: organisation.bundleFor(user.roles).hash,
    signature: scopeSignature(user),
    moment,
    horizon: head.horizon,
  };
  return sealCursor(organisation.secret, cursor);
}
