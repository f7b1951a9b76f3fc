// Who asks, when and how connected: what an offer depends on.
import { useMemo } from 'react';
import { useNow } from '../hooks/use-now.ts';
import { useBundle, useStatus, useUser } from '../hooks/use-session.tsx';
import type { Circumstances } from './offers.ts';

/** Null until the engine has spoken. */
export function useCircumstances(): Circumstances | null {
  const { model } = useBundle();
  const user = useUser();
  const connection = useStatus()?.connection;
  const minute = useNow(60_000);
  return useMemo(() => {
    if (model === null || user === null || connection === undefined) return null;
    const isOffline = connection === 'offline' || connection === 'forced-offline';
    return { model, user, now: new Date(minute).toISOString(), isOffline };
  }, [model, user, connection, minute]);
}
