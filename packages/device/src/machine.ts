// The sync machine: (state, event) → state and commands. It decides what to do and when; it does nothing itself, knows no clock and draws no
// chance (events bring both). The table is total: the type demands an answer for every event in every phase.
// One piece of work runs at a time, so that pushes, pulls and pages never interleave; what is asked for meanwhile is remembered and coalesced.
import type { ErrorCode } from '@satchel/model';
import type { Connection } from './api.ts';
import { deviceLimits } from './limits.ts';

/** What the loop can be told to run. `sync` pushes what waits and pulls; `download` fetches one page, or proves the last. */
export type Work = 'sync' | 'download';

export type Phase =
  | 'signed-out'
  /** The token died: nothing runs until the person signs in again. */
  | 'expired'
  /** The person chose to stay offline. */
  | 'forced'
  | 'idle'
  /** Waiting after a failure. */
  | 'backoff'
  | 'working';

export interface MachineState {
  readonly phase: Phase;
  /** What runs; null unless the phase is `working`. */
  readonly work: Work | null;
  readonly wanted: { readonly sync: boolean; readonly download: boolean };
  /** What the last request showed. True at the start: nothing has failed yet, and the first contact is on its way. */
  readonly reach: 'online' | 'degraded' | 'offline';
  /** The last request was answered by our server and nothing has hinted at a change since. While false, nothing may be put on the wire unasked. */
  readonly isReachProven: boolean;
  /** What the platform says of its interfaces: a hint. */
  readonly network: 'up' | 'down' | 'unknown';
  /** The work that failed last, until it succeeds: the other gets its turn first, so that a push that cannot be done never stops a download. */
  readonly failedWork: Work | null;
  /** Failures in a row. */
  readonly failures: number;
  /** What stands in the way, until a success. */
  readonly problem: ErrorCode | null;
  readonly isForced: boolean;
  /** Between two pulls nobody asked for. */
  readonly refreshMs: number;
}

export type MachineEvent =
  | {
      readonly kind: 'signed-in';
      readonly resumeDownload: boolean;
      readonly isForced: boolean;
      readonly refreshMs: number;
    }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'session-expired' }
  | { readonly kind: 'forced'; readonly on: boolean }
  /** Something to send was made durable. */
  | { readonly kind: 'saved' }
  | { readonly kind: 'sync-requested' }
  | { readonly kind: 'download-requested' }
  /** The server says that something changed. */
  | { readonly kind: 'wake' }
  | { readonly kind: 'hint'; readonly hint: 'network-up' | 'network-down' | 'foreground' }
  | { readonly kind: 'timer' }
  /** `more`: the same work has another step. */
  | { readonly kind: 'work-done'; readonly more: boolean }
  | {
      readonly kind: 'work-failed';
      readonly code: ErrorCode;
      readonly retryAfterMs: number | null;
      /** In [0, 1), for jitter. */
      readonly chance: number;
    }
  /** What a request outside of this machine showed: a live query. */
  | { readonly kind: 'contact'; readonly code: ErrorCode | null }
  | { readonly kind: 'cache-cleared' };
export type MachineEventKind = MachineEvent['kind'];

export type MachineCommand =
  | { readonly kind: 'run'; readonly work: Work }
  /** Gives up the request under way; it ends as `work-failed` with `cancelled`. */
  | { readonly kind: 'cancel' }
  /** Replaces a timer that is set. */
  | { readonly kind: 'set-timer'; readonly delayMs: number }
  | { readonly kind: 'clear-timer' }
  | { readonly kind: 'listen' }
  | { readonly kind: 'unlisten' };

export interface Step {
  readonly state: MachineState;
  readonly commands: readonly MachineCommand[];
}

type Handler<K extends MachineEventKind> = (
  state: MachineState,
  event: Extract<MachineEvent, { kind: K }>,
) => Step;
/** Every cell. */
export type TransitionTable = { readonly [P in Phase]: { readonly [K in MachineEventKind]: Handler<K> } };

export const initialState: MachineState = {
  phase: 'signed-out',
  work: null,
  wanted: { sync: false, download: false },
  reach: 'online',
  isReachProven: false,
  network: 'unknown',
  failedWork: null,
  failures: 0,
  problem: null,
  isForced: false,
  refreshMs: 300_000,
};

export function transition(state: MachineState, event: MachineEvent): Step {
  const handler = transitions[state.phase][event.kind] as (state: MachineState, event: MachineEvent) => Step;
  return handler(state, event);
}

/** The word for the screen. */
export function connectionOf(state: MachineState): Connection {
  return state.isForced ? 'forced-offline' : state.reach;
}

/** Wait after so many failures: doubling, between half and all of it by chance. */
export function backoffMs(failures: number, chance: number): number {
  const most = Math.min(deviceLimits.retryMaxMs, deviceLimits.retryFirstMs * 2 ** Math.max(0, failures - 1));
  return Math.round(most * (0.5 + chance / 2));
}

