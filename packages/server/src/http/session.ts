// /api/session and /api/bundle: who is on this device, and what they get.
import * as z from 'zod/mini';
import {
  identity,
  sessionAnswer,
  sessionRequest,
  SyncError,
  wire,
  type SessionRequest,
} from '@satchel/model';
import { serverLimits } from '../limits.ts';
import { identityOf, signIn, signOut } from '../session/sign-in.ts';
import { bearerOf } from '../session/token.ts';
import type { Routes } from './routes.ts';
import { sessionOf } from './authenticated.ts';

export function addSession(routes: Routes): void {
  const { app, database, organisations, now } = routes;
  app.post<{ Body: SessionRequest }>(
    '/api/session',
    {
      schema: {
        body: sessionRequest,
        response: { 200: sessionAnswer },
        tags: ['session'],
        summary: 'Sign in on a device',
      },
      bodyLimit: 8_192,
      config: {
        rateLimit: {
          max: serverLimits.signInAttemptsMax,
          timeWindow: '1 minute',
          hook: 'preHandler',
          keyGenerator: (request) => `${request.ip} ${(request.body as SessionRequest).login.toLowerCase()}`,
        },
      },
    },
    async (request) => signIn(database, organisations, request.body, now()),
  );
  app.get(
    '/api/session',
    { schema: { response: { 200: identity }, tags: ['session'], summary: 'Who am I' } },
    async (request) => {
      const session = await sessionOf(routes, request);
      return database.read((tx) => identityOf(tx, session, now()));
    },
  );
  app.delete(
    '/api/session',
    { schema: { tags: ['session'], summary: 'Sign out; the token dies' } },
    async (request) => {
      const token = bearerOf(request.headers.authorization);
      const session = await sessionOf(routes, request);
      if (token !== null) await signOut(database, session, token);
      return {};
    },
  );
  app.get<{ Querystring: { hash?: string } }>(
    '/api/bundle',
    {
      schema: {
        querystring: z.object({ hash: z.optional(wire.hash) }),
        tags: ['session'],
        summary:
          'What this person gets of the model; 409 bundle_outdated where the hash is not the current one',
      },
    },
    async (request) => {
      const { organisation, user } = await sessionOf(routes, request);
      const bundle = organisation.bundleFor(user.roles);
      if (request.query.hash !== undefined && request.query.hash !== bundle.hash)
        throw new SyncError('bundle_outdated', { bundle: bundle.hash });
      return bundle;
    },
  );
}
