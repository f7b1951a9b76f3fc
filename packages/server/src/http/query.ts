// POST /api/query: the query a device would run on its own rows, run on the server's.
import { queryAnswer, queryRequest, type Query } from '@satchel/model';
import { liveQuery } from '../query/live-query.ts';
import type { Routes } from './routes.ts';
import { sessionOf } from './authenticated.ts';

export function addQuery(routes: Routes): void {
  const { app, database, now } = routes;
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
      const { organisation, user } = await sessionOf(routes, request);
      return liveQuery(database, organisation, user, request.body.query, now());
    },
  );
}
