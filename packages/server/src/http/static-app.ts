// The built app: hashed files are kept for good, the files that name them are asked for each time, and every address of the app gives its page.
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { sep } from 'node:path';
import { SyncError } from '@satchel/model';

const forGood = 'public, max-age=31536000, immutable';
const askEachTime = 'no-cache';

/** `folder` null: there is no app, only the API. */
export async function addStaticApp(app: FastifyInstance, folder: string | null): Promise<void> {
  if (folder === null) {
    app.setNotFoundHandler(async () => {
      throw new SyncError('not_found');
    });
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = path.includes(`${sep}assets${sep}`);
      reply.header('cache-control', isHashed ? forGood : askEachTime);
      if (path.endsWith('.wasm')) reply.header('content-type', 'application/wasm');
      if (path.endsWith('.webmanifest')) reply.header('content-type', 'application/manifest+json');
    },
  });
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const isPage = request.method === 'GET' && !path.startsWith('/api') && !/\.[a-z0-9]{1,12}$/i.test(path);
    if (!isPage) throw new SyncError('not_found');
    return reply.sendFile('index.html');
  });
}
