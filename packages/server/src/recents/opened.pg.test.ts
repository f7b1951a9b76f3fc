// Pins and recents on the server: what joins a scope, what leaves it, how far, and whom it concerns. Devices must never need to compare.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { safePolicy, type OpenedRequest, type ScopePolicy, type Verdict } from '@satchel/model';
import { afterEach, describe, expect, it } from 'vitest';
import { push } from '../push/push.ts';
import { rawOf } from '../push/testing/pushing.ts';
import { openWake } from '../sync-read/wake.ts';
import { depot } from '../testing/depot.ts';
import { makeDevice, makeWorld, people, testUrl, type TestDevice, type World } from '../testing/world.ts';
import { noteOpened } from './opened.ts';

const now = '2026-11-21T09:00:00.000Z';
const few: ScopePolicy = {
  recents: { entities: 2, records: 2 },
  pins: { records: 2 },
  addOnAccess: false,
};
let world: World;
afterEach(() => world.close());

const opening = (scope: ScopePolicy) => makeWorld({ ...depot, policy: { ...safePolicy, scope } });
async function opens(person: string, ...opened: OpenedRequest['opened']): Promise<void> {
  await noteOpened(world.database, world.organisation, await world.person(person), opened);
}
/** A closed job: the profile does not carry it, but who may read it may have it. */
async function closedJob(owner: string): Promise<string> {
  const id = randomUUID();
  await world.sql(
    `insert into {s}.job (id, title, owner, state) values ('${id}', 'Old', '${owner}', 'closed');
     insert into {s}.step (name, job) values ('s', '${id}')`,
  );
  return id;
}
async function deviceOf(person: string): Promise<TestDevice> {
  const device = await makeDevice(world, person);
  await device.download(now);
  return device;
}
/** Pulls; everything must be told by the delta. */
async function held(device: TestDevice, entity: string): Promise<readonly string[]> {
  expect((await device.pull(now)).differing).toEqual([]);
  return [...(device.rows.get(entity)?.keys() ?? [])].sort();
}
let seq = 0;
async function pushes(
  device: TestDevice,
  person: string,
  command: 'create' | 'delete',
  recordId: string,
  set: object = {},
) {
  const user = await world.person(person);
  const model = world.organisation.modelFor(user.roles);
  const changes = Object.fromEntries(
    Object.entries(set).map(([name, value]) => [name, { base: null, value }]),
  );
  const at = { device: now, corrected: null };
  const mutation = {
    id: randomUUID(),
    seq: (seq += 1),
    entity: 'pin',
    recordId,
    command,
    changes,
    baseRev: null,
    schemaVersion: 1,
    at,
  };
  const ports = {
    database: world.database,
    now: () => now,
    reference: () => randomUUID(),
    report: () => undefined,
  };
  const pusher = {
    organisation: world.organisation,
    caller: { user, model, privileges: model.bundle.privileges },
    deviceId: device.id,
  };
  const { verdicts } = await push(ports, pusher, [rawOf(mutation)]);
  return verdicts[0] as Verdict;
}

