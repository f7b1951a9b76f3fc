// The one way a route gets to know who is asking.
import type { FastifyRequest } from 'fastify';
import type { Session } from '../session/sign-in.ts';
import { bearerOf } from '../session/token.ts';
import type { Routes } from './routes.ts';

/** Throws SyncError `session_expired` or `account_disabled`. */
export function sessionOf({ authentication }: Routes, request: FastifyRequest): Promise<Session> {
  return authentication.sessionOf(bearerOf(request.headers.authorization));
}
