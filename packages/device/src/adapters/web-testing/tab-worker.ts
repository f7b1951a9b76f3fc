// A worker as worker.ts is, on the same storage, lock and channel, whose engine only saves: what is lost or doubled when tabs change over
// shows as a row too few or too many. The bound: one row in `saved` for each mutation id, one in `asked` for each time it was asked.
import type { EngineClient, MutationReceipt, MutationRequest, Status } from '../../api.ts';
import { joinPeers } from '../../leader.ts';
import { engineOver, runCall, type PageMessage, type WorkerMessage } from '../../rpc.ts';
import { browserClock } from '../browser-clock.ts';
import { acquireLock, openChannel } from '../browser-tabs.ts';
import { createIds } from '../ids.ts';
import { openOpfsStorage } from '../opfs-storage.ts';

async function openSavingEngine(store: string): Promise<EngineClient> {
  const storage = await openOpfsStorage(store);
  const { work } = storage;
  work.run(
    'CREATE TABLE IF NOT EXISTS saved (id TEXT PRIMARY KEY, title TEXT); CREATE TABLE IF NOT EXISTS asked (id TEXT)',
  );
  const saves: Pick<EngineClient, 'mutate' | 'history' | 'status' | 'subscribe' | 'close'> = {
    mutate({ mutationId = '', values }: MutationRequest): Promise<MutationReceipt> {
      work.transaction(() => {
        work.run('INSERT INTO asked VALUES (?)', [mutationId]);
        work.run('INSERT OR IGNORE INTO saved VALUES (?, ?)', [mutationId, String(values?.['title'])]);
      });
      return Promise.resolve({ mutationId, recordId: mutationId, row: null });
    },
    history: () => Promise.resolve(work.rows('SELECT title FROM saved ORDER BY id') as never),
    status: () => Promise.resolve({ entities: {} } as unknown as Status),
    subscribe: () => () => undefined,
    close: () => storage.close(),
  };
  return saves as EngineClient;
}

function tellPage(message: WorkerMessage): void {
  globalThis.postMessage(message);
}

const store = 'tabs';
const report = (fault: unknown): void => console.error(fault);
const peer = joinPeers({
  channel: openChannel(store),
  acquire: (signal) => acquireLock(store, signal),
  open: () => openSavingEngine(store),
  clock: browserClock(),
  ids: createIds(),
  onHint: () => undefined,
  report,
});

globalThis.addEventListener('message', ({ data: message }: MessageEvent<PageMessage>) => {
  if (message.kind === 'close') void peer.close().then(() => tellPage({ kind: 'closed' }), report);
  if (message.kind !== 'call') return;
  const answer = runCall(Promise.resolve(engineOver(peer.call)), message, report);
  void answer.then((result) => tellPage({ kind: 'answer', id: message.id, result }));
});
