// What a person decides about changes in the outbox: take back, give up, settle a conflict, correct and send again. Each is one durable
// transaction; what it replaces or gives up stays in the history, and what waited for it goes on.
import {
  deleteRule,
  losingValue,
  reviewCommands,
  reviewEntity,
  sameValue,
  SyncError,
  type FieldChange,
  type Mutation,
  type Row,
  type SettledClash,
  type Value,
} from '@satchel/model';
import type { MutationReceipt, MutationRequest, Resolution } from './api.ts';
import { isRefused, isSupervisors, recomputeHolds } from './holds.ts';
import { modelOf, toldNow, type Local } from './local.ts';
import { checkForm, draftMutationOn, receiptOf, timesNow, type WriteContext } from './outbox.ts';
import { deriveRecords, recordState, type RecordKey } from './visible.ts';
import type { StoredEntry } from './work-store.ts';

type Context = Pick<WriteContext, 'local' | 'ids'>;

/** Takes back a change that was never sent. Throws `bad_request` once it was, and for a withdrawal, `waits_for_other` where later changes need the record it makes. */
export function undo(local: Local, mutationId: string): void {
  const entry = entryOf(local, mutationId);
  if (entry.seq !== null || entry.attempts > 0 || (entry.state !== 'queued' && entry.state !== 'held'))
    throw new SyncError('bad_request', { state: entry.state });
  if (isWithdrawal(entry.mutation)) throw new SyncError('bad_request', { command: entry.mutation.command });
  const isNeeded = entry.mutation.command === 'create' && laterOf(local, entry).length > 0;
  if (isNeeded) throw new SyncError('waits_for_other');
  local.work.transaction(() => {
    local.work.remove(mutationId);
    rechain(local, entry, (name) => entry.mutation.changes[name]?.base);
    recomputeHolds(local);
  });
  deriveRecords(local, [keyOf(entry.mutation)]);
}

/** Gives up a refused or held change; where it waits for a supervisor, the server is told with the next push that it is withdrawn. Giving up a create gives up the later changes of that record too: there is nothing they could change. */
export function discard({ local, ids }: Context, mutationId: string): void {
  const entry = entryOf(local, mutationId);
  if (!isRefused(entry) && entry.state !== 'held') throw new SyncError('bad_request', { state: entry.state });
  local.work.transaction(() => {
    local.work.archive(mutationId, 'discarded', toldNow(local));
    if (entry.mutation.command === 'create') {
      for (const later of laterOf(local, entry))
        if (later.seq === null || isRefused(later))
          local.work.archive(later.mutation.id, 'discarded', toldNow(local));
    } else if (entry.state === 'held') {
      rechain(local, entry, (name) => entry.mutation.changes[name]?.base);
    } else if (isSupervisors(entry)) {
      withdraw(local, ids.next(), entry);
    }
    recomputeHolds(local);
  });
  deriveRecords(local, [keyOf(entry.mutation), { entity: reviewEntity, id: mutationId }]);
}

function isWithdrawal({ entity, command }: Mutation): boolean {
  return entity === reviewEntity && command === reviewCommands.withdraw;
}

/** In the outbox in its place: a command on the review, which bears the id of the refused mutation. The author may send it without being able to read reviews. */
function withdraw(local: Local, id: string, entry: StoredEntry): void {
  const { mutation, position, verdict } = entry;
  const review = { entity: reviewEntity, id: mutation.id };
  const isKnown = modelOf(local).findEntity(review.entity) !== undefined;
  const seen = isKnown ? local.cache.row(review.entity, review.id)?.row : undefined;
  if (seen !== undefined && local.work.base(review.entity, review.id) === undefined)
    local.work.setBase(review.entity, review.id, seen);
  const next: Mutation = {
    id,
    entity: review.entity,
    recordId: review.id,
    command: reviewCommands.withdraw,
    changes: {},
    baseRev: null,
    schemaVersion: modelOf(local).bundle.schemaVersion,
    at: timesNow(local),
    supersedes: mutation.id,
  };
  local.work.append(next, position);
  rechain(local, entry, (name) => verdict?.clashes?.[name]?.theirs ?? mutation.changes[name]?.base);
}

