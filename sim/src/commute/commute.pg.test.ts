// A short way to work: through tunnels that are invented, always, and along a measured subway line where its trace is at hand.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commute } from './commute.ts';
import { readTraceFile, type Trace } from './traces.ts';

const measured = resolve('../shared/data/tiny/network-traces.tiny.csv');

/** Slow and fast stretches, and tunnels of every length up to two minutes. */
const tunnels: Trace = {
  name: 'tunnels',
  samples: [20, 3, 40, 10, 60, 45, 90, 120, 80, 1, 30, 15].map((seconds, index, all) => {
    const fromMs = all.slice(0, index).reduce((total, each) => total + each, 0) * 1_000;
    return {
      fromMs,
      untilMs: fromMs + seconds * 1_000,
      kbps: index % 2 === 1 ? 0 : index % 4 === 0 ? 9_000 : 40,
    };
  }),
};

describe('a commute', () => {
  it('[NETS-2] everything saved on the way arrives once, for little more bytes than it weighs', async () => {
    const real = existsSync(measured) ? (await readTraceFile(measured)).traces : [];
    const { sum, byTrace } = await commute([tunnels, ...real], `commute_${process.pid}`);
    console.info(JSON.stringify(byTrace));
    expect(sum).toMatchObject({ traces: 1 + real.length, arrived: sum.edits, lost: 0, doubled: 0 });
    expect(sum.edits).toBeGreaterThan(8);
    expect(sum.failedCalls).toBeGreaterThan(0);
    expect(sum.ratio).toBeLessThanOrEqual(1.15);
  });
});
