import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PullAnswer, PullRequest } from '@satchel/model';
import { serverLimits } from '../limits.ts';
import { makeDevice, makeWorld, people, tableRows, type TestDevice, type World } from '../testing/world.ts';
import { pull } from './pull.ts';

const now = '2026-11-21T09:00:00.000Z';
let world: World;
let device: TestDevice;

beforeEach(async () => {
  world = await makeWorld();
  device = await makeDevice(world, people.ada);
  await device.download(now);
  await device.sync(now);
});
afterEach(() => world.close());

async function ask(more: Partial<PullRequest>, at = now): Promise<PullAnswer> {
  const user = await world.person(people.ada);
  const bundle = world.organisation.bundleFor(user.roles).hash;
  const request = { bundle, cursor: device.cursor, settledSeq: 0, ...more };
  return pull(world.database, world.organisation, { user, deviceId: device.id }, request, at);
}
type Part = Extract<PullAnswer, { kind: 'part' }>;
function partOf(answer: PullAnswer): Part {
  if (answer.kind !== 'part') throw new Error(`not a part but ${answer.kind}`);
  return answer;
}
async function nextOf(part: Part, more: Partial<PullRequest> = {}, at = now): Promise<PullAnswer> {
  return ask({ part: { at: part.at, after: part.after ?? '' }, ...more }, at);
}
const told = (part: Part) =>
  part.changes.flatMap(({ entity, rows, gone }) => [
    ...rows.map((row) => `${entity} ${String(row[0])}`),
    ...gone.map(({ id }) => `${entity} ${id}`),
  ]);
const manyJobs = (count: number, title = 'of Ada') =>
  world.sql(
    `insert into {s}.job (title, owner) select '${title} ' || n, '${people.ada}' from generate_series(1, ${count}) n`,
  );

describe('a delta too large for one message', () => {
  it('[PULL-11] comes in parts of at most so many records, each record once, in a fixed order', async () => {
    await manyJobs(2_500);
    await world.sql(`insert into {s}.note (text) select 'for all' from generate_series(1, 10)`);
    const parts: Part[] = [partOf(await ask({}))];
    for (let last = parts[0]; last !== undefined && last.after !== null; last = parts.at(-1))
      parts.push(partOf(await nextOf(last)));
    expect(parts.map((part) => told(part).length)).toEqual([serverLimits.partRowsMax, 1_000, 510]);
    const all = parts.flatMap(told);
    expect(new Set(all).size).toBe(2_510);
    const ids = all.filter((each) => each.startsWith('job')).map((each) => each.slice(4));
    expect(ids).toEqual([...ids].sort());
    expect(new Set(parts.map(({ at }) => at)).size).toBe(1);
    const closing = await ask({ cursor: parts[0]?.at ?? null, prove: true });
    expect(closing).toMatchObject({ kind: 'delta', changes: [], digests: { job: { count: 2_500 } } });
  });

  it('[PULL-11] comes in parts of at most so many bytes, and a record that is larger by itself comes alone', async () => {
    const job = '01900000-0000-7000-8000-0000000001ff';
    await world.sql(
      `insert into {s}.job (id, title, owner) values ('${job}', 'long', '${people.ada}');
       insert into {s}.note (text, regarding) select repeat('ü', 200000), 'job/${job}' from generate_series(1, 7);
       insert into {s}.note (text, regarding) values (repeat('x', 1100000), 'job/${job}');
       insert into {s}.note (text) select 'for all' from generate_series(1, 3)`,
    );
    const parts: Part[] = [partOf(await ask({}))];
    for (let last = parts[0]; last !== undefined && last.after !== null; last = parts.at(-1))
      parts.push(partOf(await nextOf(last)));
    expect(new Set(parts.flatMap(told)).size).toBe(12);
    for (const part of parts) {
      const rows = part.changes.flatMap((change) => change.rows);
      const bytes = rows.reduce((sum, row) => sum + Buffer.byteLength(JSON.stringify(row)), 0);
      expect(bytes <= serverLimits.partBytesMax || told(part).length === 1).toBe(true);
    }
    expect(parts.length).toBeGreaterThan(2);
  });

  it('[PULL-11] is one message where it fits exactly', async () => {
    await manyJobs(serverLimits.partRowsMax);
    const answer = await ask({});
    expect(answer.kind).toBe('delta');
  });

  it('[PULL-12] a part tells nothing that changed after the first one: the closing pull does', async () => {
    await manyJobs(2_200);
    const first = partOf(await ask({}));
    const later = await world.sql<{ id: string }>(
      `select id::text as id from {s}.job where id > $1::uuid order by id limit 2`,
      [String(first.changes.at(-1)?.rows.at(-1)?.[0])],
    );
    const [changed = '', gone = ''] = later.map(({ id }) => id);
    await world.sql(`update {s}.job set title = 'changed between' where id = $1`, [changed]);
    await world.sql(`delete from {s}.job where id = $1`, [gone]);
    await world.sql(`insert into {s}.job (title, owner) values ('made between', '${people.ada}')`);
    const second = partOf(await nextOf(first));
    const third = partOf(await nextOf(second));
    expect(third.after).toBe(null);
    expect(third.at).toBe(first.at);
    const texts = JSON.stringify([...second.changes, ...third.changes].map(({ rows }) => rows));
    expect([changed, gone, 'made between'].filter((each) => texts.includes(each))).toEqual([]);
    const closing = await ask({ cursor: first.at, prove: true });
    if (closing.kind !== 'delta') throw new Error('the closing pull is a delta');
    expect(closing.changes.flatMap(({ rows }) => rows.map((row) => row[0]))).toContain(changed);
    expect(closing.changes.flatMap((change) => change.gone)).toContainEqual({ id: gone, why: 'deleted' });
    expect(JSON.stringify(closing.changes)).toContain('made between');
  });

  it('[PULL-12] what left before the first part and changed after it is told as gone, because the closing pull would not know of it', async () => {
    await manyJobs(1_500);
    await device.pull(now);
    const [last] = await world.sql<{ id: string }>(`select max(id::text) as id from {s}.job`);
    await world.sql(`update {s}.job set title = title || '!'`);
    await world.sql(`update {s}.job set state = 'closed' where id = $1`, [last?.id]);
    device.betweenParts = async () => {
      await world.sql(`update {s}.job set price = 1 where id = $1`, [last?.id]);
    };
    expect((await device.pull(now)).differing).toEqual([]);
    expect(device.rows.get('job')?.has(last?.id ?? '')).toBe(false);
  });

  it('[PULL-12] all parts are judged by the clock of the first', async () => {
    await manyJobs(1_500);
    await world.sql(`insert into {s}.visit (name, at) values ('soon', '2026-11-22T09:30:00Z')`);
    const first = partOf(await ask({}));
    const hourLater = '2026-11-21T10:00:00.000Z';
    const second = partOf(await nextOf(first, {}, hourLater));
    expect(JSON.stringify([first.changes, second.changes])).not.toContain('soon');
    const closing = await ask({ cursor: first.at, prove: true }, hourLater);
    expect(closing.kind === 'delta' && JSON.stringify(closing.changes)).toContain('soon');
  });

  it('[PULL-15] begins anew where the position is another’s, or rights are other than they were', async () => {
    await manyJobs(1_500);
    const first = partOf(await ask({}));
    const begunAnew = (answer: PullAnswer) => {
      expect(partOf(answer).at).not.toBe(first.at);
      expect(told(partOf(answer)).slice(0, 3)).toEqual(told(first).slice(0, 3));
    };
    await world.sql(`insert into {s}.site (name) values ('moves the snapshot on')`);
    const after = first.after ?? '';
    begunAnew(await ask({ part: { at: first.at, after: `${after}x` } }));
    begunAnew(await ask({ part: { at: first.at, after: first.at } }));
    begunAnew(await ask({ part: { at: first.at, after: '' } }));
    begunAnew(await ask({ part: { at: device.cursor ?? '', after } }));
    await world.sql(`delete from {s}.team_member where "user" = '${people.ada}'`);
    const other = partOf(await nextOf(first));
    expect(other.at).not.toBe(first.at);
    expect(other.identity).toMatchObject({ user: { teams: [] } });
    expect((await nextOf(first, { cursor: `${device.cursor}x` })).kind).toBe('reconcile');
  });
});

