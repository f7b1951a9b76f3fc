// A pull: one snapshot that yields what changed for this person, what became of this device's mutations, and where the next pull starts. Where nothing
// happened it is one statement of a few buffers. Whatever a cursor is, the answer is right or says that devices must compare: never silence.
import {
  limitVerdict,
  limits,
  sql,
  SyncError,
  userOnWire,
  type Identity,
  type Model,
  type PullAnswer,
  type PullRequest,
  type UserContext,
  type Verdict,
} from '@satchel/model';
import { serverLimits } from '../limits.ts';
import { compileScope, scopeMoment } from '../scope/compile-scope.ts';
import type { Database, Tx } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';
import { changesSince } from './candidates.ts';
import {
  historyMark,
  isPastHorizon,
  openCursor,
  openPosition,
  scopeSignature,
  sealPosition,
  type Cursor,
  type Position,
} from './cursor.ts';
import { deltaOf } from './delta.ts';
import { cursorAt, headOf, headOfSeen, headSql, type Head, type Seen } from './head.ts';

export interface Puller {
  readonly user: UserContext;
  readonly deviceId: string;
}

type Why = Extract<PullAnswer, { kind: 'reconcile' }>['why'];
type Outcomes = Extract<PullAnswer, { kind: 'delta' }>['outcomes'];

/**
 * `now` is server time; `primary` is where the device's contact is noted, where `database` is a standby. Throws SyncError `session_expired` where the device or
 * the person is gone.
 */
export async function pull(
  database: Database,
  organisation: Organisation,
  who: Puller,
  request: PullRequest,
  now: string,
  primary: Database = database,
): Promise<PullAnswer> {
  // Before the snapshot of the rest, so that the rows in it have what these outcomes say.
  const decided = await decidedOf(database, organisation, who, request.awaits ?? []);
  const cursor = request.cursor === null ? null : openCursor(organisation.secret, request.cursor);
  const device = { id: who.deviceId, userId: who.user.id, settledSeq: request.settledSeq };
  const statement = headSql(organisation, cursor?.snapshot ?? null, device);
  const [row] = await database.rows(statement, `satchel_head_${organisation.schema}`);
  const head = headOf(row);
  const quick = quickAnswer(organisation, who, request, cursor, head, now);
  const answer =
    quick ??
    (await database.read(async (tx) => {
      const [first] = await tx.rows(statement);
      return fullAnswer(tx, organisation, who, request, cursor, headOf(first), now);
    }));
  const asked = { settledSeq: request.settledSeq, moment: cursor?.moment ?? null };
  await noteDevice(primary, organisation, who.deviceId, head, asked, now);
  // Parts settle nothing: the pull after the last one tells.
  if (decided.length === 0 || answer.kind === 'part') return answer;
  return { ...answer, outcomes: [...answer.outcomes, ...decided] };
}

/**
 * The answer of a pull where finding the session saw all that it takes: that nothing is new. Null where more must be asked. `database` is where the
 * device's contact is noted.
 */
export async function pullAtOnce(
  database: Database,
  organisation: Organisation,
  who: Puller,
  seen: Seen | null,
  request: PullRequest,
  now: string,
): Promise<PullAnswer | null> {
  if (seen === null || request.cursor === null) return null;
  const cursor = openCursor(organisation.secret, request.cursor);
  const head = cursor === null ? null : headOfSeen(seen, cursor.snapshot, request.settledSeq);
  if (head === null) return null;
  const answer = quickAnswer(organisation, who, request, cursor, head, now);
  const asked = { settledSeq: request.settledSeq, moment: cursor?.moment ?? null };
  if (answer !== null) await noteDevice(database, organisation, who.deviceId, head, asked, now);
  return answer;
}

