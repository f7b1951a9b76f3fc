import { randomUUID } from 'node:crypto';
import { SyncError } from '@satchel/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOrganisation, pruneChangeLog, publish } from '../store/organisation.ts';
import { depot } from '../testing/depot.ts';
import { makeDevice, makeWorld, people, type TestDevice, type World } from '../testing/world.ts';
import { pull } from './pull.ts';

const now = '2026-11-21T09:00:00.000Z';
let world: World;
let device: TestDevice;

beforeEach(async () => {
  world = await makeWorld();
  await world.sql(`
    insert into {s}.site (id, name) values ('${sites.a}', 'A'), ('${sites.b}', 'B');
    insert into {s}.job (id, title, owner, site) values
      ('${jobs.ada}', 'of Ada', '${people.ada}', '${sites.a}'), ('${jobs.bob}', 'of Bob', '${people.bob}', '${sites.a}'),
      ('${jobs.dan}', 'of Dan', '${people.dan}', '${sites.b}');
    insert into {s}.step (id, name, job) values ('${steps.ada}', 'first', '${jobs.ada}'), ('${steps.dan}', 'foreign', '${jobs.dan}');`);
  device = await makeDevice(world, people.ada);
  await device.download(now);
  await device.sync(now);
});
afterEach(() => world.close());

const id = (last: string) => `01900000-0000-7000-8000-0000000001${last}`;
const sites = { a: id('01'), b: id('02') };
const jobs = { ada: id('11'), bob: id('12'), dan: id('13') };
const steps = { ada: id('21'), dan: id('22') };
const held = (entity: string) => [...(device.rows.get(entity)?.keys() ?? [])].sort();
const goneOf = (answer: Awaited<ReturnType<TestDevice['pull']>>['answer']) =>
  answer.kind === 'delta' ? answer.changes.flatMap(({ gone }) => gone) : [];

