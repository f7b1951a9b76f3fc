// The way to the server by `fetch`, in a browser or in Node. Decides what kind of failure a failure is; retrying is the engine's affair.
// An answer without our header is not our server's, whatever its status: captive portals and proxies answer with pages of their own.
import { SyncError } from '@satchel/model';
import type { Call, Chance, Clock, Reply, Transport } from '../ports.ts';
import { checkOurs, protocolHeaders } from './our-server.ts';
import { requestBody } from './request-body.ts';
import { listenForWakeUps } from './wake-up-stream.ts';

export interface FetchTransportOptions {
  /** Without a slash at the end; '' means the page's own origin. */
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly fetch?: typeof fetch;
}

/** A call's `timeoutMs` is how long nothing may come: a slow download that moves on is let go on. */
export function fetchTransport(options: FetchTransportOptions): Transport {
  const send = options.fetch ?? ((input, init) => fetch(input, init));
  return {
    call: (call, signal) => callServer(options, send, call, signal),
    listen: (token, listener) =>
      listenForWakeUps(
        { ...options, fetch: send, url: `${options.baseUrl}/api/sync/events` },
        token,
        listener,
      ),
  };
}

async function callServer(
  { baseUrl, clock }: FetchTransportOptions,
  send: typeof fetch,
  call: Call,
  signal: AbortSignal | undefined,
): Promise<Reply> {
  const abort = new AbortController();
  let why: 'timeout' | 'cancelled' = 'timeout';
  let callOff = clock.after(call.timeoutMs, () => abort.abort());
  const moved = (): void => {
    callOff();
    callOff = clock.after(call.timeoutMs, () => abort.abort());
  };
  const cancel = (): void => {
    why = 'cancelled';
    abort.abort();
  };
  if (signal?.aborted === true) cancel();
  signal?.addEventListener('abort', cancel);
  try {
    const request = await requestOf(call, abort.signal);
    abort.signal.throwIfAborted();
    const response = await send(`${baseUrl}${call.path}`, request);
    moved();
    checkOurs(response);
    const bytes = await readAll(response, moved);
    return { status: response.status, body: parse(bytes, response), bytes: sizeOf(response, bytes) };
  } catch (error) {
    if (error instanceof SyncError) throw error;
    throw new SyncError(abort.signal.aborted ? why : 'network', { path: call.path }, { cause: error });
  } finally {
    callOff();
    signal?.removeEventListener('abort', cancel);
    // Lets go of a body that nobody will read.
    abort.abort();
  }
}

async function requestOf(call: Call, signal: AbortSignal): Promise<RequestInit> {
  const headers: Record<string, string> = { accept: 'application/json', ...protocolHeaders };
  const body = call.body === undefined ? null : await requestBody(call.body);
  if (call.token !== null) headers['authorization'] = `Bearer ${call.token}`;
  if (body !== null) headers['content-type'] = 'application/json';
  if (body !== null && body.encoding !== null) headers['content-encoding'] = body.encoding;
  return {
    method: call.method,
    headers,
    body: body === null ? null : body.bytes,
    cache: 'no-store',
    credentials: 'omit',
    // A portal answers with a redirection; followed, it would look like a broken network.
    redirect: 'manual',
    signal,
  };
}

async function readAll(response: Response, moved: () => void): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    moved();
    parts.push(value);
    size += value.length;
  }
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function parse(bytes: Uint8Array, response: Response): unknown {
  if (bytes.length === 0) return null;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch (error) {
    throw new SyncError('bad_response', { status: response.status, bytes: bytes.length }, { cause: error });
  }
}

/** Bytes on the wire where the server told, otherwise bytes after unpacking. */
function sizeOf(response: Response, body: Uint8Array): number {
  const told = Number(response.headers.get('content-length') ?? Number.NaN);
  return Number.isSafeInteger(told) && told > 0 ? told : body.length;
}
