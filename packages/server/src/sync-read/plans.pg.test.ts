// What each conversation of a device asks of PostgreSQL, on a hundred thousand jobs of which five hundred concern the person: no statement reads a large
// table from end to end. The statements, and how many buffers all of them together may touch, are kept in plans/ to be reviewed when they change.
import { randomUUID } from 'node:crypto';
import { limits, safePolicy, safeScope, type Solution } from '@satchel/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { depot } from '../testing/depot.ts';
import { buffersOf, recordingOf, scansOf, type Recording } from '../testing/recording.ts';
import { makeDevice, makeWorld, people, type TestDevice, type World } from '../testing/world.ts';
import { page } from './page.ts';
import { reconcile } from './reconcile.ts';

const now = '2026-11-21T09:00:00.000Z';
const large = new Set(['job', 'step', 'note', 'job_part']);

/** The depot with pins and recents. Its notes come with jobs and sites only: a filter by their text would have to read them all. */
const busy: Solution = {
  ...depot,
  policy: { ...safePolicy, scope: safeScope },
  profiles: depot.profiles.map((profile) => ({
    ...profile,
    entities: profile.entities.map((part) =>
      part.entity === 'note' ? { ...part, rows: 'related' as const } : part,
    ),
  })),
};

let world: World;
let recording: Recording;
let device: TestDevice;

beforeAll(async () => {
  world = await makeWorld(busy);
  await fill(world);
  recording = recordingOf(world.database);
  device = await makeDevice({ ...world, database: recording.database }, people.ada);
  await device.download(now);
  await device.sync(now);
  recording.take();
}, 120_000);
afterAll(() => world.close());

/** Straight into the tables, past the triggers: what they would draw is drawn here. Two in five jobs are closed. */
async function fill({ sql, database, organisation }: World): Promise<void> {
  const id = (kind: string, number: string) => `md5('${kind}' || ${number})::uuid`;
  const rows = (entity: string, columns: string, count: number, values: string) =>
    `insert into {s}."${entity}" (id, _rev, created_at, modified_at, ${columns})
     select ${id(entity, 'n')}, 1 + (n::bigint * 7919) % 1000000, now(), now(), ${values} from generate_series(1, ${count}) n;`;
  const owner = `case when n <= 800 then '${people.ada}'::uuid else ${id('user', '1 + n % 400')} end`;
  const state = `case when n % 5 < 2 then 'closed' else 'open' end`;
  await sql(`set local session_replication_role = replica;
    ${rows('user', 'name, login', 400, `'Person ' || n, 'p' || n`)}
    ${rows('site', 'name', 5_000, `'Site ' || n`)}
    ${rows('job', 'title, owner, site, state', 100_000, `'Job ' || n, ${owner}, ${id('site', '1 + n % 5000')}, ${state}`)}
    ${rows('step', 'name, job', 100_000, `'Step', ${id('job', 'n')}`)}
    ${rows('part', 'name', 1_000, `'Part ' || n`)}
    ${rows('job_part', 'job, part', 100_000, `${id('job', 'n')}, ${id('part', '1 + n % 1000')}`)}
    ${rows('note', 'text, regarding', 100_000, `'Note', 'job/' || ${id('job', 'n')}`)}
    ${rows('pin', 'owner, record', 4_000, `${id('user', '1 + n % 400')}, 'job/' || ${id('job', 'n * 25')}`)}
    ${rows('recent', 'owner, record, used_at', 20_000, `${id('user', '1 + n % 400')}, 'job/' || ${id('job', 'n * 5')}, now()`)}
    update {s}.pin set owner = '${people.ada}' where id in (select ${id('pin', 'n')} from generate_series(1, 20) n);
    update {s}.recent set owner = '${people.ada}' where id in (select ${id('recent', 'n')} from generate_series(1, 100) n);`);
  for (const { name } of organisation.entities)
    await database.rows(`vacuum analyze "${organisation.schema}"."${name}"`);
}

/** As it is to be reviewed: names of this run and values left out, a clause a line. */
function shown(text: string): string {
  return text
    .replaceAll(`"${world.organisation.schema}".`, '')
    .replace(/\s+/g, ' ')
    .replace(/ (?=(union all|select|from|where|left join|join|order by)\b)/g, '\n  ')
    .replace(/, (?="_[swb]\d+" as )/g, ',\n');
}

