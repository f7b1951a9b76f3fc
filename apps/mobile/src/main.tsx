// Starts the app: the engine in its worker, the service worker, and the screens. The only file that meets the browser's own clock and stores.
import { connectEngine, requestPersistence, type EngineClient } from '@satchel/device';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { AppProvider, type App, type TextStore } from './app-context.tsx';
import { AppRoutes } from './app.tsx';
import { SessionProvider } from './hooks/use-session.tsx';
import { ToastProvider } from './parts/toast.tsx';
import { watchUpdates } from './service-worker-updates.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/parts.css';
import './styles/screens.css';
import { openTexts } from './texts/texts.ts';
import { applyTheme, themeOf } from './theme.ts';

const prefix = 'satchel ';
const texts: TextStore = {
  get: (key) => localStorage.getItem(prefix + key),
  set: (key, text) => localStorage.setItem(prefix + key, text),
  remove: (key) => localStorage.removeItem(prefix + key),
};

async function openEngine(): Promise<EngineClient> {
  const demo = new URLSearchParams(location.search).get('demo');
  // Dropped whole from a production build.
  if (import.meta.env.DEV && demo !== null) {
    const { openMemoryEngine } = await import('./testing/memory-engine.ts');
    return openMemoryEngine(demo, () => Date.now());
  }
  return connectEngine();
}

function log(what: string, error: unknown): void {
  console.error(`satchel: ${what}`, error);
}

async function start(): Promise<void> {
  applyTheme(texts, themeOf(texts));
  const engine = await openEngine();
  const app: App = {
    engine,
    now: () => Date.now(),
    texts,
    updates: watchUpdates(engine, log),
    version: __APP_VERSION__,
    log,
  };
  const router = createBrowserRouter([{ path: '*', element: <AppRoutes /> }]);
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no root');
  createRoot(root).render(
    <I18nextProvider i18n={openTexts()}>
      <AppProvider value={app}>
        <ToastProvider>
          <SessionProvider>
            <RouterProvider router={router} />
          </SessionProvider>
        </ToastProvider>
      </AppProvider>
    </I18nextProvider>,
  );
  requestPersistence().catch((error: unknown) => log('asking for lasting storage', error));
}

start().catch((error: unknown) => log('starting', error));