const stay = (state: MachineState): Step => ({ state, commands: [] });
const want = (state: MachineState, wanted: Partial<MachineState['wanted']>): MachineState => ({
  ...state,
  wanted: { ...state.wanted, ...wanted },
});
const wantSync = (state: MachineState): Step => stay(want(state, { sync: true }));
const wantDownload = (state: MachineState): Step => stay(want(state, { download: true }));
const dropDownload = (state: MachineState): Step => stay(want(state, { download: false }));

/** Starts what is wanted, sync before download unless it failed last; with nothing wanted, rests until the refresh timer. */
function next(state: MachineState, commands: readonly MachineCommand[] = []): Step {
  const order: readonly Work[] = state.failedWork === 'sync' ? ['download', 'sync'] : ['sync', 'download'];
  const work = order.find((each) => state.wanted[each]) ?? null;
  if (work === null) {
    const timer: MachineCommand = { kind: 'set-timer', delayMs: state.refreshMs };
    return { state: { ...state, phase: 'idle', work: null }, commands: [...commands, timer] };
  }
  return {
    state: { ...want(state, { [work]: false }), phase: 'working', work },
    commands: [...commands, { kind: 'clear-timer' }, { kind: 'run', work }],
  };
}

function syncNow(state: MachineState): Step {
  return next(want(state, { sync: true }));
}

function downloadNow(state: MachineState): Step {
  return next(want(state, { download: true }));
}

function signIn(state: MachineState, event: Extract<MachineEvent, { kind: 'signed-in' }>): Step {
  const signedIn: MachineState = {
    ...state,
    isReachProven: false,
    isForced: event.isForced,
    refreshMs: event.refreshMs,
    wanted: { sync: true, download: event.resumeDownload },
    failedWork: null,
    failures: 0,
    problem: null,
  };
  return event.isForced
    ? stay({ ...signedIn, phase: 'forced', work: null })
    : next(signedIn, [{ kind: 'listen' }]);
}

function leave(phase: 'signed-out' | 'expired' | 'forced', commands: readonly MachineCommand[]) {
  return (state: MachineState): Step => ({
    state: {
      ...state,
      phase,
      work: null,
      isReachProven: false,
      isForced: phase === 'forced' || (phase === 'expired' && state.isForced),
      problem: phase === 'expired' ? 'session_expired' : null,
      failures: 0,
      wanted: phase === 'signed-out' ? initialState.wanted : { ...state.wanted, sync: true },
    },
    commands: [...commands, { kind: 'clear-timer' }, { kind: 'unlisten' }],
  });
}

function force(state: MachineState, event: { readonly on: boolean }): Step {
  if (!event.on) return stay(state);
  const cancel: readonly MachineCommand[] = state.work === null ? [] : [{ kind: 'cancel' }];
  const step = leave('forced', cancel)(state);
  return {
    ...step,
    state: want(step.state, { download: state.wanted.download || state.work === 'download' }),
  };
}

function unforce(state: MachineState, event: { readonly on: boolean }): Step {
  return event.on ? stay(state) : next({ ...state, isForced: false }, [{ kind: 'listen' }]);
}

function remember(state: MachineState, hint: 'network-up' | 'network-down' | 'foreground'): MachineState {
  if (hint === 'foreground') return state;
  return { ...state, network: hint === 'network-up' ? 'up' : 'down', isReachProven: false };
}

const noteHint = (state: MachineState, event: Extract<MachineEvent, { kind: 'hint' }>): Step =>
  stay(remember(state, event.hint));

/** A hint that says the network is gone is looked into at once, like one that says it is back. */
const lookNow = (state: MachineState, event: Extract<MachineEvent, { kind: 'hint' }>): Step =>
  syncNow(remember(state, event.hint));

function workDone(state: MachineState, event: { readonly more: boolean }): Step {
  const failedWork = state.failedWork === state.work ? null : state.failedWork;
  // What still fails is still the problem.
  const problem = failedWork === null ? null : state.problem;
  const done: MachineState = {
    ...state,
    reach: 'online',
    isReachProven: true,
    failures: 0,
    problem,
    failedWork,
  };
  return next(event.more && state.work !== null ? want(done, { [state.work]: true }) : done);
}

function workFailed(state: MachineState, event: Extract<MachineEvent, { kind: 'work-failed' }>): Step {
  // Only we cancel, and then it is not wanted any more.
  if (event.code === 'cancelled') return next(state);
  const failures = state.failures + 1;
  const again = state.work === null ? state : want(state, { [state.work]: true });
  const reach = reachAfter(state, event.code);
  const failed: MachineState = {
    ...again,
    phase: 'backoff',
    work: null,
    failedWork: state.work,
    failures,
    problem: event.code,
    reach,
    isReachProven: reach === 'online',
  };
  const delayMs = Math.max(backoffMs(failures, event.chance), event.retryAfterMs ?? 0);
  return {
    state: failed,
    commands: [{ kind: 'set-timer', delayMs: Math.min(delayMs, deviceLimits.retryMaxMs) }],
  };
}

