// Answering a query: from the cache where the entity's rows are here, else live from the server with the person's pending changes laid over,
// including records made here that match. Either way the caller sees the same shape, and what is pending is marked.
import {
  compareText,
  compileQuery,
  isTrue,
  parseReference,
  render,
  sql,
  SyncError,
  titlesSql,
  type Query,
  type RecordId,
  type Row,
  type Sql,
  type SqlContext,
  type Value,
} from '@satchel/model';
import type { LiveQueryResult, RecordMark } from './api.ts';
import { bundleHashOf, followIn, modelOf, serverNow, userOf, type Local } from './local.ts';
import type { SqlValue } from './ports.ts';
import type { ProtocolClient } from './protocol-client.ts';
import { decodeRow } from './row-codec.ts';
import { recordState } from './visible.ts';

export type Marks = Readonly<Record<RecordId, RecordMark>>;

/** Are this entity's rows on the device? All pages are in; whether they are proven is for the status to say. */
export function isHere(local: Local, entity: string): boolean {
  return local.cache.progress(entity)?.isComplete ?? false;
}

/** Runs a query on the device's own rows. */
export function queryLocally(local: Local, query: Query): LiveQueryResult {
  const model = modelOf(local);
  if (model.findEntity(query.entity) === undefined)
    throw new SyncError('unknown_entity', { entity: query.entity });
  if (isSearch(query)) local.cache.completeWords(query.entity);
  const compiled = compileQuery(query, contextOf(local));
  const rows = select(local, compiled.rows).map((cells) =>
    decodeRow(model, query.entity, compiled.columns, cells),
  );
  const total = compiled.count === null ? undefined : Number(select(local, compiled.count)[0]?.[0] ?? 0);
  return {
    rows,
    titles: titlesOf(local, query.entity, rows),
    source: 'device',
    marks: marksOf(local, query.entity, rows),
    ...(total === undefined ? {} : { total }),
  };
}

/** Runs a query on the server and lays what is pending here over the answer. Throws what the way there throws. */
export async function queryLive(
  local: Local,
  client: ProtocolClient,
  query: Query,
): Promise<LiveQueryResult> {
  const answer = await client.query({ bundle: bundleHashOf(local), query: wireQuery(query) });
  const laidOver = overlay(local, query, answer.rows);
  const missing = titlesOf(local, query.entity, laidOver);
  return {
    rows: laidOver,
    titles: { ...missing, ...answer.titles },
    source: 'server',
    marks: marksOf(local, query.entity, laidOver),
    ...(answer.total === undefined ? {} : { total: answer.total }),
  };
}

/** What people call the records that lookups of these rows point to, as far as they are on this device. */
export function titlesOf(
  local: Local,
  entity: string,
  rows: readonly Row[],
): Readonly<Record<RecordId, string>> {
  const model = modelOf(local);
  const idsByEntity: Record<string, Set<RecordId>> = {};
  for (const { name, field } of model.lookups(entity)) {
    for (const row of rows) {
      const target = targetOf(field.to, row[name]);
      if (target === null || model.findEntity(target.entity) === undefined) continue;
      idsByEntity[target.entity] ??= new Set();
      idsByEntity[target.entity]?.add(target.id);
    }
  }
  const lists = Object.fromEntries(Object.entries(idsByEntity).map(([name, ids]) => [name, [...ids]]));
  const statement = titlesSql(lists, contextOf(local));
  if (statement === null) return {};
  return Object.fromEntries(
    select(local, statement).map(([, id, title]) => [String(id), String(title ?? '')]),
  );
}

/** What is pending on these records, by id. */
export function marksOf(local: Local, entity: string, rows: readonly Row[]): Marks {
  const pending = local.work.baseIds(entity);
  if (pending.size === 0) return {};
  const marks: Record<RecordId, RecordMark> = {};
  for (const row of rows) {
    const id = String(row['id']);
    if (!pending.has(id)) continue;
    const mark = recordState(local, { entity, id })?.mark ?? null;
    if (mark !== null) marks[id] = mark;
  }
  return marks;
}

function contextOf(local: Local): SqlContext {
  return {
    dialect: 'sqlite',
    entities: modelOf(local).bundle.entities,
    user: userOf(local),
    now: serverNow(local),
  };
}

function select(local: Local, fragment: Sql): SqlValue[][] {
  const { text, values } = render(fragment, 'sqlite');
  return local.cache.select(text, values as readonly SqlValue[]);
}

function targetOf(to: readonly string[], value: Value | undefined) {
  if (typeof value !== 'string') return null;
  const [only] = to;
  return to.length === 1 && only !== undefined ? { entity: only, id: value } : parseReference(value);
}

/** The server's rows with pending records as they stand here, those that no longer match left out, those that match only here put in, in order. */
function overlay(local: Local, query: Query, rows: readonly Row[]): readonly Row[] {
  const pending = local.work.baseIds(query.entity);
  if (pending.size === 0) return rows;
  const theirs = rows.filter((row) => !pending.has(String(row['id'])));
  const ours = [...pending].flatMap((id) => {
    const told = rows.find((row) => row['id'] === id);
    const row = recordState(local, { entity: query.entity, id })?.row ?? null;
    // Search is by the index of this device, which holds every pending row.
    return row !== null && matches(local, query, row, told !== undefined) ? [row] : [];
  });
  const compare = comparator(query);
  const isInPage = (row: Row) =>
    (query.after === undefined || compareToPlace(query, row, query.after) > 0) &&
    (rows.length < query.limit || compare(row, rows.at(-1) ?? row) <= 0);
  return [...theirs, ...ours.filter(isInPage)].sort(compare).slice(0, query.limit);
}

function isSearch(query: Query): boolean {
  return query.search !== undefined && query.search.trim() !== '';
}

function matches(local: Local, query: Query, row: Row, isFound: boolean): boolean {
  const scope = {
    record: row,
    user: userOf(local),
    now: serverNow(local),
    follow: followIn(local, query.entity),
  };
  if (!(query.where ?? []).every((condition) => isTrue(condition, scope))) return false;
  if (!isSearch(query) || isFound) return true;
  local.cache.completeWords(query.entity);
  const own: Query = { entity: query.entity, search: query.search ?? '', limit: 1 };
  const compiled = compileQuery(own, {
    ...contextOf(local),
    visible: (_, alias) => sql`${alias}."id" = ${String(row['id'])}`,
  });
  return select(local, compiled.rows).length > 0;
}

function comparator(query: Query): (a: Row, b: Row) => number {
  const names = orderOf(query);
  return (a, b) => {
    for (const { field, descending } of names) {
      const order = compareValues(a[field] ?? null, b[field] ?? null);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  };
}

function compareToPlace(query: Query, row: Row, place: readonly Value[]): number {
  const placeRow = Object.fromEntries(
    orderOf(query).map(({ field }, index) => [field, place[index] ?? null]),
  );
  return comparator(query)(row, placeRow);
}

/** As both databases have it: `id` last, in the direction of the field before it. */
function orderOf(query: Query): readonly { readonly field: string; readonly descending: boolean }[] {
  const given = (query.order ?? []).map(({ field, descending }) => ({
    field,
    descending: descending ?? false,
  }));
  return [...given, { field: 'id', descending: given.at(-1)?.descending ?? false }];
}

/** Nulls after everything; text by code point, as both databases sort it. */
function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  const [left, right] = [Number(a), Number(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The query as a message: the same data, with lists that may be written to. */
function wireQuery(query: Query): Parameters<ProtocolClient['query']>[0]['query'] {
  return JSON.parse(JSON.stringify(query)) as Parameters<ProtocolClient['query']>[0]['query'];
}
