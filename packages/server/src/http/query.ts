// POST /api/query: the query a device would run on its own rows, run on the server's.
import { queryAnswer, queryRequest, type Query } from '@satchel/model';
import { liveQuery } from '../query/live-query.ts';
import { readFor } from './reading.ts';
import type { Routes } from './routes.ts';
import { sessionOf } from './authenticated.ts';

export function addQuery(routes: Routes): void {
  const { app, now } = routes;
  app.post<{ Body: { bundle: string; query: Query } }>(
    '/api/query',
    {
      schema: {
        body: queryRequest,
        response: { 200: queryAnswer },
        tags: ['query'],
        summary: 'Rows the person may read',
      },
      bodyLimit: 262_144,
    },
    async (request) => {
      const session = await sessionOf(routes, request);
      const { organisation, user } = session;
      return readFor(routes, session, (database) =>
        liveQuery(database, organisation, user, request.body.query, now()),
      );
    },
  );
}