describe('a pull', () => {
  it('[PULL-1] after a download brings nothing, and a cursor to go on from', async () => {
    expect(held('job')).toEqual([jobs.ada, jobs.bob]);
    expect([held('site'), held('step')]).toEqual([[sites.a], [steps.ada]]);
    const { answer } = await device.pull(now);
    expect(answer).toMatchObject({ kind: 'nothing', outcomes: [], settles: 0, serverTime: now });
    expect(device.heals).toBe(0);
  });
  it('[PULL-10] asked for a proof tells digests also where nothing is new', async () => {
    const { answer, differing } = await device.pull(now, true);
    expect(answer).toMatchObject({ kind: 'delta', changes: [], digests: { job: { count: 2 } } });
    expect(differing).toEqual([]);
  });
  it('[PULL-2] brings rows that changed, with all that newly hangs on them, and digests that then agree', async () => {
    await world.sql(`update {s}.job set owner = '${people.ada}' where id = '${jobs.dan}'`);
    const { answer, differing } = await device.pull(now);
    expect(answer.kind).toBe('delta');
    expect(differing).toEqual([]);
    expect([held('job'), held('site'), held('step')]).toEqual([
      [jobs.ada, jobs.bob, jobs.dan],
      [sites.a, sites.b],
      [steps.ada, steps.dan],
    ]);
  });
  it('[PULL-3] names rows that left, those that hung on them, and tells deleted from left', async () => {
    await world.sql(
      `update {s}.job set state = 'closed' where id = '${jobs.bob}'; delete from {s}.job where id = '${jobs.ada}'`,
    );
    const { answer, differing } = await device.pull(now);
    expect(differing).toEqual([]);
    expect(goneOf(answer).sort((a, b) => a.id.localeCompare(b.id))).toEqual([
      { id: sites.a, why: 'left' },
      { id: jobs.ada, why: 'deleted' },
      { id: jobs.bob, why: 'left' },
      { id: steps.ada, why: 'deleted' },
    ]);
    expect([held('job'), held('site'), held('step')]).toEqual([[], [], []]);
  });
  it('[PULL-4] never names an id that the person could not have held', async () => {
    await world.sql(
      `update {s}.job set title = 'x', state = 'closed' where id = '${jobs.dan}'; delete from {s}.job where id = '${jobs.dan}'`,
    );
    const made = randomUUID();
    await world.sql(`insert into {s}.job (id, title, owner) values ('${made}', 'brief', '${people.dan}')`);
    await world.sql(`delete from {s}.job where id = '${made}'`);
    const { answer, differing } = await device.pull(now);
    expect([goneOf(answer), differing]).toEqual([[], []]);
    expect(device.heardOf.has(jobs.dan) || device.heardOf.has(made) || device.heardOf.has(steps.dan)).toBe(
      false,
    );
  });
  it('[PULL-5] follows lookups to one of several entities, both to and fro', async () => {
    const notes = { job: id('31'), site: id('32'), foreign: id('33'), all: id('34') };
    await world.sql(`insert into {s}.note (id, text, regarding) values
      ('${notes.job}', 'n', 'job/${jobs.ada}'), ('${notes.site}', 'n', 'site/${sites.a}'),
      ('${notes.foreign}', 'n', 'site/${sites.b}'), ('${notes.all}', 'for all', null)`);
    expect((await device.pull(now)).differing).toEqual([]);
    expect(held('note')).toEqual([notes.job, notes.site, notes.all]);
    await world.sql(
      `update {s}.job set site = '${sites.b}' where id = '${jobs.ada}'; update {s}.note set text = 'not' where id = '${notes.all}'`,
    );
    expect((await device.pull(now)).differing).toEqual([]);
    expect([held('note'), held('site')]).toEqual([
      [notes.job, notes.site, notes.foreign],
      [sites.a, sites.b],
    ]);
  });
  it('[PULL-6] sends the columns of the bundle and no others', async () => {
    await world.sql(
      `alter table {s}.site add column hidden text; update {s}.site set hidden = 'x', name = 'other' where id = '${sites.a}'`,
    );
    await device.pull(now);
    expect(Object.keys(device.rows.get('site')?.get(sites.a) ?? {})).toEqual([
      'id',
      'name',
      'secret',
      'created_at',
      'created_by',
      'modified_at',
      'modified_by',
      '_rev',
    ]);
  });
  it('[PULL-7] tells the outcomes of this device that it has not settled, and how far they go, in the same snapshot', async () => {
    const verdict = { id: randomUUID(), seq: 1, outcome: 'rejected', code: 'forbidden' };
    await world.sql(
      `insert into {s}._ledger (device_id, seq, mutation_id, payload_hash, payload, verdict) values ($1, 1, $2, '', '{}', $3)`,
      [device.id, verdict.id, JSON.stringify(verdict)],
    );
    await world.sql(`update {s}._device set last_seq = 1 where id = $1`, [device.id]);
    expect((await device.pull(now)).answer).toMatchObject({
      kind: 'nothing',
      settles: 1,
      outcomes: [verdict],
    });
    const ask = { bundle: world.organisation.bundleFor(['fitter']).hash, cursor: null, settledSeq: 0 };
    const who = { user: await world.person(people.ada), deviceId: device.id };
    expect(await pull(world.database, world.organisation, who, ask, now)).toMatchObject({
      kind: 'nothing',
      cursor: null,
      settles: 1,
      outcomes: [verdict],
    });
    const settled = await pull(
      world.database,
      world.organisation,
      who,
      { ...ask, cursor: device.cursor, settledSeq: 1 },
      now,
    );
    expect(settled).toMatchObject({ kind: 'nothing', outcomes: [] });
    expect(await world.sql('select settled_seq from {s}._device where id = $1', [device.id])).toEqual([
      { settled_seq: 1 },
    ]);
  });
  it("[PULL-8] of a device that is not this person's is refused", async () => {
    const who = { user: await world.person(people.bob), deviceId: device.id };
    const ask = {
      bundle: world.organisation.bundleFor(['fitter']).hash,
      cursor: device.cursor,
      settledSeq: 0,
    };
    await expect(pull(world.database, world.organisation, who, ask, now)).rejects.toBeInstanceOf(SyncError);
  });
  it('[PULL-9] advances over changes that concern nobody here without looking at a row', async () => {
    await world.sql(
      `create table {s}.x (); insert into {s}.team (name) select 'T' from generate_series(1, 3); insert into {s}.site (name) values ('far away')`,
    );
    const { answer, differing } = await device.pull(now);
    expect([answer.kind, differing]).toEqual(['delta', []]);
    expect(answer.kind === 'delta' && answer.changes).toEqual([]);
    expect((await device.pull(now)).answer.kind).toBe('nothing');
  });
});

