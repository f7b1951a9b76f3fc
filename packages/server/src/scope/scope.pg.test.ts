import { randomUUID } from 'node:crypto';
import type { Row } from '@satchel/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDevice, makeWorld, people, tableRows, type TestDevice, type World } from '../testing/world.ts';

const now = '2026-11-21T09:00:00.000Z';
let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

/** The scope told a second time, in plain JS over all rows: what compile-scope.ts says in SQL. */
async function oracle(userId: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const user = await world.person(userId);
  const all = async (entity: string) => [...(await tableRows(world, entity)).values()];
  const [jobs, sites, steps, notes, users, members, visits, links, parts] = (await Promise.all(
    ['job', 'site', 'step', 'note', 'user', 'team_member', 'visit', 'job_part', 'part'].map(all),
  )) as [Row[], Row[], Row[], Row[], Row[], Row[], Row[], Row[], Row[]];
  const mates = members
    .filter((each) => user.teams.includes(String(each['team'])))
    .map((each) => each['user']);
  const unitOf = new Map(users.map((each) => [each['id'], each['business_unit']]));
  const isHead = user.roles.includes('head');
  const mayRead = (owner: Row[string] | undefined) =>
    owner === user.id ||
    mates.includes(owner ?? null) ||
    (isHead && user.businessUnits.includes(String(unitOf.get(owner ?? null))));
  const job = jobs.filter((each) => mayRead(each['owner']) && each['state'] !== 'closed');
  const jobIds = new Set(job.map((each) => each['id']));
  const site = sites.filter((each) => job.some((one) => one['site'] === each['id']));
  const siteIds = new Set(site.map((each) => each['id']));
  const step = steps.filter((each) => jobIds.has(each['job'] ?? null));
  const note = notes.filter((each) => {
    const [kind, id = ''] = String(each['regarding']).split('/');
    return each['text'] === 'for all' || (kind === 'job' ? jobIds.has(id) : siteIds.has(id));
  });
  const visit = visits.filter(
    (each) => each['at'] !== null && String(each['at']) < '2026-11-22T09:00:00.000Z',
  );
  const job_part = links.filter((each) => jobIds.has(each['job'] ?? null));
  const part = parts.filter((each) => job_part.some((link) => link['part'] === each['id']));
  const scopes = { job, site, step, note, user: users, visit, job_part, part };
  return new Map(
    Object.entries(scopes).map(([name, rows]) => [
      name,
      rows.map((row) => `${String(row['id'])} ${String(row['_rev'])}`).sort(),
    ]),
  );
}

function heldBy(device: TestDevice, entity: string): readonly string[] {
  return [...(device.rows.get(entity)?.values() ?? [])]
    .map((row) => `${String(row['id'])} ${String(row['_rev'])}`)
    .sort();
}

async function expectAgreement(device: TestDevice, userId: string): Promise<void> {
  for (const [entity, rows] of await oracle(userId))
    expect([entity, heldBy(device, entity)]).toEqual([entity, rows]);
}

/** Numbers from a seed: a failing run can be run again. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Writes as other programs make them. Those that change who is in a team or unit come last. */
function randomWrite(
  roll: (below: number) => number,
  known: { jobs: string[]; sites: string[]; parts: string[] },
): string {
  const of = <T>(items: readonly T[]): T => items[roll(items.length)] as T;
  const owner = of([people.ada, people.bob, people.cyd, people.dan]);
  const job = of(known.jobs);
  const site = of(known.sites);
  const state = of(['open', 'closed']);
  switch (roll(17)) {
    case 0: {
      const id = randomUUID();
      known.jobs.push(id);
      return `insert into {s}.job (id, title, owner, site, state) values ('${id}', 't', '${owner}', '${site}', '${state}')`;
    }
    case 1:
      return `update {s}.job set owner = '${owner}' where id = '${job}'`;
    case 2:
      return `update {s}.job set state = '${state}' where id = '${job}'`;
    case 3:
      return `update {s}.job set site = ${roll(4) === 0 ? 'null' : `'${site}'`} where id = '${job}'`;
    case 4:
      return `delete from {s}.job where id = '${job}'`;
    case 5:
      return `insert into {s}.step (name, job) select 's', id from {s}.job where id = '${job}'`;
    case 6:
      return `update {s}.step set job = (select id from {s}.job order by id desc limit 1) where job = '${job}'`;
    case 7:
      return `insert into {s}.note (text, regarding) values ('${of(['n', 'for all'])}', '${of([`job/${job}`, `site/${site}`])}')`;
    case 8:
      return `update {s}.note set regarding = 'site/${site}' where regarding = 'job/${job}'`;
    case 9:
      return `update {s}.note set text = '${of(['n', 'for all'])}' where regarding = 'site/${site}'`;
    case 10:
      return `update {s}.job set title = title || '.' where owner = '${owner}'`;
    case 11:
      return `insert into {s}.visit (name, at) values ('v', '2026-11-2${roll(5)}T08:00:00Z')`;
    case 12:
      return `update {s}.site set name = name || '.' where id = '${site}'`;
    case 13:
      return `insert into {s}.job_part (job, part) select id, '${of(known.parts)}' from {s}.job where id = '${job}' on conflict do nothing`;
    case 14:
      return `delete from {s}.job_part where job = '${job}' and part = '${of(known.parts)}'`;
    case 15:
      return `update {s}.job_part set job = '${job}' where part = '${of(known.parts)}' and ctid = (select min(ctid) from {s}.job_part where part = '${of(known.parts)}')`;
    default:
      return roll(3) === 0
        ? `delete from {s}.site where id = '${site}'`
        : `insert into {s}.site (id, name) values ('${site}', 'again') on conflict do nothing`;
  }
}

