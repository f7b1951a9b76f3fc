// Does the device hold what the server counts as its rows, byte for byte? Asked of the store, not of the engine's own opinion.
import { expect } from 'vitest';
import type { FakeServer } from './fake-server.ts';
import type { TestDevice } from './world.ts';

/** Compares every carried row, `_rev` included. */
export async function expectSameRows(device: TestDevice, server: FakeServer): Promise<void> {
  for (const entity of ['customer', 'job', 'note']) {
    const { rows } = await device.engine.query({ entity, limit: 1_000 });
    const theirs = server.rows(entity).filter((row) => server.inScope(entity, row));
    const sorted = (list: readonly object[]) => list.map((row) => JSON.stringify(sortKeys(row))).sort();
    expect(sorted(rows)).toEqual(sorted(theirs));
  }
}

/** A column that the server got after it wrote a row holds nothing there, like one that was never filled in. */
function sortKeys(row: object): object {
  const filled = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(filled.sort(([a], [b]) => (a < b ? -1 : 1)));
}
