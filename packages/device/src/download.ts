// The first download, one page at a time: each page and its position are one cache transaction, so an interruption repeats at most one page.
// Entities come in the profile's order. After the last page everything is pulled from the cursor of the very first one and proven by digest; what only
// makes reading faster comes last. While a page is written the next ones are on their way: of this entity, and of the one after.
import { SyncError, type DownloadPlan, type PageAnswer, type PageRequest, type Row } from '@satchel/model';
import { cellOf, columnRequests, takeColumns } from './added-columns.ts';
import { bundleHashOf, incompleteEntities, modelOf, noteServerTime, type Local } from './local.ts';
import { deviceLimits } from './limits.ts';
import type { ProtocolClient } from './protocol-client.ts';
import { pullUntilProven } from './pull.ts';
import type { SyncContext } from './sync-context.ts';
import { deriveRecord, refreshBases, rowFromWire } from './visible.ts';

export interface Downloader {
  /** One page, or the proof after the last, or one of the indexes and search words that come after it. False: all is done. */
  step(context: SyncContext): Promise<boolean>;
  /** Forgets pages asked for ahead. */
  reset(): void;
}

export function createDownloader(): Downloader {
  let ahead: ReadonlyMap<string, Promise<PageAnswer>> = new Map();
  let underWay = new AbortController();
  const keyOf = (request: PageRequest) =>
    `${request.bundle} ${request.entity} ${request.after ?? ''} ${request.columns?.join() ?? ''}`;
  const ask = (client: ProtocolClient, request: PageRequest): Promise<PageAnswer> =>
    ahead.get(keyOf(request)) ?? client.page(request, underWay.signal);
  const askAhead = (client: ProtocolClient, requests: readonly PageRequest[]): void => {
    ahead = new Map(
      requests.map((request) => {
        const answer = ask(client, request);
        // A failure is thrown to whoever takes the page; until then it must not count as unhandled.
        answer.catch(() => undefined);
        return [keyOf(request), answer];
      }),
    );
  };
  const reset = (): void => {
    underWay.abort();
    underWay = new AbortController();
    ahead = new Map();
  };
  const stepOnce = async (context: SyncContext): Promise<boolean> => {
    const { local, client, tell } = context;
    // The cache may have been cleared since this step was asked for: pages without a cursor to go on from would be rows that nothing keeps fresh.
    if (!isDownloading(local) && local.cache.get('cursor') === null) return false;
    const [request] = requestsToGo(local);
    if (request === undefined && isDownloading(local)) {
      tell.activity('downloading');
      reset();
      await prove(context);
      return local.cache.isBehind();
    }
    if (request === undefined) {
      tell.activity('indexing');
      // Screens are told, and answered, between any two pieces.
      await local.clock.breathe();
      return !context.signal.aborted && local.cache.catchUp();
    }
    tell.activity('downloading');
    const page = await pageOrFault(local, request.entity, () => ask(client, request));
    if (context.signal.aborted) throw new SyncError('cancelled');
    if (page === null) return true;
    // Only once a page is here: the cursor of the very first one must be older than any other page.
    askAhead(client, requestsAfter(local, request, page).slice(0, deviceLimits.pagesAheadMax));
    noteServerTime(local, page.serverTime);
    if (request.columns === undefined) takePage(local, page);
    else takeColumns(local, request, page);
    tell.rows([request.entity]);
    return true;
  };
  return {
    reset,
    step: async (context) => {
      context.signal.addEventListener('abort', reset);
      try {
        return await stepOnce(context);
      } catch (error) {
        reset();
        throw error;
      } finally {
        context.signal.removeEventListener('abort', reset);
      }
    },
  };
}

/** Marks a download as begun. */
export function beginDownload(local: Local): void {
  local.cache.transaction(() => {
    const isFirst = local.cache.get('cursor') === null && !isDownloading(local);
    for (const { name } of modelOf(local).carriedEntities()) {
      local.cache.setProgress(name, { fault: null });
      // Rows without a cursor are of no known moment: they are taken again.
      if (isFirst) local.cache.setProgress(name, { isComplete: false, isProven: false, position: null });
    }
    if (isFirst) local.cache.unset('added');
    if (!isDownloading(local)) local.cache.set('download', { cursor: null });
  });
}

/** What the plan said, if the download that it was asked for still goes on. It is only for the screen: pages do not wait for it. */
export function expectRows(local: Local, { entities }: DownloadPlan): void {
  if (!isDownloading(local)) return;
  local.cache.transaction(() => {
    for (const { entity, rows } of entities)
      if (local.cache.progress(entity) !== null) local.cache.setProgress(entity, { rowsExpected: rows });
  });
}

/** Is there a download to go on with, or something left to do after one? */
export function isUnfinished(local: Local): boolean {
  return isDownloading(local) || local.cache.isBehind();
}

/** Are there pages to come, or to be proven? */
function isDownloading(local: Local): boolean {
  return local.cache.get('download') !== null;
}

/** The next page of each entity that still has pages to come, in the order in which they are taken: whole rows first, then columns. */
function requestsToGo(local: Local): readonly PageRequest[] {
  const bundle = bundleHashOf(local);
  const whole = incompleteEntities(local).map(({ name, position }) => ({
    bundle,
    entity: name,
    after: position,
  }));
  return [...whole, ...columnRequests(local)];
}

/** What is left to ask for when this page will have been taken. A guess that proves wrong is never taken: a page is asked for by where the last one ended. */
function requestsAfter(local: Local, request: PageRequest, page: PageAnswer): readonly PageRequest[] {
  const others = requestsToGo(local).filter(({ entity }) => entity !== page.entity);
  const own = [page.next, page.nextButOne].flatMap((after) =>
    after === null ? [] : [{ ...request, after }],
  );
  return [...own, ...others];
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
  if (pending.length > 0) local.work.transaction(() => refreshBases(local, entity, pending));
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

/** All pages are in: the delta since the first page, then the digests. The download is over only when that is done. */
async function prove(context: SyncContext): Promise<void> {
  const { local } = context;
  local.cache.transaction(() => {
    const first = local.cache.get('download')?.cursor ?? null;
    // Where a cursor is left from before, it is older than any page: pulling from it misses nothing.
    if (local.cache.get('cursor') === null && first !== null) local.cache.set('cursor', first);
  });
  await pullUntilProven(context, null);
  local.cache.transaction(() => local.cache.unset('download'));
}
