// Hints of the platform: an interface went up or down, the app came to the front. A worker does not see its page, so pages pass that on.
import type { Hint, Hints } from '../ports.ts';

export interface BrowserHints extends Hints {
  /** Passes on what a page saw. */
  tell(hint: Hint): void;
}

/** Listens to `online` and `offline` of a window or worker; without one it only passes on what it is told. */
export function browserHints(target?: EventTarget): BrowserHints {
  const listeners = new Set<(hint: Hint) => void>();
  const tell = (hint: Hint): void => {
    for (const listener of listeners) listener(hint);
  };
  target?.addEventListener('online', () => tell('network-up'));
  target?.addEventListener('offline', () => tell('network-down'));
  return {
    tell,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
