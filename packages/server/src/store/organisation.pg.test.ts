import { defineEntity, sql, type Entity, type Field, type Solution } from '@satchel/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { depot } from '../testing/depot.ts';
import { makeWorld, people, tableRows, testUrl, type World } from '../testing/world.ts';
import { openDatabase } from './database.ts';
import { MigrationError, notEmptyCode } from './migration-fault.ts';
import { openOrganisation, publish, writeAs } from './organisation.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

function entityOf(name: string): Entity {
  const entity = depot.entities.find((each) => each.name === name);
  if (entity === undefined) throw new Error(`the depot has no ${name}`);
  return entity;
}

const logOf = (entity: string) =>
  world.sql<{ op: string; record_id: string; before: Record<string, unknown> | null }>(
    `select c.op, c.record_id, c.before from {s}._change c join {s}._entity e on e.number = c.entity where e.name = '${entity}' order by c.ctid`,
  );

describe('values', () => {
  it('[SCHEMA-1] come out of the database as the wire has them', async () => {
    const [id = ''] = (
      await world.sql<{ id: string }>(
        `insert into {s}.job (title, price, due, begun, urgent, tools) values ('', 1250, '2026-01-02', '2026-01-02 03:04:05.678+02', true, '{saw,drill,saw}') returning id`,
      )
    ).map((row) => row.id);
    expect((await tableRows(world, 'job')).get(id)).toMatchObject({
      title: null,
      price: 1250,
      due: '2026-01-02',
      begun: '2026-01-02T01:04:05.678Z',
      urgent: true,
      tools: ['drill', 'saw'],
      state: 'open',
    });
  });
});

describe('stamps', () => {
  it('[SCHEMA-2] every write draws a new revision in [1, 2^40), whoever writes', async () => {
    const rows = await world.sql<{ _rev: number }>(
      `insert into {s}.site (name, _rev) select 'S' || n, 0 from generate_series(1, 500) n returning _rev`,
    );
    const again = await world.sql<{ _rev: number }>(`update {s}.site set name = name returning _rev`);
    const revs = [...rows, ...again].map((row) => row._rev);
    expect(new Set(revs).size).toBe(1_000);
    expect(revs.every((rev) => rev >= 1 && rev < 2 ** 40)).toBe(true);
  });
  it('[SCHEMA-3] who and when are stamped, with nobody where another program does not say', async () => {
    await world.database.write(async (tx) => {
      await writeAs(tx, people.ada);
      await tx.rows(sql`insert into ${world.organisation.table('site')} (name) values ('Stamped')`);
    });
    const read = async () => (await world.sql(`select * from {s}.site where name = 'Stamped'`))[0];
    const made = await read();
    expect(made).toMatchObject({ created_by: people.ada, modified_by: people.ada });
    await world.sql(`update {s}.site set secret = '1', created_at = '2000-01-01' where name = 'Stamped'`);
    expect(await read()).toMatchObject({
      created_by: people.ada,
      created_at: made?.['created_at'],
      modified_by: null,
    });
  });
  it('[SCHEMA-4] numbers are given by the server, and go on after one that came from outside', async () => {
    const number = async (column: string, value: string) =>
      (
        await world.sql<{ number: string }>(
          `insert into {s}.job (title${column}) values ('n'${value}) returning number`,
        )
      )[0]?.number;
    const first = Number((await number('', ''))?.slice(2));
    expect(await number(', number', `, 'J-${first + 10}'`)).toBe(`J-${first + 10}`);
    expect(await number(', number', ', null')).toBe(`J-${String(first + 11).padStart(4, '0')}`);
    await number(', number', `, 'J-123456'`);
    expect(await number('', '')).toBe('J-123457');
  });
});

