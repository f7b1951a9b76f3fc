// New ids: UUIDv7 (RFC 9562, 5.7), so that new rows stand together in indexes. The time in them orders nothing but indexes.
import type { Ids } from '../ports.ts';

/**
 * Ids that only grow within one process, whatever its clock does: 48 bits of time, 12 bits that count up within a millisecond, 62 bits of chance.
 * `wall` gives milliseconds since 1970; `fill` fills an array with chance and returns it.
 */
export function createIds(
  wall: () => number = () => Date.now(),
  fill: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes),
): Ids {
  let lastMs = 0;
  let count = 0;
  return {
    next() {
      const chance = fill(new Uint8Array(10));
      const nowMs = Math.floor(wall());
      if (nowMs > lastMs) {
        lastMs = nowMs;
        // Begins in the lower half, so that there is room to count up.
        count = (((chance[0] ?? 0) << 8) | (chance[1] ?? 0)) & 0x7ff;
      } else {
        count += 1;
        if (count > 0xfff) {
          lastMs += 1;
          count = 0;
        }
      }
      const time = lastMs.toString(16).padStart(12, '0');
      const variant = (0x80 | ((chance[2] ?? 0) & 0x3f)).toString(16);
      const rest = [...chance.subarray(3)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      const tail = `${variant}${rest}`;
      return `${time.slice(0, 8)}-${time.slice(8)}-7${count.toString(16).padStart(3, '0')}-${tail.slice(0, 4)}-${tail.slice(4)}`;
    },
  };
}