describe('records used lately', () => {
  it('[RECENT-1] join the scope with what hangs on them, and leave and come back with the permission; all told by deltas', async () => {
    world = await opening(few);
    const job = await closedJob(people.bob);
    const device = await deviceOf(people.ada);
    expect(await held(device, 'job')).toEqual([]);
    await opens(people.ada, { entity: 'job', id: job });
    expect(await held(device, 'job')).toEqual([job]);
    expect(await held(device, 'step')).toHaveLength(1);
    await world.sql(`update {s}.job set owner = '${people.dan}' where id = '${job}'`);
    expect(await held(device, 'job')).toEqual([]);
    expect(await held(device, 'step')).toEqual([]);
    await world.sql(`update {s}.job set owner = '${people.ada}' where id = '${job}'`);
    expect(await held(device, 'job')).toEqual([job]);
    await world.sql(`delete from {s}.job where id = '${job}'`);
    expect(await held(device, 'recent')).toEqual([]);
    expect(device.heals).toBe(0);
  });

  it('[RECENT-2] are so many of each of the entities used last: what is pushed out leaves', async () => {
    world = await opening(few);
    const jobs = [await closedJob(people.ada), await closedJob(people.ada), await closedJob(people.ada)];
    const site = randomUUID();
    const part = randomUUID();
    await world.sql(
      `insert into {s}.site (id, name) values ('${site}', 'S'); insert into {s}.part (id, name) values ('${part}', 'P')`,
    );
    const device = await deviceOf(people.ada);
    const asJob = (id: string) => ({ entity: 'job', id });
    await opens(people.ada, ...jobs.slice(0, 2).map(asJob), { entity: 'site', id: site });
    expect(await held(device, 'job')).toEqual(jobs.slice(0, 2).sort());
    await opens(people.ada, ...jobs.slice(2).map(asJob));
    expect(await held(device, 'job')).toEqual(jobs.slice(1).sort());
    expect(await held(device, 'site')).toEqual([site]);
    // A third entity pushes the one out that was used longest ago.
    await opens(people.ada, { entity: 'part', id: part });
    expect([await held(device, 'site'), await held(device, 'part')]).toEqual([[], [part]]);
    expect(device.heals).toBe(0);
  });

  it('[RECENT-3] with addition on access the last of any entity stay', async () => {
    world = await opening({ ...few, addOnAccess: true });
    const jobs = [await closedJob(people.ada), await closedJob(people.ada), await closedJob(people.ada)];
    const device = await deviceOf(people.ada);
    await opens(people.ada, ...jobs.map((id) => ({ entity: 'job', id })));
    expect(await held(device, 'job')).toEqual([...jobs].sort());
  });

  it('[RECENT-4] of what a person may not read or does not carry nothing is kept, and a second look at once is no second write', async () => {
    world = await opening(few);
    const [mine, theirs] = [await closedJob(people.ada), await closedJob(people.dan)];
    await opens(
      people.ada,
      { entity: 'job', id: theirs },
      { entity: 'team', id: people.red },
      { entity: 'recent', id: randomUUID() },
      { entity: 'job', id: mine },
    );
    const kept = () => world.sql<{ record: string; _rev: number }>(`select record, _rev from {s}.recent`);
    const [first] = await kept();
    expect(await kept()).toEqual([{ record: `job/${mine}`, _rev: first?._rev }]);
    await opens(people.ada, { entity: 'job', id: mine });
    expect(await kept()).toEqual([first]);
  });

  it('[RECENT-5] concern nobody else: nobody is woken, and the pulls of others look at none of them', async () => {
    world = await opening(few);
    const job = await closedJob(people.bob);
    const [bob, boss] = [await deviceOf(people.bob), await deviceOf(people.cyd)];
    const wake = await openWake(testUrl(), () => undefined);
    let heard = 0;
    wake.onChange(world.organisation.name, () => (heard += 1));
    await sleep(100);
    await opens(people.ada, { entity: 'job', id: job });
    for (const device of [bob, boss]) expect((await device.pull(now)).answer.kind).toBe('nothing');
    expect(heard).toBe(0);
    await world.sql(`update {s}.site set name = 'x'`);
    for (let waitedMs = 0; heard === 0 && waitedMs < 10_000; waitedMs += 20) await sleep(20);
    expect(heard).toBe(1);
    await wake.close();
  });
});

describe('pins', () => {
  it('[PIN-1] bring a record along and take it away again, through the outbox like any record', async () => {
    world = await opening(few);
    const job = await closedJob(people.bob);
    const device = await deviceOf(people.ada);
    const pin = randomUUID();
    expect(await pushes(device, people.ada, 'create', pin, { record: `job/${job}` })).toMatchObject({
      outcome: 'applied',
    });
    expect(await held(device, 'job')).toEqual([job]);
    expect(await held(device, 'pin')).toEqual([pin]);
    // Also used lately: it stays for that reason when the pin goes.
    await opens(people.ada, { entity: 'job', id: job });
    expect(await pushes(device, people.ada, 'delete', pin)).toMatchObject({ outcome: 'applied' });
    expect([await held(device, 'job'), await held(device, 'pin')]).toEqual([[job], []]);
    expect(device.heals).toBe(0);
  });

  it('[PIN-2] are so many at most, one’s own only, and seen by nobody else, above or below', async () => {
    world = await makeWorld({
      ...depot,
      hierarchy: { kind: 'manager', levels: 2 },
      policy: { ...safePolicy, scope: few },
    });
    await world.sql(`update {s}."user" set manager = '${people.cyd}' where id = '${people.ada}'`);
    const jobs = [await closedJob(people.ada), await closedJob(people.ada), await closedJob(people.ada)];
    const [device, boss] = [await deviceOf(people.ada), await deviceOf(people.cyd)];
    const verdicts: Verdict[] = [];
    seq = 0;
    for (const job of jobs)
      verdicts.push(await pushes(device, people.ada, 'create', randomUUID(), { record: `job/${job}` }));
    expect(verdicts.map(({ outcome, code }) => code ?? outcome)).toEqual([
      'applied',
      'applied',
      'too_many_pins',
    ]);
    const forced = { record: `job/${String(jobs[0])}`, owner: people.bob };
    expect(await pushes(device, people.ada, 'create', randomUUID(), forced)).toMatchObject({
      code: 'forbidden',
    });
    expect(await held(device, 'job')).toHaveLength(2);
    expect([await held(boss, 'pin'), await held(boss, 'job')]).toEqual([[], []]);
  });
});
