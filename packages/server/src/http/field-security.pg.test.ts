// Nobody is told what a role hides: every endpoint is asked as a restricted person would ask, and the raw bytes of every answer are searched.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bundle, Entity, Expr, PullAnswer, PushAnswer, SessionAnswer, Solution } from '@satchel/model';
import { serveOrganisations, type Organisations } from '../session/organisations.ts';
import { addRole, removeRole, setPassword } from '../session/people.ts';
import { depot } from '../testing/depot.ts';
import { makeWorld, people, type World } from '../testing/world.ts';
import { buildApp } from './app.ts';

const price = 7_654_321;
const repriced = 8_765_432;
const secrets = [String(price), String(repriced), 'SESAME'];
const password = 'a word for tests';

/** The depot where fitters see neither prices, door codes nor which site a job is at, and do not move due dates; pricers see and change all. */
const guarded: Solution = {
  ...depot,
  entities: depot.entities.map((entity): Entity => {
    if (entity.name === 'site')
      return {
        ...entity,
        fields: { ...entity.fields, secret: { type: 'text', label: 'Door code', searchable: true } },
      };
    if (entity.name !== 'job') return entity;
    const when = `record.price == ${price / 100}`;
    return { ...entity, guards: [{ name: 'dear', when, refuses: ['delete'], message: 'Ask the office.' }] };
  }),
  views: [
    ...depot.views,
    {
      name: 'dear',
      entity: 'job',
      label: 'Dear',
      where: 'record.price > 100',
      order: [],
      columns: ['title'],
    },
    {
      name: 'by_price',
      entity: 'job',
      label: 'By price',
      order: [{ field: 'price' }, { field: 'title' }],
      columns: ['title', 'price'],
    },
  ],
  forms: [
    {
      entity: 'job',
      sections: [{ label: 'Job', fields: ['title', 'price'] }],
      related: [],
    },
  ],
  commands: [
    { name: 'reprice', entity: 'job', label: 'Reprice', icon: 'euro', set: { price: { value: repriced } } },
    {
      name: 'rename',
      entity: 'job',
      label: 'Rename',
      icon: 'pen',
      when: 'record.price > 100',
      set: { title: { value: 'Dear' } },
    },
  ],
  roles: [
    ...depot.roles.map((role) =>
      role.name === 'fitter'
        ? {
            ...role,
            fields: {
              job: { price: 'hidden', site: 'hidden', due: 'readOnly' },
              site: { secret: 'hidden' },
            } as const,
          }
        : role,
    ),
    {
      name: 'pricer',
      label: 'Pricer',
      privileges: {
        job: { create: 'none', read: 'own', update: 'own', delete: 'none' },
        site: { create: 'none', read: 'organisation', update: 'none', delete: 'none' },
      },
    },
  ],
  profiles: depot.profiles.map((profile) => ({
    ...profile,
    entities: profile.entities.map((part) =>
      part.entity === 'job' ? { ...part, rows: { where: 'record.price > 100' } } : part,
    ),
  })),
};

let world: World;
let app: FastifyInstance;
/** Everything that was ever answered to Ada as a fitter. */
const heard: string[] = [];
const walked = new Set<string>();
let token = '';

beforeAll(async () => {
  world = await makeWorld(guarded);
  const all = serveOrganisations(world.database);
  const organisations: Organisations = { ...all, names: async () => [world.organisation.name] };
  app = await buildApp({
    database: world.database,
    organisations,
    onChange: () => () => undefined,
    appFolder: null,
    logger: pino({ level: 'silent' }),
    now: () => new Date().toISOString(),
    reference: () => randomUUID(),
    trustedProxies: [],
    https: null,
  });
  await world.database.write((tx) => setPassword(tx, world.organisation, people.ada, password));
});
afterAll(async () => {
  await app.close();
  await world.close();
});

async function ask<T>(method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object): Promise<T> {
  const answer = await app.inject({
    method,
    url,
    ...(payload === undefined ? {} : { payload }),
    headers: { authorization: `Bearer ${token}`, 'accept-encoding': 'identity' },
  });
  walked.add(`${method} ${url.split('?')[0]}`);
  heard.push(answer.rawPayload.toString('latin1'));
  return answer.json<T>();
}

