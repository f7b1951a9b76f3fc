// The promises of docs/SPEC.md, one by one, on the whole system: real engine, real server code, real PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settleFirst } from './actions.ts';
import { seededChance } from './chance.ts';
import { differences, heldBy, scopeOf } from './oracle.ts';
import { fairWire, type WireFaults } from './wire.ts';
import { openSimWorld, type SimDevice, type SimWorld } from './world.ts';

const chance = seededChance(20_261_121);
let world: SimWorld;
let accountId: string;

beforeAll(async () => {
  world = await openSimWorld(`invariants_${process.pid}`, chance.fork());
  const [account] = await world.sql(
    `insert into account (id, name, status) values (gen_random_uuid(), 'Harbour Hotel', 'active') returning id`,
  );
  accountId = String(account?.['id']);
});

afterAll(() => world.close());

const always: WireFaults = { ...fairWire, loseAnswer: 1 };

async function technician(): Promise<SimDevice> {
  const ann = world.people.find((person) => person.login === 'ann');
  if (ann === undefined) throw new Error('ann is missing');
  const device = await world.device(ann);
  await device.engine().download();
  return device;
}

/** A work order of ann's, made by the office. */
async function newOrder(title: string, status = 'open', owner = 'ann'): Promise<string> {
  const [row] = await world.sql(
    `insert into work_order (id, title, status, priority, owner, account, team, labour_minutes)
     select gen_random_uuid(), $1, $2, '3', u.id, $3, m.team, 0 from "user" u left join team_member m on m."user" = u.id
     where u.login = $4 returning id`,
    [title, status, accountId, owner],
  );
  return String(row?.['id']);
}

async function orderOnServer(id: string): Promise<Record<string, unknown>> {
  const [row] = await world.sql('select * from work_order where id = $1', [id]);
  return row ?? {};
}

function edit(device: SimDevice, recordId: string, values: Record<string, string | number>) {
  return device.engine().mutate({ entity: 'work_order', recordId, command: 'update', values });
}

