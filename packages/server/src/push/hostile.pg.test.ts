// What goes wrong in the worst order: the same work at once, poison among two hundred, failures that pass, fences in the middle, and what an
// administrator does about a mutation that was set aside.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql, type SealedMutation } from '@satchel/model';
import { pull } from '../sync-read/pull.ts';
import { push, type Pusher } from './push.ts';
import { discardQuarantined, listQuarantine, retryQuarantined } from './quarantine.ts';
import { openPushing, rawOf, type Pushing } from './testing/pushing.ts';
import { mutation, type Workshop } from './testing/workshop.ts';

const now = '2026-03-01T09:00:00.000Z';
let world: Pushing;
let shop: Workshop;

beforeAll(async () => {
  world = await openPushing();
  ({ shop } = world);
  await shop.database.write(async (tx) => {
    const s = `"${shop.organisation.schema}"`;
    // A title such as 'fail 40001' fails with that code, as long as there is a failure to be had.
    await tx.rows(`create table ${s}.failing (code text primary key)`);
    await tx.rows(
      `create function ${s}.fail() returns trigger language plpgsql as $$ begin
         if exists (select 1 from ${s}.failing f where 'fail ' || f.code = new.title) then
           raise exception 'as told' using errcode = substr(new.title, 6); end if;
         return new; end $$`,
    );
    await tx.rows(
      `create trigger fail before insert or update on ${s}.job for each row execute function ${s}.fail()`,
    );
  });
});
afterAll(() => shop.close());

const failing = (code: string) =>
  shop.database.write((tx) =>
    tx.rows(`insert into "${shop.organisation.schema}".failing values ($1)`, [code]),
  );
const repaired = (code: string) =>
  shop.database.write((tx) =>
    tx.rows(`delete from "${shop.organisation.schema}".failing where code = $1`, [code]),
  );
const attemptsOf = async (id: string) => {
  const rows = await shop.database.rows<{ attempts: number }>(
    sql`select attempts from ${shop.organisation.table('_attempt')} where mutation_id = ${id}`,
  );
  return rows[0]?.attempts ?? 0;
};
const creates = (seq: number, title: string) => mutation({ seq, command: 'create', set: { title } });
/** Set aside: sent until it is. */
async function aside(pusher: Pusher, poison: SealedMutation): Promise<void> {
  for (let times = 0; times < 5; times += 1) await world.send(pusher, poison);
  expect((await world.send(pusher, poison)).verdicts[0]).toMatchObject({ code: 'quarantined' });
}

