// Is this device ready to go offline? From the state of each carried kind of record; never more than what the engine proved. Pure.
import type { EntityState } from '@satchel/device';

export interface Readiness {
  /** ready: everything carried is available. partly: something is here, not all. none: nothing is. */
  readonly kind: 'ready' | 'partly' | 'none';
  readonly rows: number;
  /** Known while a download is under way; else the rows that are here. */
  readonly rowsExpected: number;
}

export function readiness(entities: Readonly<Record<string, EntityState>>): Readiness {
  let rows = 0;
  let rowsExpected = 0;
  let carried = 0;
  let available = 0;
  let begun = 0;
  for (const entity of Object.values(entities)) {
    if (entity.state === 'not-enabled') continue;
    carried += 1;
    if (entity.state === 'available') {
      available += 1;
      rows += entity.rows;
      rowsExpected += entity.rows;
    }
    if (entity.state === 'initializing') {
      begun += entity.rows > 0 ? 1 : 0;
      rows += entity.rows;
      rowsExpected += Math.max(entity.rows, entity.rowsExpected);
    }
  }
  const kind = carried > 0 && available === carried ? 'ready' : available + begun > 0 ? 'partly' : 'none';
  return { kind, rows, rowsExpected };
}
