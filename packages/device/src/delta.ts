// Taking what the server tells into the two files, in the order that visible.ts explains: bases and verdicts first, then rows, cursor and settled
// number in one cache transaction, then the outbox is cleaned up. Nothing here talks to the network.
import {
  sameDigest,
  type PullAnswer,
  type RecordId,
  type Row,
  type Value,
  type Verdict,
} from '@satchel/model';
import { isAccepted } from './holds.ts';
import { isWhole, modelOf, toldNow, type Local } from './local.ts';
import { recordVerdicts } from './verdicts.ts';
import { deriveRecord, dropIdleBases, refreshBases, rowFromWire, type RecordKey } from './visible.ts';

/** What an answer changed here. */
export interface Applied {
  readonly entities: readonly string[];
  readonly verdicts: readonly Verdict[];
  /** Entities whose rows are not what the server counts. */
  readonly mismatched: readonly string[];
  readonly settledCount: number;
}

interface EntityRows {
  readonly entity: string;
  readonly rows: readonly Row[];
  readonly goneIds: readonly RecordId[];
}

/** An answer that settles; parts are for stage.ts. */
export type SettlingAnswer = Exclude<PullAnswer, { kind: 'part' }>;

/**
 * Takes a pull answer. A delta takes along the parts that were staged before it, in the same transaction. Of `reconcile` only the outcomes: its rows are
 * still to be fetched, and its cursor counts after that.
 */
export function applyAnswer(local: Local, answer: SettlingAnswer): Applied {
  const changes =
    answer.kind === 'delta' ? [...stagedChanges(local), ...changesOf(local, answer.changes)] : [];
  const heard = local.work.transaction(() => {
    for (const { entity, rows } of changes) refreshBases(local, entity, rows);
    // JSON knows no undefined: an optional part is there or it is not.
    return recordVerdicts(local, answer.outcomes as readonly Verdict[]);
  });
  const settling = answer.kind === 'reconcile' ? [] : acceptedUpTo(local, answer.settles);
  const settled = new Set(settling.map(({ id }) => id));
  const keys: readonly RecordKey[] = [...heard.touched, ...settling.map(({ key }) => key)];
  const mismatched = local.cache.transaction(() => {
    for (const change of changes) takeRows(local, change, settled);
    for (const key of keys) deriveRecord(local, key, settled);
    if (answer.kind === 'reconcile') return [];
    if (answer.cursor !== null && local.cache.get('cursor') !== null)
      local.cache.set('cursor', answer.cursor);
    local.cache.set('settles', answer.settles);
    if (answer.kind === 'delta') local.cache.clearStage();
    return answer.kind === 'delta' ? compareDigests(local, answer.digests) : [];
  });
  local.work.transaction(() => {
    for (const { id, state } of settling) local.work.archive(id, state, toldNow(local));
    dropIdleBases(local, keys);
  });
  const entities = [
    ...new Set([...changes.map(({ entity }) => entity), ...keys.map(({ entity }) => entity)]),
  ];
  return { entities, verdicts: heard.verdicts, mismatched, settledCount: settling.length };
}

/** Takes rows that were fetched to repair an entity, and drops those that the server does not count as ours. */
export function applyRepair(
  local: Local,
  entity: string,
  columns: readonly string[],
  cells: readonly (readonly Value[])[],
  goneIds: readonly RecordId[],
): void {
  const rows = cells.map((each) => rowFromWire(local, entity, columns, each));
  local.work.transaction(() => refreshBases(local, entity, rows));
  local.cache.transaction(() => takeRows(local, { entity, rows, goneIds }, new Set()));
}

function changesOf(
  local: Local,
  changes: Extract<PullAnswer, { kind: 'delta' }>['changes'],
): readonly EntityRows[] {
  return changes
    .filter(({ entity }) => modelOf(local).findEntity(entity) !== undefined)
    .map(({ entity, columns, rows, gone }) => ({
      entity,
      rows: rows.map((cells) => rowFromWire(local, entity, columns, cells)),
      goneIds: gone.map(({ id }) => id),
    }));
}

/** What the parts told, older than the delta that closes them. */
function stagedChanges({ cache }: Local): readonly EntityRows[] {
  return cache.stagedEntities().map((entity) => {
    const staged = cache.staged(entity);
    return {
      entity,
      rows: staged.flatMap(({ row }) => (row === null ? [] : [row])),
      goneIds: staged.flatMap(({ id, row }) => (row === null ? [id] : [])),
    };
  });
}

/** Rows with pending work keep what the person did: the fresh row is their base, and they are derived over it; gone ones keep their old base. */
function takeRows(local: Local, { entity, rows, goneIds }: EntityRows, settled: ReadonlySet<string>): void {
  const pending = local.work.baseIds(entity);
  for (const id of goneIds) {
    local.cache.remove(entity, id);
    if (pending.has(id)) deriveRecord(local, { entity, id }, settled);
  }
  for (const row of rows) {
    const id = String(row['id']);
    local.cache.put(entity, row, 0);
    if (pending.has(id)) deriveRecord(local, { entity, id }, settled);
  }
}

function acceptedUpTo(local: Local, settles: number) {
  return local.work
    .entries()
    .filter((entry) => isAccepted(entry) && entry.seq !== null && entry.seq <= settles)
    .map(({ mutation, state }) => ({
      id: mutation.id,
      state,
      key: { entity: mutation.entity, id: mutation.recordId },
    }));
}

/** An entity is proven when its digest matches; call in the transaction that brought the rows. */
function compareDigests(
  local: Local,
  digests: Extract<PullAnswer, { kind: 'delta' }>['digests'],
): readonly string[] {
  const mismatched: string[] = [];
  for (const { name } of modelOf(local).carriedEntities()) {
    const theirs = digests[name];
    if (theirs === undefined || !isWhole(local, name)) continue;
    const mine = local.cache.digest(name);
    const isProven = sameDigest(mine, theirs);
    local.cache.setProgress(name, { isProven, rowCount: mine.count, ...(isProven ? { fault: null } : {}) });
    if (!isProven) mismatched.push(name);
  }
  return mismatched;
}