describe('at once', () => {
  it('[PUSH-24] however many repeats of a push are under way, none counts as a crash: nothing is set aside', async () => {
    const maya = await world.pusherOf(shop.people.maya);
    const batch = [creates(1, 'One'), creates(2, 'Two')];
    const answers = await Promise.all(Array.from({ length: 9 }, () => world.send(maya, ...batch)));
    const told = answers.flatMap(({ verdicts }) => verdicts);
    expect(told.filter(({ outcome }) => outcome === 'applied')).toHaveLength(2);
    expect(told.filter(({ original }) => original === 'applied')).toHaveLength(16);
    expect(answers.some(({ fence }) => fence !== undefined)).toBe(false);
  });

  it('[PUSH-24] two connections of one device with what follows on each other end in one order without a gap', async () => {
    const maya = await world.pusherOf(shop.people.maya);
    const batch = Array.from({ length: 12 }, (_, index) => creates(index + 1, `Job ${index}`));
    let heard = 0;
    while (heard < 12) {
      const parts = [batch.slice(0, 6), batch.slice(6), batch.slice(3, 9)];
      await Promise.all(parts.map((part) => world.send(maya, ...part)));
      heard = (await world.send(maya)).lastSeq;
    }
    for (const { recordId } of batch) expect(await shop.row('job', recordId)).not.toBeNull();
  });

  it('[PUSH-3] the same mutation from two devices at once has one effect, and the second device is told so when it asks again', async () => {
    const pushers = [await world.pusherOf(shop.people.maya), await world.pusherOf(shop.people.maya)];
    const first = pushers[0] as Pusher;
    const { recordId, baseRev } = await world.aJob(first, { minutes: 10 });
    const add = { recordId, baseRev, set: { minutes: 40 }, saw: { minutes: 10 }, id: randomUUID() };
    const sent = [mutation({ ...add, seq: 2 }), mutation({ ...add, seq: 1 })];
    await Promise.all(pushers.map((pusher, index) => world.send(pusher, sent[index] as SealedMutation)));
    const again = await Promise.all(
      pushers.map((pusher, index) => world.send(pusher, sent[index] as SealedMutation)),
    );
    for (const { verdicts } of again)
      expect(verdicts[0]).toMatchObject({ outcome: 'duplicate', original: 'applied' });
    expect(await shop.row('job', recordId)).toMatchObject({ minutes: 40 });
    expect(await attemptsOf(add.id)).toBe(0);
  });

  it('[PUSH-4] another payload under an id that is known has no effect, from this device or another', async () => {
    const maya = await world.pusherOf(shop.people.maya);
    const { recordId, baseRev } = await world.aJob(maya);
    const sent = mutation({ seq: 2, recordId, baseRev, set: { place: 'Roof' } });
    await world.send(maya, sent);
    const forged = { ...sent, changes: { place: { base: null, value: 'Cellar' } } };
    await expect(world.send(maya, forged)).rejects.toMatchObject({ code: 'device_cloned' });
    const other = await world.pusherOf(shop.people.maya);
    await expect(world.send(other, { ...forged, seq: 1 })).rejects.toMatchObject({ code: 'device_cloned' });
    expect(await shop.row('job', recordId)).toMatchObject({ place: 'Roof' });
  });
});

describe('failures', () => {
  it.each(['40001', '40P01', '55P03', '57014'])(
    '[PUSH-18] %s is no verdict and charges nothing, however often; what follows waits, and all goes home when it has passed',
    async (code) => {
      await failing(code);
      const maya = await world.pusherOf(shop.people.maya);
      const batch = [creates(1, `fail ${code}`), creates(2, 'After')];
      for (let times = 0; times < 7; times += 1)
        expect(await world.send(maya, ...batch)).toMatchObject({
          verdicts: [],
          lastSeq: 0,
          fence: { seq: 1, code: 'unavailable' },
        });
      expect(await attemptsOf(batch[0]?.id ?? '')).toBe(0);
      await repaired(code);
      const { verdicts } = await world.send(maya, ...batch);
      expect(verdicts.map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
    },
  );

  it('[PUSH-17] two hundred of which the third is poison: it alone and what stands on it stay behind, 197 go home', async () => {
    await failing('XX001');
    const maya = await world.pusherOf(shop.people.maya);
    const poison = creates(3, 'fail XX001');
    const rest = Array.from({ length: 200 }, (_, index) => creates(index + 1, `Job ${index}`));
    const child = mutation({ seq: 150, recordId: poison.recordId, set: { place: 'x' } });
    const batch = rest.map((each) => (each.seq === 3 ? poison : each.seq === 150 ? child : each));
    for (let times = 0; times < 5; times += 1)
      expect((await world.send(maya, ...batch)).fence).toMatchObject({ seq: 3, code: 'server_error' });
    const { verdicts, lastSeq } = await world.send(maya, ...batch);
    const told = verdicts.map(({ outcome, original, code }) => code ?? original ?? outcome);
    expect(lastSeq).toBe(200);
    expect(told.filter((each) => each === 'applied')).toHaveLength(198);
    expect([told[2], told[149]]).toEqual(['quarantined', 'waits_for_other']);
    await repaired('XX001');
  });

  it('[PUSH-25] a fence in the middle of a push does not let through what stands on something refused before it', async () => {
    await failing('40001');
    const maya = await world.pusherOf(shop.people.maya);
    const refused = mutation({ seq: 1, command: 'create', set: { title: null } });
    const child = mutation({ seq: 3, recordId: refused.recordId, set: { place: 'x' } });
    const batch = [refused, creates(2, 'fail 40001'), child];
    expect(await world.send(maya, ...batch)).toMatchObject({ lastSeq: 1, fence: { seq: 2 } });
    await repaired('40001');
    const rest = batch.slice(1).map(rawOf);
    const { verdicts } = await push(world.ports, maya, rest, 0);
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['applied', 'held']);
    expect(verdicts[1]).toMatchObject({ because: refused.id });
  });

  it('[PUSH-25] what was refused before the device numbered these, or was replaced since, holds nothing', async () => {
    const maya = await world.pusherOf(shop.people.maya);
    const refused = mutation({ seq: 1, command: 'create', set: { title: null } });
    const { recordId } = refused;
    await world.send(maya, refused);
    const better = { recordId, command: 'create', set: { title: 'Fine' }, supersedes: refused.id };
    await push(world.ports, maya, [rawOf(mutation({ seq: 2, ...better }))], 0);
    const late = rawOf(mutation({ seq: 3, recordId, set: { place: 'x' } }));
    expect((await push(world.ports, maya, [late], 0)).verdicts[0]?.outcome).toMatch(/applied|merged/);
  });
});

