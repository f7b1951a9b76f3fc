// What the server remembers of every mutation: the ledger (device and sequence number → verdict), the device's counter, the attempts.
// A verdict, its effect and the counter are written in one transaction; an attempt is written in one of its own, before the handler runs.
import { createHash } from 'node:crypto';
import { canonicalJson, limits, sql, type Verdict } from '@satchel/model';
import { serverLimits } from '../limits.ts';
import type { Database, Tx } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';
import type { RawMutation } from './envelope.ts';

export interface LedgerEntry {
  readonly seq: number;
  readonly mutationId: string;
  readonly payloadHash: Buffer;
  readonly verdict: Verdict;
}

/** Which `_rev` a mutation found and which it left. */
export interface RevStep {
  readonly from: number | null;
  readonly to: number | null;
}

/** SHA-256 of the mutation as it came, without its sequence number: the same write has the same hash under whatever number it comes. */
export function payloadHash(content: Readonly<Record<string, unknown>>): Buffer {
  const { seq: _seq, ...rest } = content;
  return createHash('sha256').update(canonicalJson(rest)).digest();
}

/** The device's highest recorded number; the row stays locked until the transaction ends. Null where the device is not this person's. */
export async function lockDevice(
  tx: Tx,
  organisation: Organisation,
  deviceId: string,
  userId: string,
): Promise<number | null> {
  const rows = await tx.rows<{ last_seq: number }>(
    sql`select last_seq from ${organisation.table('_device')} where id = ${deviceId} and user_id = ${userId} for update`,
  );
  return rows[0]?.last_seq ?? null;
}

export async function readLastSeq(tx: Tx, organisation: Organisation, deviceId: string): Promise<number> {
  const rows = await tx.rows<{ last_seq: number }>(
    sql`select last_seq from ${organisation.table('_device')} where id = ${deviceId}`,
  );
  return rows[0]?.last_seq ?? 0;
}

export async function entryAt(
  tx: Tx,
  organisation: Organisation,
  deviceId: string,
  seq: number,
): Promise<LedgerEntry | null> {
  const rows = await tx.rows<LedgerRow>(
    sql`select seq, mutation_id, payload_hash, verdict from ${organisation.table('_ledger')}
        where device_id = ${deviceId} and seq = ${seq}`,
  );
  return rows[0] === undefined ? null : entryOf(rows[0]);
}

/** The entry with this mutation's final verdict, whoever sent it under whatever number. */
export async function finalEntryOf(
  tx: Tx,
  organisation: Organisation,
  mutationId: string,
): Promise<LedgerEntry | null> {
  const rows = await tx.rows<LedgerRow>(
    sql`select seq, mutation_id, payload_hash, verdict from ${organisation.table('_ledger')}
        where mutation_id = ${mutationId} and verdict->>'outcome' not in ('held', 'duplicate')`,
  );
  return rows[0] === undefined ? null : entryOf(rows[0]);
}

/** Writes the verdict and moves the counter. */
export async function record(
  tx: Tx,
  organisation: Organisation,
  deviceId: string,
  raw: RawMutation,
  verdict: Verdict,
  step: RevStep,
): Promise<void> {
  const payload = JSON.stringify(storable({ ...raw.content, _from: step.from, _to: step.to }));
  await tx.rows(
    sql`insert into ${organisation.table('_ledger')}
          (device_id, seq, mutation_id, payload_hash, payload, verdict, received_at)
        values (${deviceId}, ${raw.seq}, ${raw.id}, decode(${payloadHash(raw.content).toString('hex')}, 'hex'),
          ${payload}::jsonb, ${JSON.stringify(verdict)}::jsonb, now())`,
  );
  await tx.rows(
    sql`update ${organisation.table('_device')} set last_seq = ${raw.seq} where id = ${deviceId}`,
  );
}

