// Real conflicts of a service desk where its log is at hand, and invented ones of every kind always.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCases, type ConflictCase } from './cases.ts';
import type { ClashPolicy } from './expectation.ts';
import { replay } from './replay.ts';

const realLog = resolve('../shared/data/tiny/incident-conflicts-8h.tiny.jsonl');

const base = { state: 'New', team: 'A', assignee: null, priority: '3' };
const invented: readonly ConflictCase[] = [
  {
    name: 'disjoint',
    kind: 'disjoint-fields',
    base,
    deviceEdits: [{ state: 'Active' }],
    serverEdits: [{ team: 'B' }],
  },
  {
    name: 'clash',
    kind: 'same-field',
    base,
    deviceEdits: [{ team: 'C', state: 'Active' }],
    serverEdits: [{ team: 'B' }],
  },
  {
    name: 'agreed',
    kind: 'same-field-same-value',
    base,
    deviceEdits: [{ assignee: 'x' }],
    serverEdits: [{ assignee: 'x' }],
  },
  { name: 'note', kind: 'note-only', base, deviceEdits: [{}], serverEdits: [{ priority: '1' }] },
  {
    name: 'there and back',
    kind: 'same-field',
    base,
    deviceEdits: [{ team: 'C', assignee: 'me' }, { team: 'A' }],
    serverEdits: [{ team: 'B', assignee: 'they' }],
  },
];

const whole = { lost: 0, doubled: 0, wrong: 0 };

describe('conflicts replayed', () => {
  for (const policy of ['ask', 'client', 'server'] satisfies ClashPolicy[]) {
    it(`[SIM-2] ends as base, theirs and mine demand under "${policy}", nothing lost, nothing doubled`, async () => {
      const report = await replay(invented, policy, `replay_${policy}_${process.pid}`);
      expect(report, report.stories.join('\n')).toMatchObject({
        ...whole,
        cases: 5,
        conflicts: policy === 'ask' ? 2 : 0,
      });
    });
  }

  it('[SIM-2] ends as expected for the cases of a real log, where it is at hand', async () => {
    const cases = existsSync(realLog) ? (await readCases(realLog)).cases : invented;
    const report = await replay(cases, 'ask', `replay_log_${process.pid}`);
    expect(report, report.stories.join('\n')).toMatchObject(whole);
  });
});
