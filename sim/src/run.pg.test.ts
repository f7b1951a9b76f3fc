// A handful of seeds on the real server in every test run; more on demand. A seed that failed once stays in museum.pg.test.ts with its story.
import { describe, expect, it } from 'vitest';
import { openPostgresStage } from './postgres-stage.ts';
import { runSeed } from './run.ts';

const seeds = [1, 2, 3, 5];

describe('whole days from a seed', () => {
  for (const seed of seeds) {
    it(`[SIM-1] nothing is lost, nothing is done twice and every device holds its scope, seed ${seed}`, async () => {
      const report = await runSeed({ seed, steps: 60 }, (chance) =>
        openPostgresStage(`run_${seed}_${process.pid}`, chance),
      );
      expect(report.faults, report.log.join('\n')).toEqual([]);
    }, 240_000);
  }
});
