import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backoffMs,
  connectionOf,
  initialState,
  transition,
  transitions,
  type MachineEvent,
  type MachineState,
  type Phase,
} from './machine.ts';

const signedIn: MachineEvent = {
  kind: 'signed-in',
  resumeDownload: false,
  isForced: false,
  refreshMs: 300_000,
};
const failed = (
  code: 'network' | 'timeout' | 'server_error' | 'cancelled',
  retryAfterMs: number | null = null,
): MachineEvent => ({
  kind: 'work-failed',
  code,
  retryAfterMs,
  chance: 0.5,
});
const done: MachineEvent = { kind: 'work-done', more: false };

const events: readonly MachineEvent[] = [
  signedIn,
  { ...signedIn, resumeDownload: true },
  { ...signedIn, isForced: true },
  { kind: 'signed-out' },
  { kind: 'session-expired' },
  { kind: 'forced', on: true },
  { kind: 'forced', on: false },
  { kind: 'saved' },
  { kind: 'sync-requested' },
  { kind: 'download-requested' },
  { kind: 'wake' },
  { kind: 'hint', hint: 'network-up' },
  { kind: 'hint', hint: 'network-down' },
  { kind: 'hint', hint: 'foreground' },
  { kind: 'timer' },
  done,
  { kind: 'work-done', more: true },
  failed('network'),
  failed('server_error', 7_000),
  failed('cancelled'),
  { kind: 'contact', code: null },
  { kind: 'contact', code: 'timeout' },
  { kind: 'cache-cleared' },
];

function after(...steps: readonly MachineEvent[]): MachineState {
  return steps.reduce((state, event) => transition(state, event).state, initialState);
}

/** States that can be reached, with what the loop would have running and set. */
const walks = fc.array(fc.constantFrom(...events), { maxLength: 40 });

describe('the sync machine', () => {
  it('[MACH-1] every event is answered in every phase, and nothing but a state and commands comes out', () => {
    const phases: readonly Phase[] = ['signed-out', 'expired', 'forced', 'idle', 'backoff', 'working'];
    expect(Object.keys(transitions).sort()).toEqual([...phases].sort());
    for (const phase of phases) {
      expect(new Set(Object.keys(transitions[phase]))).toEqual(new Set(events.map(({ kind }) => kind)));
      for (const event of events) {
        const state = { ...initialState, phase, work: phase === 'working' ? ('sync' as const) : null };
        const step = transition(Object.freeze(state), event);
        expect(phases).toContain(step.state.phase);
        expect((step.state.work !== null) === (step.state.phase === 'working')).toBe(true);
      }
    }
  });

  it('[MACH-2] one piece of work at a time: another starts only after the last has ended or was cancelled', () => {
    fc.assert(
      fc.property(walks, (walk) => {
        let state = initialState;
        let running = 0;
        for (const event of walk) {
          const isEnd = event.kind === 'work-done' || event.kind === 'work-failed';
          if (isEnd && state.phase !== 'working') continue;
          if (isEnd) running -= 1;
          const step = transition(state, event);
          if (step.commands.some(({ kind }) => kind === 'cancel') && step.state.phase !== 'working')
            running -= 1;
          running += step.commands.filter(({ kind }) => kind === 'run').length;
          expect(running).toBe(step.state.phase === 'working' ? 1 : 0);
          state = step.state;
        }
      }),
      { seed: 20_261_121, numRuns: 500 },
    );
  });

  it('[MACH-3] nothing runs while signed out, expired or forced offline', () => {
    for (const phase of ['signed-out', 'expired', 'forced'] as const) {
      for (const event of events) {
        if (event.kind === 'signed-in' || (event.kind === 'forced' && !event.on)) continue;
        const step = transition({ ...initialState, phase, isForced: phase === 'forced' }, event);
        expect(step.commands.filter(({ kind }) => kind === 'run')).toEqual([]);
      }
    }
  });

  it('[MACH-4] at rest a timer is always set, so nothing waits for ever', () => {
    fc.assert(
      fc.property(walks, (walk) => {
        let state = initialState;
        let isSet = false;
        for (const event of walk) {
          if (event.kind === 'timer') isSet = false;
          const step = transition(state, event);
          for (const { kind } of step.commands) {
            if (kind === 'set-timer') isSet = true;
            if (kind === 'clear-timer') isSet = false;
          }
          state = step.state;
          if (state.phase === 'idle' || state.phase === 'backoff') expect(isSet).toBe(true);
          if (state.phase === 'idle') expect(state.wanted).toEqual({ sync: false, download: false });
        }
      }),
      { seed: 20_261_122, numRuns: 500 },
    );
  });

  it('[MACH-5] waits double from one second to five minutes, with jitter, and honour the patience asked for', () => {
    expect(backoffMs(1, 0)).toBe(500);
    expect(backoffMs(1, 0.999_999)).toBe(1_000);
    expect(backoffMs(3, 0.999_999)).toBe(4_000);
    expect(backoffMs(40, 0.999_999)).toBe(300_000);
    const step = transition(after(signedIn), failed('server_error', 90_000));
    expect(step.commands).toEqual([{ kind: 'set-timer', delayMs: 90_000 }]);
    const patient = transition(after(signedIn), failed('server_error', 9_000_000));
    expect(patient.commands).toEqual([{ kind: 'set-timer', delayMs: 300_000 }]);
  });

  it('[MACH-6] requests during a sync join it, and a save during a sync wants another', () => {
    const working = after(signedIn);
    const joined = transition(working, { kind: 'sync-requested' });
    expect(transition(joined.state, done).state.phase).toBe('idle');
    const saved = transition(transition(working, { kind: 'saved' }).state, { kind: 'saved' });
    const next = transition(saved.state, done);
    expect(next.commands.filter(({ kind }) => kind === 'run')).toEqual([{ kind: 'run', work: 'sync' }]);
    expect(transition(next.state, done).state.phase).toBe('idle');
  });

  it('[MACH-7] the connection is what requests showed, whatever the platform hints', () => {
    const lost = after(signedIn, failed('network'));
    expect(connectionOf(lost)).toBe('offline');
    expect(connectionOf(after(signedIn, { kind: 'hint', hint: 'network-up' }, failed('network')))).toBe(
      'degraded',
    );
    expect(connectionOf(after(signedIn, failed('timeout')))).toBe('degraded');
    expect(connectionOf(after(signedIn, { kind: 'hint', hint: 'network-down' }, failed('timeout')))).toBe(
      'offline',
    );
    expect(connectionOf(after(signedIn, failed('network'), { kind: 'timer' }, done))).toBe('online');
    expect(connectionOf(after(signedIn, { kind: 'forced', on: true }))).toBe('forced-offline');
  });

  it('[MACH-8] a sync that fails gives a download its turn, and a download that fails a sync', () => {
    const downloading = transition(after(signedIn, { kind: 'download-requested' }, failed('server_error')), {
      kind: 'timer',
    });
    expect(downloading.state.work).toBe('download');
    const back = transition(transition(downloading.state, failed('network')).state, { kind: 'timer' });
    expect(back.state.work).toBe('sync');
  });

  it('[MACH-9] a save does not shorten the wait after a failure; a person, a wake-up or a network that is back do', () => {
    const waiting = after(signedIn, failed('network'));
    expect(transition(waiting, { kind: 'saved' }).commands).toEqual([]);
    for (const event of [
      { kind: 'sync-requested' },
      { kind: 'wake' },
      { kind: 'hint', hint: 'network-up' },
    ] as const)
      expect(transition(waiting, event).state.phase).toBe('working');
  });
});
