import type { Status } from '@satchel/device';
import { describe, expect, it } from 'vitest';
import { bannerWord, syncWord } from './sync-word.ts';

const calm = {
  activity: 'idle',
  outbox: { waiting: 0, held: 0, problems: 0, settling: 0 },
  synced: true,
  checkpointAt: '2026-03-09T10:00:00.000Z',
} as const satisfies Partial<Status>;
const activities = ['checking', 'downloading', 'pulling', 'pushing', 'reconciling'] as const;

describe('the sync line', () => {
  it('[APP-2] says "synced" only when the engine does, and never while anything waits', () => {
    expect(syncWord(calm)).toEqual({ kind: 'synced' });
    expect(syncWord({ ...calm, synced: false })).toEqual({ kind: 'as-of' });
    for (const part of ['waiting', 'held', 'problems', 'settling'] as const)
      expect(syncWord({ ...calm, outbox: { ...calm.outbox, [part]: 1 } }).kind).toBe(part);
  });

  it('[F-036] turns only while something goes on, whatever the state before', () => {
    for (const activity of activities) expect(syncWord({ ...calm, activity }).kind).toBe('busy');
    expect(syncWord({ ...calm, checkpointAt: null, synced: false })).toEqual({ kind: 'never' });
    expect(syncWord({ ...calm, synced: false }).kind).not.toBe('busy');
  });

  it('[F-190] what needs a person comes before everything else', () => {
    const outbox = { waiting: 3, held: 1, problems: 2, settling: 1 };
    expect(syncWord({ ...calm, activity: 'pushing', outbox })).toEqual({ kind: 'problems', count: 2 });
  });
});

describe('the banner', () => {
  it('[F-110] tells Offline Mode, no network and an unreachable server apart, and is silent on-line', () => {
    const session = { state: 'signed-out' } as const;
    const word = (connection: Status['connection']) => bannerWord({ connection, session });
    expect([word('forced-offline'), word('offline'), word('degraded'), word('online')]).toEqual([
      'forced',
      'offline',
      'degraded',
      null,
    ]);
  });
});