/** What was asked since the last time: nothing large from end to end, no more buffers than allowed, and the statements as they were reviewed. */
async function expectAsReviewed(scenario: string, buffersMax: number): Promise<void> {
  const asked = recording.take();
  const scans = asked.flatMap(({ text, plan }) =>
    scansOf(plan, large).map((scan) => `${scan}: ${shown(text)}`),
  );
  expect(scans).toEqual([]);
  const buffers = asked.reduce((sum, { plan }) => sum + buffersOf(plan), 0);
  expect(buffers, `buffers of ${scenario}`).toBeLessThanOrEqual(buffersMax);
  const timesByStatement = new Map<string, number>();
  for (const { text } of asked)
    timesByStatement.set(shown(text), (timesByStatement.get(shown(text)) ?? 0) + 1);
  const statements = [...timesByStatement].map(
    ([statement, times]) => `${times === 1 ? '' : `-- ${times} times\n`}${statement};\n`,
  );
  await expect(
    `-- ${scenario}: ${asked.length} statements, at most ${buffersMax} buffers\n\n${statements.join('\n')}`,
  ).toMatchFileSnapshot(`plans/${scenario.replaceAll(' ', '-')}.sql`);
}

async function pulls(kind: 'nothing' | 'delta'): Promise<void> {
  const { answer, differing } = await device.pull(now);
  expect([answer.kind, differing]).toEqual([kind, []]);
}

describe('plans', () => {
  it('[PLAN-1] an idle pull', async () => {
    await pulls('nothing');
    await expectAsReviewed('idle pull', 20);
  });

  it('[PLAN-1] a delta of which ten of a thousand changes concern the person', async () => {
    await world.sql(
      `update {s}.job set title = title || '.' where id in (
         (select id from {s}.job where owner = '${people.ada}' and state = 'open' order by id limit 10)
         union all (select id from {s}.job where owner <> '${people.ada}' order by id limit 990))`,
    );
    await pulls('delta');
    await expectAsReviewed('delta of ten', 60_000);
  });

  it('[PLAN-1] a person who gains five hundred rows, and loses them again', async () => {
    const some = `select id from {s}.job where owner <> '${people.ada}' and state = 'open' order by id desc limit 500`;
    const before = await world.sql<{ id: string; owner: string }>(
      `select id, owner from {s}.job where id in (${some})`,
    );
    await world.sql(`update {s}.job set owner = '${people.ada}' where id in (${some})`);
    await pulls('delta');
    await expectAsReviewed('five hundred gained', 250_000);
    await world.sql(
      `update {s}.job j set owner = b.owner from unnest($1::uuid[], $2::uuid[]) b (id, owner) where j.id = b.id`,
      [before.map(({ id }) => id), before.map(({ owner }) => owner)],
    );
    await pulls('delta');
    await expectAsReviewed('five hundred lost', 250_000);
    expect(device.heals).toBe(0);
  });

  it('[PLAN-1] a page, and a look at what differs', async () => {
    const user = await world.person(people.ada);
    const bundle = world.organisation.bundleFor(user.roles).hash;
    const asks = { database: recording.database, organisation: world.organisation };
    const half = '80000000-0000-4000-8000-000000000000';
    for (const entity of ['job', 'step', 'part'])
      await page(asks.database, asks.organisation, user, { bundle, entity, after: half }, now);
    await expectAsReviewed('pages', 60_000);
    for (const entity of ['job', 'part'])
      await reconcile(asks.database, asks.organisation, user, { step: 'buckets', bundle, entity }, now);
    const ids = [...(device.rows.get('job')?.keys() ?? [])].slice(0, 5);
    await reconcile(
      asks.database,
      asks.organisation,
      user,
      { step: 'rows', bundle, entity: 'job', ids },
      now,
    );
    await expectAsReviewed('repair', 60_000);
    expect(ids.length).toBeLessThan(limits.reconcileIdsMax);
  });

  it('[PLAN-1] digests of everything a person carries', async () => {
    await device.pull(now, true);
    await expectAsReviewed('digests', 60_000);
  });

  it('[PLAN-1] a record used, and what it brings', async () => {
    const job = randomUUID();
    await world.sql(
      `insert into {s}.job (id, title, owner, state) values ('${job}', 'Old', '${people.bob}', 'closed');
       insert into {s}.recent (owner, record, used_at) values ('${people.ada}', 'job/${job}', now())`,
    );
    await pulls('delta');
    expect(device.rows.get('job')?.has(job)).toBe(true);
    await expectAsReviewed('record used', 60_000);
  });
});
