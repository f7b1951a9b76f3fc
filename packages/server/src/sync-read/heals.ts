// What devices had to repair, as they tell it with a pull. A heal told again, because the answer was lost, is recorded once.
import { sql, type Heal } from '@satchel/model';
import type { Database } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';

export interface Recorded {
  /** Those that had not been told before. */
  readonly fresh: readonly Heal[];
  /** The device may forget up to here; null: nothing was told. */
  readonly upTo: number | null;
}

export async function recordHeals(
  database: Database,
  organisation: Organisation,
  deviceId: string,
  heals: readonly Heal[],
): Promise<Recorded> {
  if (heals.length === 0) return { fresh: [], upTo: null };
  const known = heals.filter(({ entity }) => organisation.numberByEntity.has(entity));
  const inserted = await database.write(async (tx) => {
    const rows = await tx.rows<{ number: number; at: string }>(
      sql`insert into ${organisation.table('_heal')} (device_id, number, entity, why, buckets, missing, extra, stale, at)
          select ${deviceId}::uuid, h.number, h.entity, h.why, h.buckets, h.missing, h.extra, h.stale, h.at
          from jsonb_to_recordset(${JSON.stringify(known)}::jsonb)
            as h (number bigint, entity text, why text, buckets bigint, missing bigint, extra bigint, stale bigint, at timestamptz)
          on conflict do nothing returning number, at`,
    );
    const fresh = known.filter(({ number, at }) =>
      rows.some((row) => row.number === number && row.at === at),
    );
    const healed = fresh.reduce((sum, each) => sum + each.missing + each.extra + each.stale, 0);
    await tx.rows(
      sql`update ${organisation.table('_device')} set heals = heals + ${healed}::bigint where id = ${deviceId}::uuid`,
    );
    return fresh;
  });
  return { fresh: inserted, upTo: Math.max(...heals.map(({ number }) => number)) };
}
