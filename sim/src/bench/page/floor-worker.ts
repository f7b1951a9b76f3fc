// The floor under a first download: fetch the same bytes, parse them, bind them into the same SQLite in one transaction per page. Nothing else:
// no indexes, no search, no checks, no proof. What the engine takes beyond this is what it adds.
import { openOpfsStorage } from '@satchel/device/opfs';
import type { PageAnswer } from '@satchel/model';

export interface FloorCommand {
  readonly store: string;
  readonly pages: number;
}
export interface FloorResult {
  readonly rows: number;
  readonly seconds: number;
}

async function measure({ store, pages }: FloorCommand): Promise<FloorResult> {
  const storage = await openOpfsStorage(store);
  const { cache } = storage;
  const tables = new Set<string>();
  const beganMs = performance.now();
  let rows = 0;
  for (let index = 0; index < pages; index += 1) {
    const page = (await (await fetch(`/kept/${index}`, { cache: 'no-store' })).json()) as PageAnswer;
    cache.transaction(() => {
      if (!tables.has(page.entity)) {
        const columns = page.columns.map(({ name }) => (name === 'id' ? 'id text primary key' : `"${name}"`));
        cache.run(`create table "${page.entity}" (${columns.join(', ')})`);
        tables.add(page.entity);
      }
      cache.insertColumns(page.entity, page.columns, page.rows);
    });
    rows += page.rows;
  }
  const seconds = (performance.now() - beganMs) / 1_000;
  storage.close();
  return { rows, seconds };
}

globalThis.addEventListener('message', (event: MessageEvent<FloorCommand>) => {
  void measure(event.data).then((result) => globalThis.postMessage(result));
});
