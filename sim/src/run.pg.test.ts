// A handful of seeds in every test run; more on demand. A seed that failed once stays here with its story.
import { describe, expect, it } from 'vitest';
import { runSeed } from './run.ts';

const seeds = [1, 2, 3, 4, 5, 6];

describe('whole days from a seed', () => {
  for (const seed of seeds) {
    it(`[SIM-1] nothing is lost, nothing is done twice and every device holds its scope, seed ${seed}`, async () => {
      const report = await runSeed({ seed, steps: 120 });
      expect(report.faults, report.log.join('\n')).toEqual([]);
    }, 120_000);
  }
});
