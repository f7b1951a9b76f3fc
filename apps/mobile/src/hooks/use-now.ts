// The present moment for "2 min ago": moves on by itself so that no age on screen stands still.
import { useEffect, useState } from 'react';
import { useApp } from '../app-context.tsx';

/** Milliseconds since 1970, renewed every so many milliseconds. */
export function useNow(intervalMs = 20_000): number {
  const { now } = useApp();
  const [value, setValue] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setValue(now()), intervalMs);
    return () => clearInterval(timer);
  }, [now, intervalMs]);
  return value;
}
