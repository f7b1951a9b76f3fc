// From anything thrown to the one body of every answer that is not a success. What nobody foresaw gets a reference that stands in the log as well.
import { errorCodes, SyncError, type ErrorCode, type Problem } from '@satchel/model';

export interface Refusal {
  readonly status: number;
  readonly problem: Problem;
  /** To be logged as an error: nobody foresaw it. */
  readonly isUnforeseen: boolean;
}

/** How long a client should wait where the server could not say what happened. */
export const retryAfterMs = 2_000;

/** PostgreSQL's codes for work that may succeed when it is tried again: serialization, deadlock, lock and statement time-outs, no connection. */
const passing: ReadonlySet<string> = new Set([
  '40001',
  '40P01',
  '55P03',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '53400',
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

/** The `code` of an error of Node, Fastify or PostgreSQL. */
export function codeOf(thrown: unknown): string | null {
  if (thrown === null || typeof thrown !== 'object' || !('code' in thrown)) return null;
  return typeof thrown.code === 'string' ? thrown.code : null;
}

/** Could the same work succeed when tried again, with nothing wrong with it? */
export function isPassing(thrown: unknown): boolean {
  if (thrown instanceof SyncError) return thrown.code === 'unavailable';
  const code = codeOf(thrown);
  return code !== null && passing.has(code);
}

/** The same mutation came from another device at the same time, and that one was first: asked again, there is its outcome. */
export function isRuledElsewhere(thrown: unknown): boolean {
  return codeOf(thrown) === '23505' && constraintOf(thrown) === '_ledger_final';
}

function constraintOf(thrown: unknown): unknown {
  return thrown !== null && typeof thrown === 'object' && 'constraint' in thrown ? thrown.constraint : null;
}

/** What to answer for a thing thrown. `reference` is new and unused. */
export function refusalOf(thrown: unknown, reference: string): Refusal {
  if (thrown instanceof SyncError && errorCodes[thrown.code].status !== 0) {
    const detail = Object.keys(thrown.detail).length === 0 ? {} : { detail: { ...thrown.detail } };
    return { ...plain(thrown.code), problem: { code: thrown.code, ...detail } };
  }
  if (isPassing(thrown)) {
    return { status: 503, problem: { code: 'unavailable', retryAfterMs, reference }, isUnforeseen: true };
  }
  // Whoever asked has hung up: nobody reads this answer, and nothing is wrong here.
  if (codeOf(thrown) === 'ERR_STREAM_PREMATURE_CLOSE') return plain('unavailable');
  const status = statusOf(thrown);
  if (status === 413) return plain('too_large');
  if (status === 429)
    return { ...plain('too_many_requests'), problem: { code: 'too_many_requests', retryAfterMs: 60_000 } };
  if (status === 404) return plain('not_found');
  if (status !== null && status >= 400 && status < 500) return plain('bad_request');
  return { status: 500, problem: { code: 'server_error', retryAfterMs, reference }, isUnforeseen: true };
}

/** What the log gets of a thing thrown: no more than these, because errors of PostgreSQL's client bear the connection, and with it the password. */
export interface LoggedError {
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
  readonly stack: string;
}

/** Causes stand in the stack. */
export function loggedError(thrown: unknown): LoggedError {
  if (!(thrown instanceof Error))
    return { type: typeof thrown, code: codeOf(thrown), message: String(thrown), stack: '' };
  const { name, message, stack = '', cause } = thrown;
  const causes = cause === undefined ? '' : `\ncaused by: ${stackOf(loggedError(cause))}`;
  return { type: name, code: codeOf(thrown), message: String(message), stack: `${stack}${causes}` };
}

function stackOf({ stack, message }: LoggedError): string {
  return stack === '' ? message : stack;
}

function plain(code: ErrorCode): Refusal {
  return { status: errorCodes[code].status, problem: { code }, isUnforeseen: false };
}

/** The HTTP status that Fastify and its plug-ins put on their errors. */
function statusOf(thrown: unknown): number | null {
  if (thrown === null || typeof thrown !== 'object' || !('statusCode' in thrown)) return null;
  return typeof thrown.statusCode === 'number' ? thrown.statusCode : null;
}
