// Moments around the demo's now. People of a service desk work in the day, so most things happen then; nothing here reads a clock.
import type { Chance } from './chance.ts';

const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** ISO UTC with milliseconds, as a dateTime field holds it. */
export function instant(ms: number): string {
  return new Date(ms).toISOString();
}

/** 'YYYY-MM-DD' of the moment, UTC. */
export function day(ms: number): string {
  return instant(ms).slice(0, 10);
}

/** A moment on a working day between so many days ago and now, on a whole minute, mostly between eight and five. */
export function workingMoment(chance: Chance, nowMs: number, daysBack: number): number {
  const midnight = Math.floor(nowMs / dayMs) * dayMs;
  for (let tries = 0; tries < 20; tries += 1) {
    const start = midnight - chance.whole(0, daysBack) * dayMs;
    const weekday = new Date(start).getUTCDay();
    const isWeekend = weekday === 0 || weekday === 6;
    if (isWeekend && !chance.isTrue(0.15)) continue;
    const hour = chance.isTrue(0.9) ? chance.whole(8, 16) : chance.whole(0, 23);
    const at = start + hour * hourMs + chance.whole(0, 59) * minuteMs;
    if (at < nowMs) return at;
  }
  return nowMs - chance.whole(1, 240) * minuteMs;
}

/** The moment on its whole minute. */
export function onMinute(ms: number): number {
  return Math.floor(ms / minuteMs) * minuteMs;
}
