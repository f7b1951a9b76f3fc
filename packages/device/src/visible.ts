// The visible row of a record, derived from its base row and its outbox entries and written to the cache. Two files cannot commit together, so
// nothing rests on it: work.db always holds the base row and the entries, and deriving again gives the same row. The order is always
//   1. work.db: what must not be lost (entries, verdicts, fresher base rows)
//   2. cache.db: rows as told, visible rows, cursor and settled number, in one transaction
//   3. work.db: entries that are settled leave, base rows nobody needs go.
// A crash between 1 and 2 leaves a fresher base under an older cursor: the next pull tells the same again. Between 2 and 3 the settled number in
// the cache says which entries may leave. A base row stays until the visible row was derived without entries, so undo survives a crash as well.
import { rebase, SyncError, type RebaseResult, type RecordId, type Row, type Value } from '@satchel/model';
import { followIn, modelOf, userOf, type Local } from './local.ts';
import { cleanRow } from './row-codec.ts';
import type { StoredEntry } from './work-store.ts';

export interface RecordKey {
  readonly entity: string;
  readonly id: RecordId;
}

export interface RecordState extends RebaseResult {
  /** What the server last told; null: it has none. */
  readonly base: Row | null;
  readonly entries: readonly StoredEntry[];
}

const nobody: ReadonlySet<string> = new Set();

/** A record as it stands on this device; undefined where the device knows nothing of it. `settled`: mutations that count no more. */
export function recordState(
  local: Local,
  { entity, id }: RecordKey,
  settled: ReadonlySet<string> = nobody,
): RecordState | undefined {
  const base = local.work.base(entity, id);
  if (base === undefined) {
    const cached = local.cache.row(entity, id);
    if (cached === null) return undefined;
    return {
      base: cached.row,
      row: cached.row,
      last: cached.row,
      pendingFields: [],
      mark: null,
      entries: [],
    };
  }
  const entries = local.work
    .entriesOf(id)
    .filter((entry) => entry.mutation.entity === entity && !settled.has(entry.mutation.id));
  const scope = { user: userOf(local), follow: followIn(local, entity) };
  return { base: base.row, entries, ...rebase(modelOf(local), base.row, entries, scope) };
}

/** Writes the visible row of a record. Call inside a cache transaction. */
export function deriveRecord(local: Local, key: RecordKey, settled: ReadonlySet<string> = nobody): void {
  const { entity, id } = key;
  if (local.model?.findEntity(entity) === undefined) return;
  const cached = local.cache.row(entity, id);
  const rev = cached?.row['_rev'];
  if (local.work.base(entity, id) === undefined) {
    if (cached !== null && cached.local !== 0) dropLeftover(local, key, cached.row);
    return;
  }
  const state = recordState(local, key, settled);
  if (state === undefined) return;
  const { base, row, entries, pendingFields } = state;
  const isCarried = rev !== undefined;
  if (entries.length === 0) {
    if (isCarried && base !== null) local.cache.put(entity, withRev(base, base['_rev'] ?? rev), 0);
    else local.cache.remove(entity, id);
    return;
  }
  if (row === null && base === null) return local.cache.remove(entity, id);
  const revNow = isCarried ? (base?.['_rev'] ?? rev) : null;
  if (row === null) return local.cache.put(entity, withRev(base ?? {}, revNow), 3);
  if (base === null) return local.cache.put(entity, withRev(row, revNow), 2);
  local.cache.put(entity, withRev(row, revNow), isCarried && pendingFields.length === 0 ? 0 : 1);
}

/**
 * Derives records after their entries or bases changed. The entries are durable already, so a cache that cannot be written is no reason to
 * fail what the person did: it is noted, shown as the problem, and derived again at the next open.
 */
export function deriveRecords(local: Local, keys: readonly RecordKey[]): void {
  try {
    local.cache.transaction(() => {
      for (const key of keys) deriveRecord(local, key);
    });
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    local.cacheFault = error.code;
  }
  local.work.transaction(() => dropIdleBases(local, keys));
}

/** Base rows of records on which nothing is pending any more. Call inside a work transaction, after the visible rows were derived. */
export function dropIdleBases(local: Local, keys: readonly RecordKey[]): void {
  if (local.cacheFault !== null) return;
  for (const { entity, id } of keys) {
    const isPending = local.work.entriesOf(id).some((entry) => entry.mutation.entity === entity);
    if (!isPending) local.work.removeBase(entity, id);
  }
}

/** Server rows of records with pending work become their new bases. Call inside a work transaction, before the cache takes them. */
export function refreshBases(local: Local, entity: string, rows: Iterable<Row>): void {
  const pending = local.work.baseIds(entity);
  if (pending.size === 0) return;
  for (const row of rows) {
    const id = String(row['id']);
    if (pending.has(id)) local.work.setBase(entity, id, row);
  }
}

/** A row of an answer: only what the model knows, every field present. */
export function rowFromWire(
  local: Local,
  entity: string,
  columns: readonly string[],
  cells: readonly Value[],
): Row {
  const row: Record<string, Value> = {};
  columns.forEach((column, index) => {
    row[column] = cells[index] ?? null;
  });
  return cleanRow(modelOf(local), entity, row);
}

/** What a crash or a lost cache can leave behind is put right: see the head of this file. */
export function recoverOnOpen(local: Local): void {
  const settles = local.cache.get('settles') ?? 0;
  local.work.transaction(() => {
    for (const entry of local.work.entries()) {
      const { id } = entry.mutation;
      if (entry.state === 'sending') local.work.update(id, { state: 'queued' });
      const isAccepted = entry.state === 'applied' || entry.state === 'merged';
      if (isAccepted && entry.seq !== null && entry.seq <= settles) local.work.archive(id, entry.state, null);
    }
  });
  deriveEverything(local);
}

/** Derives every record with pending work, and drops what is left over of records that have none. */
export function deriveEverything(local: Local): void {
  const pending: readonly RecordKey[] = local.work.bases();
  deriveRecords(local, [...pending, ...local.cache.localRows()]);
}

/** The cache kept a local row whose entry is gone: the cache lost its last moments. What we own is made to differ, so that the next digest repairs it. */
function dropLeftover(local: Local, { entity, id }: RecordKey, row: Row): void {
  if (row['_rev'] === undefined) local.cache.remove(entity, id);
  else local.cache.put(entity, withRev(row, 0), 0);
}

function withRev(row: Row, rev: Value | undefined): Row {
  return { ...row, _rev: rev ?? null };
}
