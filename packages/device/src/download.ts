// The first download, one page at a time: each page and its position are one cache transaction, so an interruption repeats at most one page.
// Entities come in the profile's order; indexes and search are made after an entity's rows. The last step pulls from the cursor of the very first
// page and proves everything by digest. The next page is asked for while this one is written.
import {
  SyncError,
  type PageAnswer,
  type PageColumn,
  type PageRequest,
  type Row,
  type Value,
} from '@satchel/model';
import { bundleHashOf, modelOf, noteServerTime, type Local } from './local.ts';
import { pullUntilProven } from './pull.ts';
import type { SyncContext } from './sync-context.ts';
import { deriveRecord, refreshBases, rowFromWire } from './visible.ts';

export interface Downloader {
  /** One page, or the proof after the last. False: all is done. */
  step(context: SyncContext): Promise<boolean>;
  /** Forgets a page asked for ahead. */
  reset(): void;
}

export function createDownloader(): Downloader {
  let ahead: { readonly key: string; readonly answer: Promise<PageAnswer> } | null = null;
  const keyOf = (request: PageRequest) => `${request.bundle} ${request.entity} ${request.after ?? ''}`;
  const take = (context: SyncContext, request: PageRequest): Promise<PageAnswer> => {
    const asked = ahead?.key === keyOf(request) ? ahead.answer : null;
    ahead = null;
    return asked ?? context.client.page(request, context.signal);
  };
  const askAhead = (context: SyncContext, request: PageRequest): void => {
    const answer = context.client.page(request, context.signal);
    // A failure is thrown to whoever takes the page; until then it must not count as unhandled.
    answer.catch(() => undefined);
    ahead = { key: keyOf(request), answer };
  };
  return {
    reset: () => {
      ahead = null;
    },
    step: async (context) => {
      const { local, tell } = context;
      tell.activity('downloading');
      const entity = nextEntity(local);
      if (entity === null) {
        await prove(context);
        return false;
      }
      const after = local.cache.progress(entity)?.position ?? null;
      const page = await pageOrFault(local, entity, () =>
        take(context, { bundle: bundleHashOf(local), entity, after }),
      );
      if (page === null) return true;
      if (page.next !== null) askAhead(context, { bundle: bundleHashOf(local), entity, after: page.next });
      noteServerTime(local, page.serverTime);
      takePage(local, page);
      tell.rows([entity]);
      return true;
    },
  };
}

/** Marks a download as begun. Rows expected are what the plan said. */
export function beginDownload(local: Local, rowsExpected: Readonly<Record<string, number>>): void {
  local.cache.transaction(() => {
    for (const { name } of modelOf(local).carriedEntities())
      local.cache.setProgress(name, { rowsExpected: rowsExpected[name] ?? 0, fault: null });
    if (nextEntity(local) !== null && !isDownloading(local)) local.cache.set('download', { cursor: null });
  });
}

/** Is there a download to go on with? */
export function isDownloading(local: Local): boolean {
  return local.cache.get('download') !== null;
}

function nextEntity(local: Local): string | null {
  for (const { name } of modelOf(local).carriedEntities()) {
    const progress = local.cache.progress(name);
    if (progress !== null && !progress.isComplete && progress.fault === null) return name;
  }
  return null;
}

/** A page that is refused for good is a fault of its entity alone; the others go on. */
async function pageOrFault(
  local: Local,
  entity: string,
  ask: () => Promise<PageAnswer>,
): Promise<PageAnswer | null> {
  try {
    const page = await ask();
    if (page.entity !== entity) throw new SyncError('bad_response', { entity });
    return page;
  } catch (error) {
    const isRefusal =
      error instanceof SyncError && ['forbidden', 'not_found', 'too_large'].includes(error.code);
    if (!isRefusal) throw error;
    const fault =
      error.code === 'forbidden' ? 'permission' : error.code === 'too_large' ? 'over-limit' : 'error';
    local.cache.transaction(() => local.cache.setProgress(entity, { fault }));
    return null;
  }
}

function takePage(local: Local, page: PageAnswer): void {
  const { entity } = page;
  const pending = pendingRows(local, page);
  local.work.transaction(() => refreshBases(local, entity, pending));
  local.cache.transaction(() => {
    const known = new Set([...Object.keys(modelOf(local).fields(entity)), '_rev']);
    const columns = page.columns.filter((column) => known.has(column.name));
    local.cache.insertPage(entity, columns, page.rows);
    for (const row of pending) deriveRecord(local, { entity, id: String(row['id']) });
    const progress = local.cache.progress(entity);
    const before = progress?.position === null ? 0 : (progress?.rowCount ?? 0);
    local.cache.setProgress(entity, {
      position: page.next,
      isComplete: page.next === null,
      rowCount: before + page.rows,
    });
    const download = local.cache.get('download');
    if (download !== null && download.cursor === null) local.cache.set('download', { cursor: page.cursor });
    if (page.next === null) local.cache.finish(entity);
  });
}

/** Rows of the page on which something is pending here. */
function pendingRows(local: Local, page: PageAnswer): readonly Row[] {
  const ids = local.work.baseIds(page.entity);
  const idColumn = page.columns.find((column) => column.name === 'id');
  if (ids.size === 0 || idColumn === undefined) return [];
  const names = page.columns.map((column) => column.name);
  const rows: Row[] = [];
  for (let index = 0; index < page.rows; index += 1) {
    if (!ids.has(String(cellOf(idColumn, index)))) continue;
    const cells = page.columns.map((column) => cellOf(column, index));
    rows.push(rowFromWire(local, page.entity, names, cells));
  }
  return rows;
}

function cellOf(column: PageColumn, index: number): Value {
  if ('values' in column) return column.values[index] ?? null;
  const code = column.codes[index];
  return code === undefined ? null : (column.dictionary[code] ?? null);
}

/** All pages are in: the delta since the first page, then the digests. */
async function prove(context: SyncContext): Promise<void> {
  const { local } = context;
  local.cache.transaction(() => {
    const first = local.cache.get('download')?.cursor ?? null;
    // Where a cursor is left from before, it is older than any page: pulling from it misses nothing.
    if (local.cache.get('cursor') === null && first !== null) local.cache.set('cursor', first);
    local.cache.unset('download');
  });
  await pullUntilProven(context, null);
}
