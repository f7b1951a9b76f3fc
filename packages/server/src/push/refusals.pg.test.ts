// What is refused is refused alone, with its reason, and what keeps failing does not stop the rest.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '@satchel/model';
import { push, type PushPorts } from './push.ts';
import { openPushing, rawOf, type Pushing } from './testing/pushing.ts';
import { mutation, type Workshop } from './testing/workshop.ts';

let world: Pushing;
let shop: Workshop;

beforeAll(async () => {
  world = await openPushing();
  ({ shop } = world);
});
afterAll(() => shop.close());

const pusherOf = (userId: string) => world.pusherOf(userId);
const send: Pushing['send'] = (...sent) => world.send(...sent);
const aJob: Pushing['aJob'] = (...asked) => world.aJob(...asked);

describe('refusals', () => {
  it('[PUSH-12] a record that the person may not read is gone, and what may not be done is forbidden, before and after', async () => {
    const maya = await pusherOf(shop.people.maya);
    const { recordId, baseRev } = await aJob(maya);
    const otto = await pusherOf(shop.people.otto);
    const { verdicts } = await send(
      otto,
      mutation({ seq: 1, recordId, baseRev, set: { title: 'Mine now' } }),
      mutation({ seq: 2, entity: 'customer', command: 'create', set: { name: 'New' } }),
    );
    expect(verdicts.map(({ code }) => code)).toEqual(['record_gone', 'forbidden']);
    expect(verdicts[0]).not.toHaveProperty('theirs');
    const given = await send(
      maya,
      mutation({
        seq: 2,
        recordId,
        baseRev,
        set: { owner: shop.people.otto },
        saw: { owner: shop.people.maya },
      }),
    );
    expect(given.verdicts[0]).toMatchObject({ outcome: 'rejected', code: 'forbidden' });
  });

  it('[PUSH-13] a guard refuses with its words, looks through lookups, and lets excepted fields pass', async () => {
    const maya = await pusherOf(shop.people.maya);
    const { recordId, baseRev } = await aJob(maya);
    const [blocked, theirs] = [randomUUID(), randomUUID()];
    await shop.database.rows(
      sql`insert into ${shop.organisation.table('customer')} ("id", "name", "blocked") values (${blocked}, 'B', true)`,
    );
    const { verdicts } = await send(
      maya,
      mutation({ seq: 2, recordId, baseRev, command: 'close', params: { done: 'Fixed' } }),
      mutation({ seq: 3, recordId, baseRev, set: { title: 'After' }, saw: { title: 'Pump' } }),
    );
    expect(verdicts[0]).toMatchObject({ outcome: 'applied' });
    expect(verdicts[1]).toMatchObject({
      outcome: 'rejected',
      code: 'guarded',
      reason: 'This job is closed.',
    });
    const more = await send(
      maya,
      mutation({ seq: 4, recordId, baseRev, set: { log: 'Fixed\nNote' }, saw: { log: 'Fixed' } }),
      mutation({ seq: 5, recordId: theirs, command: 'create', set: { title: 'For B', customer: blocked } }),
      mutation({ seq: 6, recordId: theirs, set: { title: 'For C' }, saw: { title: 'For B' } }),
    );
    expect(more.verdicts.map(({ outcome, reason }) => reason ?? outcome)).toEqual([
      'applied',
      'applied',
      'Blocked.',
    ]);
    expect(await shop.row('job', recordId)).toMatchObject({ state: 'closed', log: 'Fixed\nNote' });
  });

  it('[PUSH-14] wrong fields, values taken, targets missing and records referred to are told by name', async () => {
    const lena = await pusherOf(shop.people.lena);
    const used = randomUUID();
    const { verdicts } = await send(
      lena,
      mutation({ seq: 1, command: 'create', set: { title: null, state: 'closed', wages: 3 } }),
      mutation({ seq: 2, command: 'create', set: { title: 'A', code: 'X1' } }),
      mutation({ seq: 3, command: 'create', set: { title: 'B', code: 'X1' } }),
      mutation({ seq: 4, command: 'create', set: { title: 'C', customer: randomUUID() } }),
      mutation({ seq: 5, entity: 'customer', recordId: used, command: 'create', set: { name: 'Used' } }),
      mutation({ seq: 6, command: 'create', set: { title: 'D', customer: used } }),
      mutation({ seq: 7, entity: 'customer', recordId: used, command: 'delete' }),
      mutation({ seq: 8, entity: 'ghost', command: 'create' }),
      mutation({ seq: 9, command: 'explode' }),
    );
    expect(verdicts[0]).toMatchObject({
      code: 'validation',
      fields: { title: 'required', state: 'read_only', wages: 'unknown_field' },
    });
    expect(verdicts[2]).toMatchObject({
      outcome: 'rejected',
      code: 'duplicate_value',
      fields: { code: 'duplicate_value' },
    });
    expect(verdicts[3]).toMatchObject({
      outcome: 'rejected',
      code: 'validation',
      fields: { customer: 'no_such_target' },
    });
    expect(verdicts.slice(6).map(({ code }) => code)).toEqual([
      'still_referenced',
      'unknown_entity',
      'unknown_command',
    ]);
  });

  it('[PUSH-15] what stands on a refused mutation is held, keeps its place, and runs when it comes again', async () => {
    const pusher = await pusherOf(shop.people.lena);
    const recordId = randomUUID();
    const refused = mutation({
      seq: 1,
      entity: 'customer',
      recordId,
      command: 'create',
      set: { name: null },
    });
    const child = mutation({ seq: 2, command: 'create', set: { title: 'For them', customer: recordId } });
    const { verdicts, lastSeq } = await send(
      pusher,
      refused,
      child,
      mutation({ seq: 3, command: 'create', set: { title: 'Free' } }),
    );
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['rejected', 'held', 'applied']);
    expect(verdicts[1]).toMatchObject({ because: refused.id });
    expect(lastSeq).toBe(3);
    const fixed = mutation({
      seq: 4,
      entity: 'customer',
      recordId,
      command: 'create',
      set: { name: 'Them' },
      supersedes: refused.id,
    });
    const again = await send(pusher, fixed, { ...child, seq: 5 });
    expect(again.verdicts.map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
  });

  it('[PUSH-16] a mutation that cannot be read is refused by itself, recorded, and the rest goes on', async () => {
    const pusher = await pusherOf(shop.people.maya);
    const nonsense = { id: randomUUID(), seq: 1, entity: 'job', changes: 'what\u0000\ud800' };
    const { verdicts, lastSeq } = await send(
      pusher,
      nonsense,
      mutation({ seq: 2, command: 'create', set: { title: 'Fine' } }),
    );
    expect(verdicts.map(({ outcome, code }) => code ?? outcome)).toEqual(['validation', 'applied']);
    expect(lastSeq).toBe(2);
    expect((await send(pusher, nonsense)).verdicts[0]).toMatchObject({
      outcome: 'duplicate',
      original: 'rejected',
    });
  });
});

