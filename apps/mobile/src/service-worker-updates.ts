// Registers the service worker and tells when a newer version of the app waits. It is let in by the person, or when the app is hidden with
// nothing in flight and no form open: an edit is never lost to a reload.
import type { EngineClient } from '@satchel/device';
import type { Updates } from './app-context.tsx';

export function watchUpdates(engine: EngineClient, log: (what: string, error: unknown) => void): Updates {
  const listeners = new Set<(isReady: boolean) => void>();
  let waiting: ServiceWorker | null = null;
  let isApplying = false;
  const offer = (worker: ServiceWorker | null) => {
    waiting = worker;
    for (const listener of listeners) listener(worker !== null);
  };
  const apply = () => {
    isApplying = true;
    waiting?.postMessage('take-over');
  };
  if ('serviceWorker' in navigator && import.meta.env.PROD) {
    register(offer).catch((error: unknown) => log('registering the service worker', error));
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      // The first worker of a fresh install takes control too: that is no reason to reload.
      if (isApplying) location.reload();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'hidden' || waiting === null) return;
      if (document.documentElement.hasAttribute('data-form-dirty')) return;
      engine.status().then(
        (status) => {
          if (status.activity === 'idle') apply();
        },
        (error: unknown) => log('looking for a quiet moment', error),
      );
    });
  }
  return {
    subscribe(listener) {
      listeners.add(listener);
      listener(waiting !== null);
      return () => listeners.delete(listener);
    },
    apply,
  };
}

async function register(offer: (worker: ServiceWorker | null) => void): Promise<void> {
  const registration = await navigator.serviceWorker.register('/sw.js');
  if (registration.waiting !== null && navigator.serviceWorker.controller !== null)
    offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && navigator.serviceWorker.controller !== null) offer(worker);
    });
  });
}
