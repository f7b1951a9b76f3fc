// A clock that only moves when the test moves it. The wall clock may be set wrong; the monotonic one never goes back.
import type { Clock } from '@satchel/device';

export interface HandClock extends Clock {
  /** Lets time pass; what falls due runs in order. */
  advance(ms: number): void;
  /** Sets the wall clock forward or back without any time passing. */
  setWall(ms: number): void;
  /** Milliseconds until the next thing is due; null when nothing is. */
  nextDueMs(): number | null;
}

export function createHandClock(wallMs: number): HandClock {
  let monotonic = 0;
  let offset = wallMs;
  let counter = 0;
  const due = new Map<number, { readonly at: number; readonly work: () => void }>();

  const earliest = () => [...due.entries()].sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
  return {
    wall: () => offset + monotonic,
    monotonic: () => monotonic,
    breathe: () => Promise.resolve(),
    after(delayMs, work) {
      counter += 1;
      const id = counter;
      due.set(id, { at: monotonic + Math.max(0, delayMs), work });
      return () => void due.delete(id);
    },
    advance(ms) {
      const until = monotonic + ms;
      for (let next = earliest(); next !== undefined && next[1].at <= until; next = earliest()) {
        due.delete(next[0]);
        monotonic = Math.max(monotonic, next[1].at);
        next[1].work();
      }
      monotonic = until;
    },
    setWall(ms) {
      offset = ms - monotonic;
    },
    nextDueMs() {
      const next = earliest();
      return next === undefined ? null : Math.max(0, next[1].at - monotonic);
    },
  };
}
