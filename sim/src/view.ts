// What a device held at the moment it took a cursor: the server's row of every record, also of those under pending work. The atomic view says that
// this is the person's scope in the snapshot of that cursor, row by row, for every entity that the device calls proven.
import { openModel, type Bundle, type Model, type Row } from '@satchel/model';
import type { DeviceStorage } from '@satchel/device';
import { toldRows, type RowsByEntity } from './rows.ts';

export interface View {
  readonly cursor: string;
  readonly model: Model;
  readonly held: RowsByEntity;
  /** Entities of which the device says that they are complete and equal to the server's. */
  readonly proven: ReadonlySet<string>;
}

export interface ViewTaker {
  /** To be called after each commit of cache.db; null where no new cursor was taken, or its rows are still to come. */
  take(storage: DeviceStorage): View | null;
}

export function createViewTaker(): ViewTaker {
  let lastCursor: string | null = null;
  let known: { readonly text: string; readonly model: Model } | null = null;
  const modelOf = (storage: DeviceStorage): Model | null => {
    const text = storage.work.rows(`select value from setting where key = 'bundle'`)[0]?.[0];
    if (typeof text !== 'string') return null;
    if (known?.text !== text) known = { text, model: openModel(JSON.parse(text) as Bundle) };
    return known.model;
  };
  return {
    take(storage) {
      const facts = new Map(
        storage.cache
          .rows(`select key, value from _sync where key in ('cursor', 'download')`)
          .map(([key, value]) => [String(key), String(value)]),
      );
      const cursor = facts.get('cursor') ?? null;
      if (cursor === lastCursor) return null;
      lastCursor = cursor;
      const model = modelOf(storage);
      if (cursor === null || facts.has('download') || model === null) return null;
      const proven = storage.cache.rows(
        'select entity from _entity where is_complete = 1 and is_proven = 1 and fault is null',
      );
      return {
        cursor: JSON.parse(cursor) as string,
        model,
        held: basesOf(storage, model),
        proven: new Set(proven.map(([entity]) => String(entity))),
      };
    },
  };
}

/** The server's rows as this device was told them last; those made here and not yet told are none. */
export function basesOf(storage: DeviceStorage, model: Model): RowsByEntity {
  const told = toldRows(storage.cache, model);
  const bases = storage.work.rows('select entity, id, row from base where row is not null');
  const held = new Map([...told].map(([entity, rows]) => [entity, new Map(rows)]));
  for (const [entity, id, text] of bases) {
    const rows = held.get(String(entity));
    if (rows === undefined || !isCarried(storage, String(entity), String(id))) continue;
    rows.set(String(id), JSON.parse(String(text)) as Row);
  }
  return held;
}

/** Does the server count this record as ours? A row that was only looked at has no `_rev` here. */
function isCarried(storage: DeviceStorage, entity: string, id: string): boolean {
  return storage.cache.rows(`select 1 from "${entity}" where id = ? and _rev is not null`, [id]).length > 0;
}
