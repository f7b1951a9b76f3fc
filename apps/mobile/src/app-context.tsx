// What every screen may use: the engine, a clock for showing times, and a place for drafts. Given once by the entry file, faked in tests.
import type { EngineClient } from '@satchel/device';
import { createContext, useContext } from 'react';

/** Text kept on this device by key; survives a reload. */
export interface TextStore {
  get(key: string): string | null;
  set(key: string, text: string): void;
  remove(key: string): void;
}

/** A newer version of the app that waits to be let in. */
export interface Updates {
  /** Returns a function that ends the subscription. */
  subscribe(listener: (isReady: boolean) => void): () => void;
  apply(): void;
}

export interface App {
  readonly engine: EngineClient;
  /** Milliseconds since 1970; only for showing how long ago something was. */
  readonly now: () => number;
  readonly texts: TextStore;
  readonly updates: Updates;
  readonly version: string;
  /** Facts about unexpected failures, for whoever looks into them. */
  readonly log: (what: string, error: unknown) => void;
}

const Context = createContext<App | null>(null);
export const AppProvider = Context.Provider;

export function useApp(): App {
  const app = useContext(Context);
  if (app === null) throw new Error('a screen is drawn outside AppProvider');
  return app;
}