const device = { id: randomUUID(), name: 'Phone' };
const signIn = async () => {
  const session = await ask<SessionAnswer>('POST', '/api/session', { login: 'ada', password, device });
  token = session.token;
  return session;
};
const money = { kind: 'fixed', scale: 2 } as const;
const byPrice: Expr = {
  op: 'compare',
  compare: '>',
  left: { op: 'field', path: ['price'], type: money },
  right: { op: 'literal', value: 1, type: money },
  type: { kind: 'boolean' },
};

interface Sent {
  readonly command: string;
  readonly set?: Readonly<Record<string, string | number>>;
  readonly base?: string;
}

describe('hidden fields', () => {
  it('[FLS-5] of what a restricted person is told on any way, nothing holds a value of a hidden field', async () => {
    const [site, job, other] = [randomUUID(), randomUUID(), randomUUID()];
    await world.sql(`insert into {s}.site (id, name, secret) values ('${site}', 'Mill', 'SESAME')`);
    await world.sql(
      `insert into {s}.job (id, title, owner, site, price, state) values
       ('${job}', 'Pump', '${people.ada}', '${site}', ${price}, 'open'), ('${other}', 'Pipe', '${people.ada}', '${site}', ${price}, 'open')`,
    );
    let seq = 0;
    const mutationOf = ({ command, set = {}, base = 'x' }: Sent, recordId: string) => ({
      id: randomUUID(),
      seq: (seq += 1),
      entity: 'job',
      recordId,
      command,
      changes: Object.fromEntries(Object.entries(set).map(([name, value]) => [name, { base, value }])),
      baseRev: 1,
      schemaVersion: 1,
      at: { device: '2026-11-21T09:00:00.000Z', corrected: null },
    });
    // As long as Ada is a pricer too, she is told the price: the ledger keeps it.
    await world.database.write((tx) => addRole(tx, world.organisation, people.ada, 'pricer'));
    const asPricer = await signIn();
    const clash = mutationOf({ command: 'update', set: { title: 'Mine' }, base: 'Old' }, job);
    const told = await ask<PushAnswer>('POST', '/api/sync/push', {
      bundle: asPricer.bundle,
      mutations: [clash],
    });
    expect(told.verdicts[0]).toMatchObject({ code: 'field_conflict', theirs: { price } });
    heard.length = 0;
    await world.database.write((tx) => removeRole(tx, world.organisation, people.ada, 'pricer'));

    const { bundle } = await signIn();
    await ask('GET', '/api/session');
    await ask<Bundle>('GET', `/api/bundle?hash=${bundle}`);
    const pages = new Map<string, { cursor: string; rows: number; columns: { name: string }[] }>();
    for (const entity of ['job', 'site', 'step', 'note', 'user', 'visit', 'job_part', 'part'])
      pages.set(entity, await ask('POST', '/api/sync/page', { bundle, entity, after: null }));
    const { cursor } = pages.get('job') ?? { cursor: '' };
    // The profile filters by the price and follows the hidden lookup: both rows are here, and neither tells why.
    expect([pages.get('job')?.rows, pages.get('site')?.rows]).toEqual([2, 1]);
    expect(pages.get('job')?.columns.map(({ name }) => name)).not.toContain('site');
    await ask('POST', '/api/sync/plan', { bundle });

    const push = (...mutations: readonly object[]) =>
      ask<PushAnswer>('POST', '/api/sync/push', {
        bundle,
        mutations,
        pull: { bundle, cursor, settledSeq: 0 },
      });
    // The same conflict again: its first verdict held the price.
    expect((await push(clash)).verdicts[0]).toMatchObject({
      outcome: 'duplicate',
      theirs: { title: 'Pump' },
    });
    const outcomes = await ask<PullAnswer>('POST', '/api/sync/pull', { bundle, cursor: null, settledSeq: 0 });
    expect(outcomes.kind !== 'part' && outcomes.outcomes[0]).toMatchObject({
      code: 'field_conflict',
      theirs: { title: 'Pump' },
    });
    const refused = await push(
      mutationOf({ command: 'update', set: { price: 1 } }, other),
      mutationOf({ command: 'delete' }, job),
    );
    expect(refused.verdicts).toMatchObject([
      { outcome: 'rejected', fields: { price: 'unknown_field' } },
      { outcome: 'rejected', code: 'guarded', theirs: { title: 'Pump' } },
    ]);
    const late = await push(mutationOf({ command: 'update', set: { due: '2026-01-01' } }, randomUUID()));
    expect(late.verdicts).toMatchObject([{ outcome: 'rejected', fields: { due: 'read_only' } }]);
    const third = randomUUID();
    await world.sql(
      `insert into {s}.job (id, title, owner, site, price, state) values ('${third}', 'Pond', '${people.ada}', '${site}', ${price}, 'open')`,
    );
    const guardedBy = await push(mutationOf({ command: 'delete' }, third));
    expect(guardedBy.verdicts[0]).toMatchObject({ code: 'guarded', theirs: { title: 'Pond' } });
    const fourth = randomUUID();
    const made = await push(
      mutationOf({ command: 'create', set: { title: 'New' } }, fourth),
      mutationOf({ command: 'reprice' }, fourth),
    );
    expect(made.verdicts.map(({ outcome }) => outcome)).toEqual(['applied', 'merged']);
    const [row] = await world.sql<{ price: number }>(`select price from {s}.job where id = '${fourth}'`);
    expect(row?.price).toBe(repriced);

    await world.sql(`update {s}.job set price = ${price} + 0, title = 'Pump 2' where id = '${other}'`);
    const delta = await ask<PullAnswer>('POST', '/api/sync/pull', {
      bundle,
      cursor,
      settledSeq: 0,
      prove: true,
    });
    expect(delta.kind).toBe('delta');
    const buckets = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'));
    for (const [entity, ids] of [
      ['job', [job, other, third, fourth]],
      ['site', [site]],
    ] as const) {
      await ask('POST', '/api/sync/reconcile', { step: 'buckets', bundle, entity });
      await ask('POST', '/api/sync/reconcile', { step: 'list', bundle, entity, buckets });
      const rows = await ask<{ rows: unknown[] }>('POST', '/api/sync/reconcile', {
        step: 'rows',
        bundle,
        entity,
        ids,
      });
      expect(rows.rows.length).toBe(ids.length);
    }
    const query = (asked: object) =>
      ask<{ rows?: unknown[]; code?: string }>('POST', '/api/query', { bundle, query: asked });
    expect((await query({ entity: 'job', limit: 10 })).rows).toHaveLength(4);
    expect((await query({ entity: 'note', limit: 10 })).rows).toEqual([]);
    expect((await query({ entity: 'site', limit: 10, search: 'SESAME' })).rows).toEqual([]);
    expect((await query({ entity: 'job', limit: 10, where: [byPrice] })).code).toBe('bad_request');
    expect((await query({ entity: 'job', limit: 10, order: [{ field: 'price' }] })).code).toBe('bad_request');
    const codeOfSite: Expr = {
      op: 'compare',
      compare: '==',
      left: { op: 'field', path: ['site', 'secret'], type: { kind: 'text' } },
      right: { op: 'literal', value: 'x', type: { kind: 'text' } },
      type: { kind: 'boolean' },
    };
    expect((await query({ entity: 'job', limit: 10, where: [codeOfSite] })).code).toBe('bad_request');
    expect(await ask('GET', '/api/admin/sync')).toEqual({ code: 'forbidden' });
    await ask('POST', '/api/sync/opened', { opened: [{ entity: 'job', id: job }] });
    await ask('DELETE', '/api/session');

    for (const secret of secrets)
      expect(heard.filter((bytes) => bytes.includes(secret)).map((bytes) => bytes.slice(0, 200))).toEqual([]);
    // Wake-ups bear no data, and the rest tells nothing of anybody's records.
    const documented = await app.inject({ url: '/api/docs/json' });
    const { paths } = documented.json<{ paths: Record<string, Record<string, unknown>> }>();
    const ways = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const others = ['GET /api/sync/events', 'GET /healthz', 'GET /readyz', 'GET /metrics'];
    expect(ways.filter((way) => !walked.has(way) && !others.includes(way))).toEqual([]);
  });
});
