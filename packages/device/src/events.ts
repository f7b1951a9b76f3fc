// The stream of events to the screens: told at once, except the status, which is told at most ten times a second and always the last one.
import type { EngineEvent, Status } from './api.ts';
import { deviceLimits } from './limits.ts';
import type { Clock } from './ports.ts';

export interface Events {
  subscribe(listener: (event: EngineEvent) => void): () => void;
  tell(event: Exclude<EngineEvent, { kind: 'status' }>): void;
  /** The status may be another now. */
  statusChanged(): void;
  close(): void;
}

export function createEvents(clock: Clock, status: () => Status): Events {
  const listeners = new Set<(event: EngineEvent) => void>();
  let toldAt = Number.NEGATIVE_INFINITY;
  let callOff: (() => void) | null = null;
  let isClosed = false;
  const send = (event: EngineEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const tellStatus = (): void => {
    callOff = null;
    if (isClosed || listeners.size === 0) return;
    toldAt = clock.monotonic();
    send({ kind: 'status', status: status() });
  };
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    tell: (event) => {
      if (!isClosed) send(event);
    },
    statusChanged: () => {
      if (callOff !== null || isClosed) return;
      const waitMs = toldAt + deviceLimits.statusIntervalMs - clock.monotonic();
      callOff = clock.after(Math.max(0, waitMs), tellStatus);
    },
    close: () => {
      isClosed = true;
      callOff?.();
      listeners.clear();
    },
  };
}
