// Records that match a query, a record, and the outbox: each read again when it may have changed.
import {
  outboxOf,
  queryOf,
  recordOf,
  type LiveQueryResult,
  type OutboxEntry,
  type RecordView,
} from '@satchel/device';
import type { Query, RecordId } from '@satchel/model';
import { useApp } from '../app-context.tsx';
import { useLive, type Live } from './use-live.ts';

/** `subject` tells one list from another; the same list with a larger limit keeps its rows on screen while it grows. */
export function useQuery(query: Query, subject: string = query.entity): Live<LiveQueryResult> {
  const { engine } = useApp();
  return useLive({
    subject: `query ${subject}`,
    key: JSON.stringify(query),
    ...queryOf(engine, query),
  });
}

/** The record as this person sees it; null where there is none. */
export function useRecord(entity: string, id: RecordId): Live<RecordView | null> {
  const { engine } = useApp();
  return useLive({
    subject: `record ${entity} ${id}`,
    key: '',
    ...recordOf(engine, entity, id),
  });
}

/** Everything not settled, in the order in which the person acted. */
export function useOutbox(): Live<readonly OutboxEntry[]> {
  const { engine } = useApp();
  return useLive({
    subject: 'outbox',
    key: '',
    ...outboxOf(engine),
  });
}

/** Settled and discarded changes, newest first. */
export function useHistory(limit: number): Live<readonly OutboxEntry[]> {
  const { engine } = useApp();
  return useLive({
    subject: 'history',
    key: String(limit),
    read: () => engine.history(limit),
    concerns: (event) => event.kind === 'outbox',
  });
}
