// The platform's clocks and timers, in a browser or in Node.
import type { Clock } from '../ports.ts';

/** A timer set for longer than this rings at once in every engine, so longer waits are made of several. */
const timerMs = 2 ** 31 - 1;

export function browserClock(): Clock {
  return {
    wall: () => Date.now(),
    monotonic: () => performance.now(),
    after(delayMs, work) {
      let timer: ReturnType<typeof setTimeout>;
      const wait = (leftMs: number): void => {
        timer =
          leftMs > timerMs
            ? setTimeout(() => wait(leftMs - timerMs), timerMs)
            : setTimeout(work, Math.max(0, leftMs));
      };
      wait(delayMs);
      return () => clearTimeout(timer);
    },
    breathe: () => new Promise((resolve) => setTimeout(resolve)),
  };
}
