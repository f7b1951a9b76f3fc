// Many short days on the small server in memory in every test run: the device's side of everything, from the same acts and questions.
import { openNodeStorage } from '@satchel/device/node';
import { describe, expect, it } from 'vitest';
import { openMemoryStage } from './memory-stage.ts';
import { runSeed } from './run.ts';

const seeds = 80;
const portion = 20;

describe('many short days', () => {
  for (let from = 1; from <= seeds; from += portion) {
    it(`[SIM-3] what a device calls proven was its scope in the snapshot of its cursor, whatever died meanwhile, seeds ${from} and on`, async () => {
      const root = await openNodeStorage();
      for (let seed = from; seed < from + portion; seed += 1) {
        const report = await runSeed({ seed, steps: 24 }, async (chance) => openMemoryStage(root, chance));
        expect(report.faults, `seed ${seed}\n${report.log.join('\n')}`).toEqual([]);
      }
      root.close();
    }, 120_000);
  }
});
