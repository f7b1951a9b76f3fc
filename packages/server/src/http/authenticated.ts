// The one way a route gets to know who is asking.
import type { FastifyRequest } from 'fastify';
import { bearerOf } from '../session/token.ts';
import { authenticate, type Session } from '../session/sign-in.ts';
import type { AppDeps } from './routes.ts';

/** Throws SyncError `session_expired` or `account_disabled`. */
export function sessionOf(deps: AppDeps, request: FastifyRequest): Promise<Session> {
  return authenticate(deps.database, deps.organisations, bearerOf(request.headers.authorization));
}