describe('the change log', () => {
  it('[LOG-1] writes by other programs are logged, one entry for each row, with what scope had read', async () => {
    const before = (await logOf('job')).length;
    await world.sql(`insert into {s}.job (id, title, owner) values ('${people.red}', 'x', '${people.ada}')`);
    await world.sql(`update {s}.job set title = 'y' where id = '${people.red}'`);
    await world.sql(`update {s}.job set state = 'closed' where id = '${people.red}'`);
    await world.sql(`delete from {s}.job where id = '${people.red}'`);
    const log = (await logOf('job')).slice(before);
    expect(log.map(({ op, before: was }) => [op, was])).toEqual([
      ['I', null],
      ['U', null],
      ['U', { owner: people.ada, site: null, state: 'open' }],
      ['D', { owner: people.ada, site: null, state: 'closed' }],
    ]);
  });
  it('[LOG-2] rows that go by a cascade, a cleared lookup or a truncate are logged too', async () => {
    const site = people.blue;
    await world.sql(`
      insert into {s}.site (id, name) values ('${site}', 'Here');
      insert into {s}.job (title, site) values ('a', '${site}'), ('b', '${site}');
      insert into {s}.step (name, job) select 's', id from {s}.job where site = '${site}';
      insert into {s}.note (text, regarding) values ('n', 'site/${site}');
      delete from {s}.site where id = '${site}';`);
    const deleted = async (entity: string) => (await logOf(entity)).filter((row) => row.op === 'D').length;
    expect(await deleted('step')).toBe(2);
    expect(await deleted('note')).toBe(1);
    await world.sql(`insert into {s}.visit (name) values ('a'), ('b'); truncate {s}.visit`);
    expect(await deleted('visit')).toBe(2);
  });
  it('[LOG-3] a change of roles is a change of the person', async () => {
    const before = (await logOf('user')).length;
    await world.sql(
      `insert into {s}._user_role values ('${people.bob}', 'office'); delete from {s}._user_role where user_id = '${people.bob}' and role = 'office'`,
    );
    expect((await logOf('user')).slice(before).map((row) => row.record_id)).toEqual([people.bob, people.bob]);
  });
  it('[LOG-4] a commit that devices may see is durable, also where a program asked for less', async () => {
    const levels = await world.database.write(async (tx) => {
      await tx.rows('set local synchronous_commit = off');
      await tx.rows(sql`insert into ${world.organisation.table('site')} (name) values ('Durable')`);
      return tx.rows<{ synchronous_commit: string }>('show synchronous_commit');
    });
    expect(levels).toEqual([{ synchronous_commit: 'local' }]);
  });
  it('[LOG-5] a large update is logged in one pass over its rows, whatever was planned before', async () => {
    await world.sql(`insert into {s}.step (name, job) select 'x', id from {s}.job limit 1`);
    await world.database.write(async (tx) => {
      const step = world.organisation.table('step');
      const [job] = await tx.rows<{ id: string }>(
        sql`select id from ${world.organisation.table('job')} limit 1`,
      );
      await tx.rows(sql`update ${step} set name = 'one'`);
      await tx.rows(
        sql`insert into ${step} (name, job) select 'x', ${job?.id ?? ''}::uuid from generate_series(1, 20000)`,
      );
      const started = performance.now();
      await tx.rows(sql`update ${step} set name = 'two'`);
      // Row by row against each other it would be 400 million comparisons.
      expect(performance.now() - started).toBeLessThan(15_000);
    });
  });
});

