// POST /api/sync/push. Each mutation runs in a transaction of its own together with its ledger entry and the device's counter, in order.
// A definite refusal is recorded and the rest goes on; an unknown outcome stops the batch there (a fence), because what follows may stand on it.
import {
  dependsOn,
  limits,
  limitVerdict,
  sealedMutation,
  SyncError,
  upcastToPresent,
  type ErrorCode,
  type Mutation,
  type PushAnswer,
  type SealedMutation,
  type Verdict,
} from '@satchel/model';
import { isPassing, isRuledElsewhere, retryAfterMs } from '../errors.ts';
import type { Database, Tx } from '../store/database.ts';
import { writeAs, type Organisation } from '../store/organisation.ts';
import { applyMutation, type Ruling } from './apply.ts';
import type { Caller } from './decide.ts';
import {
  asDuplicate,
  beginAttempt,
  entryAt,
  failAttempt,
  finalEntryOf,
  forgetAttempts,
  lockDevice,
  payloadHash,
  readLastSeq,
  record,
  refusedBetween,
} from './ledger.ts';
import type { RawMutation } from './envelope.ts';

export interface PushPorts {
  readonly database: Database;
  /** Server time, ISO. */
  readonly now: () => string;
  /** A new reference for the log and the person who reads it. */
  readonly reference: () => string;
  readonly report: (problem: {
    readonly reference: string;
    readonly mutationId: string;
    readonly cause: unknown;
  }) => void;
}

export interface Pusher {
  readonly organisation: Organisation;
  readonly caller: Caller;
  readonly deviceId: string;
}

type Fence = NonNullable<PushAnswer['fence']>;
type Step =
  | { readonly kind: 'verdict'; readonly verdict: Verdict; readonly mutation: Mutation | null }
  | { readonly kind: 'fence'; readonly fence: Fence };

/** Verdicts in order, up to the first mutation whose outcome is unknown. Throws SyncError `device_cloned` where the same number or id came with another payload. */
export async function push(
  ports: PushPorts,
  pusher: Pusher,
  mutations: readonly RawMutation[],
  heardSeq: number | null = null,
): Promise<Pick<PushAnswer, 'verdicts' | 'lastSeq' | 'fence'>> {
  const { organisation, deviceId } = pusher;
  const verdicts: Verdict[] = [];
  // One push of a device at a time: only so is an attempt that was begun and not ended one that crashed, and not one that goes on elsewhere.
  const fence = await ports.database.alone(`push ${organisation.schema} ${deviceId}`, async (write) => {
    const blockers = [...(await unheardRefusals(write, pusher, heardSeq, mutations))];
    for (const raw of mutations) {
      const step = await pushOne(ports, write, pusher, raw, blockers);
      if (step.kind === 'fence') return step.fence;
      verdicts.push(limitVerdict(pusher.caller.model, entityOf(raw), step.verdict));
      if (step.mutation !== null && holdsBack(step.verdict)) blockers.push(step.mutation);
    }
    return undefined;
  });
  const lastSeq = await ports.database.read((tx) => readLastSeq(tx, organisation, deviceId));
  return { verdicts, lastSeq, ...(fence === undefined ? {} : { fence }) };
}

/**
 * What was refused before these mutations and after everything whose outcome the device knew when it gave them their numbers: they may stand on it,
 * and the device could not know. A fence in the middle of a push leaves such.
 */
async function unheardRefusals(
  write: Database['write'],
  { organisation, deviceId }: Pusher,
  heardSeq: number | null,
  mutations: readonly RawMutation[],
): Promise<readonly Mutation[]> {
  const first = mutations[0]?.seq ?? 0;
  if (heardSeq === null || heardSeq + 1 >= first) return [];
  const payloads = await write((tx) => refusedBetween(tx, organisation, deviceId, heardSeq, first));
  return payloads.flatMap((payload) => {
    const parsed = sealedMutation.safeParse(payload);
    return parsed.success ? [parsed.data as SealedMutation] : [];
  });
}

async function pushOne(
  ports: PushPorts,
  write: Database['write'],
  pusher: Pusher,
  raw: RawMutation,
  blockers: readonly Mutation[],
): Promise<Step> {
  try {
    const attempt = await beginAttempt(write, pusher.organisation, raw.id);
    const isPoison = attempt.earlier >= limits.mutationAttemptsMax;
    return await write(async (tx) => {
      await writeAs(tx, pusher.caller.user.id);
      return settle(tx, ports, pusher, raw, {
        blockers,
        quarantine: isPoison ? (attempt.lastReference ?? ports.reference()) : null,
      });
    });
  } catch (thrown) {
    if (thrown instanceof SyncError) throw thrown;
    return fenceOff(ports, write, pusher, raw, thrown);
  }
}