describe('the promises', () => {
  it('[INV-1] a confirmed save is there after the process is killed', async () => {
    const device = await technician();
    const id = await newOrder('Killed');
    await device.engine().sync();
    device.wire.set('cut');
    await edit(device, id, { priority: '1' });
    await device.crash();
    expect((await device.engine().get('work_order', id))?.row['priority']).toBe('1');
    expect(await device.engine().outbox()).toHaveLength(1);
  });

  it('[INV-2] a change leaves the outbox as applied, merged or discarded, and stays in the history', async () => {
    const device = await technician();
    const [kept, given] = [await newOrder('Kept'), await newOrder('Given up')];
    await device.engine().sync();
    await edit(device, kept, { priority: '1' });
    await device.engine().sync();
    await edit(device, given, { priority: '1' });
    await world.sql(`update work_order set priority = '4' where id = $1`, [given]);
    await device.settle();
    await settleFirst(device.engine(), false);
    await device.settle();
    const states = (await device.engine().history(10)).map((entry) => [entry.mutation.recordId, entry.state]);
    expect(states).toContainEqual([kept, 'applied']);
    expect(states).toContainEqual([given, 'discarded']);
    expect(await device.engine().outbox()).toEqual([]);
  });

  it('[INV-3] a mutation whose answer was lost takes effect once, however often it is sent', async () => {
    const device = await technician();
    const id = await newOrder('Once');
    await device.engine().sync();
    device.wire.set(always);
    await edit(device, id, { labour_minutes: 25 });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await device.engine().sync();
      device.clock.advance(400_000);
    }
    device.wire.set(fairWire);
    await device.settle();
    expect((await orderOnServer(id))['labour_minutes']).toBe('25');
    expect((await device.engine().status()).synced).toBe(true);
    const effects = await world.sql(
      `select count(*)::int as count from _ledger where payload->>'recordId' = $1 and verdict->>'outcome' in ('applied', 'merged')`,
      [id],
    );
    expect(effects[0]?.['count']).toBe(1);
  });

  it('[INV-4] after a sync the device holds its scope, value by value', async () => {
    const device = await technician();
    await newOrder('New in scope');
    const left = await newOrder('Leaves');
    await device.engine().sync();
    await world.sql(
      `update work_order set owner = (select id from "user" where login = 'cai'), team = null where id = $1`,
      [left],
    );
    await device.engine().sync();
    await expectScope(device);
    expect((await device.engine().status()).heals).toBe(0);
  });

  it('[INV-5] what the person may no longer read is gone after the next sync, and foreign ids never come', async () => {
    const device = await technician();
    const foreign = await newOrder('Foreign', 'open', 'dov');
    await newOrder('Of the team');
    await device.engine().sync();
    const { model } = await world.whois(device.person);
    const before = heldBy(device, model).get('work_order');
    expect(before?.has(foreign)).toBe(false);
    const member = `"user" = (select id from "user" where login = 'ann')`;
    const [link] = await world.sql(`delete from team_member where ${member} returning id, team, "user"`);
    await device.engine().sync();
    await expectScope(device);
    await world.sql('insert into team_member (id, team, "user") values ($1, $2, $3)', [
      link?.['id'],
      link?.['team'],
      link?.['user'],
    ]);
    await device.engine().sync();
    await expectScope(device);
  });

  it('[INV-6] the visible row is the fresh row with the pending change over it', async () => {
    const device = await technician();
    const id = await newOrder('Both');
    await device.engine().sync();
    device.wire.set('cut');
    await edit(device, id, { customer_reference: 'mine' });
    await world.sql(`update work_order set address = 'theirs' where id = $1`, [id]);
    device.wire.set({ ...fairWire, loseAnswer: 0 });
    await device.settle();
    const view = await device.engine().get('work_order', id);
    expect(view?.row).toMatchObject({ customer_reference: 'mine', address: 'theirs' });
    expect(await orderOnServer(id)).toMatchObject({ customer_reference: 'mine', address: 'theirs' });
  });

  it('[INV-7] a transaction that commits late is not missed', async () => {
    const device = await technician();
    const [early, late] = [await newOrder('Early'), await newOrder('Late')];
    await device.engine().sync();
    await world.sql('begin');
    await world.sql(`update work_order set priority = '2' where id = $1`, [late]);
    await world.database.write(async (tx) => {
      await tx.rows(`update "${world.organisation.schema}".work_order set priority = '2' where id = $1`, [
        early,
      ]);
    });
    await device.engine().sync();
    expect((await device.engine().get('work_order', early))?.row['priority']).toBe('2');
    expect((await device.engine().get('work_order', late))?.row['priority']).toBe('3');
    await world.sql('commit');
    await device.engine().sync();
    expect((await device.engine().get('work_order', late))?.row['priority']).toBe('2');
  });

  it('[INV-8] an entity is available only when it was proven by its digest; a damaged row is found and repaired', async () => {
    const device = await technician();
    const id = await newOrder('Damaged');
    await device.engine().sync();
    device
      .storage()
      .cache.run('update work_order set title = ?, _rev = _rev + 1 where id = ?', ['Nonsense', id]);
    await newOrder('Something new');
    await device.engine().sync();
    const status = await device.engine().status();
    expect(status.entities['work_order']).toMatchObject({ state: 'available' });
    expect(status.heals).toBe(1);
    expect((await device.engine().get('work_order', id))?.row['title']).toBe('Damaged');
  });

  it('[INV-9] nothing is called synced while a change waits, clashes or was refused', async () => {
    const device = await technician();
    const id = await newOrder('Clash');
    await device.engine().sync();
    expect((await device.engine().status()).synced).toBe(true);
    device.wire.set('cut');
    await edit(device, id, { priority: '1' });
    expect((await device.engine().status()).synced).toBe(false);
    await world.sql(`update work_order set priority = '4' where id = $1`, [id]);
    device.wire.set(fairWire);
    await device.settle();
    const clashing = await device.engine().status();
    expect(clashing.outbox.problems).toBe(1);
    expect(clashing.synced).toBe(false);
    await settleFirst(device.engine(), true);
    await device.settle();
    expect((await device.engine().status()).synced).toBe(true);
    expect((await orderOnServer(id))['priority']).toBe('1');
  });

  it('[INV-10] a refused change holds back nothing that does not depend on it', async () => {
    const device = await technician();
    const [closed, open] = [await newOrder('To be closed'), await newOrder('Stays open')];
    await device.engine().sync();
    device.wire.set('cut');
    await edit(device, closed, { priority: '1' });
    await device.engine().mutate({
      entity: 'note',
      command: 'create',
      values: { body: 'I was there', regarding: `work_order/${closed}` },
    });
    await edit(device, open, { priority: '1' });
    await world.sql(`update work_order set status = 'closed' where id = $1`, [closed]);
    device.wire.set(fairWire);
    await device.settle();
    expect((await orderOnServer(open))['priority']).toBe('1');
    const [note] = await world.sql('select body from note where regarding = $1', [`work_order/${closed}`]);
    expect(note).toEqual({ body: 'I was there' });
    const [problem] = await device.engine().outbox();
    expect(problem).toMatchObject({ state: 'rejected', verdict: { code: 'guarded' } });
  });

  it('[INV-11] a clock that jumps by years changes nothing but what is recorded', async () => {
    const device = await technician();
    const id = await newOrder('Clock');
    await device.engine().sync();
    device.clock.setWall(Date.UTC(2031, 5, 1));
    await edit(device, id, { priority: '2' });
    device.clock.setWall(Date.UTC(2019, 5, 1));
    await edit(device, id, { priority: '1' });
    await device.settle();
    expect((await orderOnServer(id))['priority']).toBe('1');
    expect((await device.engine().status()).synced).toBe(true);
  });

  it('[INV-12] two devices of one person never make a second effect', async () => {
    const [first, second] = [await technician(), await technician()];
    const id = await newOrder('Two phones');
    await first.engine().sync();
    await second.engine().sync();
    await edit(first, id, { labour_minutes: 10 });
    await edit(second, id, { labour_minutes: 5 });
    await Promise.all([first.settle(), second.settle()]);
    await first.settle();
    await second.settle();
    expect((await orderOnServer(id))['labour_minutes']).toBe('15');
    await expectScope(first);
    await expectScope(second);
  });
});

async function expectScope(device: SimDevice): Promise<void> {
  const { model } = await world.whois(device.person);
  expect(differences(heldBy(device, model), await scopeOf(world, device.person), model)).toEqual([]);
}