describe('poison', () => {
  it('[PUSH-17] an unforeseen failure fences, is counted, and after five attempts the mutation is set aside with a reference; the rest goes on', async () => {
    const pusher = await pusherOf(shop.people.maya);
    await shop.database.write(async (tx) => {
      const s = `"${shop.organisation.schema}"`;
      await tx.rows(
        `create function ${s}.boom() returns trigger language plpgsql as $$ begin raise exception 'boom'; end $$`,
      );
      await tx.rows(
        `create trigger boom before insert on ${s}.job for each row when (new.title = 'Boom') execute function ${s}.boom()`,
      );
    });
    const batch = [
      mutation({ seq: 1, command: 'create', set: { title: 'Boom' } }),
      mutation({ seq: 2, command: 'create', set: { title: 'Calm' } }),
    ];
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const answer = await send(pusher, ...batch);
      expect(answer).toMatchObject({ verdicts: [], fence: { seq: 1, code: 'server_error' } });
    }
    const { verdicts } = await send(pusher, ...batch);
    expect(verdicts[0]).toMatchObject({ outcome: 'rejected', code: 'quarantined' });
    expect(verdicts[0]?.reference).toMatch(/^[0-9a-f-]{36}$/);
    expect(verdicts[1]).toMatchObject({ outcome: 'applied' });
    expect(world.reported.filter((id) => id === batch[0]?.id)).toHaveLength(5);
  });

  it('[PUSH-18] a lock that is not given in time is no fault of the mutation: a fence, and no attempt is charged', async () => {
    const pusher = await pusherOf(shop.people.maya);
    const { recordId, baseRev } = await aJob(pusher);
    const change = mutation({ seq: 2, recordId, baseRev, set: { place: 'Later' } });
    const impatient: PushPorts = {
      ...world.ports,
      database: {
        ...shop.database,
        alone: (name, work) =>
          shop.database.alone(name, (write) =>
            work((each) =>
              write(async (tx) => {
                await tx.rows(`set local lock_timeout = '200ms'`);
                return each(tx);
              }),
            ),
          ),
      },
    };
    await shop.database.write(async (tx) => {
      await tx.rows(sql`select 1 from ${shop.organisation.table('job')} where "id" = ${recordId} for update`);
      const answer = await push(impatient, pusher, [rawOf(change)]);
      expect(answer).toMatchObject({ verdicts: [], fence: { seq: 2, code: 'unavailable' } });
    });
    const [attempt] = await shop.database.rows<{ attempts: number }>(
      sql`select attempts from ${shop.organisation.table('_attempt')} where mutation_id = ${change.id}`,
    );
    expect(attempt?.attempts).toBe(0);
    expect((await send(pusher, change)).verdicts[0]).toMatchObject({ outcome: 'applied' });
  });
});