/** What a failure says about the way to the server. An answer with a code of its own came from the server: it is reachable. */
function reachAfter(state: MachineState, code: ErrorCode): MachineState['reach'] {
  switch (code) {
    case 'network':
      return state.network === 'up' ? 'degraded' : 'offline';
    case 'timeout':
    case 'not_our_server':
    case 'bad_response':
    case 'unavailable':
    case 'server_error':
      return state.network === 'down' ? 'offline' : 'degraded';
    default:
      return 'online';
  }
}

function noteContact(state: MachineState, event: { readonly code: ErrorCode | null }): Step {
  if (event.code === 'cancelled') return stay(state);
  const reach = event.code === null ? 'online' : reachAfter(state, event.code);
  return stay({ ...state, reach, isReachProven: reach === 'online' });
}

/** A live answer while waiting shows that the way is free: no reason to wait longer. */
function contactInBackoff(state: MachineState, event: { readonly code: ErrorCode | null }): Step {
  return event.code === null
    ? next({ ...state, reach: 'online', isReachProven: true, failures: 0 })
    : noteContact(state, event);
}

/** Rows that nobody wants any more must not be counted as pages of the download under way. */
const cancelDownload = (state: MachineState): Step => ({
  state: want(state, { download: false }),
  commands: state.work === 'download' ? [{ kind: 'cancel' }] : [],
});

const signedOutRow: TransitionTable['signed-out'] = {
  'signed-in': signIn,
  'signed-out': stay,
  'session-expired': stay,
  forced: stay,
  saved: stay,
  'sync-requested': stay,
  'download-requested': stay,
  wake: stay,
  hint: noteHint,
  timer: stay,
  // Work that ended after the person had left: its result no longer counts.
  'work-done': stay,
  'work-failed': stay,
  contact: noteContact,
  'cache-cleared': stay,
};

export const transitions: TransitionTable = {
  'signed-out': signedOutRow,
  expired: {
    ...signedOutRow,
    'signed-out': leave('signed-out', []),
    forced: (state, event) => stay({ ...state, isForced: event.on }),
    'download-requested': wantDownload,
    'cache-cleared': dropDownload,
  },
  forced: {
    ...signedOutRow,
    'signed-in': signIn,
    'signed-out': leave('signed-out', []),
    'session-expired': leave('expired', []),
    forced: unforce,
    saved: wantSync,
    'sync-requested': wantSync,
    'download-requested': wantDownload,
    'cache-cleared': dropDownload,
  },
  idle: {
    'signed-in': signIn,
    'signed-out': leave('signed-out', []),
    'session-expired': leave('expired', []),
    forced: force,
    saved: syncNow,
    'sync-requested': syncNow,
    'download-requested': downloadNow,
    wake: syncNow,
    hint: lookNow,
    timer: syncNow,
    'work-done': stay,
    'work-failed': stay,
    contact: noteContact,
    'cache-cleared': dropDownload,
  },
  backoff: {
    'signed-in': signIn,
    'signed-out': leave('signed-out', []),
    'session-expired': leave('expired', []),
    forced: force,
    // A save does not shorten the wait: on a dead network every keystroke would be a request.
    saved: wantSync,
    'sync-requested': syncNow,
    'download-requested': downloadNow,
    wake: syncNow,
    hint: (state, event) =>
      event.hint === 'network-down'
        ? noteHint(state, event)
        : next({ ...remember(state, event.hint), failures: 0 }),
    timer: (state) => next(state),
    'work-done': stay,
    'work-failed': stay,
    contact: contactInBackoff,
    'cache-cleared': dropDownload,
  },
  working: {
    'signed-in': (state, event) =>
      stay({ ...want(state, { sync: true, download: event.resumeDownload }), refreshMs: event.refreshMs }),
    'signed-out': leave('signed-out', [{ kind: 'cancel' }]),
    'session-expired': leave('expired', [{ kind: 'cancel' }]),
    forced: force,
    saved: wantSync,
    // Joins the sync under way; what was saved before has wanted its own.
    'sync-requested': (state) => (state.work === 'sync' ? stay(state) : wantSync(state)),
    // Also during a download: its last step may be under way already.
    'download-requested': wantDownload,
    wake: wantSync,
    hint: noteHint,
    timer: wantSync,
    'work-done': workDone,
    'work-failed': workFailed,
    contact: noteContact,
    'cache-cleared': cancelDownload,
  },
};
