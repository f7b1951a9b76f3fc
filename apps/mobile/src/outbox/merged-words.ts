// What one line says of a change that was merged: with whose, or what the rule for deletes made of it. Pure.
import type { OutboxEntry } from '@satchel/device';

export type MergedLine =
  | { readonly key: 'merged.by' | 'merged.deletedAnyway' | 'merged.notDeleted'; readonly name: string }
  | {
      readonly key:
        'merged.nobody' | 'merged.deletedAnywayNobody' | 'merged.notDeletedNobody' | 'merged.lostToDelete';
    };

/** Null where nothing of anybody else's was met. */
export function mergedLine({ state, verdict, mutation }: OutboxEntry): MergedLine | null {
  if (state !== 'merged' || verdict === null) return null;
  const name = verdict.by?.name;
  const isDelete = mutation.command === 'delete';
  if (verdict.rule !== undefined && !isDelete) return { key: 'merged.lostToDelete' };
  if (verdict.rule === 'delete-wins')
    return name === undefined ? { key: 'merged.deletedAnywayNobody' } : { key: 'merged.deletedAnyway', name };
  if (verdict.rule === 'recreate')
    return name === undefined ? { key: 'merged.notDeletedNobody' } : { key: 'merged.notDeleted', name };
  return name === undefined ? { key: 'merged.nobody' } : { key: 'merged.by', name };
}

/** Is there more to see of it than the line? */
export function hasMergedFields(entry: OutboxEntry): boolean {
  return entry.state === 'merged' && Object.keys(entry.verdict?.settled ?? {}).length > 0;
}
