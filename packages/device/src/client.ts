// The engine as a page holds it: calls go to the page's own worker, which leads or follows; events come back. Works without a service worker.
import { SyncError } from '@satchel/model';
import { createIds } from './adapters/ids.ts';
import { deviceName } from './adapters/device-name.ts';
import type { EngineClient, EngineEvent, MutationRequest } from './api.ts';
import {
  engineOver,
  valueFrom,
  type CallResult,
  type EngineMethod,
  type PageMessage,
  type WorkerMessage,
} from './rpc.ts';

export interface ConnectOptions {
  /** Where the server is; '' (default) is the page's own origin. */
  readonly baseUrl?: string;
  /** Which device database; tabs that name the same one work on the same. */
  readonly store?: string;
  /** A worker that runs worker.ts, where the page makes it itself. */
  readonly worker?: Worker;
}

/** How long a closing worker may take to hand over before it is ended. */
const closeWithinMs = 2_000;

/** Starts this page's worker. Calls may be made at once; they wait until the engine is open, or throw why it cannot be. */
export function connectEngine(options: ConnectOptions = {}): EngineClient {
  const worker =
    options.worker ??
    new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'satchel' });
  const ids = createIds();
  const pending = new Map<string, (result: CallResult) => void>();
  const listeners = new Set<(event: EngineEvent) => void>();
  const post = (message: PageMessage): void => worker.postMessage(message);
  let ended: 'unavailable' | 'cancelled' | null = null;

  function end(code: 'unavailable' | 'cancelled'): void {
    ended = code;
    for (const settle of pending.values()) settle({ ok: false, code, detail: { waitingFor: 'worker' } });
    pending.clear();
  }

  function hear(message: WorkerMessage): void {
    switch (message.kind) {
      case 'answer':
        pending.get(message.id)?.(message.result);
        pending.delete(message.id);
        return;
      case 'event':
        for (const listener of listeners) listener(message.event);
        return;
      case 'closed':
        worker.terminate();
        return;
    }
  }

  function call(method: EngineMethod, args: readonly unknown[]): Promise<unknown> {
    if (ended !== null) return Promise.reject(new SyncError(ended, { method }));
    const id = ids.next();
    return new Promise<CallResult>((resolve) => {
      pending.set(id, resolve);
      post({ kind: 'call', id, method, args });
    }).then(valueFrom);
  }

  worker.addEventListener('message', (event: MessageEvent<WorkerMessage>) => hear(event.data));
  // A worker that could not be loaded, or that died of a fault, answers nobody.
  worker.addEventListener('error', () => end('unavailable'));
  post({
    kind: 'start',
    baseUrl: options.baseUrl ?? '',
    store: options.store ?? 'device',
    deviceName: deviceName(navigator.userAgent),
  });
  const toldForeground = (): void => {
    if (document.visibilityState === 'visible') post({ kind: 'hint', hint: 'foreground' });
  };
  document.addEventListener('visibilitychange', toldForeground);

  const engine = engineOver(call);
  return {
    ...engine,
    // The id is made here, so that a save whose answer was lost when tabs changed over is recognised and not made twice.
    mutate: (request: MutationRequest) => engine.mutate({ mutationId: ids.next(), ...request }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      document.removeEventListener('visibilitychange', toldForeground);
      post({ kind: 'close' });
      end('cancelled');
      setTimeout(() => worker.terminate(), closeWithinMs);
    },
  };
}

/** Asks the browser to keep this site's data when room gets short; it may say no. Only a page may ask. */
export async function requestPersistence(): Promise<boolean> {
  if (typeof navigator.storage?.persist !== 'function') return false;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}
