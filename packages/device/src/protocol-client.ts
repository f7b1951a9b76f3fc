// The conversations with the server, one function per endpoint: call, read the status, check the answer against its schema.
// What does not fit the schema is `bad_response`; a problem answer becomes a SyncError with its code and, where told, the patience asked for.
import {
  identity,
  planAnswer,
  pullAnswer,
  pushAnswer,
  queryAnswer,
  reconcileAnswer,
  sessionAnswer,
  SyncError,
  wire,
  type Bundle,
  type DownloadPlan,
  type Identity,
  type OpenedRequest,
  type PageAnswer,
  type PageRequest,
  type PullAnswer,
  type PullRequest,
  type PushAnswer,
  type PushRequest,
  type QueryAnswer,
  type QueryRequest,
  type ReconcileAnswer,
  type ReconcileRequest,
  type SessionAnswer,
  type SessionRequest,
} from '@satchel/model';
import { deviceLimits } from './limits.ts';
import { checkedPage } from './page-check.ts';
import type { Call, Transport } from './ports.ts';

export interface ProtocolClient {
  signIn(request: SessionRequest): Promise<SessionAnswer>;
  whoAmI(signal?: AbortSignal): Promise<Identity>;
  signOut(): Promise<void>;
  bundle(hash: string, signal?: AbortSignal): Promise<Bundle>;
  plan(bundle: string): Promise<DownloadPlan>;
  page(request: PageRequest, signal?: AbortSignal): Promise<PageAnswer>;
  pull(request: PullRequest, signal?: AbortSignal): Promise<PullAnswer>;
  push(request: PushRequest, signal?: AbortSignal): Promise<PushAnswer>;
  reconcile(request: ReconcileRequest, signal?: AbortSignal): Promise<ReconcileAnswer>;
  opened(request: OpenedRequest, signal?: AbortSignal): Promise<void>;
  query(request: QueryRequest): Promise<QueryAnswer>;
}

interface Schema<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | { readonly success: false };
}

/** `token` is asked at each call, so that a new session counts at once. */
export function createProtocolClient(transport: Transport, token: () => string | null): ProtocolClient {
  async function call<T>(
    schema: Schema<T> | null,
    request: Omit<Call, 'token'>,
    signal?: AbortSignal,
  ): Promise<T> {
    const reply = await transport.call({ ...request, token: token() }, signal);
    if (reply.status < 200 || reply.status > 299) throw problemOf(reply.status, reply.body);
    if (schema === null) return undefined as T;
    const parsed = schema.safeParse(reply.body);
    if (!parsed.success) throw new SyncError('bad_response', { path: request.path });
    return parsed.data;
  }
  const post = (path: string, body: unknown, timeoutMs: number) =>
    ({ method: 'POST', path, body, timeoutMs }) as const;
  const get = (path: string) => ({ method: 'GET', path, timeoutMs: deviceLimits.callTimeoutMs }) as const;
  return {
    signIn: (request) => call(sessionAnswer, post('/api/session', request, deviceLimits.callTimeoutMs)),
    whoAmI: (signal) => call(identity, get('/api/session'), signal),
    signOut: () =>
      call<void>(null, { method: 'DELETE', path: '/api/session', timeoutMs: deviceLimits.callTimeoutMs }),
    bundle: (hash, signal) => call(bundleSchema(hash), get(`/api/bundle?hash=${hash}`), signal),
    plan: (bundle) => call(planAnswer, post('/api/sync/plan', { bundle }, deviceLimits.callTimeoutMs)),
    page: (request, signal) =>
      call(checkedPage, post('/api/sync/page', request, deviceLimits.bulkTimeoutMs), signal),
    pull: (request, signal) =>
      call(pullAnswer, post('/api/sync/pull', request, deviceLimits.callTimeoutMs), signal),
    push: (request, signal) =>
      call(
        pushAnswer as Schema<PushAnswer>,
        post('/api/sync/push', request, deviceLimits.bulkTimeoutMs),
        signal,
      ),
    reconcile: (request, signal) =>
      call(reconcileAnswer, post('/api/sync/reconcile', request, deviceLimits.bulkTimeoutMs), signal),
    opened: (request, signal) =>
      call<void>(null, post('/api/sync/opened', request, deviceLimits.callTimeoutMs), signal),
    query: (request) => call(queryAnswer, post('/api/query', request, deviceLimits.queryTimeoutMs)),
  };
}

/** Milliseconds the server asked to wait before the next try; null where it did not say. */
export function retryAfterOf(error: SyncError): number | null {
  const told = error.detail['retryAfterMs'];
  return typeof told === 'number' ? told : null;
}

/** A problem as the server told it; a status without a readable problem is told by its number. */
function problemOf(status: number, body: unknown): SyncError {
  const parsed = wire.problem.safeParse(body);
  if (parsed.success) {
    const { code, detail, retryAfterMs, reference } = parsed.data;
    return new SyncError(code, {
      ...detail,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(reference === undefined ? {} : { reference }),
    });
  }
  if (status === 401) return new SyncError('session_expired', { status });
  if (status === 413) return new SyncError('too_large', { status });
  if (status === 429) return new SyncError('too_many_requests', { status });
  return new SyncError(status >= 500 ? 'server_error' : 'bad_response', { status });
}

/** The bundle is content-addressed and checked at publish; here only that it is the one asked for and has the parts a device opens. */
function bundleSchema(hash: string): Schema<Bundle> {
  return {
    safeParse: (value) => {
      const bundle = value as Partial<Bundle> | null;
      const fits =
        typeof bundle === 'object' &&
        bundle !== null &&
        bundle.hash === hash &&
        Array.isArray(bundle.entities) &&
        Array.isArray(bundle.views) &&
        typeof bundle.expressions === 'object' &&
        typeof bundle.policy === 'object';
      return fits ? { success: true, data: bundle as Bundle } : { success: false };
    },
  };
}
