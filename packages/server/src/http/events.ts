// GET /api/sync/events: server-sent events without data. A device hears that something changed and pulls; what changed is only ever told in a pull.
import type { FastifyReply } from 'fastify';
import { serverLimits } from '../limits.ts';
import type { Routes } from './routes.ts';
import { sessionOf } from './authenticated.ts';

export function addEvents(routes: Routes): void {
  const { app, onChange, meters } = routes;
  const streams = new Set<FastifyReply>();
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.raw.end();
  });
  app.get(
    '/api/sync/events',
    { schema: { tags: ['sync'], summary: 'Wake-ups, as server-sent events' } },
    async (request, reply) => {
      const { organisation } = await sessionOf(routes, request);
      reply.hijack();
      const { raw } = reply;
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) raw.setHeader(name, value);
      raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
      raw.write(': hello\n\n');
      streams.add(reply);
      meters.listening(streams.size);
      let gathering: NodeJS.Timeout | null = null;
      const forget = onChange(organisation.name, () => {
        gathering ??= setTimeout(() => {
          gathering = null;
          raw.write('event: change\ndata:\n\n');
        }, serverLimits.wakeGatherMs);
      });
      const beat = setInterval(() => raw.write(': beat\n\n'), serverLimits.heartbeatMs);
      raw.on('close', () => {
        clearInterval(beat);
        if (gathering !== null) clearTimeout(gathering);
        forget();
        streams.delete(reply);
        meters.listening(streams.size);
      });
    },
  );
}