describe('migrations', () => {
  const withJob = (version: number, change: (entity: Entity) => Entity): Solution => ({
    ...depot,
    schemaVersion: version,
    entities: depot.entities.map((entity) => (entity.name === 'job' ? change(entity) : entity)),
  });
  const withField = (version: number, name: string, field: Field) =>
    withJob(version, (entity) => ({ ...entity, fields: { ...entity.fields, [name]: field } }));

  it('[SCHEMA-5] new fields and entities come, empty, and what is there stays', async () => {
    const other = await makeWorld();
    await other.sql(`insert into {s}.job (title) values ('kept')`);
    const extra = defineEntity({
      ...entityOf('visit'),
      name: 'trip',
    });
    const next = withField(2, 'colour', { type: 'text', label: 'Colour', default: 'red' });
    const published = await publish(other.database, other.organisation.name, {
      ...next,
      entities: [...next.entities, extra],
    });
    expect([...(await tableRows(other, 'job')).values()]).toMatchObject([{ title: 'kept', colour: null }]);
    await other.sql(`insert into {s}.job (title) values ('new'); insert into {s}.trip (name) values ('t')`);
    expect(await other.sql(`select colour from {s}.job where title = 'new'`)).toEqual([{ colour: 'red' }]);
    expect(published.solution.schemaVersion).toBe(2);
    expect(published.numberByEntity.get('job')).toBe(other.organisation.numberByEntity.get('job'));
    await other.close();
  });
  it('[SCHEMA-6] a field is dropped only while it is empty, and a refused publish changes nothing', async () => {
    const other = await makeWorld();
    const without = withJob(2, (entity) => {
      const { due: _due, ...fields } = entity.fields;
      return { ...entity, fields };
    });
    await other.sql(`insert into {s}.job (title, due) values ('x', '2026-01-01')`);
    await expect(publish(other.database, other.organisation.name, without)).rejects.toMatchObject({
      code: notEmptyCode,
    });
    expect((await openOrganisation(other.database, other.organisation.name)).solution.schemaVersion).toBe(1);
    await other.sql(`update {s}.job set due = null`);
    await publish(other.database, other.organisation.name, without);
    expect(Object.keys([...(await tableRows(other, 'job')).values()][0] ?? {})).not.toContain('due');
    await other.close();
  });
  it('[SCHEMA-7] types widen only; rows whose values take another form get a new revision', async () => {
    const other = await makeWorld();
    const site = people.red;
    await other.sql(
      `insert into {s}.site (id, name) values ('${site}', 'S'); insert into {s}.job (title, site, state) values ('x', '${site}', 'open')`,
    );
    const [before] = [...(await tableRows(other, 'job')).values()];
    const wider = withJob(2, (entity) => ({
      ...entity,
      fields: {
        ...entity.fields,
        title: { ...entity.fields['title'], type: 'longText', label: 'Title' } as Field,
      },
    }));
    await publish(other.database, other.organisation.name, wider);
    expect([...(await tableRows(other, 'job')).values()][0]?.['_rev']).toBe(before?.['_rev']);
    const polymorphic = defineEntity({
      ...entityOf('step'),
      fields: {
        name: { type: 'text', label: 'Name' },
        job: { type: 'lookup', label: 'Job', to: ['job', 'site'] },
      },
    });
    await other.sql(`insert into {s}.step (name, job) select 's', id from {s}.job`);
    const [step] = [...(await tableRows(other, 'step')).values()];
    await publish(other.database, other.organisation.name, {
      ...wider,
      schemaVersion: 3,
      entities: wider.entities.map((entity) => (entity.name === 'step' ? polymorphic : entity)),
    });
    const [moved] = [...(await tableRows(other, 'step')).values()];
    expect(moved?.['job']).toBe(`job/${String(step?.['job'])}`);
    expect(moved?.['_rev']).not.toBe(step?.['_rev']);
    const narrower = withJob(4, (entity) => ({
      ...entity,
      fields: { ...entity.fields, due: { type: 'dateTime', label: 'Due' } },
    }));
    await expect(publish(other.database, other.organisation.name, narrower)).rejects.toBeInstanceOf(
      MigrationError,
    );
    await other.close();
  });
  it('[SCHEMA-8] two processes that publish at once do it one after the other', async () => {
    const other = await makeWorld();
    const second = await openDatabase(testUrl(), { connections: 2 });
    const next = withField(2, 'colour', { type: 'text', label: 'Colour' });
    const both = await Promise.all([
      publish(other.database, other.organisation.name, next),
      publish(second, other.organisation.name, next),
    ]);
    expect(both[0].solutionHash).toBe(both[1].solutionHash);
    await second.close();
    await other.close();
  });
  it('[SCHEMA-9] a bundle has the same hash for the same roles, in any order', () => {
    const { organisation } = world;
    expect(organisation.bundleFor(['head', 'fitter']).hash).toBe(
      organisation.bundleFor(['fitter', 'head', 'nothing']).hash,
    );
    expect(organisation.bundleFor(['office']).hash).not.toBe(organisation.bundleFor(['head']).hash);
  });
});
