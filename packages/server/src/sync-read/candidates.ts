// Which rows a delta must look at: those the log names, and those that may have come or gone with them through the profile's related rules.
import {
  emptySql,
  ident,
  joinSql,
  limits,
  parseReference,
  sql,
  type RecordId,
  type Sql,
  type StepRule,
  type Value,
} from '@satchel/model';
import { targetsOf } from '../scope/scope-fields.ts';
import type { PreviousRows, Scope, ScopedEntity } from '../scope/compile-scope.ts';
import type { Tx } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';
import type { Snapshot } from './cursor.ts';

export interface Candidate {
  /** Previous values of scope-read fields, as the log has them, with the id. */
  readonly versions: Readonly<Record<string, Value>>[];
  /** It was made since; without a version it cannot have been held. */
  isNew: boolean;
  /** Rows that hang on it may come or go. */
  isMoved: boolean;
}

/** Entity → record id → what is known of it. */
export type Candidates = ReadonlyMap<string, Map<RecordId, Candidate>>;

export interface LogRow {
  readonly entity: number;
  readonly record_id: RecordId;
  readonly op: 'I' | 'U' | 'D' | 'P';
  readonly before: Readonly<Record<string, Value>> | null;
}

/** What the log holds that this snapshot had not seen, of entities that matter; one more than `deltaRowsMax` at most. */
export async function changesSince(
  tx: Tx,
  organisation: Organisation,
  scope: Scope,
  since: Snapshot,
): Promise<readonly LogRow[]> {
  const log = organisation.table('_change');
  const numbers = sql`entity = any(${scope.relevantNumbers.map(String)}::smallint[])${onlyOwn(organisation, scope)}`;
  // Two ranges of the index: an import that stays open for long is not read again at each pull.
  return tx.rows<LogRow>(
    sql`select entity, record_id, op, before from ${log} where xid >= ${since.xmax}::xid8 and ${numbers}
        union all select entity, record_id, op, before from ${log} where xid = any(${since.running}::xid8[]) and ${numbers}
        limit ${limits.deltaRowsMax + 1}`,
  );
}

/** What others pin and look at concerns nobody else, and there is much of it: it is left in the log. */
function onlyOwn(organisation: Organisation, scope: Scope): Sql {
  const personal = scope.entities.filter(({ entity }) => entity.personal);
  if (personal.length === 0) return emptySql;
  const me = scope.user.id;
  const mine = personal.map(
    ({ entity }) => sql`select o.id from ${organisation.table(entity.name)} o where o.owner = ${me}::uuid`,
  );
  return sql` and (entity <> all(${personal.map(({ number }) => String(number))}::smallint[])
    or before->>'owner' = ${me}::text or record_id in (${joinSql(mine, ' union all ')}))`;
}

/** Null: more than a delta may look at. `since` is what the clock of row filters said at the cursor. */
export async function candidatesFrom(
  tx: Tx,
  organisation: Organisation,
  scope: Scope,
  changes: readonly LogRow[],
  since: string,
): Promise<Candidates | null> {
  const candidates = fromLog(scope, changes);
  for (const each of scope.entities) {
    const mine = candidates.get(each.entity.name) ?? new Map<RecordId, Candidate>();
    const add = (id: RecordId) => {
      if (!mine.has(id)) mine.set(id, { versions: [], isNew: false, isMoved: true });
    };
    if (each.readsTime && since !== scope.now)
      for (const row of await tx.rows<{ id: RecordId }>(scope.movedByTime(each.entity.name, since)))
        add(row.id);
    for (const rule of each.rules)
      for (const id of await hangingOn(tx, organisation, scope, each, rule, candidates)) add(id);
    if (countOf(candidates) > limits.deltaRowsMax) return null;
  }
  return candidates;
}

/** Versions of candidates as they were, for `scope.withPrevious`. */
export function previousOf(candidates: Candidates): readonly PreviousRows[] {
  return [...candidates].flatMap(([entity, rows]) => {
    const versions = [...rows.values()].flatMap((row) => row.versions);
    const unchangedIds = [...rows]
      .filter(([, row]) => row.versions.length === 0 && !row.isNew)
      .map(([id]) => id);
    return versions.length + unchangedIds.length === 0 ? [] : [{ entity, versions, unchangedIds }];
  });
}

function fromLog(scope: Scope, changes: readonly LogRow[]): Candidates {
  const nameByNumber = new Map(scope.entities.map((each) => [each.number, each.entity.name]));
  const candidates = new Map(
    scope.entities.map((each) => [each.entity.name, new Map<RecordId, Candidate>()]),
  );
  for (const { entity, record_id: id, op, before } of changes) {
    const rows = candidates.get(nameByNumber.get(entity) ?? '');
    if (rows === undefined) continue;
    const row = rows.get(id) ?? { versions: [], isNew: false, isMoved: false };
    rows.set(id, row);
    if (before !== null) row.versions.push({ ...before, id });
    if (op === 'I') row.isNew = true;
    if (before !== null || op !== 'U') row.isMoved = true;
  }
  return candidates;
}

/** Ids of rows that moved rows of the rule's entity bring along, or brought along before. */
async function hangingOn(
  tx: Tx,
  organisation: Organisation,
  scope: Scope,
  each: ScopedEntity,
  rule: StepRule,
  candidates: Candidates,
): Promise<readonly RecordId[]> {
  const moved = [...(candidates.get(rule.entity) ?? [])].filter(([, row]) => row.isMoved);
  if (moved.length === 0) return [];
  const ids = moved.map(([id]) => id);
  const field = ident(rule.field);
  const name = each.entity.name;
  if (rule.kind === 'child') {
    const isSingle = targetsOf(each.entity, rule.field).length === 1;
    const targets = isSingle ? sql`${ids}::uuid[]` : sql`${ids.map((id) => `${rule.entity}/${id}`)}::text[]`;
    const rows = await tx.rows<{ id: RecordId }>(
      sql`select id from ${organisation.table(name)} where ${field} = any(${targets}) limit ${limits.deltaRowsMax + 1}`,
    );
    return rows.map((row) => row.id);
  }
  const rows = await tx.rows<{ target: string }>(
    sql`select distinct ${field}::text as target from ${organisation.table(rule.entity)} where id = any(${ids}::uuid[]) and ${field} is not null`,
  );
  const before = moved.flatMap(([, row]) => row.versions.map((version) => version[rule.field]));
  const parent = scope.find(rule.entity)?.entity;
  const isSingle = parent !== undefined && targetsOf(parent, rule.field).length === 1;
  return [...rows.map((row) => row.target), ...before].flatMap((target) => {
    if (typeof target !== 'string') return [];
    if (isSingle) return [target];
    const reference = parseReference(target);
    return reference?.entity === name ? [reference.id] : [];
  });
}

function countOf(candidates: Candidates): number {
  let count = 0;
  for (const rows of candidates.values()) count += rows.size;
  return count;
}
