// Reading something of the engine again whenever it may have changed: what a screen, or a page of one's own, subscribes to. Reads never overlap; what
// changes during one leads to one more.
import type { Query, RecordId } from '@satchel/model';
import type { EngineClient, EngineEvent, LiveQueryResult, OutboxEntry, RecordView } from './api.ts';

/** What can be watched: how it is read, and which events mean that it may read differently. */
export interface Watchable<T> {
  read(): Promise<T>;
  concerns(event: EngineEvent): boolean;
}

export interface WatchListener<T> {
  value(value: T): void;
  /** A read failed, with SyncError; the watch goes on. */
  failed(error: unknown): void;
}

export interface Watch {
  /** Reads once more although nothing said that it changed. */
  again(): void;
  end(): void;
}

/** Reads at once, then after each event that concerns it. The listener hears nothing more after `end`. */
export function watch<T>(
  engine: Pick<EngineClient, 'subscribe'>,
  watchable: Watchable<T>,
  listener: WatchListener<T>,
): Watch {
  let isOver = false;
  let isReading = false;
  let isStale = false;

  async function read(): Promise<void> {
    isStale = true;
    if (isReading) return;
    isReading = true;
    while (isStale && !isOver) {
      isStale = false;
      try {
        const value = await watchable.read();
        if (!isOver) listener.value(value);
      } catch (error) {
        if (!isOver) listener.failed(error);
      }
    }
    isReading = false;
  }

  const unsubscribe = engine.subscribe((event) => {
    if (watchable.concerns(event)) void read();
  });
  void read();
  return {
    again: () => void read(),
    end: () => {
      isOver = true;
      unsubscribe();
    },
  };
}

/** Rows that match a query, pending changes laid over them. */
export function queryOf(engine: Pick<EngineClient, 'query'>, query: Query): Watchable<LiveQueryResult> {
  return { read: () => engine.query(query), concerns: touches(query.entity) };
}

/** One record as this person sees it; null where there is none. */
export function recordOf(
  engine: Pick<EngineClient, 'get'>,
  entity: string,
  id: RecordId,
): Watchable<RecordView | null> {
  return { read: () => engine.get(entity, id), concerns: touches(entity) };
}

/** Everything not settled, in the order in which the person acted. */
export function outboxOf(engine: Pick<EngineClient, 'outbox'>): Watchable<readonly OutboxEntry[]> {
  return {
    read: () => engine.outbox(),
    concerns: (event) => event.kind === 'outbox' || event.kind === 'verdict',
  };
}

function touches(entity: string): (event: EngineEvent) => boolean {
  return (event) => event.kind === 'outbox' || (event.kind === 'rows' && event.entities.includes(entity));
}
