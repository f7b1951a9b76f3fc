// The one thing to say about syncing, from a status. Pure. What needs a person comes first; a spinner only while something goes on.
import type { Status } from '@satchel/device';

export type SyncWord =
  | { readonly kind: 'problems' | 'waiting' | 'held' | 'settling'; readonly count: number }
  | { readonly kind: 'busy'; readonly what: 'checking' | 'downloading' | 'syncing' | 'sending' | 'comparing' }
  | { readonly kind: 'synced' | 'as-of' | 'never' };

export function syncWord(status: Pick<Status, 'activity' | 'outbox' | 'synced' | 'checkpointAt'>): SyncWord {
  const { outbox } = status;
  if (outbox.problems > 0) return { kind: 'problems', count: outbox.problems };
  switch (status.activity) {
    case 'checking':
      return { kind: 'busy', what: 'checking' };
    case 'downloading':
      return { kind: 'busy', what: 'downloading' };
    case 'pulling':
      return { kind: 'busy', what: 'syncing' };
    case 'pushing':
      return { kind: 'busy', what: 'sending' };
    case 'reconciling':
      return { kind: 'busy', what: 'comparing' };
    // Nobody waits for indexes.
    case 'indexing':
    case 'idle':
      break;
  }
  if (outbox.waiting > 0) return { kind: 'waiting', count: outbox.waiting };
  if (outbox.held > 0) return { kind: 'held', count: outbox.held };
  if (outbox.settling > 0) return { kind: 'settling', count: outbox.settling };
  if (status.checkpointAt === null) return { kind: 'never' };
  return { kind: status.synced ? 'synced' : 'as-of' };
}

/** What the banner says; null where there is nothing to say. A problem of sending is the outbox's, not the banner's. */
export type BannerWord = 'forced' | 'offline' | 'degraded' | 'expired' | null;

export function bannerWord(status: Pick<Status, 'connection' | 'session'>): BannerWord {
  if (status.session.state === 'expired') return 'expired';
  switch (status.connection) {
    case 'forced-offline':
      return 'forced';
    case 'offline':
      return 'offline';
    case 'degraded':
      return 'degraded';
    case 'online':
      return null;
  }
}
