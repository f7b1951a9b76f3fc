// Wake-ups by server-sent events, read with `fetch` because an EventSource cannot send the token. They say that something changed, never what.
// Nothing rests on them: a lost one costs time until the next pull. After a gap the listener is called, since something may have been missed.
import { SyncError } from '@satchel/model';
import type { Chance, Clock } from '../ports.ts';
import { checkOurs, protocolHeaders } from './our-server.ts';

/** The server sends a heartbeat every 25 s; after this long without a byte the connection is dead. */
export const silenceMs = 70_000;
export const firstRetryMs = 1_000;
export const lastRetryMs = 60_000;

export interface WakeUpOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly fetch: typeof fetch;
}

/** Listens until the returned function is called, or the server says that the token is no good: then a new sign-in must listen anew. */
export function listenForWakeUps(options: WakeUpOptions, token: string, listener: () => void): () => void {
  const stop = new AbortController();
  void keepListening(options, token, listener, stop.signal);
  return () => stop.abort();
}

async function keepListening(
  options: WakeUpOptions,
  token: string,
  listener: () => void,
  stop: AbortSignal,
): Promise<void> {
  let failures = 0;
  let gap = false;
  while (!stop.aborted) {
    const end = await oneConnection(
      options,
      token,
      stop,
      () => {
        if (gap) listener();
        gap = false;
        failures = 0;
      },
      listener,
    );
    if (end === 'refused') return;
    gap = true;
    failures += 1;
    await pause(options, retryDelayMs(failures, options.chance()), stop);
  }
}

/** Doubles from one second to a minute; half of it is chance, so that devices do not all come back at once. */
export function retryDelayMs(failures: number, chance: number): number {
  const fullMs = Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 10));
  return fullMs / 2 + (fullMs / 2) * chance;
}

/** One connection until it ends for whatever reason; a broken one is the ordinary end of it. */
async function oneConnection(
  options: WakeUpOptions,
  token: string,
  stop: AbortSignal,
  opened: () => void,
  listener: () => void,
): Promise<'ended' | 'refused'> {
  const abort = new AbortController();
  const cancel = (): void => abort.abort();
  stop.addEventListener('abort', cancel);
  let callOff = options.clock.after(silenceMs, cancel);
  try {
    const response = await options.fetch(options.url, {
      headers: { ...protocolHeaders, accept: 'text/event-stream', authorization: `Bearer ${token}` },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'manual',
      signal: abort.signal,
    });
    checkOurs(response);
    if (response.status === 401 || response.status === 403) return 'refused';
    if (!response.ok || response.body === null) return 'ended';
    opened();
    const reader = response.body.getReader();
    const read = eventReader(listener);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return 'ended';
      callOff();
      callOff = options.clock.after(silenceMs, cancel);
      read(value);
    }
  } catch (error) {
    // A broken connection is expected here and answered by the next one; anything but the network's own errors is not.
    if (error instanceof SyncError || error instanceof TypeError || error instanceof DOMException)
      return 'ended';
    throw error;
  } finally {
    callOff();
    stop.removeEventListener('abort', cancel);
    abort.abort();
  }
}

/** Calls back for each event, that is for each block of lines with an `event` or `data` field. Comments are heartbeats. */
export function eventReader(listener: () => void): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder();
  let rest = '';
  let hasField = false;
  return (bytes) => {
    rest += decoder.decode(bytes, { stream: true });
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end).replace(/\r$/, '');
      rest = rest.slice(end + 1);
      if (line === '') {
        if (hasField) listener();
        hasField = false;
      } else if (line.startsWith('event') || line.startsWith('data')) {
        hasField = true;
      }
    }
  };
}

function pause(options: WakeUpOptions, delayMs: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      stop.removeEventListener('abort', go);
      callOff();
      resolve();
    };
    const callOff = options.clock.after(delayMs, go);
    stop.addEventListener('abort', go);
  });
}
