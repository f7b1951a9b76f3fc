import { describe, expect, it } from 'vitest';
import { readTraces } from './traces.ts';

describe('measured networks', () => {
  it('[NETS-1] a file may name its columns in any order; a rate holds until the next is known', async () => {
    const { traces, rejected } = await readTraces([
      'kbps,trace,note,t_ms,dur_ms',
      '100,bus,x,500,1000',
      '0,bus,,1500,500',
      '7,train,,0,250.5',
      '50,bus,,4000,1000',
      '',
    ]);
    expect(rejected).toEqual([]);
    expect(traces).toEqual([
      {
        name: 'bus',
        samples: [
          { fromMs: 0, untilMs: 1_000, kbps: 100 },
          { fromMs: 1_000, untilMs: 3_500, kbps: 0 },
          { fromMs: 3_500, untilMs: 4_500, kbps: 50 },
        ],
      },
      { name: 'train', samples: [{ fromMs: 0, untilMs: 250.5, kbps: 7 }] },
    ]);
  });

  it('[NETS-1] a line that makes no sense is told with its number and the reason, and the rest counts', async () => {
    const { traces, rejected } = await readTraces([
      'trace,t_ms,dur_ms,kbps',
      'bus,0,1000,100',
      'bus,1000,1000',
      'bus,2000,none,100',
      'bus,-1,1000,100',
      'bus,3000,1000,-5',
      'bus,0,1000,100',
      ',4000,1000,100',
      'bus,5000,1000,20',
    ]);
    expect(rejected).toEqual([
      { line: 3, reason: 'kbps is missing' },
      { line: 4, reason: 'dur_ms is "none"' },
      { line: 5, reason: 't_ms is "-1"' },
      { line: 6, reason: 'kbps is "-5"' },
      { line: 7, reason: 't_ms 0 does not come after 0' },
      { line: 8, reason: 'trace is missing' },
    ]);
    expect(traces[0]?.samples.map(({ kbps }) => kbps)).toEqual([100, 20]);
  });

  it('[NETS-1] a file of another form is said to be one, and so is an empty one', async () => {
    expect(await readTraces(['trace,t_ms,speed', 'bus,0,5'])).toEqual({
      traces: [],
      rejected: [{ line: 1, reason: 'the heading has no dur_ms, kbps' }],
    });
    expect(await readTraces([])).toEqual({ traces: [], rejected: [] });
  });
});
