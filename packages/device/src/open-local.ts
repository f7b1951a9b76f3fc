// What a process finds when it starts: the two stores, the bundle that was in use, and what a crash left to be put right.
import { SyncError, type Bundle } from '@satchel/model';
import { fitCache } from './bundle-update.ts';
import { openCacheStore } from './cache-store.ts';
import { useBundle, type Local } from './local.ts';
import { openBundle } from './open-bundle.ts';
import type { Ports } from './ports.ts';
import { recoverOnOpen } from './visible.ts';
import { openWorkStore } from './work-store.ts';

/** Without a model where nobody is signed in, or where the bundle cannot be opened: then the first contact brings another. */
export function openLocal(ports: Ports): Local {
  const work = openWorkStore(ports.storage.work);
  const local: Local = {
    work,
    clock: ports.clock,
    cache: openCacheStore(ports.storage.cache),
    bundle: null,
    model: null,
    session: work.get('session'),
    contact: null,
    lastOpened: null,
    cacheFault: null,
  };
  const bundle = work.get('bundle');
  if (bundle === null || local.session === null || !opens(bundle)) return local;
  useBundle(local, bundle);
  fitCache(local);
  recoverOnOpen(local);
  return local;
}

/** A bundle that this version of the engine cannot open is fetched anew at the first contact; the outbox waits for it. */
function opens(bundle: Bundle): boolean {
  try {
    openBundle(bundle);
    return true;
  } catch (error) {
    if (error instanceof SyncError) return false;
    throw error;
  }
}
