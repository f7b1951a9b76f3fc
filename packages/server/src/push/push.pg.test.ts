// Pushing against a real PostgreSQL: exactly once, in order, and what is refused is refused alone.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql, SyncError, type SealedMutation } from '@satchel/model';
import type { RawMutation } from './envelope.ts';
import { push, type PushPorts, type Pusher } from './push.ts';
import { mutation, openWorkshop, type Workshop } from './testing/workshop.ts';

let shop: Workshop;
let ports: PushPorts;
const reported: string[] = [];

beforeAll(async () => {
  shop = await openWorkshop();
  ports = {
    database: shop.database,
    now: () => '2026-03-01T09:00:00.000Z',
    reference: () => randomUUID(),
    report: ({ mutationId }) => void reported.push(mutationId),
  };
});
afterAll(() => shop.close());

async function pusherOf(userId: string, deviceId?: string): Promise<Pusher> {
  const { organisation, database } = shop;
  const user = await database.read((tx) => organisation.userContext(tx, userId));
  if (user === null) throw new Error('nobody');
  const { privileges } = organisation.bundleFor(user.roles);
  return { organisation, caller: { user, privileges }, deviceId: deviceId ?? (await shop.device(userId)) };
}

const raw = (content: SealedMutation | Record<string, unknown>): RawMutation => ({
  id: content.id as string,
  seq: content.seq as number,
  bytes: JSON.stringify(content).length,
  content: JSON.parse(JSON.stringify(content)) as Record<string, unknown>,
});
const send = (pusher: Pusher, ...mutations: (SealedMutation | Record<string, unknown>)[]) =>
  push(ports, pusher, mutations.map(raw));

/** A job of maya's that everybody has: its id and revision. */
async function aJob(pusher: Pusher, set: SealedMutation['params'] = {}) {
  const recordId = randomUUID();
  const made = await send(
    pusher,
    mutation({ seq: 1, recordId, command: 'create', set: { title: 'Pump', ...set } }),
  );
  expect(made.verdicts[0]).toMatchObject({ outcome: 'applied' });
  const row = await shop.row('job', recordId);
  return { recordId, baseRev: row?.['_rev'] as number };
}

describe('exactly once', () => {
  it('[PUSH-1] a create makes the record with defaults, owner, number and stamps, and the counter moves', async () => {
    const pusher = await pusherOf(shop.people.maya);
    const { recordId } = await aJob(pusher);
    const row = await shop.row('job', recordId);
    expect(row).toMatchObject({ state: 'open', owner: shop.people.maya, created_by: shop.people.maya });
    expect(row?.['number']).toMatch(/^J-\d{4}$/);
    expect((await send(pusher)).lastSeq).toBe(1);
  });

  it('[PUSH-2] a repeat gets the first outcome and has no second effect', async () => {
    const pusher = await pusherOf(shop.people.maya);
    const { recordId, baseRev } = await aJob(pusher);
    const add = mutation({ seq: 2, recordId, baseRev, set: { minutes: 30 } });
    expect((await send(pusher, add)).verdicts[0]).toMatchObject({ outcome: 'applied' });
    expect((await send(pusher, add)).verdicts[0]).toMatchObject({
      outcome: 'duplicate',
      original: 'applied',
      seq: 2,
    });
    expect((await shop.row('job', recordId))?.['minutes']).toBe(30);
  });

  it('[PUSH-2] the same batch sent many times at once has one effect', async () => {
    const pusher = await pusherOf(shop.people.maya);
    const { recordId, baseRev } = await aJob(pusher);
    const batch = [2, 3, 4].map((seq) => mutation({ seq, recordId, baseRev, set: { minutes: 10 } }));
    const answers = await Promise.all(Array.from({ length: 6 }, () => send(pusher, ...batch)));
    expect(answers.map((answer) => answer.verdicts.length)).toEqual([3, 3, 3, 3, 3, 3]);
    expect(
      answers.flatMap((answer) => answer.verdicts).filter(({ outcome }) => outcome !== 'duplicate'),
    ).toHaveLength(3);
    expect((await shop.row('job', recordId))?.['minutes']).toBe(30);
  });

  it('[PUSH-3] the same mutation under another number, from another device even, is a duplicate and takes its place in the order', async () => {
    const pusher = await pusherOf(shop.people.maya);
    const recordId = randomUUID();
    const create = mutation({ seq: 1, recordId, command: 'create', set: { title: 'Once' } });
    await send(pusher, create);
    const other = await pusherOf(shop.people.maya);
    const again = await send(other, create, mutation({ seq: 2, command: 'create', set: { title: 'Next' } }));
    expect(again.verdicts.map(({ outcome }) => outcome)).toEqual(['duplicate', 'applied']);
    expect(again.lastSeq).toBe(2);
  });

  it('[PUSH-4] the same number or id with another payload means a cloned device', async () => {
    const pusher = await pusherOf(shop.people.maya);
    const first = mutation({ seq: 1, command: 'create', set: { title: 'One' } });
    await send(pusher, first);
    const other = mutation({ seq: 1, command: 'create', set: { title: 'Two' } });
    await expect(send(pusher, other)).rejects.toMatchObject({ code: 'device_cloned' });
    const changed = { ...first, seq: 2, changes: { title: { base: null, value: 'Three' } } };
    await expect(send(pusher, changed)).rejects.toBeInstanceOf(SyncError);
  });

  it('[PUSH-5] a gap in the numbers is a fence: nothing after it is run', async () => {
    const pusher = await pusherOf(shop.people.maya);
    const recordId = randomUUID();
    const answer = await send(
      pusher,
      mutation({ seq: 3, recordId, command: 'create', set: { title: 'Early' } }),
    );
    expect(answer).toMatchObject({ verdicts: [], lastSeq: 0, fence: { seq: 3, code: 'sequence_gap' } });
    expect(await shop.row('job', recordId)).toBeNull();
  });
});

