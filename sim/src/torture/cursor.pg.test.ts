import { expect, it } from 'vitest';
import { isUnharmed, torture, variants } from './cursor.ts';

for (const variant of variants) {
  it(`[CURSOR-7] misses nothing and tells nothing twice through crashes and from a standby: ${variant.name}, for a moment`, async () => {
    const brief = { ...variant, lifeMs: Math.min(variant.lifeMs, 1_000), livesPerRound: 2 };
    const figures = await torture(brief, { seed: 7, seconds: 1 });
    expect(isUnharmed(figures), JSON.stringify(figures)).toBe(true);
    expect(figures.committedRows).toBeGreaterThan(0);
    expect(figures.pulls).toBeGreaterThan(0);
  }, 120_000);
}
