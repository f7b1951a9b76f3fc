// POST /api/sync/opened: which records a person looked at, in small batches. It answers nothing: what comes of it is told by the next pull.
import { openedRequest, type OpenedRequest } from '@satchel/model';
import * as z from 'zod/mini';
import { noteOpened } from '../recents/opened.ts';
import { sessionOf } from './authenticated.ts';
import type { Routes } from './routes.ts';

export function addOpened(routes: Routes): void {
  const { app, database } = routes;
  app.post<{ Body: OpenedRequest }>(
    '/api/sync/opened',
    {
      schema: {
        body: openedRequest,
        response: { 200: z.object({}) },
        tags: ['sync'],
        summary: 'Records the person looked at',
      },
      bodyLimit: 16_384,
    },
    async (request) => {
      const { organisation, user } = await sessionOf(routes, request);
      await noteOpened(database, organisation, user, request.body.opened);
      return {};
    },
  );
}
