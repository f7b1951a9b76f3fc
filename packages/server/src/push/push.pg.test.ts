// Pushing against a real PostgreSQL: exactly once, in order, and meeting what others wrote.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql, SyncError } from '@satchel/model';
import { readSuperseded } from './traces.ts';
import { openPushing, type Pushing } from './testing/pushing.ts';
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

  it('[TIME-3] whatever times a device tells, the same is ruled and stamped; the ledger keeps its two times and when it was received', async () => {
    const rowsByTime: unknown[] = [];
    for (const at of [
      { device: '2026-03-01T08:00:00.000Z', corrected: '2026-03-01T08:00:00.000Z' },
      { device: '1970-01-01T00:00:00.000Z', corrected: null },
      { device: '9999-12-31T23:59:59.999Z', corrected: '9999-12-31T23:59:59.999Z' },
    ]) {
      const pusher = await pusherOf(shop.people.maya);
      const { recordId, baseRev } = await aJob(pusher);
      const first = mutation({
        ...{ seq: 2, recordId, baseRev, at },
        ...{ set: { title: 'First' }, saw: { title: 'Pump' } },
      });
      const past = { device: '2001-01-01T00:00:00.000Z', corrected: null };
      const second = mutation({
        ...{ seq: 3, recordId, baseRev },
        ...{ set: { title: 'Second' }, saw: { title: 'First' }, at: past },
      });
      const { verdicts } = await send(pusher, first, second);
      const row = await shop.row('job', recordId);
      const isNow = Math.abs(Date.now() - Date.parse(String(row?.['modified_at']))) < 3_600_000;
      rowsByTime.push([verdicts.map(({ outcome }) => outcome), row?.['title'], isNow]);
      const [kept] = await shop.database.rows<{ at: unknown; recent: boolean }>(
        sql`select payload->'at' as at, received_at between now() - interval '1 hour' and now() as recent
            from ${shop.organisation.table('_ledger')} where mutation_id = ${first.id}`,
      );
      expect(kept).toEqual({ at, recent: true });
    }
    expect(rowsByTime).toEqual(Array(3).fill([['applied', 'applied'], 'Second', true]));
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
      settled: { minutes: { base: 10, theirs: 25, mine: 40, result: 55, rule: 'sum' } },
    });
    const kept = await readSuperseded(shop.database, shop.organisation, { recordId, limit: 10 });
    expect(kept).toMatchObject([
      { field: 'minutes', base: 10, theirs: 25, mine: 40, result: 55, rule: 'sum' },
    ]);
    expect(await readSuperseded(shop.database, shop.organisation, { limit: 1 })).toHaveLength(1);
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
