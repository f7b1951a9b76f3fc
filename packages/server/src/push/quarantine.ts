// Mutations that were set aside because they kept crashing their handler: an administrator sees them, runs them again with the rights of their
// author, or gives them up. The ledger's entry gets the new verdict in the transaction of its effect, and the author's device asks for it.
import { sealedMutation, sql, type SealedMutation, type Verdict } from '@satchel/model';
import { serverLimits } from '../limits.ts';
import type { Database, Tx } from '../store/database.ts';
import { writeAs, type Organisation } from '../store/organisation.ts';
import { applyMutation, type Ruling } from './apply.ts';

/** One that is set aside. */
export interface Quarantined {
  readonly mutationId: string;
  readonly deviceId: string;
  readonly seq: number;
  readonly userId: string;
  /** The author's log-in; null where there is no such person any more. */
  readonly login: string | null;
  readonly entity: string | null;
  readonly recordId: string | null;
  readonly command: string | null;
  /** Stands in the log beside what happened. */
  readonly reference: string | null;
  readonly receivedAt: string;
}

export type QuarantineOutcome =
  | { readonly kind: 'done'; readonly verdict: Verdict }
  /** It is not set aside: unknown, or settled by somebody in the meantime. */
  | { readonly kind: 'not-there' }
  /** Its author sent another in its place, or is nobody any more: it is not run again. */
  | { readonly kind: 'not-wanted'; readonly why: 'replaced' | 'author_gone' | 'unreadable' };

/** The newest first. */
export function listQuarantine(
  database: Database,
  organisation: Organisation,
): Promise<readonly Quarantined[]> {
  return database.rows<Quarantined>(
    sql`select l.mutation_id as "mutationId", l.device_id as "deviceId", l.seq, d.user_id as "userId", u."login",
          l.payload->>'entity' as entity, l.payload->>'recordId' as "recordId", l.payload->>'command' as command,
          l.verdict->>'reference' as reference, l.received_at as "receivedAt"
        from ${organisation.table('_ledger')} l join ${organisation.table('_device')} d on d.id = l.device_id
        left join ${organisation.table('user')} u on u."id" = d.user_id
        where l.verdict->>'outcome' = 'rejected' and l.verdict->>'code' = 'quarantined'
        order by l.received_at desc limit ${serverLimits.quarantineListMax}`,
  );
}

/** Runs it again. Throws what the handler throws; it is then set aside as before. */
export function retryQuarantined(
  database: Database,
  organisation: Organisation,
  mutationId: string,
  now: string,
): Promise<QuarantineOutcome> {
  return database.write(async (tx): Promise<QuarantineOutcome> => {
    const entry = await lockEntry(tx, organisation, mutationId);
    if (entry === null) return { kind: 'not-there' };
    if (entry.isReplaced) return { kind: 'not-wanted', why: 'replaced' };
    const user = await organisation.userContext(tx, entry.userId);
    if (user === null) return { kind: 'not-wanted', why: 'author_gone' };
    const parsed = sealedMutation.safeParse(entry.payload);
    if (!parsed.success) return { kind: 'not-wanted', why: 'unreadable' };
    const model = organisation.modelFor(user.roles);
    const caller = { user, model, privileges: model.bundle.privileges };
    const mutation = parsed.data as SealedMutation;
    await writeAs(tx, user.id);
    const ruling = await applyMutation(tx, { organisation, caller, deviceId: entry.deviceId, mutation, now });
    await rerule(tx, organisation, entry, ruling);
    return { kind: 'done', verdict: ruling.verdict };
  });
}

/** Gives it up for good: its author learns so and may enter it anew. */
export function discardQuarantined(
  database: Database,
  organisation: Organisation,
  mutationId: string,
): Promise<QuarantineOutcome> {
  return database.write(async (tx): Promise<QuarantineOutcome> => {
    const entry = await lockEntry(tx, organisation, mutationId);
    if (entry === null) return { kind: 'not-there' };
    const verdict: Verdict = { ...entry.verdict, code: 'given_up' };
    await rerule(tx, organisation, entry, { verdict, step: { from: null, to: null } });
    return { kind: 'done', verdict };
  });
}

interface Entry {
  readonly deviceId: string;
  readonly seq: number;
  readonly userId: string;
  readonly payload: unknown;
  readonly verdict: Verdict;
  readonly isReplaced: boolean;
}

/** Locked until the transaction ends, so that two administrators do not run it twice. */
async function lockEntry(tx: Tx, organisation: Organisation, mutationId: string): Promise<Entry | null> {
  const ledger = organisation.table('_ledger');
  const rows = await tx.rows<Entry>(
    sql`select l.device_id as "deviceId", l.seq, d.user_id as "userId", l.payload - '_from' - '_to' as payload, l.verdict,
          exists (select 1 from ${ledger} n where n.device_id = l.device_id and n.payload->>'supersedes' = l.mutation_id::text)
            as "isReplaced"
        from ${ledger} l join ${organisation.table('_device')} d on d.id = l.device_id
        where l.mutation_id = ${mutationId}::uuid and l.verdict->>'outcome' = 'rejected'
          and l.verdict->>'code' = 'quarantined' for update of l`,
  );
  return rows[0] ?? null;
}

async function rerule(tx: Tx, organisation: Organisation, entry: Entry, ruling: Ruling): Promise<void> {
  const step = JSON.stringify({ _from: ruling.step.from, _to: ruling.step.to });
  await tx.rows(
    sql`update ${organisation.table('_ledger')}
        set verdict = ${JSON.stringify(ruling.verdict)}::jsonb, payload = payload || ${step}::jsonb
        where device_id = ${entry.deviceId}::uuid and seq = ${entry.seq}`,
  );
}
