// The server as a function from request to response: no port, no clock of its own, no state between requests. Tests call `inject`.
// Every answer names the protocol, every failure has the one body of `errors.ts`, and nothing under /api is kept by anybody on the way.
import compress from '@fastify/compress';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { constants } from 'node:zlib';
import { SyncError } from '@satchel/model';
import { refusalOf } from '../errors.ts';
import { serverLimits } from '../limits.ts';
import { openAuthentication } from '../session/authenticate.ts';
import { addAdmin } from './admin.ts';
import { addDocs } from './docs.ts';
import { addEvents } from './events.ts';
import { addHealth } from './health.ts';
import { openMeters, type Meters } from './meters.ts';
import { addOpened } from './opened.ts';
import { addQuery } from './query.ts';
import type { AppDeps, Routes } from './routes.ts';
import { addSession } from './session.ts';
import { addStaticApp } from './static-app.ts';
import { addSync } from './sync.ts';
import { protocolHeader, spokenFor } from './protocol.ts';
import { useSchemas } from './schemas.ts';

export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const options = {
    loggerInstance: deps.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: deps.trustedProxies.length > 0 ? [...deps.trustedProxies] : false,
    // Requests under way have their answers; a connection without one is closed.
    forceCloseConnections: 'idle' as const,
    genReqId: deps.reference,
  };
  const app: FastifyInstance =
    deps.https === null ? Fastify(options) : Fastify({ ...options, https: { ...deps.https } });
  useSchemas(app);
  const meters = openMeters();
  addHeaders(app);
  addEnd(app);
  addFailures(app, deps, meters);
  await app.register(helmet, contentPolicy(deps.https !== null));
  await app.register(compress, {
    threshold: 1_024,
    encodings: ['br', 'gzip', 'identity'],
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } },
    zlibOptions: { level: 1 },
  });
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: () => new SyncError('too_many_requests'),
  });
  await addDocs(app);
  const authentication = openAuthentication(deps.database, deps.organisations);
  const routes: Routes = { ...deps, app, meters, authentication };
  await app.register(async (inner) => {
    const within: Routes = { ...routes, app: inner };
    addSession(within);
    addSync(within);
    addOpened(within);
    addQuery(within);
    addEvents(within);
    addAdmin(within);
    addHealth(within);
  });
  await addStaticApp(app, deps.appFolder);
  return app;
}

function addHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const asked = request.headers[protocolHeader];
    const spoken = spokenFor(typeof asked === 'string' ? asked : undefined);
    reply.header(protocolHeader, String(spoken.version));
    if (!request.url.startsWith('/api')) return;
    reply.header('cache-control', 'no-store');
    if (spoken.refusal !== null) throw new SyncError(spoken.refusal);
  });
}

/** An answer given while the server closes also closes its connection; what is not answered in time is cut off. */
function addEnd(app: FastifyInstance): void {
  let isClosing = false;
  let cutOff: NodeJS.Timeout | undefined;
  app.addHook('preClose', async () => {
    isClosing = true;
    cutOff = setTimeout(() => app.server.closeAllConnections(), serverLimits.closeMs);
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
  app.addHook('onClose', async () => clearTimeout(cutOff));
}

function addFailures(app: FastifyInstance, deps: AppDeps, meters: Meters): void {
  app.setErrorHandler(async (thrown, request, reply) => {
    const { status, problem, isUnforeseen } = refusalOf(thrown, request.id);
    if (isUnforeseen)
      deps.logger.error({ reference: request.id, url: request.routeOptions.url, err: thrown }, 'unforeseen');
    meters.refused(problem.code);
    if (problem.retryAfterMs !== undefined)
      reply.header('retry-after', String(Math.ceil(problem.retryAfterMs / 1_000)));
    return reply.code(status).type('application/json').send(JSON.stringify(problem));
  });
  app.addHook('onResponse', async (request, reply) => {
    meters.answered(request.method, request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime);
  });
}

/** What the app needs and nothing else: its own scripts and WebAssembly, workers, images made on the device. */
function contentPolicy(isHttps: boolean) {
  return {
    hsts: isHttps,
    crossOriginEmbedderPolicy: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        workerSrc: ["'self'", 'blob:'],
        imgSrc: ["'self'", 'blob:', 'data:'],
        // React Aria and the virtual list place things by style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        fontSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
  };
}
