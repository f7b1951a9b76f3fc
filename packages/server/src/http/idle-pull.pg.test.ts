import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PageAnswer, PullAnswer, SessionAnswer } from '@satchel/model';
import { openWorkshop, password, type Workshop } from '../push/testing/workshop.ts';
import { serveOrganisations } from '../session/organisations.ts';
import type { Database } from '../store/database.ts';
import { buildApp } from './app.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterAll(() => shop.close());

it('[PULL-1] a pull with nothing new asks the database nothing beyond who is asking, and hears of the next write all the same', async () => {
  let statements = 0;
  const counting: Database = {
    ...shop.database,
    rows: (statement, name) => {
      statements += 1;
      return shop.database.rows(statement, name);
    },
    read: (work) => {
      statements += 100;
      return shop.database.read(work);
    },
  };
  const app = await buildApp({
    database: counting,
    organisations: serveOrganisations(shop.database),
    onChange: () => () => undefined,
    appFolder: null,
    logger: pino({ level: 'silent' }),
    now: () => new Date().toISOString(),
    reference: () => randomUUID(),
    trustedProxies: [],
    https: null,
  });
  const post = async <T>(url: string, payload: object, token = ''): Promise<T> =>
    (
      await app.inject({ method: 'POST', url, payload, headers: { authorization: `Bearer ${token}` } })
    ).json();
  const device = { id: randomUUID(), name: 'Test' };
  const login = `maya@${shop.organisation.name}`;
  const { token, bundle } = await post<SessionAnswer>('/api/session', { login, password, device });
  const page = await post<PageAnswer>('/api/sync/page', { bundle, entity: 'job', after: null }, token);
  let cursor: string | null = page.cursor;
  const pull = async (): Promise<PullAnswer> => {
    const answer = await post<PullAnswer>('/api/sync/pull', { bundle, cursor, settledSeq: 0 }, token);
    if (answer.kind !== 'part') cursor = answer.cursor;
    return answer;
  };
  await pull();
  statements = 0;
  expect((await pull()).kind).toBe('nothing');
  expect(statements).toBe(1);
  await shop.database.rows(
    `insert into "${shop.organisation.schema}".job (title, owner) values ('New', '${shop.people.maya}')`,
  );
  expect((await pull()).kind).toBe('delta');
  expect((await pull()).kind).toBe('nothing');
  await app.close();
});
