// The one write path: a request becomes a mutation, is checked against what the device knows, and is durable in work.db before anything else
// happens; the visible row is derived from it afterwards. The server has the last word on every check made here.
import {
  checkMutation,
  draftMutation,
  guardOfWhole,
  isTrue,
  limits,
  permits,
  standingGuard,
  SyncError,
  wholesOf,
  type Command,
  type Entity,
  type Model,
  type Mutation,
  type MutationTimes,
  type RecordId,
  type Row,
} from '@satchel/model';
import type { MutationReceipt, MutationRequest } from './api.ts';
import { recomputeHolds } from './holds.ts';
import { isoOf } from './instants.ts';
import { deviceLimits } from './limits.ts';
import { followIn, modelOf, serverNow, userOf, type Local } from './local.ts';
import type { Ids } from './ports.ts';
import { cleanRow } from './row-codec.ts';
import { deriveRecords, recordState, type RecordState } from './visible.ts';
import type { StoredEntry } from './work-store.ts';

export interface WriteContext {
  readonly local: Local;
  readonly ids: Ids;
  /** False: only what the profile allows offline may be done. */
  readonly isOnline: () => boolean;
  /** A row that this device does not carry, from the server; null where there is none. Throws where it cannot be asked. */
  readonly fetchRow: (entity: string, id: RecordId) => Promise<Row | null>;
}

/** What is known before anything is written. */
interface Draft {
  readonly mutation: Mutation;
  readonly base: Row | null;
  readonly before: RecordState | undefined;
}

/**
 * Makes a change durable. Throws `validation` with `fields`, `forbidden`, `guarded`, `action_not_offline`, `not_on_device`, `record_gone`,
 * `already_exists`, `unknown_…`, `too_large`, `storage_full`; nothing is written then.
 */
export async function mutate(context: WriteContext, request: MutationRequest): Promise<MutationReceipt> {
  const { local } = context;
  const done = earlierReceipt(local, request);
  if (done !== null) return done;
  const fetched = await rowToChange(context, request);
  const draft = draftOf(context, request, fetched);
  checkDraft(context, draft);
  const isNothing = request.command === 'update' && Object.keys(draft.mutation.changes).length === 0;
  const mutationId = isNothing ? draft.mutation.id : save(local, draft);
  return receiptOf(local, mutationId, draft.mutation.entity, draft.mutation.recordId);
}

/** The visible row after a save. */
export function receiptOf(
  local: Local,
  mutationId: string,
  entity: string,
  recordId: RecordId,
): MutationReceipt {
  return { mutationId, recordId, row: recordState(local, { entity, id: recordId })?.row ?? null };
}

/** Makes a mutation from a request and the row the person saw. */
export function draftMutationOn(
  { local, ids }: Pick<WriteContext, 'local' | 'ids'>,
  request: MutationRequest,
  seen: Row | null,
): Mutation {
  const model = modelOf(local);
  const at = timesNow(local);
  const scope = {
    user: userOf(local),
    now: at.corrected ?? serverNow(local),
    follow: followIn(local, request.entity),
  };
  return draftMutation(
    model,
    request,
    seen,
    {
      id: request.mutationId ?? ids.next(),
      recordId: request.recordId ?? ids.next(),
      at,
    },
    scope,
  );
}

/** This moment as a mutation tells it. */
export function timesNow(local: Local): MutationTimes {
  const isServerTime = local.contact !== null || local.work.get('clockOffsetMs') !== null;
  return { device: isoOf(local.clock.wall()), corrected: isServerTime ? serverNow(local) : null };
}

/** Checks of form that need no row: fields, size, room in the outbox. */
export function checkForm(local: Local, mutation: Mutation): void {
  const faults = checkMutation(modelOf(local), mutation);
  if (Object.keys(faults).length > 0) throw new SyncError('validation', { fields: faults });
  const bytes = new TextEncoder().encode(JSON.stringify(mutation)).length;
  if (bytes > limits.mutationBytesMax) throw new SyncError('too_large', { bytes });
  const count = Object.values(local.work.countsByState()).reduce((sum, each) => sum + (each ?? 0), 0);
  if (count >= deviceLimits.outboxEntriesMax) throw new SyncError('storage_full', { entries: count });
}

/** A call repeated because its answer was lost: the same id is the same change. */
function earlierReceipt(local: Local, request: MutationRequest): MutationReceipt | null {
  if (request.mutationId === undefined) return null;
  const entry = local.work.entry(request.mutationId);
  if (entry !== null) return receiptOf(local, request.mutationId, request.entity, entry.mutation.recordId);
  if (!local.work.wasKnown(request.mutationId) || request.recordId === undefined) return null;
  return receiptOf(local, request.mutationId, request.entity, request.recordId);
}

/** The live row, asked for only where the device has none and the person did not bring one. */
async function rowToChange(context: WriteContext, request: MutationRequest): Promise<Row | null> {
  const model = modelOf(context.local);
  const { entity, recordId, command } = request;
  if (model.findEntity(entity) === undefined) throw new SyncError('unknown_entity', { entity });
  if (command === 'create') return null;
  if (recordId === undefined) throw new SyncError('bad_request', { missing: 'recordId' });
  const known = recordState(context.local, { entity, id: recordId });
  if (known !== undefined || request.seen !== undefined) return null;
  return await context.fetchRow(entity, recordId);
}

