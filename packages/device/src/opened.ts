// Records that a person looked at, kept until the next sync tells the server. A hint that is never worth a failure: it does not go through the outbox,
// and what cannot be told now is told later or forgotten.
import { limits, recentEntity, SyncError, type RecordId } from '@satchel/model';
import type { OpenedRecord } from './cache-store.ts';
import type { Local } from './local.ts';
import type { SyncContext } from './sync-context.ts';

/** Notes a record that a person looks at, whichever way its row came. The one looked at already is not noted again at each refresh of its screen. */
export function noteOpened(local: Local, entity: string, id: RecordId): void {
  const { model, cache } = local;
  if (model?.profileEntity(recentEntity) === undefined || model.findEntity(entity)?.personal) return;
  if (model.profileEntity(entity) === undefined) return;
  if (local.lastOpened?.entity === entity && local.lastOpened.id === id) return;
  local.lastOpened = { entity, id };
  const others = (cache.get('opened') ?? []).filter((each) => each.entity !== entity || each.id !== id);
  try {
    const opened = [...others, { entity, id }].slice(-limits.openedBatchMax);
    cache.transaction(() => cache.set('opened', opened));
  } catch (error) {
    // The row is here to be read, whether or not the cache can be written.
    if (!(error instanceof SyncError)) throw error;
    local.cacheFault = error.code;
  }
}

/** Tells the server. Throws only what ends the session: everything else must not keep the outbox waiting. */
export async function reportOpened({ local, client, signal }: SyncContext): Promise<void> {
  const opened = local.cache.get('opened') ?? [];
  if (opened.length === 0) return;
  try {
    await client.opened({ opened: [...opened] }, signal);
  } catch (error) {
    if (!(error instanceof SyncError) || error.retry === 'after-sign-in') throw error;
    if (error.retry === 'soon') return;
  }
  const isTold = (each: OpenedRecord) =>
    opened.some(({ entity, id }) => each.entity === entity && each.id === id);
  const left = (local.cache.get('opened') ?? []).filter((each) => !isTold(each));
  local.cache.transaction(() => local.cache.set('opened', left));
}
