// For those who watch over the server: is it alive, can it work, what has it done.
import { sql, SyncError } from '@satchel/model';
import type { Routes } from './routes.ts';

export function addHealth({ app, database, meters, logger }: Routes): void {
  app.get('/healthz', { schema: { hide: true } }, async () => ({ ok: true }));
  app.get('/readyz', { schema: { hide: true } }, async () => {
    try {
      await database.read((tx) => tx.rows(sql`select 1`));
    } catch (cause) {
      logger.warn({ err: cause }, 'the database does not answer');
      throw new SyncError('unavailable', {}, { cause });
    }
    return { ok: true };
  });
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await meters.text());
  });
}