describe('what moves a scope without a row of it changing', () => {
  it('[SCOPE-1] a team joined or left: the identity is told, and comparing puts the rows right', async () => {
    await world.sql(`delete from {s}.team_member where "user" = '${people.bob}'`);
    const { answer, differing } = await device.pull(now);
    expect(differing).toEqual(['job']);
    // Bob left the team, not Ada: who she is stays the same.
    expect(answer.kind === 'delta' && answer.identity).toBe(undefined);
    await device.sync(now);
    expect(held('job')).toEqual([jobs.ada]);
    await world.sql(
      `insert into {s}.team_member (team, "user") values ('${people.blue}', '${people.ada}'), ('${people.blue}', '${people.dan}')`,
    );
    const joined = await device.pull(now);
    expect(joined.answer).toMatchObject({
      kind: 'delta',
      identity: { user: { teams: [people.red, people.blue] } },
    });
    expect(joined.differing.sort()).toEqual(['job', 'site', 'step']);
    await device.sync(now);
  });
  it('[SCOPE-2] roles: another bundle, so everything is compared', async () => {
    await world.sql(`insert into {s}._user_role values ('${people.ada}', 'head')`);
    const { answer } = await device.pull(now);
    expect(answer).toMatchObject({
      kind: 'reconcile',
      why: 'bundle',
      identity: { user: { roles: ['fitter', 'head'] } },
    });
    await device.sync(now);
    expect(held('job')).toEqual([jobs.ada, jobs.bob]);
  });
  it('[SCOPE-3] time: rows that come near or go by as the clock moves on are told, without comparing', async () => {
    await world.sql(
      `insert into {s}.visit (name, at) values ('near', '2026-11-22T08:00:00Z'), ('soon', '2026-11-22T09:30:00Z')`,
    );
    await device.sync(now);
    expect(held('visit').length).toBe(1);
    expect((await device.pull('2026-11-21T09:04:59.999Z')).answer.kind).toBe('nothing');
    const { answer, differing } = await device.pull('2026-11-21T10:00:00.000Z');
    expect([answer.kind, differing]).toEqual(['delta', []]);
    expect(held('visit').length).toBe(2);
    expect((await device.pull('2026-11-21T10:00:00.000Z')).answer.kind).toBe('nothing');
    expect((await device.pull('2026-11-21T09:00:00.000Z')).differing).toEqual([]);
    expect(held('visit').length).toBe(1);
  });
});

describe('a cursor that cannot be served', () => {
  it('[RECON-1] is answered with what must be compared and why: another history, a pruned log, another bundle, too many changes', async () => {
    const why = async () => {
      const { answer } = await device.pull(now);
      return answer.kind === 'reconcile' ? answer.why : answer.kind;
    };
    device.cursor = `${device.cursor}x`;
    expect(await why()).toBe('history');
    await world.sql(`insert into {s}.site (name) values ('s')`);
    await pruneChangeLog(world.database, world.organisation, 0);
    expect(await why()).toBe('horizon');
    expect(await why()).toBe('nothing');
    await world.sql(`insert into {s}.site (name) select 's' from generate_series(1, 20001)`);
    expect(await why()).toBe('too_many');
    expect(await why()).toBe('nothing');
    await world.sql(`update {s}._organisation set history_id = gen_random_uuid()`);
    const { database, organisation } = world;
    world = { ...world, organisation: await openOrganisation(database, organisation.name) };
    const who = { user: await world.person(people.ada), deviceId: device.id };
    const ask = { bundle: organisation.bundleFor(['fitter']).hash, cursor: device.cursor, settledSeq: 0 };
    expect(await pull(database, world.organisation, who, ask, now)).toMatchObject({
      kind: 'reconcile',
      why: 'history',
    });
    const changed = await publish(database, organisation.name, {
      ...depot,
      label: 'Renamed',
      schemaVersion: 2,
    });
    expect(await pull(database, changed, who, ask, now)).toMatchObject({ kind: 'reconcile' });
  });
});
