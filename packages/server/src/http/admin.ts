// /api/admin: what an administrator may see. Asked with a session like any other, and refused to whoever has no role that administers.
import type { FastifyRequest } from 'fastify';
import { adminSyncAnswer, adminSyncQuery, SyncError } from '@satchel/model';
import { serverLimits } from '../limits.ts';
import type { Session } from '../session/sign-in.ts';
import { readSyncStatus } from '../sync-read/sync-status.ts';
import { sessionOf } from './authenticated.ts';
import type { Routes } from './routes.ts';

export function addAdmin(routes: Routes): void {
  const { app, database, now } = routes;
  app.get<{ Querystring: { after?: string; limit?: string } }>(
    '/api/admin/sync',
    {
      schema: {
        querystring: adminSyncQuery,
        response: { 200: adminSyncAnswer },
        tags: ['admin'],
        summary: 'How devices stand: contact, heals, open issues, values that lost in merges',
      },
    },
    async (request) => {
      const { organisation } = await administratorOf(routes, request);
      const { after = null, limit } = request.query;
      const most = limit === undefined ? serverLimits.adminDevicesMax : Number(limit);
      return readSyncStatus(database, organisation, { after, limit: most }, now());
    },
  );
}

/** Throws SyncError `forbidden` where none of the person's roles administers. */
async function administratorOf(routes: Routes, request: FastifyRequest): Promise<Session> {
  const session = await sessionOf(routes, request);
  const { solution } = session.organisation;
  const isAdministrator = solution.roles.some(
    (role) => role.isAdministrator === true && session.user.roles.includes(role.name),
  );
  if (!isAdministrator) throw new SyncError('forbidden');
  return session;
}
