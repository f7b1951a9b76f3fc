// The two things nearly every screen needs: how the engine stands, and the model of the app it runs. Read once, shared by all.
import type { Status } from '@satchel/device';
import { openModel, type Bundle, type Model, type UserContext } from '@satchel/model';
import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useApp } from '../app-context.tsx';
import { codeOf, type ShownCode } from '../words/error-words.ts';
import { sightingOf, testimonyFrom, type Testimony } from '../words/storage-witness.ts';
import { useLive } from './use-live.ts';

interface Session {
  /** Null until the engine has spoken. */
  readonly status: Status | null;
  /** Undefined until known, null before the first sign-in on this device. */
  readonly bundle: Bundle | null | undefined;
  readonly model: Model | null;
  /** What was on this device before the browser cleared it; null where nothing was or it is still here. */
  readonly cleared: Testimony | null;
  /** Why the engine could not be opened. */
  readonly fault: ShownCode | null;
}

const Context = createContext<Session>({
  status: null,
  bundle: undefined,
  model: null,
  cleared: null,
  fault: null,
});
/** Key of what the page remembers of the engine's storage. */
const witnessKey = 'storage witness';

export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const { engine, log } = useApp();
  const [status, setStatus] = useState<Status | null>(null);
  const [fault, setFault] = useState<ShownCode | null>(null);
  useEffect(() => {
    const end = engine.subscribe((event) => {
      if (event.kind === 'status') setStatus(event.status);
    });
    engine.status().then(setStatus, (error: unknown) => {
      log('reading the status', error);
      setFault(codeOf(error));
    });
    return end;
  }, [engine, log]);
  const cleared = useWitness(status);
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
  const session = useMemo(
    () => ({ status, bundle, model, cleared, fault }),
    [status, bundle, model, cleared, fault],
  );
  return <Context.Provider value={session}>{children}</Context.Provider>;
}

/** Remembers what was on this device, and tells when it is gone. */
function useWitness(status: Status | null): Testimony | null {
  const { texts, now, log } = useApp();
  const sawSomebody = useRef(false);
  const [cleared, setCleared] = useState<Testimony | null>(null);
  useEffect(() => {
    if (status === null) return;
    try {
      const remembered = testimonyFrom(texts.get(witnessKey));
      const asOf = new Date(now()).toISOString();
      const sighting = sightingOf(status, remembered, sawSomebody.current, asOf);
      if (status.session.state !== 'signed-out') sawSomebody.current = true;
      if (sighting.remember === null) texts.remove(witnessKey);
      else texts.set(witnessKey, JSON.stringify(sighting.remember));
      setCleared(sighting.cleared);
    } catch (error) {
      log('remembering what is on this device', error);
    }
  }, [status, texts, now, log]);
  return cleared;
}

/** What the browser cleared from this device; null where nothing is missing. */
export function useCleared(): Testimony | null {
  return useContext(Context).cleared;
}

/** Why the engine could not be opened; null while it is opening or open. */
export function useFault(): ShownCode | null {
  return useContext(Context).fault;
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
