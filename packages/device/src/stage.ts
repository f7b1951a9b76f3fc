// A delta too large for one message comes in parts. Each is kept in the cache's stage, out of sight, with the place where the next begins, in one
// transaction: a crash repeats at most one part. Only the pull that closes the parts brings them into the visible rows, all at once (delta.ts).
// Whatever else the server says meanwhile (a restart, other rights, a reason to compare) drops the stage, and the next pull begins where the cache stands.
import type { PullAnswer, PullRequest } from '@satchel/model';
import type { StageFacts } from './cache-store.ts';
import { bundleHashOf, modelOf, type Local } from './local.ts';
import { rowFromWire } from './visible.ts';

export type Part = Extract<PullAnswer, { kind: 'part' }>;

/** What a pull asks for besides what every pull does; null where no parts are here. */
export function stageRequest(
  local: Local,
): (Pick<PullRequest, 'part' | 'prove'> & { readonly cursor: string }) | null {
  const stage = local.cache.get('stage');
  if (stage === null) return null;
  const { since: cursor, at, after } = stage;
  // The closing delta brings the digests that prove all of it.
  return at === null || after === null ? { cursor, prove: true } : { cursor, part: { at, after } };
}

/** Does the answer go on with what is staged? Parts told under other rights, or of a delta that the server began anew, must not be shown. */
export function continuesStage(stage: StageFacts, answer: PullAnswer): boolean {
  if (answer.kind === 'nothing' || answer.kind === 'reconcile' || answer.identity !== undefined) return false;
  if (stage.at === null) return true;
  return answer.kind === 'part' && answer.at === stage.at;
}

/** Keeps a part. One that does not go on with what is here is not to be given to this. */
export function takePart(local: Local, part: Part): void {
  const { cache } = local;
  const bundle = bundleHashOf(local);
  cache.transaction(() => {
    const since = cache.get('stage')?.since ?? cache.get('cursor');
    if (since === null) return;
    for (const { entity, columns, rows, gone } of part.changes) {
      if (modelOf(local).findEntity(entity) === undefined) continue;
      for (const { id } of gone) cache.stageRow(entity, id, null);
      for (const cells of rows) {
        const row = rowFromWire(local, entity, columns, cells);
        cache.stageRow(entity, String(row['id']), row);
      }
    }
    const isOver = part.after === null;
    cache.set(
      'stage',
      isOver
        ? { since: part.at, at: null, after: null, bundle }
        : { since, at: part.at, after: part.after, bundle },
    );
  });
}

export function dropStage({ cache }: Local): void {
  if (cache.get('stage') !== null) cache.transaction(() => cache.clearStage());
}
