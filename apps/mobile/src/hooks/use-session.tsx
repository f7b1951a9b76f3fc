// The two things nearly every screen needs: how the engine stands, and the model of the app it runs. Read once, shared by all.
import type { Status } from '@satchel/device';
import { openModel, type Bundle, type Model, type UserContext } from '@satchel/model';
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useApp } from '../app-context.tsx';
import { useLive } from './use-live.ts';

interface Session {
  /** Null until the engine has spoken. */
  readonly status: Status | null;
  /** Undefined until known, null before the first sign-in on this device. */
  readonly bundle: Bundle | null | undefined;
  readonly model: Model | null;
}

const Context = createContext<Session>({ status: null, bundle: undefined, model: null });

export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const { engine, log } = useApp();
  const [status, setStatus] = useState<Status | null>(null);
  useEffect(() => {
    const end = engine.subscribe((event) => {
      if (event.kind === 'status') setStatus(event.status);
    });
    engine.status().then(setStatus, (error: unknown) => log('reading the status', error));
    return end;
  }, [engine, log]);
  const who = status?.session.state === 'signed-out' ? 'nobody' : 'somebody';
  const { value: bundle } = useLive({
    subject: 'bundle',
    key: who,
    read: () => engine.bundle(),
    concerns: (event) => event.kind === 'bundle',
  });
  const hash = bundle?.hash;
  // The same hash is the same model: screens keep what they derived from it.
  const model = useMemo(() => (bundle ? openModel(bundle) : null), [hash]);
  const session = useMemo(() => ({ status, bundle, model }), [status, bundle, model]);
  return <Context.Provider value={session}>{children}</Context.Provider>;
}

/** Null until the engine has spoken. */
export function useStatus(): Status | null {
  return useContext(Context).status;
}

/** The bundle and its model; null before the first sign-in. */
export function useBundle(): { readonly bundle: Bundle | null | undefined; readonly model: Model | null } {
  return useContext(Context);
}

/** The model, on screens that are only drawn when there is one. */
export function useModel(): Model {
  const { model } = useContext(Context);
  if (model === null) throw new Error('a screen that needs the model is drawn without one');
  return model;
}

/** The person signed in, on screens that are only drawn when there is one. */
export function useUser(): UserContext | null {
  const session = useContext(Context).status?.session;
  return session === undefined || session.state === 'signed-out' ? null : session.user;
}
