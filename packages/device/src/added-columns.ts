// Columns that a new bundle added to rows that are here: fetched by pages of id, `_rev` and these columns alone, and laid into the rows that stand at the
// same `_rev`. Each page and its position are one cache transaction. What must stay true: a row keeps its revision only if it got the values of that
// revision. One of the page's stretch that the page does not have so gets revision 0, which no digest matches by accident: the next delta or comparison
// brings it whole. Nothing is pulled before the last page, so that no page is older than a row here.
import { SyncError, type PageAnswer, type PageColumn, type PageRequest, type Value } from '@satchel/model';
import type { Stretch } from './fill-columns.ts';
import { bundleHashOf, modelOf, type Local } from './local.ts';
import { deriveRecord } from './visible.ts';

/** The next page of each entity that lacks values of columns, in download order. */
export function columnRequests(local: Local): readonly PageRequest[] {
  const added = local.cache.get('added') ?? {};
  return modelOf(local)
    .carriedEntities()
    .flatMap(({ name }) => {
      const toFill = added[name];
      if (toFill === undefined || local.cache.progress(name)?.fault !== null) return [];
      return [
        { bundle: bundleHashOf(local), entity: name, after: toFill.after, columns: [...toFill.columns] },
      ];
    });
}

/** Takes a page that was asked for by columns. Throws `bad_response` where it has not all of them. */
export function takeColumns(local: Local, request: PageRequest, page: PageAnswer): void {
  const { entity } = page;
  const columns = ['id', ...(request.columns ?? []), '_rev'].map((name) => {
    const column = page.columns.find((each) => each.name === name);
    if (column === undefined) throw new SyncError('bad_response', { entity, column: name });
    return column;
  });
  const stretch = { after: request.after, last: page.next };
  const pending = [...local.work.baseIds(entity)].filter((id) => isWithin(id, stretch));
  if (pending.length > 0) local.work.transaction(() => fillBases(local, entity, columns, pending));
  local.cache.transaction(() => {
    local.cache.fillColumns(entity, columns, page.rows, stretch);
    for (const id of pending) deriveRecord(local, { entity, id });
    const { [entity]: toFill, ...others } = local.cache.get('added') ?? {};
    if (toFill === undefined) return;
    const isLast = page.next === null;
    local.cache.set('added', isLast ? others : { ...others, [entity]: { ...toFill, after: page.next } });
    const searched = modelOf(local).searchableFields(entity);
    // Words made meanwhile were made without these columns.
    if (isLast && toFill.columns.some((name) => searched.includes(name))) local.cache.forgetWords(entity);
  });
}

function isWithin(id: string, { after, last }: Stretch): boolean {
  return (after === null || id > after) && (last === null || id <= last);
}

/** The base rows of pending work, by the same rule. */
function fillBases(
  local: Local,
  entity: string,
  columns: readonly PageColumn[],
  pending: readonly string[],
): void {
  const [ids, revs] = [columns[0], columns.at(-1)];
  const placeById = new Map<string, number>();
  const wanted = new Set(pending);
  for (let index = 0; ids !== undefined && index < lengthOf(ids); index += 1) {
    const id = String(cellOf(ids, index));
    if (wanted.has(id)) placeById.set(id, index);
  }
  for (const id of pending) {
    const base = local.work.base(entity, id)?.row;
    if (base === undefined || base === null || typeof base['_rev'] !== 'number') continue;
    const place = placeById.get(id);
    const isSame = place !== undefined && revs !== undefined && cellOf(revs, place) === base['_rev'];
    const values = isSame ? columns.map((column) => [column.name, cellOf(column, place)]) : [['_rev', 0]];
    local.work.setBase(entity, id, { ...base, ...(Object.fromEntries(values) as Record<string, Value>) });
  }
}

/** The cell of a row in either form of a column. */
export function cellOf(column: PageColumn, index: number): Value {
  if ('values' in column) return column.values[index] ?? null;
  const code = column.codes[index];
  return code === undefined ? null : (column.dictionary[code] ?? null);
}

function lengthOf(column: PageColumn): number {
  return 'values' in column ? column.values.length : column.codes.length;
}