describe('set aside', () => {
  const asks = async (pusher: Pusher, id: string) => {
    const { organisation, database } = shop;
    const who = { user: pusher.caller.user, deviceId: pusher.deviceId };
    const bundle = organisation.bundleFor(who.user.roles).hash;
    const request = { bundle, cursor: null, settledSeq: 1_000, awaits: [id] };
    const answer = await pull(database, organisation, who, request, now);
    return answer.kind === 'part' ? [] : answer.outcomes;
  };

  it('[PUSH-26] an administrator sees it and runs it again with its author’s rights, once; the author’s device learns by its next pull', async () => {
    await failing('XX002');
    const maya = await world.pusherOf(shop.people.maya);
    const poison = creates(1, 'fail XX002');
    await aside(maya, poison);
    const listed = async () =>
      (await listQuarantine(shop.database, shop.organisation)).filter(
        (each) => each.mutationId === poison.id,
      );
    expect(await listed()).toMatchObject([{ login: 'maya', entity: 'job', command: 'create' }]);
    expect(await asks(maya, poison.id)).toEqual([]);
    const retry = () => retryQuarantined(shop.database, shop.organisation, poison.id, now);
    await expect(retry()).rejects.toMatchObject({ code: 'XX002' });
    expect(await listed()).toHaveLength(1);
    await repaired('XX002');
    const both = await Promise.all([retry(), retry()]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(['done', 'not-there']);
    expect(await shop.row('job', poison.recordId)).toMatchObject({ owner: shop.people.maya });
    expect(await asks(maya, poison.id)).toMatchObject([{ id: poison.id, seq: 1, outcome: 'applied' }]);
    expect((await world.send(maya, poison)).verdicts[0]).toMatchObject({ original: 'applied' });
  });

  it('[PUSH-26] what is given up, or was replaced by its author, is not run again', async () => {
    await failing('XX003');
    const maya = await world.pusherOf(shop.people.maya);
    const [first, second] = [creates(1, 'fail XX003'), creates(2, 'fail XX003')];
    await aside(maya, first);
    await aside(maya, second);
    await discardQuarantined(shop.database, shop.organisation, first.id);
    expect(await asks(maya, first.id)).toMatchObject([{ outcome: 'rejected', code: 'given_up' }]);
    const { recordId } = second;
    const better = mutation({
      seq: 3,
      recordId,
      command: 'create',
      set: { title: 'Fine' },
      supersedes: second.id,
    });
    await world.send(maya, better);
    await repaired('XX003');
    const retry = (id: string) => retryQuarantined(shop.database, shop.organisation, id, now);
    expect(await retry(first.id)).toEqual({ kind: 'not-there' });
    expect(await retry(second.id)).toEqual({ kind: 'not-wanted', why: 'replaced' });
    expect(await shop.row('job', recordId)).toMatchObject({ title: 'Fine' });
  });
});