/** Nothing in the log, nothing else that could differ: the answer needs nothing more. */
function quickAnswer(
  organisation: Organisation,
  { user }: Puller,
  request: PullRequest,
  cursor: Cursor | null,
  head: Head,
  now: string,
): PullAnswer | null {
  if (cursor === null || head.device === null || head.hasChanges || head.device.hasOutcomes) return null;
  if (request.prove === true || request.part !== undefined) return null;
  const bundle = organisation.bundleFor(user.roles).hash;
  if (reasonToReconcile(organisation, cursor, head, bundle, request) !== null) return null;
  if (cursor.signature !== scopeSignature(user)) return null;
  const moment = scopeMoment(now);
  if (
    cursor.moment !== moment &&
    compileScope(organisation, user, moment).entities.some((each) => each.readsTime)
  )
    return null;
  return {
    kind: 'nothing',
    cursor: cursorAt(organisation, head, user, moment),
    settles: head.device.lastSeq,
    outcomes: [],
    serverTime: now,
  };
}

async function fullAnswer(
  tx: Tx,
  organisation: Organisation,
  who: Puller,
  request: PullRequest,
  cursor: Cursor | null,
  head: Head,
  now: string,
): Promise<PullAnswer> {
  // Who this is in this very snapshot: rights that changed a moment ago count.
  const user = await organisation.userContext(tx, who.user.id);
  if (user === null || head.device === null) throw new SyncError('session_expired');
  const bundle = organisation.bundleFor(user.roles).hash;
  const moment = scopeMoment(now);
  const common = {
    cursor: cursorAt(organisation, head, user, moment),
    settles: head.device.lastSeq,
    outcomes: head.device.hasOutcomes
      ? await outcomesOf(
          tx,
          organisation,
          organisation.modelFor(user.roles),
          who.deviceId,
          request.settledSeq,
        )
      : [],
    serverTime: now,
  };
  if (request.cursor === null) return { kind: 'nothing', ...common, cursor: null };
  const identity = identityOf(organisation, user, bundle, head.device.lastSeq, now);
  const why = cursor === null ? 'history' : reasonToReconcile(organisation, cursor, head, bundle, request);
  if (why !== null || cursor === null)
    return { kind: 'reconcile', ...common, why: why ?? 'history', identity };
  const resume = resumeOf(organisation, user, request, head, bundle);
  // All parts are judged by the clock of the first.
  const scope = compileScope(organisation, user, resume?.at.moment ?? moment);
  const log = await changesSince(tx, organisation, scope, cursor.snapshot);
  const isSameScope = cursor.signature === scopeSignature(user);
  const hasTimeGoneBy = cursor.moment !== scope.now && scope.entities.some((each) => each.readsTime);
  const isQuiet = log.length === 0 && isSameScope && !hasTimeGoneBy && resume === null;
  if (isQuiet && request.prove !== true) return { kind: 'nothing', ...common };
  const later = resume === null ? [] : await changesSince(tx, organisation, scope, resume.at.snapshot);
  const isTooLong = Math.max(log.length, later.length) > limits.deltaRowsMax;
  const delta = isTooLong
    ? null
    : await deltaOf(tx, organisation, scope, {
        log,
        since: cursor.moment,
        resume: resume === null ? null : { position: resume.position, log: later },
      });
  if (delta === null) return { kind: 'reconcile', ...common, why: 'too_many', identity };
  const told = isSameScope || resume !== null ? {} : { identity };
  if (delta.kind === 'whole')
    return { kind: 'delta', ...common, changes: delta.changes, digests: delta.digests, ...told };
  const at = resume === null ? common.cursor : (request.part?.at ?? '');
  const after =
    delta.after === null ? null : sealPosition(organisation.secret, delta.after, request.cursor, at);
  return { kind: 'part', at, after, changes: delta.changes, serverTime: now, ...told };
}

/**
 * Where a later part goes on; null: from the beginning, which is what an answer to a first pull is. A position of another delta is none; nor is one of
 * other rights, because what was told under those must not be shown.
 */
