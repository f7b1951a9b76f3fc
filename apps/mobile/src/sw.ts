// Starts the app with no network. A new version waits until the person, or a quiet moment, lets it in: it never takes over on its own.
// What it keeps is the app itself; records live in SQLite and are never cached here.
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

interface Scope {
  skipWaiting(): Promise<void>;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}
const scope = globalThis as unknown as Scope;

precacheAndRoute([...__PRECACHE__]);
cleanupOutdatedCaches();
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    denylist: [/^\/api\//, /^\/(healthz|readyz|metrics)$/],
  }),
);

scope.addEventListener('message', (event) => {
  if (event.data === 'take-over') void scope.skipWaiting();
});
