import { SyncError, type PageAnswer, type Value } from '@satchel/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../store/organisation.ts';
import { makeDevice, makeWorld, people, tableRows, type World } from '../testing/world.ts';
import { page } from './page.ts';
import { plan } from './plan.ts';
import { reconcile } from './reconcile.ts';

const now = '2026-11-21T09:00:00.000Z';
let world: World;
let hash: string;
beforeAll(async () => {
  world = await makeWorld();
  hash = world.organisation.bundleFor(['fitter']).hash;
  await world.sql(`
    insert into {s}.site (name) select 'Site ' || n from generate_series(1, 40) n;
    insert into {s}.job (title, owner, site, tools)
      select 'Job ' || n, case when n % 3 = 0 then '${people.dan}'::uuid else '${people.ada}'::uuid end,
        (select id from {s}.site order by name offset n % 40 limit 1), case when n % 2 = 0 then '{saw,drill}'::text[] end
      from generate_series(1, 9000) n;
    insert into {s}.step (name, job) select 'step', id from {s}.job;`);
  await analyze(world.database, world.organisation);
});
afterAll(() => world.close());

const ask = async (entity: string, after: string | null, bundle = hash): Promise<PageAnswer> =>
  JSON.parse(
    await page(
      world.database,
      world.organisation,
      await world.person(people.ada),
      { bundle, entity, after },
      now,
    ),
  ) as PageAnswer;

describe('pages', () => {
  it('[PAGE-1] go through an entity in id order, each row of the scope once, and say where to go on', async () => {
    const first = await ask('job', null);
    const second = await ask('job', first.next);
    expect([first.rows, second.rows, second.next]).toEqual([5_000, 1_000, null]);
    expect([first.nextButOne, second.nextButOne]).toEqual([null, null]);
    const ids = [first, second].flatMap((each) => columnOf(each, 'id'));
    const readable = [...(await tableRows(world, 'job')).values()].filter(
      (row) => row['owner'] === people.ada,
    );
    expect(ids).toEqual(readable.map((row) => row['id']));
    expect(first.columns.at(0)?.name).toBe('id');
    expect(first.columns.at(-1)?.name).toBe('_rev');
  });
  it('[PAGE-2] columns with few different values carry each once; both forms give the same cells', async () => {
    const answer = await ask('job', null);
    expect(answer.columns.filter((column) => 'dictionary' in column).map((column) => column.name)).toEqual(
      expect.arrayContaining(['state', 'site', 'tools', 'owner', 'price']),
    );
    const rows = await tableRows(world, 'job');
    const ids = columnOf(answer, 'id');
    for (const name of ['title', 'tools', 'site', 'modified_at', '_rev'])
      expect(columnOf(answer, name)).toEqual(ids.map((id) => rows.get(String(id))?.[name]));
  });
  it('[PAGE-3] are refused under another bundle, and for an entity that is not carried', async () => {
    await expect(ask('job', null, '0'.repeat(64))).rejects.toMatchObject({ code: 'bundle_outdated' });
    await expect(ask('team', null)).rejects.toBeInstanceOf(SyncError);
  });
  it('[PAGE-4] carry the cursor of their own snapshot: what is written between pages comes with the next pull', async () => {
    const device = await makeDevice(world, people.ada);
    const first = await ask('site', null);
    await world.sql(`update {s}.site set secret = 'new'`);
    await device.download(now);
    device.cursor = first.cursor;
    const { answer, differing } = await device.pull(now);
    expect([answer.kind, differing]).toEqual(['delta', []]);
  });
});

describe('a plan', () => {
  it('[PAGE-5] counts the rows a download would bring, in order, and estimates bytes and seconds', async () => {
    const answer = await plan(world.database, world.organisation, await world.person(people.ada), {
      bundle: hash,
    });
    expect(answer.entities.map(({ entity, rows }) => [entity, rows])).toEqual([
      ['job', 6_000],
      ['site', 40],
      ['step', 6_000],
      ['note', 0],
      ['user', 4],
      ['visit', 0],
      ['job_part', 0],
      ['part', 0],
    ]);
    expect(answer.rows).toBe(12_044);
    expect(answer.bytes).toBeGreaterThan(12_044 * 20);
    expect(answer.seconds).toBeGreaterThan(0);
  });
});

describe('reconciling', () => {
  it('[RECON-2] narrows a difference down by buckets and fetches only what differs', async () => {
    const device = await makeDevice(world, people.ada);
    await device.download(now);
    await device.sync(now);
    const [lost = '', stale = ''] = [...(device.rows.get('job')?.keys() ?? [])];
    device.rows.get('job')?.delete(lost);
    device.rows.get('job')?.set(stale, { ...device.rows.get('job')?.get(stale), _rev: 1 });
    const user = await world.person(people.ada);
    const buckets = await reconcile(
      world.database,
      world.organisation,
      user,
      { step: 'buckets', bundle: hash, entity: 'job' },
      now,
    );
    expect(buckets.step === 'buckets' && buckets.counts.reduce((sum, each) => sum + each, 0)).toBe(6_000);
    device.unproven.add('job');
    await device.sync(now);
    expect(device.heals).toBe(2);
    expect(device.rows.get('job')?.size).toBe(6_000);
  });
  it('[RECON-3] lists only the buckets asked for, and gives no row outside the scope, also when its id is asked for', async () => {
    const user = await world.person(people.ada);
    const list = await reconcile(
      world.database,
      world.organisation,
      user,
      { step: 'list', bundle: hash, entity: 'job', buckets: ['0a'] },
      now,
    );
    expect(list.step === 'list' && list.ids.every((id) => id.endsWith('0a'))).toBe(true);
    const foreign = [...(await tableRows(world, 'job')).values()].find((row) => row['owner'] === people.dan);
    const ids = [String(foreign?.['id'])];
    const rows = await reconcile(
      world.database,
      world.organisation,
      user,
      { step: 'rows', bundle: hash, entity: 'job', ids },
      now,
    );
    expect(rows).toMatchObject({ step: 'rows', rows: [] });
  });
});

describe('pages on their way', () => {
  it('[PAGE-6] tell where the next one begins, and guess where the one after it will', async () => {
    await world.sql(`insert into {s}.step (name, job) select 'another', id from {s}.job`);
    const first = await ask('step', null);
    const second = await ask('step', first.next);
    const third = await ask('step', second.next);
    expect([first.rows, second.rows, third.rows]).toEqual([5_000, 5_000, 2_000]);
    expect([first.nextButOne, second.nextButOne, third.next]).toEqual([second.next, null, null]);
  });
});

function columnOf(answer: PageAnswer, name: string): readonly Value[] {
  const column = answer.columns.find((each) => each.name === name);
  if (column === undefined) return [];
  return 'values' in column ? column.values : column.codes.map((code) => column.dictionary[code] ?? null);
}