describe('meeting others', () => {
  it('[PUSH-6] changes to different fields merge, and what was not changed is not touched', async () => {
    const pusher = await pusherOf(shop.people.maya);
    const { recordId, baseRev } = await aJob(pusher);
    await shop.set('job', recordId, 'place', 'Cellar');
    const answer = await send(
      pusher,
      mutation({ seq: 2, recordId, baseRev, set: { title: 'Big pump' }, saw: { title: 'Pump' } }),
    );
    expect(answer.verdicts[0]).toMatchObject({ outcome: 'merged' });
    expect(await shop.row('job', recordId)).toMatchObject({ title: 'Big pump', place: 'Cellar' });
  });

  it('[PUSH-7] the same field changed on both sides is a conflict that names base, theirs, mine, and nothing is written', async () => {
    const pusher = await pusherOf(shop.people.maya);
    const { recordId, baseRev } = await aJob(pusher);
    await shop.set('job', recordId, 'title', 'Their pump');
    const mine = mutation({
      seq: 2,
      recordId,
      baseRev,
      set: { title: 'My pump', place: 'Roof' },
      saw: { title: 'Pump' },
    });
    const { verdicts } = await send(pusher, mine);
    expect(verdicts[0]).toMatchObject({
      outcome: 'conflict',
      code: 'field_conflict',
      clashes: { title: { base: 'Pump', theirs: 'Their pump', mine: 'My pump' } },
      theirs: { title: 'Their pump' },
    });
    expect(await shop.row('job', recordId)).toMatchObject({ title: 'Their pump', place: null });
    const resolved = mutation({
      seq: 3,
      recordId,
      baseRev,
      supersedes: mine.id,
      set: { title: 'My pump' },
      saw: { title: 'Their pump' },
    });
    expect((await send(pusher, resolved)).verdicts[0]?.outcome).toMatch(/applied|merged/);
  });

  it('[PUSH-8] values that a rule settled are kept: base, theirs, mine and result', async () => {
    const pusher = await pusherOf(shop.people.maya);
    const { recordId, baseRev } = await aJob(pusher, { minutes: 10 });
    await shop.set('job', recordId, 'minutes', 25);
    const { verdicts } = await send(
      pusher,
      mutation({ seq: 2, recordId, baseRev, set: { minutes: 40 }, saw: { minutes: 10 } }),
    );
    expect(verdicts[0]).toMatchObject({
      outcome: 'merged',
      clashes: { minutes: { base: 10, theirs: 25, mine: 40 } },
    });
    const kept = await shop.database.rows(
      sql`select * from ${shop.organisation.table('_superseded')} where record_id = ${recordId}`,
    );
    expect(kept[0]).toMatchObject({ field: 'minutes', theirs: 25, mine: 40, result: 55, rule: 'sum' });
  });

  it('[PUSH-9] a device is not surprised by its own earlier changes: update, update and delete from one base', async () => {
    const pusher = await pusherOf(shop.people.maya);
    const { recordId, baseRev } = await aJob(pusher);
    const answer = await send(
      pusher,
      mutation({ seq: 2, recordId, baseRev, set: { title: 'B' }, saw: { title: 'Pump' } }),
      mutation({ seq: 3, recordId, baseRev, set: { title: 'C' }, saw: { title: 'B' } }),
      mutation({ seq: 4, recordId, baseRev, command: 'delete' }),
    );
    expect(answer.verdicts.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied']);
    expect(await shop.row('job', recordId)).toBeNull();
  });

  it('[PUSH-10] deleting what others changed is a conflict; deleting what is gone is done', async () => {
    const pusher = await pusherOf(shop.people.maya);
    const { recordId, baseRev } = await aJob(pusher);
    await shop.set('job', recordId, 'title', 'Changed');
    const { verdicts } = await send(
      pusher,
      mutation({ seq: 2, recordId, baseRev, command: 'delete' }),
      mutation({ seq: 3, command: 'delete' }),
    );
    expect(verdicts[0]).toMatchObject({
      outcome: 'conflict',
      code: 'record_changed',
      theirs: { title: 'Changed' },
    });
    expect(verdicts[1]).toMatchObject({ outcome: 'applied' });
  });

  it('[PUSH-11] changing what was deleted is a conflict to whoever could read it, and simply gone to others', async () => {
    const maya = await pusherOf(shop.people.maya);
    const { recordId, baseRev } = await aJob(maya);
    await shop.database.rows(sql`delete from ${shop.organisation.table('job')} where "id" = ${recordId}`);
    const late = { recordId, baseRev, set: { title: 'Late' }, saw: { title: 'Pump' } };
    const lena = await pusherOf(shop.people.lena);
    expect((await send(lena, mutation({ seq: 1, ...late }))).verdicts[0]).toMatchObject({
      outcome: 'conflict',
      code: 'record_deleted',
      theirs: null,
    });
    const answer = await send(maya, mutation({ seq: 2, set: { title: 'x' } }));
    expect(answer.verdicts[0]).toMatchObject({ outcome: 'rejected', code: 'record_gone' });
  });
});

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
    expect(reported.filter((id) => id === batch[0]?.id)).toHaveLength(5);
  });

  it('[PUSH-18] a lock that is not given in time is no fault of the mutation: a fence, and no attempt is charged', async () => {
    const pusher = await pusherOf(shop.people.maya);
    const { recordId, baseRev } = await aJob(pusher);
    const change = mutation({ seq: 2, recordId, baseRev, set: { place: 'Later' } });
    const impatient: PushPorts = {
      ...ports,
      database: {
        ...shop.database,
        write: (work) =>
          shop.database.write(async (tx) => {
            await tx.rows(`set local lock_timeout = '200ms'`);
            return work(tx);
          }),
      },
    };
    await shop.database.write(async (tx) => {
      await tx.rows(sql`select 1 from ${shop.organisation.table('job')} where "id" = ${recordId} for update`);
      const answer = await push(impatient, pusher, [raw(change)]);
      expect(answer).toMatchObject({ verdicts: [], fence: { seq: 2, code: 'unavailable' } });
    });
    const [attempt] = await shop.database.rows<{ attempts: number }>(
      sql`select attempts from ${shop.organisation.table('_attempt')} where mutation_id = ${change.id}`,
    );
    expect(attempt?.attempts).toBe(0);
    expect((await send(pusher, change)).verdicts[0]).toMatchObject({ outcome: 'applied' });
  });
});
