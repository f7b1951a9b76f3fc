// The whole server by `inject`, on a small organisation: signing in, what every answer bears, pushing with a pull, live queries, wake-ups.
import { randomUUID } from 'node:crypto';
import { brotliDecompressSync, deflateSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql, type SessionAnswer } from '@satchel/model';
import { mutation, openWorkshop, password, type Workshop } from '../push/testing/workshop.ts';
import { serveOrganisations, type Organisations } from '../session/organisations.ts';
import { setPassword } from '../session/people.ts';
import { publish } from '../store/organisation.ts';
import { openWake, type Wake } from '../sync-read/wake.ts';
import { buildApp } from './app.ts';

let shop: Workshop;
let app: FastifyInstance;
let wake: Wake;

beforeAll(async () => {
  shop = await openWorkshop();
  wake = await openWake(shop.database.url, () => undefined);
  const all = serveOrganisations(shop.database);
  // Other test files have organisations in this database: here there is only one.
  const organisations: Organisations = { ...all, names: async () => [shop.organisation.name] };
  app = await buildApp({
    database: shop.database,
    organisations,
    onChange: (organisation, listener) => wake.onChange(organisation, listener),
    appFolder: null,
    logger: pino({ level: 'silent' }),
    now: () => new Date().toISOString(),
    reference: () => randomUUID(),
    trustedProxies: [],
    https: null,
  });
});
afterAll(async () => {
  await app.close();
  await wake.close();
  await shop.close();
});