function resumeOf(
  organisation: Organisation,
  user: UserContext,
  request: PullRequest,
  head: Head,
  bundle: string,
): { readonly at: Cursor; readonly position: Position } | null {
  const { cursor, part } = request;
  if (part === undefined || cursor === null) return null;
  const at = openCursor(organisation.secret, part.at);
  const position = openPosition(organisation.secret, part.after, cursor, part.at);
  if (at === null || position === null || at.signature !== scopeSignature(user)) return null;
  return reasonToReconcile(organisation, at, head, bundle, request) === null ? { at, position } : null;
}

/** Outcomes of this device's refused mutations that are no longer what the device was told. */
async function decidedOf(
  database: Database,
  organisation: Organisation,
  who: Puller,
  ids: readonly string[],
): Promise<Outcomes> {
  const asked = ids.slice(0, limits.awaitsMax);
  if (asked.length === 0) return [];
  const model = organisation.modelFor(who.user.roles);
  const rows = await database.rows<{ verdict: Verdict; entity: string | null }>(
    sql`select verdict, payload->>'entity' as entity from ${organisation.table('_ledger')}
        where mutation_id = any(${asked}::uuid[]) and device_id = ${who.deviceId}::uuid
          and verdict->>'outcome' <> 'held' and coalesce(verdict->>'code', '') not in ('quarantined', 'needs_supervisor')`,
  );
  return rows.map((row) => limitVerdict(model, row.entity ?? '', row.verdict)) as Outcomes;
}

function reasonToReconcile(
  organisation: Organisation,
  cursor: Cursor,
  head: Head,
  bundle: string,
  request: PullRequest,
): Why | null {
  if (cursor.history !== historyMark(organisation.historyId)) return 'history';
  if (cursor.timeline !== null && head.timeline !== null && cursor.timeline !== head.timeline)
    return 'history';
  // A cursor from the future of this database: it was set back.
  const [, xmax = '0'] = head.snapshot.split(':');
  if (BigInt(cursor.snapshot.xmax) > BigInt(xmax)) return 'history';
  if (cursor.bundle !== bundle || request.bundle !== bundle) return 'bundle';
  return isPastHorizon(cursor, head.horizon) ? 'horizon' : null;
}

async function outcomesOf(
  tx: Tx,
  organisation: Organisation,
  model: Model,
  deviceId: string,
  settledSeq: number,
): Promise<Outcomes> {
  const rows = await tx.rows<{ entity: string | null; verdict: Verdict }>(
    sql`select payload->>'entity' as entity, verdict from ${organisation.table('_ledger')} where device_id = ${deviceId}::uuid and seq > ${settledSeq}::bigint
        order by seq limit ${serverLimits.outcomesMax}`,
  );
  return rows.map((row) => limitVerdict(model, row.entity ?? '', row.verdict)) as Outcomes;
}

function identityOf(
  organisation: Organisation,
  user: UserContext,
  bundle: string,
  lastSeq: number,
  now: string,
): Identity {
  return {
    user: userOnWire(user),
    organisation: { id: organisation.name, label: organisation.label },
    bundle,
    lastSeq,
    serverTime: now,
  };
}

/** What the device has durably, and that it was seen: written apart and only now and then, so that an idle pull writes nothing. */
async function noteDevice(
  database: Database,
  organisation: Organisation,
  deviceId: string,
  head: Head,
  { settledSeq, moment }: { readonly settledSeq: number; readonly moment: string | null },
  now: string,
): Promise<void> {
  if (head.device === null) return;
  const settled = Math.min(settledSeq, head.device.lastSeq);
  const wasSeenLately = Date.parse(now) - Date.parse(head.device.lastSeenAt) < serverLimits.lastSeenStepMs;
  if (wasSeenLately && settled <= head.device.settledSeq) return;
  await database.rows(
    sql`update ${organisation.table('_device')} set settled_seq = greatest(settled_seq, ${settled}::bigint), last_seen_at = now(),
          cursor_at = coalesce(${moment}::timestamptz, cursor_at)
        where id = ${deviceId}::uuid`,
  );
}
