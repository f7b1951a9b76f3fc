// How a call of the engine's API crosses threads and tabs: as plain messages with an id. A SyncError crosses by code and detail.
import { errorCodes, SyncError, type ErrorCode } from '@satchel/model';
import type { Engine, EngineEvent } from './api.ts';
import type { Hint } from './ports.ts';

export type EngineMethod = keyof Engine;

/** Every call, so that a message can name only these. The type demands the list to be whole. */
const methods: Readonly<Record<EngineMethod, true>> = {
  status: true,
  bundle: true,
  signIn: true,
  signOut: true,
  query: true,
  get: true,
  mutate: true,
  pin: true,
  unpin: true,
  pins: true,
  outbox: true,
  history: true,
  undo: true,
  discard: true,
  resolve: true,
  resubmit: true,
  undoMerge: true,
  plan: true,
  download: true,
  sync: true,
  setForcedOffline: true,
  clearCache: true,
};

export interface CallMessage {
  readonly kind: 'call';
  readonly id: string;
  readonly method: EngineMethod;
  readonly args: readonly unknown[];
}
export interface AnswerMessage {
  readonly kind: 'answer';
  readonly id: string;
  readonly result: CallResult;
}
export type CallResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: Readonly<Record<string, unknown>> };

/** From a page to its worker. */
export type PageMessage =
  | { readonly kind: 'start'; readonly baseUrl: string; readonly store: string; readonly deviceName: string }
  | CallMessage
  | { readonly kind: 'hint'; readonly hint: Hint }
  | { readonly kind: 'close' };
/** From a worker to its page. */
export type WorkerMessage =
  AnswerMessage | { readonly kind: 'event'; readonly event: EngineEvent } | { readonly kind: 'closed' };

/** Runs a call on an engine; never rejects. A failure that is no SyncError is a fault of the program: reported, and told as `unavailable`. */
export async function runCall(
  engine: Promise<Engine>,
  { method, args }: Pick<CallMessage, 'method' | 'args'>,
  report: (fault: unknown) => void,
): Promise<CallResult> {
  try {
    const target = await engine;
    if (!Object.hasOwn(methods, method)) throw new SyncError('bad_request', { method });
    const run = target[method] as (...given: readonly unknown[]) => Promise<unknown>;
    return { ok: true, value: await run.apply(target, [...args]) };
  } catch (error) {
    if (error instanceof SyncError) return { ok: false, code: error.code, detail: plain(error.detail) };
    report(error);
    return {
      ok: false,
      code: 'unavailable',
      detail: { method, fault: error instanceof Error ? error.name : typeof error },
    };
  }
}

/** The value of an answer, or the error it stands for, thrown. */
export function valueFrom(result: CallResult): unknown {
  if (result.ok) return result.value;
  throw new SyncError(Object.hasOwn(errorCodes, result.code) ? result.code : 'unavailable', result.detail);
}

/** An engine that hands each call to `call`. */
export function engineOver(
  call: (method: EngineMethod, args: readonly unknown[]) => Promise<unknown>,
): Engine {
  const names = Object.keys(methods) as EngineMethod[];
  const entries = names.map((method) => [method, (...args: readonly unknown[]) => call(method, args)]);
  return Object.fromEntries(entries) as Engine;
}

/** Only what survives every way of crossing: JSON. */
function plain(detail: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(detail)) as Record<string, unknown>;
}
