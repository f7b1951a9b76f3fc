// What tabs of one origin have in common: a channel that all hear, and a lock that one holds.
import { SyncError } from '@satchel/model';
import type { Channel, PeerMessage } from '../leader.ts';

export function openChannel(store: string): Channel {
  const channel = new BroadcastChannel(`satchel-${store}`);
  return {
    post: (message) => channel.postMessage(message),
    listen: (listener) =>
      channel.addEventListener('message', (event: MessageEvent<PeerMessage>) => listener(event.data)),
    close: () => channel.close(),
  };
}

/** Resolves with what lets go of the lock, once it is ours. Throws SyncError `storage_unavailable` where the browser has no locks. */
export function acquireLock(store: string, signal: AbortSignal): Promise<() => void> {
  if (typeof navigator.locks === 'undefined') {
    return Promise.reject(new SyncError('storage_unavailable', { reason: 'no web locks' }));
  }
  return new Promise((resolve, reject) => {
    // The browser holds the lock for as long as this promise is open.
    const hold = (): Promise<void> => new Promise((release) => resolve(release));
    navigator.locks.request(`satchel-${store}`, { signal }, hold).catch(reject);
  });
}
