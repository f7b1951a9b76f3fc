// Rows by entity and id, and what of them stands in a device's cache.
import type { DeviceStorage } from '@satchel/device';
import type { Model, RecordId, Row } from '@satchel/model';

export type RowsByEntity = ReadonlyMap<string, ReadonlyMap<RecordId, Row>>;

/** The rows that stand in a cache as the server told them: carried, and nothing pending on them. */
export function toldRows(cache: DeviceStorage['cache'], model: Model): RowsByEntity {
  const held = new Map<string, Map<RecordId, Row>>();
  for (const { name } of model.carriedEntities()) {
    const columns = [...Object.keys(model.fields(name)), '_rev'];
    const names = columns.map((column) => `"${column}"`).join(', ');
    const cells = cache.rows(`select ${names} from "${name}" where _local = 0 and _rev is not null`);
    const rows = cells.map((values) =>
      Object.fromEntries(columns.map((column, index) => [column, values[index]])),
    );
    held.set(name, new Map(rows.map((row) => [String(row['id']), row as Row])));
  }
  return held;
}

/** A value as SQLite holds it. */
export function stored(value: Row[string] | undefined): string | number | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (Array.isArray(value)) return JSON.stringify(value);
  return (value ?? null) as string | number | null;
}