const post = (url: string, payload: object, token?: string) =>
  app.inject({
    method: 'POST',
    url,
    payload,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
const attempt = (login: string, word: string, id: string = randomUUID()) =>
  post('/api/session', { login, password: word, device: { id, name: 'Test' } });
async function signIn(login = 'maya'): Promise<SessionAnswer> {
  const answer = await attempt(login, password);
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

describe('sessions', () => {
  it('[AUTH-4] the right password opens a session that knows person, device and bundle; only the hash of its token is kept', async () => {
    const session = await signIn();
    expect(session).toMatchObject({ user: { login: 'maya', roles: ['technician'] }, lastSeq: 0 });
    const who = await app.inject({
      url: '/api/session',
      headers: { authorization: `Bearer ${session.token}` },
    });
    expect(who.json()).toMatchObject({ user: session.user, bundle: session.bundle });
    const dump = await shop.database.rows(
      sql`select token_hash::text from ${shop.organisation.table('_session')}`,
    );
    expect(JSON.stringify(dump)).not.toContain(session.token.split('.')[1]);
  });

  it('[AUTH-5] a wrong password, an unknown log-in and a person without a password get the same answer', async () => {
    const answers = await Promise.all([
      attempt('maya', 'wrong'),
      attempt('nobody', password),
      attempt('otto', password),
    ]);
    for (const answer of answers) {
      expect(answer.statusCode).toBe(401);
      expect(answer.json()).toEqual({ code: 'wrong_credentials' });
    }
  });

  it('[AUTH-6] a device known with another person is a cloned one', async () => {
    const id = randomUUID();
    expect((await attempt('maya', password, id)).statusCode).toBe(200);
    await shop.database.write((tx) => setPassword(tx, shop.organisation, shop.people.lena, password));
    expect((await attempt('lena', password, id)).json()).toMatchObject({ code: 'device_cloned' });
  });

  it('[AUTH-7] a signed-out, expired or invented token is no session', async () => {
    const { token } = await signIn();
    const headers = { authorization: `Bearer ${token}` };
    expect((await app.inject({ method: 'DELETE', url: '/api/session', headers })).statusCode).toBe(200);
    expect((await app.inject({ url: '/api/session', headers })).json()).toEqual({ code: 'session_expired' });
    const other = await signIn();
    await shop.database.rows(
      sql`update ${shop.organisation.table('_session')} set expires_at = now() - interval '1 second' where revoked_at is null`,
    );
    expect(
      (
        await post('/api/query', { bundle: other.bundle, query: { entity: 'job', limit: 1 } }, other.token)
      ).json(),
    ).toEqual({ code: 'session_expired' });
    expect(
      (await post('/api/sync/plan', { bundle: other.bundle }, `nowhere.${'a'.repeat(43)}`)).statusCode,
    ).toBe(401);
  });

  it('[AUTH-8] a closed account can neither sign in nor go on', async () => {
    const { token } = await signIn();
    const setActive = (active: boolean) =>
      shop.database.rows(
        sql`update ${shop.organisation.table('user')} set "active" = ${active} where "id" = ${shop.people.maya}`,
      );
    await setActive(false);
    expect((await attempt('maya', password)).json()).toEqual({ code: 'account_disabled' });
    expect(
      (await app.inject({ url: '/api/session', headers: { authorization: `Bearer ${token}` } })).statusCode,
    ).toBe(403);
    await setActive(true);
  });

  it('[AUTH-9] a session that is used lives on', async () => {
    const { token } = await signIn();
    const table = shop.organisation.table('_session');
    await shop.database.rows(
      sql`update ${table} set expires_at = now() + interval '2 days' where revoked_at is null`,
    );
    await app.inject({ url: '/api/session', headers: { authorization: `Bearer ${token}` } });
    const rows = await shop.database.rows<{ count: number }>(
      sql`select count(*) as count from ${table} where revoked_at is null and expires_at > now() + interval '29 days'`,
    );
    expect(rows[0]?.count).toBe(1);
  });

  it('[AUTH-11] what another process publishes counts at the next request', async () => {
    const { token, bundle } = await signIn();
    const label = 'Workshop, extended';
    await publish(shop.database, shop.organisation.name, { ...shop.organisation.solution, label });
    const headers = { authorization: `Bearer ${token}` };
    const now = (await app.inject({ url: '/api/session', headers })).json<SessionAnswer>();
    expect(now.bundle).not.toBe(bundle);
    const told = (await app.inject({ url: `/api/bundle?hash=${now.bundle}`, headers })).json();
    expect(told).toMatchObject({ solution: { label } });
  });

  it('[AUTH-10] guessing is slowed down', async () => {
    const answers = await Promise.all(Array.from({ length: 32 }, () => attempt('guess', 'wrong')));
    expect(answers.filter((answer) => answer.statusCode === 429).length).toBeGreaterThanOrEqual(2);
    expect(answers.find((answer) => answer.statusCode === 429)?.json()).toMatchObject({
      code: 'too_many_requests',
    });
  });
});

describe('every answer', () => {
  it('[HTTP-3] names the protocol, also when it is a refusal, and nothing under /api is kept', async () => {
    for (const url of ['/healthz', '/api/session', '/api/nothing', '/nothing']) {
      const { headers } = await app.inject({ url });
      expect(headers['x-satchel-protocol']).toBe('1');
      if (url.startsWith('/api')) expect(headers['cache-control']).toBe('no-store');
    }
  });

  it('[HTTP-4] a body that does not fit, is broken or too large is refused whole with a code', async () => {
    const { token } = await signIn();
    expect((await post('/api/sync/pull', { bundle: 1 }, token)).json()).toMatchObject({
      code: 'bad_request',
    });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const broken = await app.inject({
      method: 'POST',
      url: '/api/sync/pull',
      headers,
      payload: '{"bundle":',
    });
    expect(broken.json()).toEqual({ code: 'bad_request' });
    const large = await app.inject({
      method: 'POST',
      url: '/api/sync/pull',
      headers,
      payload: `{"a":"${'x'.repeat(40_000)}"}`,
    });
    expect(large.statusCode).toBe(413);
    expect(large.json()).toEqual({ code: 'too_large' });
    const { bundle } = await signIn();
    const many = Array.from({ length: 201 }, (_, index) => ({ id: randomUUID(), seq: index + 1 }));
    expect((await post('/api/sync/push', { bundle, mutations: many }, token)).statusCode).toBe(413);
  });

  it('[HTTP-12] a packed request is read as if it were not; one that is broken or unpacks to too much is refused', async () => {
    const { token, bundle } = await signIn();
    const packed = (payload: Buffer) =>
      app.inject({
        method: 'POST',
        url: '/api/sync/pull',
        headers: {
          'content-type': 'application/json',
          'content-encoding': 'deflate',
          authorization: `Bearer ${token}`,
        },
        payload,
      });
    const request = JSON.stringify({ bundle, cursor: null, settledSeq: 0 });
    expect((await packed(deflateSync(request))).statusCode).toBe(200);
    const bomb = deflateSync(`{"bundle":"${'0'.repeat(5_000_000)}"}`);
    expect(bomb.length).toBeLessThan(16_384);
    const refused = await packed(bomb);
    expect([refused.statusCode, refused.json()]).toEqual([413, { code: 'too_large' }]);
    const broken = await packed(Buffer.from(request));
    expect([broken.statusCode, broken.json()]).toEqual([400, { code: 'bad_request' }]);
  });

  it('[HTTP-5] large answers are compressed, and the app’s policy lets in nothing from elsewhere', async () => {
    const { token, bundle } = await signIn();
    const headers = { authorization: `Bearer ${token}`, 'accept-encoding': 'br, gzip' };
    const answer = await app.inject({ url: `/api/bundle?hash=${bundle}`, headers });
    expect(answer.headers['content-encoding']).toBe('br');
    expect(JSON.parse(brotliDecompressSync(answer.rawPayload).toString())).toMatchObject({ hash: bundle });
    expect(answer.headers['content-security-policy']).toContain("script-src 'self' 'wasm-unsafe-eval'");
    const other = await app.inject({
      url: `/api/bundle?hash=${'0'.repeat(64)}`,
      headers: { authorization: `Bearer ${token}` },
    });
    expect(other.json()).toMatchObject({ code: 'bundle_outdated', detail: { bundle } });
  });

  it('[HTTP-6] the interface describes itself, and tells whether it is well', async () => {
    const docs = (await app.inject({ url: '/api/docs/json' })).json<{ paths: object }>();
    expect(Object.keys(docs.paths)).toEqual(
      expect.arrayContaining([
        '/api/session',
        '/api/bundle',
        '/api/sync/plan',
        '/api/sync/page',
        '/api/sync/pull',
        '/api/sync/push',
        '/api/sync/reconcile',
        '/api/sync/events',
        '/api/query',
      ]),
    );
    expect((await app.inject({ url: '/readyz' })).json()).toEqual({ ok: true });
    expect((await app.inject({ url: '/metrics' })).body).toContain('satchel_request_seconds');
  });
});

describe('working', () => {
  it('[PUSH-19] a push answers with the pull it was asked for: verdict, row and settled number in one', async () => {
    const { token, bundle } = await signIn();
    const first = (await post('/api/sync/page', { bundle, entity: 'job', after: null }, token)).json<{
      cursor: string;
    }>();
    const recordId = randomUUID();
    const made = mutation({ seq: 1, recordId, command: 'create', set: { title: 'Pump' } });
    const pull = { bundle, cursor: first.cursor, settledSeq: 0 };
    const answer = (await post('/api/sync/push', { bundle, mutations: [made], pull }, token)).json();
    expect(answer).toMatchObject({
      lastSeq: 1,
      verdicts: [{ id: made.id, outcome: 'applied' }],
      pull: { kind: 'delta', settles: 1 },
    });
    expect(JSON.stringify(answer.pull.changes)).toContain(recordId);
  });

  it('[LIVE-1] a live query gives rows the person may read, with titles and a count, and looks through nothing else', async () => {
    const maya = await signIn();
    const table = shop.organisation.table('job');
    const hidden = randomUUID();
    await shop.database.rows(
      sql`insert into ${table} ("id", "title", "owner") values (${hidden}, 'Hidden pump', ${shop.people.lena})`,
    );
    const own = mutation({ seq: 1, command: 'create', set: { title: 'Visible lamp' } });
    await post('/api/sync/push', { bundle: maya.bundle, mutations: [own] }, maya.token);
    const ask = async (query: object) =>
      (
        await post(
          '/api/query',
          { bundle: maya.bundle, query: { entity: 'job', limit: 50, count: true, ...query } },
          maya.token,
        )
      ).json();
    const all = await ask({});
    expect(all.rows.map((row: { id: string }) => row.id)).toContain(own.recordId);
    expect(all.rows.map((row: { id: string }) => row.id)).not.toContain(hidden);
    expect(all.total).toBe(all.rows.length);
    expect(all.titles[shop.people.maya]).toBe('maya');
    expect((await ask({ search: 'lamp' })).rows).toHaveLength(1);
    expect((await ask({ search: 'hidden' })).rows).toHaveLength(0);
  });

  it('[LIVE-2] conditions that come over the wire are checked against the model', async () => {
    const maya = await signIn();
    const ask = (query: object) =>
      post('/api/query', { bundle: maya.bundle, query: { limit: 5, ...query } }, maya.token);
    expect((await ask({ entity: 'ghost' })).json()).toMatchObject({ code: 'unknown_entity' });
    const text = { kind: 'text' };
    const compare = (field: string) => ({
      op: 'compare',
      compare: '==',
      left: { op: 'field', path: [field], type: text },
      right: { op: 'literal', value: 'x', type: text },
      type: { kind: 'boolean' },
    });
    expect((await ask({ entity: 'job', where: [compare('wages')] })).json()).toMatchObject({
      code: 'bad_request',
    });
    expect((await ask({ entity: 'job', where: [compare('title')] })).statusCode).toBe(200);
  });

  it('[HTTP-7] a listening device is woken by any write, without data, and only with a session', async () => {
    expect((await app.inject({ url: '/api/sync/events' })).statusCode).toBe(401);
    const { token } = await signIn();
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const stop = new AbortController();
    const stream = await fetch(`${url}/api/sync/events`, {
      headers: { authorization: `Bearer ${token}` },
      signal: stop.signal,
    });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    let heard = '';
    const listen = async () => {
      while (!heard.includes('event: change')) {
        const { value, done } = await reader.read();
        if (done) break;
        heard += new TextDecoder().decode(value);
      }
    };
    await shop.database.rows(
      sql`insert into ${shop.organisation.table('customer')} ("name") values ('By another program')`,
    );
    await listen();
    expect(heard).toContain('event: change\ndata:\n\n');
    stop.abort();
  });
});
