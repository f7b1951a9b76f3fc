// The administrator's view of sync: what devices tell of themselves, what was refused, which values lost; and who may see it.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  adminSyncAnswer,
  sql,
  type AdminDevice,
  type AdminSyncAnswer,
  type Heal,
  type PullAnswer,
  type SessionAnswer,
} from '@satchel/model';
import { syncStatus } from '../cli/sync-status.ts';
import { mutation, openWorkshop, password, type Workshop } from '../push/testing/workshop.ts';
import { serveOrganisations } from '../session/organisations.ts';
import { setPassword } from '../session/people.ts';
import { buildApp } from './app.ts';

let shop: Workshop;
let app: FastifyInstance;

beforeAll(async () => {
  shop = await openWorkshop();
  await shop.database.write(async (tx) => {
    for (const id of [shop.people.lena, shop.people.otto])
      await setPassword(tx, shop.organisation, id, password);
  });
  const all = serveOrganisations(shop.database);
  app = await buildApp({
    database: shop.database,
    organisations: { ...all, names: async () => [shop.organisation.name] },
    onChange: () => () => undefined,
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
  await shop.close();
});

async function signIn(login: string): Promise<SessionAnswer & { readonly deviceId: string }> {
  const deviceId = randomUUID();
  const payload = { login, password, device: { id: deviceId, name: 'Test' } };
  const answer = await app.inject({ method: 'POST', url: '/api/session', payload });
  return { ...answer.json<SessionAnswer>(), deviceId };
}
const authorization = ({ token }: { token: string }) => ({ authorization: `Bearer ${token}` });
async function post<T>(session: SessionAnswer, url: string, payload: object): Promise<T> {
  const answer = await app.inject({ method: 'POST', url, payload, headers: authorization(session) });
  expect([url, answer.statusCode]).toEqual([url, 200]);
  return answer.json<T>();
}
const get = (session: { token: string }, query = '') =>
  app.inject({ method: 'GET', url: `/api/admin/sync${query}`, headers: authorization(session) });
async function view(query = ''): Promise<AdminSyncAnswer> {
  const answer = await get(await signIn('lena'), query);
  expect(answer.statusCode).toBe(200);
  return adminSyncAnswer.parse(answer.json());
}
async function deviceOf(id: string): Promise<AdminDevice> {
  const found = (await view()).devices.find((device) => device.id === id);
  if (found === undefined) throw new Error('the device is not told');
  return found;
}
const heal = (number: number, more: Partial<Heal> = {}): Heal => ({
  number,
  entity: 'job',
  why: 'digest',
  buckets: 1,
  missing: 2,
  extra: 0,
  stale: 1,
  at: '2026-11-27T10:00:00.000Z',
  ...more,
});
const pullOf = (session: SessionAnswer, more: object = {}) =>
  post<PullAnswer>(session, '/api/sync/pull', {
    bundle: session.bundle,
    cursor: null,
    settledSeq: 0,
    ...more,
  });

describe('repairs that devices tell', () => {
  it('[HEAL-2] are recorded once, however often they are told, counted in the figures, and forgotten only when recorded', async () => {
    const maya = await signIn('maya');
    const first = await pullOf(maya, {
      heals: [heal(1), heal(2, { why: 'horizon', entity: 'no_such_entity' })],
    });
    expect(first.healsUpTo).toBe(2);
    const again = await pullOf(maya, { heals: [heal(1), heal(3, { why: 'history', stale: 7 })] });
    expect(again.healsUpTo).toBe(3);
    expect((await pullOf(maya)).healsUpTo).toBe(undefined);
    // A device that was wiped counts from one again.
    await pullOf(maya, { heals: [heal(1, { at: '2026-11-27T11:00:00.000Z' })] });
    const told = await deviceOf(maya.deviceId);
    expect(told.healedRows).toBe(3 + 9 + 3);
    expect(told.heals.total).toBe(3);
    expect(told.heals.items.map(({ number, why, stale }) => [number, why, stale])).toEqual([
      [1, 'digest', 1],
      [3, 'history', 7],
      [1, 'digest', 1],
    ]);
    const figures = (await app.inject({ method: 'GET', url: '/metrics' })).body;
    expect(figures).toContain('satchel_heals_total{entity="job",why="digest"} 2');
    expect(figures).toContain('satchel_healed_rows_total{entity="job",why="history"} 9');
    const many = Array.from({ length: 21 }, (_, index) => heal(index + 10));
    const payload = { bundle: maya.bundle, cursor: null, settledSeq: 0, heals: many };
    const refused = await app.inject({
      method: 'POST',
      url: '/api/sync/pull',
      payload,
      headers: authorization(maya),
    });
    expect(refused.statusCode).toBe(400);
  });
});

describe('the view of sync', () => {
  it('[ADMIN-1] is for administrators only', async () => {
    const refused = await get(await signIn('maya'));
    expect([refused.statusCode, refused.json()]).toEqual([403, { code: 'forbidden' }]);
    const stranger = await app.inject({ method: 'GET', url: '/api/admin/sync' });
    expect(stranger.statusCode).toBe(401);
  });

  it('[ADMIN-2] tells of each device its contact and numbers, what is open with its payload, and which values lost', async () => {
    const maya = await signIn('maya');
    const [recordId, other] = [randomUUID(), randomUUID()];
    const create = mutation({ seq: 1, recordId, command: 'create', set: { title: 'Pump', place: 'Hall' } });
    await post(maya, '/api/sync/push', { bundle: maya.bundle, mutations: [create] });
    const seen = (await shop.row('job', recordId))?.['_rev'] as number;
    await shop.set('job', recordId, 'place', 'Yard');
    await shop.set('job', recordId, 'log', 'theirs');
    const wrong = { recordId, baseRev: seen };
    const clash = mutation({ seq: 2, ...wrong, set: { place: 'Roof' }, saw: { place: 'Hall' } });
    const held = mutation({ seq: 3, ...wrong, set: { title: 'Later' }, saw: { title: 'Pump' } });
    const unfit = mutation({ seq: 4, recordId: other, command: 'create', set: { title: null } });
    await post(maya, '/api/sync/push', { bundle: maya.bundle, mutations: [clash, held, unfit] });
    const open = await deviceOf(maya.deviceId);
    expect(open).toMatchObject({ user: { login: 'maya' }, name: 'Test', lastSeq: 4, cursorAgeMs: null });
    expect(open.issues.items.map(({ seq, outcome }) => [seq, outcome])).toEqual([
      [4, 'rejected'],
      [3, 'held'],
      [2, 'conflict'],
    ]);
    expect(open.issues.items[2]).toMatchObject({
      mutationId: clash.id,
      entity: 'job',
      recordId,
      payload: { changes: { place: { base: 'Hall', value: 'Roof' } } },
    });
    // What takes the place of the clash closes it; the held one, run again, is its own last word.
    const rev = (await shop.row('job', recordId))?.['_rev'] as number;
    const kept = mutation({ seq: 5, recordId, baseRev: rev, set: { place: 'Roof' }, saw: { place: 'Yard' } });
    const merged = mutation({ seq: 6, ...wrong, set: { log: 'mine' }, saw: { log: null } });
    const mutations = [
      { ...kept, supersedes: clash.id },
      { ...held, seq: 6 },
      { ...merged, seq: 7 },
    ];
    await post(maya, '/api/sync/push', { bundle: maya.bundle, mutations });
    const closed = await deviceOf(maya.deviceId);
    expect(closed.issues.items.map(({ seq }) => seq)).toEqual([4]);
    expect(closed.superseded.items).toMatchObject([
      { mutationId: merged.id, field: 'log', mine: 'mine', theirs: 'theirs', rule: 'append' },
    ]);
  });

  it('[ADMIN-3] comes in pages, each device once', async () => {
    for (let count = 0; count < 4; count += 1) await signIn('otto');
    const all = (await view()).devices.map(({ id }) => id);
    const paged: string[] = [];
    let next: string | null = '00000000-0000-0000-0000-000000000000';
    const lena = await signIn('lena');
    while (next !== null) {
      const answer = adminSyncAnswer.parse((await get(lena, `?limit=2&after=${next}`)).json());
      paged.push(...answer.devices.map(({ id }) => id));
      next = answer.next;
    }
    expect(paged.filter((id) => all.includes(id))).toEqual(all.filter((id) => paged.includes(id)));
    expect(new Set(paged).size).toBe(paged.length);
    expect(paged.length).toBeGreaterThan(all.length - 1);
    expect((await get(lena, '?limit=0')).statusCode).toBe(400);
    expect((await get(lena, '?after=x')).statusCode).toBe(400);
  });

  it('[ADMIN-4] knows how old the cursor was with which a device last asked', async () => {
    const maya = await signIn('maya');
    const ask = { bundle: maya.bundle, entity: 'job', after: null };
    const { cursor } = await post<{ cursor: string }>(maya, '/api/sync/page', ask);
    await shop.database.rows(
      sql`update ${shop.organisation.table('_device')} set last_seen_at = now() - interval '1 hour' where id = ${maya.deviceId}::uuid`,
    );
    await pullOf(maya, { cursor });
    // To the step of the clock of row filters.
    expect((await deviceOf(maya.deviceId)).cursorAgeMs).toBeLessThan(2 * 300_000);
  });

  it('[CLI-10] sync-status prints a line for each device, and what is open; as JSON it tells everything', async () => {
    const said: string[] = [];
    const voice = {
      say: (line: string) => void said.push(line),
      progress: () => undefined,
      warn: () => undefined,
    };
    const context = { database: shop.database, organisation: shop.organisation, voice, cwd: '/' };
    const outcome = await syncStatus(context, []);
    const { devices } = await view();
    expect(outcome).toMatchObject({ ok: true, figures: { openIssues: 1, healedRows: 15, superseded: 1 } });
    const told = 'figures' in outcome ? (outcome.figures['devices'] as AdminDevice[]) : [];
    expect(devices.length - told.length).toBe(1);
    expect(said[0]).toMatch(/^person +device +last contact/);
    for (const { id } of told) expect(said.some((line) => line.includes(id))).toBe(true);
    expect(said.some((line) => line.startsWith('maya: rejected'))).toBe(true);
    expect(said.some((line) => line.includes('healed job (digest) 2 missing, 0 extra, 1 stale'))).toBe(true);
    expect(await syncStatus(context, ['x'])).toHaveProperty('usage');
  });
});