/** The verdict of one mutation, recorded. Runs inside its transaction. */
async function settle(
  tx: Tx,
  ports: PushPorts,
  pusher: Pusher,
  raw: RawMutation,
  options: { readonly blockers: readonly Mutation[]; readonly quarantine: string | null },
): Promise<Step> {
  const { organisation, deviceId } = pusher;
  const parsed = sealedMutation.safeParse(raw.content);
  const came = parsed.success ? (parsed.data as SealedMutation) : null;
  // What is judged speaks of the present model; what is recorded, and its hash, is what came.
  const mutation = came === null ? null : upcastToPresent(pusher.organisation.solution, came);
  const hash = payloadHash(raw.content);
  const lastSeq = await lockDevice(tx, organisation, deviceId, pusher.caller.user.id);
  if (lastSeq === null) throw new SyncError('session_expired');
  await forgetAttempts(tx, organisation, raw.id);
  if (raw.seq <= lastSeq) {
    const before = await entryAt(tx, organisation, deviceId, raw.seq);
    if (before === null || before.mutationId !== raw.id || !before.payloadHash.equals(hash))
      throw new SyncError('device_cloned', { seq: raw.seq });
    return { kind: 'verdict', verdict: asDuplicate(before.verdict, raw.seq), mutation };
  }
  if (raw.seq > lastSeq + 1)
    return { kind: 'fence', fence: { seq: raw.seq, code: 'sequence_gap', retryAfterMs: 0 } };
  const isTooOld = came !== null && came.schemaVersion < pusher.organisation.oldestVersion;
  const ruling = await rule(tx, ports, pusher, raw, isTooOld ? came : mutation, hash, {
    ...options,
    isTooOld,
  });
  await record(tx, organisation, deviceId, raw, ruling.verdict, ruling.step);
  return { kind: 'verdict', verdict: ruling.verdict, mutation };
}

interface RuleOptions {
  readonly blockers: readonly Mutation[];
  readonly quarantine: string | null;
  /** Of a version of the model that nobody understands any more: kept, and told as such. */
  readonly isTooOld: boolean;
}

async function rule(
  tx: Tx,
  ports: PushPorts,
  pusher: Pusher,
  raw: RawMutation,
  mutation: SealedMutation | null,
  hash: Buffer,
  options: RuleOptions,
): Promise<Ruling> {
  const step = { from: null, to: null };
  const { organisation, caller, deviceId } = pusher;
  const base = { id: raw.id, seq: raw.seq };
  const refused = (code: ErrorCode): Ruling => ({ verdict: { ...base, outcome: 'rejected', code }, step });
  const final = await finalEntryOf(tx, organisation, raw.id);
  if (final !== null) {
    if (!final.payloadHash.equals(hash)) throw new SyncError('device_cloned', { mutation: raw.id });
    return { verdict: asDuplicate(final.verdict, raw.seq), step };
  }
  if (raw.bytes > limits.mutationBytesMax) return refused('too_large');
  if (mutation === null) return refused('validation');
  if (options.isTooOld) return refused('schema_too_old');
  const blocker = options.blockers.find((earlier) => dependsOn(organisation.model, mutation, earlier));
  if (blocker !== undefined)
    return { verdict: { ...base, outcome: 'held', code: 'waits_for_other', because: blocker.id }, step };
  if (options.quarantine !== null) {
    const verdict: Verdict = {
      ...base,
      outcome: 'rejected',
      code: 'quarantined',
      reference: options.quarantine,
    };
    return { verdict, step };
  }
  return applyMutation(tx, { organisation, caller, deviceId, mutation, now: ports.now() });
}

/** Nothing of the mutation was committed, or nobody knows: the device asks again before it sends anything after it. */
async function fenceOff(
  ports: PushPorts,
  write: Database['write'],
  pusher: Pusher,
  raw: RawMutation,
  cause: unknown,
): Promise<Step> {
  const reference = ports.reference();
  ports.report({ reference, mutationId: raw.id, cause });
  const passes = isPassing(cause) || isRuledElsewhere(cause);
  try {
    await failAttempt(write, pusher.organisation, raw.id, reference, !passes);
  } catch (failure) {
    ports.report({ reference, mutationId: raw.id, cause: failure });
  }
  const code = passes ? 'unavailable' : 'server_error';
  return { kind: 'fence', fence: { seq: raw.seq, code, retryAfterMs } };
}

function entityOf({ content }: RawMutation): string {
  const { entity } = content;
  return typeof entity === 'string' ? entity : '';
}

/** Refused now or before, and nobody has resolved it: what stands on it waits. */
function holdsBack(verdict: Verdict): boolean {
  const outcome = verdict.outcome === 'duplicate' ? verdict.original : verdict.outcome;
  return outcome === 'conflict' || outcome === 'rejected' || outcome === 'held';
}
