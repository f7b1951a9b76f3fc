// Reads something of the engine again whenever it may have changed. What was last read stays on screen meanwhile, so nothing flickers.
import { watch, type Watch, type Watchable } from '@satchel/device';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useApp } from '../app-context.tsx';
import { codeOf, type ShownCode } from '../words/error-words.ts';

export interface Live<T> {
  /** Undefined until the first answer about this subject. */
  readonly value: T | undefined;
  /** Why the last read failed; null when it did not. */
  readonly code: ShownCode | null;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

interface Source<T> extends Watchable<T> {
  /** What it is about: another subject does not keep the old value on screen. */
  readonly subject: string;
  /** What exactly is asked; another key asks anew. */
  readonly key: string;
}

export function useLive<T>(source: Source<T>): Live<T> {
  const { engine, log } = useApp();
  const { subject, key } = source;
  const [state, setState] = useState<{
    readonly subject: string;
    readonly key: string;
    readonly value: T | undefined;
    readonly code: ShownCode | null;
  }>({ subject, key: '', value: undefined, code: null });
  const latest = useRef(source);
  const current = useRef<Watch | null>(null);
  useLayoutEffect(() => {
    latest.current = source;
  });

  useEffect(() => {
    const watched = watch(
      engine,
      { read: () => latest.current.read(), concerns: (event) => latest.current.concerns(event) },
      {
        value: (value) => setState({ subject, key, value, code: null }),
        failed: (error) => {
          const code = codeOf(error);
          if (code === 'unexpected') log(`reading ${subject}`, error);
          setState((before) => ({
            subject,
            key,
            value: before.subject === subject ? before.value : undefined,
            code,
          }));
        },
      },
    );
    current.current = watched;
    return () => watched.end();
  }, [engine, log, subject, key]);

  const reload = useCallback(() => current.current?.again(), []);
  const isSame = state.subject === subject;
  return {
    value: isSame ? state.value : undefined,
    code: isSame ? state.code : null,
    isLoading: !isSame || state.key !== key,
    reload,
  };
}