/** A generator of its own, so that a failing run can be run again. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('writers between the parts', () => {
  it.each([1, 2, 3])(
    '[PULL-13] leave no wrong row when the parts and their closing delta are taken together, nothing being repaired (seed %i)',
    async (seed) => {
      const next = chance(seed);
      const some = (table: string, count: number) =>
        `(select id from {s}.${table} order by md5(id::text || '${seed}/${next(1_000_000)}') limit ${count})`;
      const owners = [people.ada, people.bob, people.dan];
      const acts: readonly (() => string)[] = [
        () => `update {s}.job set title = title || '.' where id in ${some('job', 40)}`,
        () => `update {s}.job set owner = '${owners[next(3)]}' where id in ${some('job', 60)}`,
        () => `update {s}.job set state = '${['open', 'closed'][next(2)]}' where id in ${some('job', 60)}`,
        () => `update {s}.job set site = ${some('site', 1)} where id in ${some('job', 30)}`,
        () => `update {s}.step set job = ${some('job', 1)} where id in ${some('step', 30)}`,
        () => `delete from {s}.job where id in ${some('job', 15)}`,
        () =>
          `insert into {s}.job (title, owner, site) select 'new', '${owners[next(3)]}', ${some('site', 1)} from generate_series(1, 20)`,
        () => `insert into {s}.step (name, job) select 'new', id from ${some('job', 20)} j`,
        () => `insert into {s}.note (text, regarding) select 'n', 'job/' || id from ${some('job', 20)} j`,
        () => `delete from {s}.site where id in ${some('site', 1)}`,
      ];
      const writes = async (count: number) => {
        for (let index = 0; index < count; index += 1)
          await world.sql(acts[next(acts.length)]?.() ?? 'select 1');
      };
      await world.sql(`insert into {s}.site (name) select 's' || n from generate_series(1, 40) n`);
      for (const owner of owners)
        await world.sql(
          `insert into {s}.job (title, owner, site) select 'j', '${owner}', ${some('site', 1)} from generate_series(1, 700)`,
        );
      await world.sql(`insert into {s}.step (name, job) select 'first', id from {s}.job`);
      device.betweenParts = () => writes(3);
      for (let round = 0; round < 3; round += 1) {
        const before = device.parts;
        const { differing } = await device.pull(now);
        expect([round, differing]).toEqual([round, []]);
        for (const entity of ['job', 'step', 'site', 'note']) {
          const all = await tableRows(world, entity);
          for (const [id, row] of device.rows.get(entity) ?? [])
            expect(row['_rev']).toBe(all.get(id)?.['_rev']);
        }
        if (round === 0) expect(device.parts - before).toBeGreaterThan(2);
        await writes(12);
        await world.sql(`update {s}.step set name = name || '!'`);
      }
    },
    60_000,
  );
});
