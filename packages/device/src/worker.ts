// Entry of the dedicated worker that every tab starts. It leads the tabs of its store or follows the one that does; see leader.ts.
import { browserClock } from './adapters/browser-clock.ts';
import { browserHints, type BrowserHints } from './adapters/browser-hints.ts';
import { acquireLock, openChannel } from './adapters/browser-tabs.ts';
import { fetchTransport } from './adapters/fetch-transport.ts';
import { createIds } from './adapters/ids.ts';
import { openOpfsStorage } from './adapters/opfs-storage.ts';
import type { EngineClient } from './api.ts';
import { createEngine } from './engine.ts';
import { joinPeers, type Peer } from './leader.ts';
import { runCall, engineOver, type PageMessage, type WorkerMessage } from './rpc.ts';

type Start = Extract<PageMessage, { kind: 'start' }>;

function tellPage(message: WorkerMessage): void {
  globalThis.postMessage(message);
}

/** To the console: a fault of the program that no screen can act on. */
function report(fault: unknown): void {
  console.error(fault);
}

function start(message: Start): Peer {
  const hints = browserHints(globalThis);
  const peer = joinPeers({
    channel: openChannel(message.store),
    acquire: (signal) => acquireLock(message.store, signal),
    open: () => openEngine(message, hints),
    clock: browserClock(),
    ids: createIds(),
    onHint: (hint) => hints.tell(hint),
    report,
  });
  peer.subscribe((event) => tellPage({ kind: 'event', event }));
  return peer;
}

async function openEngine({ baseUrl, store, deviceName }: Start, hints: BrowserHints): Promise<EngineClient> {
  const storage = await openOpfsStorage(store);
  const clock = browserClock();
  const chance = (): number => Math.random();
  try {
    const engine = await createEngine({
      storage,
      transport: fetchTransport({ baseUrl, clock, chance }),
      hints,
      clock,
      ids: createIds(),
      chance,
      deviceName,
    });
    return {
      ...engine,
      close() {
        engine.close();
        storage.close();
      },
    };
  } catch (error) {
    storage.close();
    throw error;
  }
}

/** Messages before `start` cannot be: the page sends it first, and messages keep their order. */
function listen(): void {
  let peer: Peer | null = null;
  globalThis.addEventListener('message', (event: MessageEvent<PageMessage>) => {
    const message = event.data;
    if (message.kind === 'start') peer ??= start(message);
    if (peer === null) return;
    const { call, tell, close } = peer;
    if (message.kind === 'hint') tell(message.hint);
    if (message.kind === 'close') void close().then(() => tellPage({ kind: 'closed' }), report);
    if (message.kind !== 'call') return;
    const answer = runCall(Promise.resolve(engineOver(call)), message, report);
    void answer.then((result) => tellPage({ kind: 'answer', id: message.id, result }));
  });
}

listen();