/** Settles a conflict: theirs stands, or a new mutation over the server's row replaces the refused one. Throws `bad_request` for anything else, also for what only a supervisor may settle. */
export function resolve(context: Context, mutationId: string, resolution: Resolution): void {
  const { local } = context;
  const entry = entryOf(local, mutationId);
  if (entry.state !== 'conflict' || isSupervisors(entry))
    throw new SyncError('bad_request', { state: entry.state });
  const { clashes } = entry.verdict ?? {};
  if (resolution.kind === 'take-theirs') {
    local.work.transaction(() => {
      local.work.archive(mutationId, 'discarded', toldNow(local));
      rechain(local, entry, (name) => clashes?.[name]?.theirs ?? entry.mutation.changes[name]?.base);
      recomputeHolds(local);
    });
    deriveRecords(local, [keyOf(entry.mutation)]);
    return;
  }
  replace(context, entry, keptMutation(context, entry, resolution.values));
}

/**
 * Where the rule for deletes is `recreate`, an edit of a record that somebody deleted makes it again without asking. Done before each push, from
 * what stands in the outbox, so that no crash forgets it; what cannot be done stays with the person.
 */
export function keepEditsOfDeleted(context: Context): void {
  const { local } = context;
  const model = modelOf(local);
  for (const { mutation, state, verdict } of local.work.entries()) {
    const entity = model.findEntity(mutation.entity);
    if (state !== 'conflict' || verdict?.code !== 'record_deleted' || entity === undefined) continue;
    if (mutation.command !== 'update' || deleteRule(entity, model.bundle.policy) !== 'recreate') continue;
    try {
      resolve(context, mutation.id, { kind: 'keep', values: {} });
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      local.work.update(mutation.id, { lastError: error.code });
    }
  }
}

/** The update that takes, for these fields and their groups, what lost in a merge: see `Engine.undoMerge`. */
export function undoneMerge(local: Local, mutationId: string, fields: readonly string[]): MutationRequest {
  const entry = local.work.entryEver(mutationId);
  if (entry === null) throw new SyncError('not_found', { mutationId });
  const { entity, recordId } = entry.mutation;
  const settled = entry.verdict?.settled ?? {};
  const groups = modelOf(local).findEntity(entity)?.fieldGroups ?? [];
  const whole = fields.flatMap((name) => groups.find((group) => group.includes(name)) ?? [name]);
  const chosen = [...new Set(whole)].flatMap((name): [string, SettledClash][] => {
    const clash = settled[name];
    if (clash !== undefined) return [[name, clash]];
    if (fields.includes(name)) throw new SyncError('bad_request', { field: name });
    return [];
  });
  if (entry.verdict?.rule !== undefined || chosen.length === 0)
    throw new SyncError('bad_request', { mutationId });
  const row = recordState(local, { entity, id: recordId })?.row ?? null;
  if (row === null) throw new SyncError('not_on_device', { entity });
  const results = Object.fromEntries(chosen.map(([name, clash]) => [name, clash.result]));
  const values = Object.fromEntries(chosen.map(([name, clash]) => [name, losingValue(clash)]));
  return { entity, recordId, command: 'update', values, seen: { ...row, ...results } };
}

/** Sends a rejected change again, corrected. Throws `validation` where it would be refused again for its form. */
export function resubmit(
  context: Context,
  mutationId: string,
  values: Readonly<Record<string, Value>>,
): MutationReceipt {
  const { local } = context;
  const entry = entryOf(local, mutationId);
  if (entry.state !== 'rejected') throw new SyncError('bad_request', { state: entry.state });
  const next = correctedMutation(context, entry.mutation, values);
  replace(context, entry, next);
  return receiptOf(local, next.id, next.entity, next.recordId);
}

/** The same change with other values in it. What the person did not touch now keeps the base it had, so that other people's work meets it as before. */
function correctedMutation(
  context: Context,
  mutation: Mutation,
  values: Readonly<Record<string, Value>>,
): Mutation {
  if (mutation.command === 'create')
    return draftMutationOn(context, requestOf(mutation, { ...valuesOf(mutation.changes), ...values }), null);
  const base = recordState(context.local, keyOf(mutation))?.base ?? null;
  const next = draftMutationOn(context, requestOf(mutation, values), base);
  if (mutation.command !== 'update') return next;
  return { ...next, changes: { ...changesBut(mutation, Object.keys(values)), ...next.changes } };
}

/** Puts a new mutation in the place of a refused one, so that what came after it still comes after it. */
function replace({ local }: Context, entry: StoredEntry, next: Mutation): void {
  checkForm(local, next);
  local.work.transaction(() => {
    local.work.archive(entry.mutation.id, 'discarded', toldNow(local));
    local.work.append(next, entry.position);
    rechain(local, entry, (name) => next.changes[name]?.value);
    recomputeHolds(local);
  });
  deriveRecords(local, [keyOf(next)]);
}

