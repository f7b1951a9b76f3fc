// Reads something of the engine again whenever it may have changed. What was last read stays on screen meanwhile, so nothing flickers.
import type { EngineEvent } from '@satchel/device';
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

interface Source<T> {
  /** What it is about: another subject does not keep the old value on screen. */
  readonly subject: string;
  /** What exactly is asked; another key asks anew. */
  readonly key: string;
  readonly load: () => Promise<T>;
  readonly concerns: (event: EngineEvent) => boolean;
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
  const again = useRef<() => void>(() => undefined);
  useLayoutEffect(() => {
    latest.current = source;
  });

  useEffect(() => {
    let isOver = false;
    let isRunning = false;
    let isDirty = false;
    const run = async () => {
      isDirty = true;
      if (isRunning) return;
      isRunning = true;
      while (isDirty && !isOver) {
        isDirty = false;
        try {
          const value = await latest.current.load();
          if (!isOver) setState({ subject, key, value, code: null });
        } catch (error) {
          const code = codeOf(error);
          if (code === 'unexpected') log(`reading ${subject}`, error);
          if (!isOver)
            setState((before) => ({
              subject,
              key,
              value: before.subject === subject ? before.value : undefined,
              code,
            }));
        }
      }
      isRunning = false;
    };
    again.current = () => void run();
    void run();
    const end = engine.subscribe((event) => {
      if (latest.current.concerns(event)) void run();
    });
    return () => {
      isOver = true;
      end();
    };
  }, [engine, log, subject, key]);

  const reload = useCallback(() => again.current(), []);
  const isSame = state.subject === subject;
  return {
    value: isSame ? state.value : undefined,
    code: isSame ? state.code : null,
    isLoading: !isSame || state.key !== key,
    reload,
  };
}