describe('scope', () => {
  it.each([1, 2, 3])(
    '[SCOPE-4] after each pull a device holds what a naive reading of the profile gives, whatever is written meanwhile (seed %i)',
    async (seed) => {
      const roll = dice(seed);
      const known = {
        jobs: Array.from({ length: 12 }, () => randomUUID()),
        sites: Array.from({ length: 5 }, () => randomUUID()),
        parts: Array.from({ length: 4 }, () => randomUUID()),
      };
      for (const id of known.parts) await world.sql(`insert into {s}.part (id, name) values ('${id}', 'P')`);
      for (const id of known.sites) await world.sql(`insert into {s}.site (id, name) values ('${id}', 'S')`);
      const users = [people.ada, people.cyd, people.dan];
      const devices = await Promise.all(users.map((user) => makeDevice(world, user)));
      for (const device of devices) {
        await device.download(now);
        await device.sync(now);
      }
      for (let round = 0; round < 25; round += 1) {
        const count = 1 + roll(6);
        for (let index = 0; index < count; index += 1) {
          // A site that was deleted cannot be pointed to: that write fails, and nothing comes of it; no more does a second link of the same two.
          await world.sql(randomWrite(roll, known)).catch((error: { code?: string }) => {
            if (error.code !== '23503' && error.code !== '23505') throw error;
          });
        }
        for (const [index, device] of devices.entries()) {
          const { differing } = await device.pull(now);
          expect(differing).toEqual([]);
          await expectAgreement(device, users[index] as string);
        }
      }
      expect(devices.map((device) => device.heals)).toEqual([0, 0, 0]);
      await mayHaveHeardOnlyWhatWasReadable(devices[2] as TestDevice);
    },
  );
  it('[SCOPE-6] a record carried for two reasons leaves only when both are gone, whatever the kind of the reasons', async () => {
    const [device, site, bolt] = [await makeDevice(world, people.ada), randomUUID(), randomUUID()];
    const jobs = [randomUUID(), randomUUID()];
    await world.sql(`insert into {s}.site (id, name) values ('${site}', 'S')`);
    await world.sql(`insert into {s}.part (id, name) values ('${bolt}', 'Bolt')`);
    for (const id of jobs)
      await world.sql(
        `insert into {s}.job (id, title, owner, site) values ('${id}', 't', '${people.ada}', '${site}');
         insert into {s}.job_part (job, part) values ('${id}', '${bolt}')`,
      );
    await world.sql(
      `insert into {s}.note (id, text, regarding) values ('${site}', 'for all', 'job/${String(jobs[0])}')`,
    );
    await device.download(now);
    const holds = () =>
      ['site', 'part', 'note'].map((name, at) => device.rows.get(name)?.has([site, bolt, site][at] ?? ''));
    const after = async (text: string) => {
      await world.sql(text);
      expect((await device.pull(now)).differing).toEqual([]);
      return holds();
    };
    expect(holds()).toEqual([true, true, true]);
    // One job closes: the other still brings the site and the part along, and the note is for all.
    expect(await after(`update {s}.job set state = 'closed' where id = '${String(jobs[0])}'`)).toEqual([
      true,
      true,
      true,
    ]);
    // The note is no longer for all, and its job is closed.
    expect(await after(`update {s}.note set text = 'n' where id = '${site}'`)).toEqual([true, true, false]);
    expect(await after(`delete from {s}.job_part where job = '${String(jobs[1])}'`)).toEqual([
      true,
      false,
      false,
    ]);
    expect(await after(`update {s}.job set site = null where id = '${String(jobs[1])}'`)).toEqual([
      false,
      false,
      false,
    ]);
    expect(await after(`update {s}.job set state = 'open' where id = '${String(jobs[0])}'`)).toEqual([
      true,
      true,
      true,
    ]);
    expect(device.heals).toBe(0);
  });
  it('[SCOPE-5] people who come to or leave teams and units are put right by comparing', async () => {
    const roll = dice(9);
    const device = await makeDevice(world, people.cyd);
    await device.download(now);
    await world.sql(
      `insert into {s}.job (title, owner) select 't', id from {s}."user" cross join generate_series(1, 5)`,
    );
    for (let round = 0; round < 8; round += 1) {
      const user = [people.ada, people.bob, people.cyd, people.dan][roll(4)];
      await world.sql(
        [
          `delete from {s}.team_member where "user" = '${user}'`,
          `insert into {s}.team_member (team, "user") values ('${people.blue}', '${user}') on conflict do nothing`,
          `update {s}."user" set business_unit = '${people.northEnd}' where id = '${user}'`,
          `update {s}."user" set business_unit = null where id = '${user}'`,
        ][roll(4)] as string,
      );
      await device.sync(now);
      await expectAgreement(device, people.cyd);
    }
  });
});

/** Dan belongs to no team: a job he ever heard of was once his. Owners only ever change, so the log tells. */
async function mayHaveHeardOnlyWhatWasReadable(device: TestDevice): Promise<void> {
  const rows = await world.sql<{ id: string }>(
    `select id from {s}.job where owner = '${people.dan}'
     union select record_id from {s}._change c where before->>'owner' = '${people.dan}'`,
  );
  const readable = new Set(rows.map((row) => row.id));
  const jobs = await world.sql<{ id: string }>(
    `select id from {s}.job union select record_id from {s}._change c join {s}._entity e on e.number = c.entity and e.name = 'job'`,
  );
  expect(jobs.filter(({ id }) => device.heardOf.has(id) && !readable.has(id))).toEqual([]);
}
