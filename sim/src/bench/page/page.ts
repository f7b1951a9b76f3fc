// The page that benchmarks drive: the engine as an app holds it, and the floor. Times are taken here, as a person would feel them.
import { connectEngine, type EngineClient, type Status } from '@satchel/device';
import type { Query } from '@satchel/model';
import type { FloorCommand, FloorResult } from './floor-worker.ts';

export interface Downloaded {
  readonly rows: number;
  readonly seconds: number;
  /** Until indexes and search words were made too. */
  readonly completeSeconds: number;
}
export interface ListTimes {
  readonly page: readonly number[];
  readonly search: readonly number[];
  readonly save: readonly number[];
}

export interface BenchPage {
  /** Signs in on a new device database and downloads; seconds from the call of download to every entity proven and a first list read. */
  download(store: string, login: string, password: string): Promise<Downloaded>;
  floor(command: FloorCommand): Promise<FloorResult>;
  /** Milliseconds of each of so many list pages, searches and saves on that device database, which must be downloaded. */
  list(store: string, times: number): Promise<ListTimes>;
}

async function download(store: string, login: string, password: string): Promise<Downloaded> {
  const engine = connectEngine({ store });
  await engine.signIn(login, password);
  const beganMs = performance.now();
  const ready = available(engine);
  const complete = engine.download();
  const rows = await ready;
  await engine.query({ entity: 'incident', order: [{ field: 'opened_at', descending: true }], limit: 50 });
  const seconds = (performance.now() - beganMs) / 1_000;
  await complete;
  const completeSeconds = (performance.now() - beganMs) / 1_000;
  engine.close();
  return { rows, seconds, completeSeconds };
}

/** Resolves with the rows on the device once all of it is proven. */
function available(engine: EngineClient): Promise<number> {
  return new Promise((resolve, reject) => {
    const look = (status: Status): void => {
      if (status.cache === 'error') reject(new Error(`download failed: ${status.problem ?? 'no code'}`));
      if (status.cache !== 'available') return;
      const states = Object.values(status.entities);
      resolve(states.reduce((rows, entity) => rows + (entity.state === 'available' ? entity.rows : 0), 0));
    };
    engine.subscribe((event) => {
      if (event.kind === 'status') look(event.status);
    });
  });
}

async function list(store: string, times: number): Promise<ListTimes> {
  const engine = connectEngine({ store });
  const bundle = await engine.bundle();
  if (bundle === null) throw new Error('nobody is signed in');
  await engine.setForcedOffline(true);
  const view = bundle.views.find(({ entity, where }) => entity === 'incident' && where !== undefined);
  const where = view?.where === undefined ? undefined : bundle.expressions['incident']?.[view.where];
  if (view === undefined || where === undefined) throw new Error('no filtered view of incidents');
  const lists: Query = { entity: 'incident', where: [where], order: view.order, limit: 50 };
  const { rows } = await engine.query(lists);
  const words = rows.map((row) => String(row['short_description']).split(' ').slice(0, 2).join(' '));
  const page: number[] = [];
  const search: number[] = [];
  const save: number[] = [];
  for (let index = 0; index < times; index += 1) {
    page.push(await timed(() => engine.query(lists)));
    search.push(
      await timed(() =>
        engine.query({ entity: 'incident', search: words[index % words.length] ?? '', limit: 50 }),
      ),
    );
    const row = rows[index % rows.length];
    if (row === undefined) throw new Error('the view is empty');
    const values = { short_description: `Looked at for the ${index}th time` };
    save.push(
      await timed(() =>
        engine.mutate({
          entity: 'incident',
          recordId: String(row['id']),
          command: 'update',
          values,
          seen: row,
        }),
      ),
    );
  }
  engine.close();
  return { page, search, save };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}

function floor(command: FloorCommand): Promise<FloorResult> {
  const worker = new Worker(new URL('./floor-worker.ts', import.meta.url), { type: 'module' });
  return new Promise<FloorResult>((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<FloorResult>) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(command);
  }).finally(() => worker.terminate());
}

const bench: BenchPage = { download, floor, list };
Object.assign(globalThis, { bench });
