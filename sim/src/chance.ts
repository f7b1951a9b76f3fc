// All chance of a run, from one seed: the same seed is the same run.

export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
  happens(probability: number): boolean;
  /** A stream of its own that does not disturb this one. */
  fork(): Chance;
}

/** Mulberry32: small, fast, good enough to choose what goes wrong. */
export function seededChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    pick: (items) => {
      if (items.length === 0) throw new Error('nothing to pick from');
      return items[below(items.length)] as (typeof items)[number];
    },
    happens: (probability) => next() < probability,
    fork: () => seededChance(Math.floor(next() * 4_294_967_296)),
  };
}

/** Ids of the form of UUIDv7 from a stream of chance and a running time, so that a run can be repeated. */
export function seededIds(chance: Chance, startMs = 1_767_225_600_000): { next(): string } {
  let ms = startMs;
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => chance.below(16).toString(16)).join('');
  return {
    next() {
      ms += 1;
      const time = ms.toString(16).padStart(12, '0');
      return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(12)}`;
    },
  };
}
