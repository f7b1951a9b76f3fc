import { describe, expect, it } from 'vitest';
import type { EngineEvent } from './api.ts';
import { watch } from './watch.ts';

function hub() {
  const listeners = new Set<(event: EngineEvent) => void>();
  return {
    subscribe(listener: (event: EngineEvent) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell: (event: EngineEvent) => {
      for (const listener of listeners) listener(event);
    },
    count: () => listeners.size,
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('watching', () => {
  it('[WATCH-1] reads at once and after each event that concerns it, never twice at a time', async () => {
    const engine = hub();
    let reads = 0;
    const heard: number[] = [];
    const watched = watch(
      engine,
      { read: async () => ++reads, concerns: (event) => event.kind === 'outbox' },
      { value: (value) => heard.push(value), failed: () => heard.push(-1) },
    );
    await settled();
    for (let burst = 0; burst < 5; burst += 1) engine.tell({ kind: 'outbox' });
    engine.tell({ kind: 'bundle', hash: '' });
    await settled();
    expect(heard).toEqual([1, 2, 3]);
    watched.end();
  });

  it('[WATCH-2] a failed read is told and the watch goes on; after its end it is silent', async () => {
    const engine = hub();
    const heard: string[] = [];
    let fails = true;
    const watched = watch(
      engine,
      {
        read: async () => {
          if (fails) throw new Error('no network');
          return 'here';
        },
        concerns: () => true,
      },
      { value: (value) => heard.push(value), failed: () => heard.push('failed') },
    );
    await settled();
    fails = false;
    watched.again();
    await settled();
    watched.end();
    engine.tell({ kind: 'outbox' });
    await settled();
    expect(heard).toEqual(['failed', 'here']);
    expect(engine.count()).toBe(0);
  });
});