function draftOf(context: WriteContext, request: MutationRequest, fetched: Row | null): Draft {
  const { local } = context;
  const { entity, command, recordId } = request;
  const model = modelOf(local);
  const before = recordId === undefined ? undefined : recordState(local, { entity, id: recordId });
  if (command === 'create') {
    if (before !== undefined && before.row !== null) throw new SyncError('already_exists');
    return { mutation: draftMutationOn(context, request, null), base: null, before };
  }
  const brought = request.seen ?? fetched;
  const seen = brought === null ? null : cleanRow(model, entity, brought);
  if (before === undefined && seen === null) throw new SyncError('record_gone');
  if (before !== undefined && before.row === null) throw new SyncError('record_deleted');
  const mutation = draftMutationOn(context, request, seen ?? before?.row ?? null);
  return { mutation, base: before === undefined ? seen : before.base, before };
}

function checkDraft(context: WriteContext, { mutation, base, before }: Draft): void {
  const { local } = context;
  const model = modelOf(local);
  const entity = model.entity(mutation.entity);
  const command = model.command(entity.name, mutation.command);
  const isPlain = ['create', 'update', 'delete'].includes(mutation.command);
  if (!isPlain && command === undefined)
    throw new SyncError('unknown_command', { command: mutation.command });
  if (!context.isOnline() && !isAllowedOffline(model, entity, mutation.command, command))
    throw new SyncError('action_not_offline', { command: mutation.command });
  checkForm(local, mutation);
  const row = before?.row ?? base;
  checkPermission(local, entity, mutation, row);
  checkWholes(local, mutation);
  if (row === null) return;
  const scope = {
    user: userOf(local),
    now: serverNow(local),
    follow: followIn(local, entity.name),
    record: row,
  };
  if (command?.when !== undefined && !isTrue(model.expression(entity.name, command.when), scope))
    throw new SyncError('guarded', { command: command.name });
  const guard = standingGuard(model, mutation, mutation.changes, row, scope);
  if (guard !== null) throw new SyncError('guarded', { guard: guard.name, reason: guard.message });
}

/** What this record would become a part of must not be closed, as far as this device knows. */
function checkWholes(local: Local, mutation: Mutation): void {
  const model = modelOf(local);
  const wholes = wholesOf(model, mutation).flatMap((whole) => {
    const row = local.cache.row(whole.entity, whole.id)?.row;
    return row === undefined ? [] : [{ ...whole, row, follow: followIn(local, whole.entity) }];
  });
  const scope = { user: userOf(local), now: serverNow(local), follow: followIn(local, mutation.entity) };
  const guard = guardOfWhole(model, mutation.entity, wholes, scope);
  if (guard !== null) throw new SyncError('guarded', { guard: guard.name, reason: guard.message });
}

function isAllowedOffline(model: Model, entity: Entity, name: string, command: Command | undefined): boolean {
  if (command?.onlineOnly) return false;
  return model.profileEntity(entity.name)?.offline.includes(name) ?? false;
}

function checkPermission(local: Local, entity: Entity, mutation: Mutation, row: Row | null): void {
  const { privileges } = modelOf(local).bundle;
  const action = mutation.command === 'create' || mutation.command === 'delete' ? mutation.command : 'update';
  const after: Row = Object.fromEntries(
    Object.entries(mutation.changes).map(([name, change]) => [name, change.value]),
  );
  const subject = row === null ? after : row;
  if (!permits(privileges, action, entity, subject, userOf(local), 'unknown'))
    throw new SyncError('forbidden', { action });
}

/** One durable transaction: base row, entry, holds. Then the visible row. */
function save(local: Local, { mutation, base, before }: Draft): string {
  const key = { entity: mutation.entity, id: mutation.recordId };
  const last = before?.entries.at(-1);
  const merged = last === undefined ? null : joined(last, mutation);
  local.work.transaction(() => {
    if (local.work.base(key.entity, key.id) === undefined) local.work.setBase(key.entity, key.id, base);
    if (merged !== null) local.work.update(merged.id, { mutation: merged });
    else local.work.append(mutation);
    recomputeHolds(local);
  });
  deriveRecords(local, [key]);
  return merged?.id ?? mutation.id;
}

/** Two saves of one record in a row that nobody has sent yet are one change: the first base, the last value. Null where they must stay two. */
export function joined(last: StoredEntry, next: Mutation): Mutation | null {
  const first = last.mutation;
  const isUnsent = last.seq === null && last.attempts === 0 && last.state === 'queued';
  const areUpdates = first.command === 'update' && next.command === 'update';
  if (!isUnsent || !areUpdates || next.supersedes !== undefined) return null;
  const changes = { ...first.changes };
  for (const [name, change] of Object.entries(next.changes)) {
    const earlier = first.changes[name];
    changes[name] = { base: earlier === undefined ? change.base : earlier.base, value: change.value };
  }
  return { ...first, changes, at: next.at };
}
