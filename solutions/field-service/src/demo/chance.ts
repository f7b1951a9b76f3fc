// Chance as a value: the same seed gives the same draws for ever, on any machine. Nothing here reads a clock.

export interface Chance {
  /** A number in [0, 1). */
  readonly fraction: () => number;
  /** A whole number from min to max, both included. */
  readonly whole: (min: number, max: number) => number;
  readonly isTrue: (probability: number) => boolean;
  readonly pick: <T>(from: readonly T[]) => T;
  /** One of the values, each as likely as its weight. */
  readonly weighted: <T>(from: readonly (readonly [T, number])[]) => T;
  /** So many different ones, in the order they stand in. */
  readonly some: <T>(from: readonly T[], count: number) => readonly T[];
  readonly digits: (count: number) => string;
}

/** A generator with 32 bits of state (Weyl sequence with a mixing step): plenty for demo data, useless for secrets. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 0x1_0000_0000;
  };
  const whole = (min: number, max: number): number => min + Math.floor(fraction() * (max - min + 1));
  const pick = <T>(from: readonly T[]): T => {
    const item = from[whole(0, from.length - 1)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  const weighted = <T>(from: readonly (readonly [T, number])[]): T => {
    let left = fraction() * from.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of from) {
      left -= weight;
      if (left < 0) return item;
    }
    return pick(from)[0];
  };
  const some = <T>(from: readonly T[], count: number): readonly T[] => {
    const wanted = new Set<number>();
    while (wanted.size < Math.min(count, from.length)) wanted.add(whole(0, from.length - 1));
    return from.filter((_, index) => wanted.has(index));
  };
  return {
    fraction,
    whole,
    isTrue: (probability) => fraction() < probability,
    pick,
    weighted,
    some,
    digits: (count) => Array.from({ length: count }, () => whole(0, 9)).join(''),
  };
}

/** Gives ids of the form of UUIDv7 that rise with each call: a time that advances by one millisecond, then chance. */
export function createIds(chance: Chance, startMs: number): () => string {
  let ms = startMs;
  const hex = (count: number): string =>
    Array.from({ length: count }, () => chance.whole(0, 15).toString(16)).join('');
  return () => {
    ms += 1;
    const time = ms.toString(16).padStart(12, '0');
    const variant = (8 + chance.whole(0, 3)).toString(16);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
  };
}
