// How devices stand with the server: last contact, what they have settled, what they had to repair, what was refused, and which values lost in merges.
// For administrators, who see what anybody asked for: it is their work to help when something does not get through.
import { sql, type AdminDevice, type AdminSyncAnswer, type RecordId } from '@satchel/model';
import { serverLimits } from '../limits.ts';
import type { Database, Tx } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';

export interface StatusPage {
  /** The device that the page before ended with; null: from the first. */
  readonly after: RecordId | null;
  readonly limit: number;
}

/** One page of devices, in one snapshot. `now` is server time. */
export async function readSyncStatus(
  database: Database,
  organisation: Organisation,
  { after, limit }: StatusPage,
  now: string,
): Promise<AdminSyncAnswer> {
  const most = Math.min(limit, serverLimits.adminDevicesMax);
  return database.read(async (tx) => {
    const found = await tx.rows<DeviceRow>(
      sql`select d.id, d.name, d.user_id, coalesce(u."login", '') as login, coalesce(u."name", '') as user_name,
            d.first_seen_at, d.last_seen_at, d.last_seq, d.settled_seq, d.heals,
            (extract(epoch from (d.last_seen_at - d.cursor_at)) * 1000)::bigint as cursor_age_ms
          from ${organisation.table('_device')} d left join ${organisation.table('user')} u on u.id = d.user_id
          where ${after}::uuid is null or d.id > ${after}::uuid order by d.id limit ${most + 1}`,
    );
    const devices = found.slice(0, most);
    const ids = devices.map(({ id }) => id);
    const heals = await latestOf<HealRow>(tx, ids, healsSql(organisation, ids));
    const issues = await latestOf<IssueRow>(tx, ids, issuesSql(organisation, ids));
    const superseded = await latestOf<SupersededRow>(tx, ids, supersededSql(organisation, ids));
    return {
      devices: devices.map((row) => ({
        ...deviceOf(row),
        heals: heals(row.id),
        issues: issues(row.id),
        superseded: superseded(row.id),
      })),
      next: found.length > most ? (ids.at(-1) ?? null) : null,
      serverTime: now,
    };
  });
}

interface DeviceRow {
  readonly id: RecordId;
  readonly name: string;
  readonly user_id: RecordId;
  readonly login: string;
  readonly user_name: string;
  readonly first_seen_at: string;
  readonly last_seen_at: string;
  readonly last_seq: number;
  readonly settled_seq: number;
  readonly heals: number;
  readonly cursor_age_ms: number | null;
}

type Item<K extends 'heals' | 'issues' | 'superseded'> = AdminDevice[K]['items'][number];
type Ranked<T> = T & { readonly deviceId: RecordId; readonly total: number; readonly rank: number };
type HealRow = Item<'heals'>;
type IssueRow = Item<'issues'>;
type SupersededRow = Item<'superseded'>;

function deviceOf(row: DeviceRow): Omit<AdminDevice, 'heals' | 'issues' | 'superseded'> {
  return {
    id: row.id,
    name: row.name,
    user: { id: row.user_id, login: row.login, name: row.user_name },
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    lastSeq: row.last_seq,
    settledSeq: row.settled_seq,
    cursorAgeMs: row.cursor_age_ms === null ? null : Math.max(0, row.cursor_age_ms),
    healedRows: row.heals,
  };
}

/** Of each device the latest, with how many there are. The statement gives `deviceId`, newest first by `"order"`. */
async function latestOf<T extends object>(
  tx: Tx,
  ids: readonly RecordId[],
  statement: ReturnType<typeof sql>,
): Promise<(id: RecordId) => { total: number; items: T[] }> {
  const rows =
    ids.length === 0
      ? []
      : await tx.rows<Ranked<T>>(
          sql`select * from (
                select i.*, count(*) over (partition by "deviceId") as total,
                  row_number() over (partition by "deviceId" order by "order" desc) as rank
                from (${statement}) i) r
              where rank <= ${serverLimits.adminItemsMax} order by "deviceId", rank`,
        );
  return (id) => {
    const mine = rows.filter(({ deviceId }) => deviceId === id);
    const items = mine.map((row) => {
      const {
        deviceId: _device,
        total: _total,
        rank: _rank,
        order: _order,
        ...item
      } = row as Ranked<T> & {
        order: unknown;
      };
      return item as unknown as T;
    });
    return { total: mine[0]?.total ?? 0, items };
  };
}

function healsSql(organisation: Organisation, ids: readonly RecordId[]) {
  return sql`select h.device_id as "deviceId", h.number, h.entity, h.why, h.buckets, h.missing, h.extra, h.stale, h.at, h.recorded_at as "order"
    from ${organisation.table('_heal')} h where h.device_id = any(${ids}::uuid[])`;
}

/**
 * Refused and held mutations that nothing took the place of: neither the same one run later, nor one that supersedes it, nor a later accepted change of the
 * same record by that device, which would have waited while this was open. That a person gave one up is not told to the server.
 */
function issuesSql(organisation: Organisation, ids: readonly RecordId[]) {
  const ledger = organisation.table('_ledger');
  return sql`select l.device_id as "deviceId", l.mutation_id as "mutationId", l.seq, l.payload->>'entity' as entity, l.payload->>'recordId' as "recordId",
      l.payload->>'command' as command, l.verdict->>'outcome' as outcome, l.verdict->>'code' as code, l.verdict->>'reason' as reason,
      l.verdict->>'because' as because, l.verdict->>'reference' as reference, l.received_at as "receivedAt",
      case when l.payload ? '_cut' then null else l.payload - '_from' - '_to' end as payload, l.seq as "order"
    from ${ledger} l
    where l.device_id = any(${ids}::uuid[]) and l.verdict->>'outcome' in ('conflict', 'rejected', 'held')
      and not exists (
        select 1 from ${ledger} s where s.device_id = l.device_id and s.seq > l.seq and (
          s.mutation_id = l.mutation_id
          or s.payload->>'supersedes' = l.mutation_id::text
          or (s.verdict->>'outcome' in ('applied', 'merged') and s.payload->>'recordId' = l.payload->>'recordId'
              and s.payload->>'entity' = l.payload->>'entity')))`;
}

function supersededSql(organisation: Organisation, ids: readonly RecordId[]) {
  return sql`select l.device_id as "deviceId", s.mutation_id as "mutationId", s.entity, s.record_id as "recordId", s.field, s.base, s.theirs, s.mine, s.result,
      s.rule, s.at, s.at as "order"
    from ${organisation.table('_superseded')} s
    join ${organisation.table('_ledger')} l on l.mutation_id = s.mutation_id and l.verdict->>'outcome' not in ('held', 'duplicate')
    where l.device_id = any(${ids}::uuid[])`;
}