/** The mutation that keeps these values: over the server's row as shown, with everything else the refused one wanted. */
function keptMutation(context: Context, entry: StoredEntry, keep: Readonly<Record<string, Value>>): Mutation {
  const { mutation, verdict } = entry;
  const theirs = verdict?.theirs ?? null;
  if (theirs === null) return recreated(context, entry, keep);
  const mine = valuesOf(mutation.changes);
  const clashes = Object.keys(verdict?.clashes ?? {});
  const isCommand = modelOf(context.local).command(mutation.entity, mutation.command) !== undefined;
  const isAsAsked = Object.entries(keep).every(([name, value]) => sameValue(value, mine[name]));
  if (isCommand && isAsAsked && clashes.every((name) => name in keep))
    return draftMutationOn(context, requestOf(mutation, mine), theirs);
  const command = mutation.command === 'delete' ? 'delete' : 'update';
  const decided = draftMutationOn(context, { ...requestOf(mutation, keep), command }, theirs);
  return { ...decided, changes: { ...changesBut(mutation, clashes), ...decided.changes } };
}

/** What a mutation really changes, without these fields: as it was asked, base and all, so that a sum still adds its difference. */
function changesBut(mutation: Mutation, fields: readonly string[]): Readonly<Record<string, FieldChange>> {
  const left = Object.entries(mutation.changes).filter(
    ([name, change]) => !fields.includes(name) && !sameValue(change.base, change.value),
  );
  return Object.fromEntries(left);
}

/** Somebody deleted the record and the person wants to keep it: it is made again under the same id, from what was last seen. */
function recreated(context: Context, entry: StoredEntry, keep: Readonly<Record<string, Value>>): Mutation {
  const { local } = context;
  const { mutation } = entry;
  if (mutation.command === 'delete') return draftMutationOn(context, requestOf(mutation, {}), null);
  const base: Row = recordState(local, keyOf(mutation))?.base ?? {};
  const fields = Object.entries(modelOf(local).entity(mutation.entity).fields);
  const writable = fields
    .filter(([, field]) => !field.readOnly && field.type !== 'autonumber')
    .map(([name]) => name);
  const known = Object.fromEntries(writable.map((name) => [name, base[name] ?? null]));
  const owner = base['owner'] === undefined ? {} : { owner: base['owner'] };
  // What a named command set in fields that nobody enters is left to the defaults: nobody may send those.
  const mine = Object.entries({ ...valuesOf(mutation.changes), ...keep });
  const entered = Object.fromEntries(mine.filter(([name]) => name === 'owner' || writable.includes(name)));
  const values = { ...known, ...owner, ...entered };
  return draftMutationOn(context, { ...requestOf(mutation, values), command: 'create' }, null);
}

/**
 * Later changes of the record have as their base what this one had set. When it becomes another value, the first later change of each such
 * field must start from that, or the server would take the person's own earlier value for somebody else's.
 */
function rechain(local: Local, replaced: StoredEntry, becomes: (field: string) => Value | undefined): void {
  const pendingFields = new Set(Object.keys(replaced.mutation.changes));
  for (const later of laterOf(local, replaced)) {
    const changes: Record<string, FieldChange> = { ...later.mutation.changes };
    let isChanged = false;
    for (const [name, change] of Object.entries(later.mutation.changes)) {
      if (!pendingFields.delete(name)) continue;
      const base = becomes(name);
      if (base === undefined || later.seq !== null) continue;
      changes[name] = { ...change, base };
      isChanged = true;
    }
    if (isChanged) local.work.update(later.mutation.id, { mutation: { ...later.mutation, changes } });
  }
}

function laterOf(local: Local, entry: StoredEntry): readonly StoredEntry[] {
  return local.work.entriesOf(entry.mutation.recordId).filter((each) => each.position > entry.position);
}

function requestOf(mutation: Mutation, values: Readonly<Record<string, Value>>): MutationRequest {
  return {
    entity: mutation.entity,
    recordId: mutation.recordId,
    command: mutation.command,
    values,
    ...(mutation.params === undefined ? {} : { params: mutation.params }),
    supersedes: mutation.id,
  };
}

function valuesOf(changes: Readonly<Record<string, FieldChange>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(changes).map(([name, change]) => [name, change.value]));
}

function keyOf(mutation: Mutation): RecordKey {
  return { entity: mutation.entity, id: mutation.recordId };
}

function entryOf(local: Local, mutationId: string): StoredEntry {
  const entry = local.work.entry(mutationId);
  if (entry === null) throw new SyncError('not_found', { mutationId });
  return entry;
}
