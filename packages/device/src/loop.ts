// The thin loop around the machine: hands it events, obeys its commands, and runs one piece of work at a time. It decides nothing.
import { SyncError } from '@satchel/model';
import type { Chance, Clock } from './ports.ts';
import {
  initialState,
  transition,
  type MachineCommand,
  type MachineEvent,
  type MachineState,
  type Work,
} from './machine.ts';
import { retryAfterOf } from './protocol-client.ts';

export interface Loop {
  state(): MachineState;
  dispatch(event: MachineEvent): void;
  /** Resolves when work of this kind neither runs nor is about to. */
  rest(work: Work): Promise<void>;
  /** Resolves when what runs at this moment has ended. */
  stopped(): Promise<void>;
  /** Does something while no work runs; work that is due meanwhile waits for it. */
  exclusive(work: () => Promise<void>): Promise<void>;
  close(): void;
}

export interface LoopPorts {
  readonly clock: Clock;
  readonly chance: Chance;
  /** Does the work; true: it has another step. */
  readonly run: (work: Work, signal: AbortSignal) => Promise<boolean>;
  /** A failure that means the session is over. True: it was taken care of, with an event of its own. */
  readonly endsSession: (error: SyncError) => boolean;
  readonly listen: () => () => void;
  readonly changed: () => void;
}

export function createLoop(ports: LoopPorts): Loop {
  let state = initialState;
  let current: AbortController | null = null;
  /** Ends when everything started so far has ended. */
  let tail: Promise<void> = Promise.resolve();
  let callOff: (() => void) | null = null;
  let unlisten: (() => void) | null = null;
  let isClosed = false;
  const waiting = new Set<{ readonly work: Work; readonly resolve: () => void }>();

  const isResting = (work: Work): boolean =>
    isClosed || state.phase !== 'working' || (state.work !== work && !state.wanted[work]);

  function dispatch(event: MachineEvent): void {
    if (isClosed) return;
    const step = transition(state, event);
    state = step.state;
    for (const command of step.commands) obey(command);
    for (const waiter of [...waiting]) if (isResting(waiter.work)) release(waiter);
    ports.changed();
  }

  function release(waiter: { readonly work: Work; readonly resolve: () => void }): void {
    waiting.delete(waiter);
    waiter.resolve();
  }

  function obey(command: MachineCommand): void {
    switch (command.kind) {
      case 'run':
        return start(command.work);
      case 'cancel':
        return current?.abort();
      case 'set-timer':
        callOff?.();
        callOff = ports.clock.after(command.delayMs, () => dispatch({ kind: 'timer' }));
        return;
      case 'clear-timer':
        callOff?.();
        callOff = null;
        return;
      case 'listen':
        unlisten?.();
        unlisten = ports.listen();
        return;
      case 'unlisten':
        unlisten?.();
        unlisten = null;
        return;
    }
  }

  function start(work: Work): void {
    const controller = new AbortController();
    current = controller;
    tail = tail.then(async () => {
      const event = await outcomeOf(work, controller.signal);
      // A newer piece of work has taken over: what became of this one is no longer a question.
      if (current === controller && event !== null) dispatch(event);
    });
  }

  async function outcomeOf(work: Work, signal: AbortSignal): Promise<MachineEvent | null> {
    try {
      if (signal.aborted) throw new SyncError('cancelled');
      return { kind: 'work-done', more: await ports.run(work, signal) };
    } catch (error) {
      return failureOf(error, signal);
    }
  }

  function failureOf(error: unknown, signal: AbortSignal): MachineEvent | null {
    const known = error instanceof SyncError ? error : null;
    try {
      if (known !== null && ports.endsSession(known)) return null;
    } catch (failure) {
      // Storage that fails while the end is written down must not end the loop with it: nothing would ever be sent again.
      return failureOf(failure, signal);
    }
    const code = signal.aborted ? 'cancelled' : (known?.code ?? 'storage_broken');
    const retryAfterMs = known === null ? null : retryAfterOf(known);
    if (known === null && !signal.aborted) ports.clock.after(0, () => rethrow(error));
    return { kind: 'work-failed', code, retryAfterMs, chance: ports.chance() };
  }

  return {
    state: () => state,
    dispatch,
    rest: (work) =>
      isResting(work)
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.add({ work, resolve });
          }),
    stopped: () => tail,
    exclusive: (work) => {
      const done = tail.then(work);
      // The caller hears of a failure; what comes after must not wait for ever because of it.
      tail = done.catch(() => undefined);
      return done;
    },
    close: () => {
      isClosed = true;
      current?.abort();
      callOff?.();
      unlisten?.();
      for (const waiter of [...waiting]) release(waiter);
    },
  };
}

/** A fault of the program is no business of the machine's: it must be seen by whoever started this thread. */
function rethrow(error: unknown): never {
  throw error;
}