/** What this device asked for between two numbers and was refused or held, and that nothing replaced, oldest first. */
export async function refusedBetween(
  tx: Tx,
  organisation: Organisation,
  deviceId: string,
  afterSeq: number,
  beforeSeq: number,
): Promise<readonly unknown[]> {
  const ledger = organisation.table('_ledger');
  const rows = await tx.rows<{ payload: unknown }>(
    sql`select l.payload - '_from' - '_to' as payload from ${ledger} l
        where l.device_id = ${deviceId} and l.seq > ${afterSeq} and l.seq < ${beforeSeq}
          and coalesce(l.verdict->>'original', l.verdict->>'outcome') in ('conflict', 'rejected', 'held')
          and not exists (select 1 from ${ledger} n where n.device_id = l.device_id and n.seq > l.seq
            and n.payload->>'supersedes' = l.mutation_id::text)
        order by l.seq limit ${limits.pushMutationsMax}`,
  );
  return rows.map(({ payload }) => payload);
}

/** What this device's own mutations did to a record's `_rev`, oldest first. */
export async function ownSteps(
  tx: Tx,
  organisation: Organisation,
  deviceId: string,
  recordId: string,
  beforeSeq: number,
): Promise<readonly RevStep[]> {
  return tx.rows<RevStep>(
    sql`select (payload->>'_from')::bigint as "from", (payload->>'_to')::bigint as "to"
        from ${organisation.table('_ledger')}
        where device_id = ${deviceId} and seq >= ${beforeSeq - serverLimits.ownStepsMax} and seq < ${beforeSeq}
          and payload->>'recordId' = ${recordId} and payload->>'_to' is not null
        order by seq`,
  );
}

/** Is `current` what `seen` became by these steps alone? */
export function isReachedBy(steps: readonly RevStep[], seen: number | null, current: number): boolean {
  let rev = seen;
  if (rev === current) return true;
  for (const step of steps) {
    if (step.from === rev) rev = step.to;
    if (rev === current) return true;
  }
  return false;
}

/** Counts an attempt before it begins and says how many there were before. It may be lost in a power cut, not by a crash of this process. */
export async function beginAttempt(
  write: Database['write'],
  organisation: Organisation,
  mutationId: string,
): Promise<{ readonly earlier: number; readonly lastReference: string | null }> {
  return write(async (tx) => {
    await tx.rows(sql`set local synchronous_commit = off`);
    const rows = await tx.rows<{ attempts: number; last_reference: string | null }>(
      sql`insert into ${organisation.table('_attempt')} as a (mutation_id, attempts, last_at)
          values (${mutationId}, 1, now())
          on conflict (mutation_id) do update set attempts = a.attempts + 1, last_at = now()
          returning attempts, last_reference`,
    );
    return { earlier: (rows[0]?.attempts ?? 1) - 1, lastReference: rows[0]?.last_reference ?? null };
  });
}

/** A ruling was made: the attempts are forgotten with it. */
export async function forgetAttempts(tx: Tx, organisation: Organisation, mutationId: string): Promise<void> {
  await tx.rows(sql`delete from ${organisation.table('_attempt')} where mutation_id = ${mutationId}`);
}

/** The attempt failed. Where nothing was wrong with the mutation (`isCharged` false) it does not count. */
export async function failAttempt(
  write: Database['write'],
  organisation: Organisation,
  mutationId: string,
  reference: string,
  isCharged: boolean,
): Promise<void> {
  await write(async (tx) => {
    await tx.rows(
      sql`update ${organisation.table('_attempt')}
          set attempts = attempts - ${isCharged ? 0 : 1}::int, last_reference = ${reference}
          where mutation_id = ${mutationId}`,
    );
  });
}

/** A verdict as it is told again. */
export function asDuplicate(verdict: Verdict, seq: number): Verdict {
  const original = verdict.outcome === 'duplicate' ? (verdict.original ?? 'applied') : verdict.outcome;
  return { ...verdict, seq, outcome: 'duplicate', original };
}

interface LedgerRow {
  readonly seq: number;
  readonly mutation_id: string;
  readonly payload_hash: Buffer;
  readonly verdict: Verdict;
}

function entryOf(row: LedgerRow): LedgerEntry {
  return { seq: row.seq, mutationId: row.mutation_id, payloadHash: row.payload_hash, verdict: row.verdict };
}

/** What jsonb cannot hold (the zero character, half a surrogate pair) becomes the replacement character: even nonsense is recorded. */
function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/[\0\p{Surrogate}]/gu, '\ufffd');
  if (Array.isArray(value)) return value.map(storable);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [storable(key) as string, storable(member)]),
  );
}
