// Clashes that a supervisor settles, against a real PostgreSQL: one effect, with the rights of who decides, and the author learns of it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineSolution, sql, type Privileges, type SealedMutation, type Solution } from '@satchel/model';
import { pull } from '../sync-read/pull.ts';
import type { Pusher } from './push.ts';
import { openPushing, type Pushing } from './testing/pushing.ts';
import { mutation, workshop, type Workshop } from './testing/workshop.ts';

const own: Privileges = { create: 'none', read: 'own', update: 'none', delete: 'none' };
const settles: Privileges = { create: 'none', read: 'organisation', update: 'organisation', delete: 'none' };

/** Where a job is done is a supervisor's to settle. */
const disputed: Solution = defineSolution({
  ...workshop,
  entities: workshop.entities.map((entity) => {
    const { place } = entity.fields;
    if (place === undefined) return entity;
    return { ...entity, fields: { ...entity.fields, place: { ...place, conflict: 'supervisor' } } };
  }),
  roles: workshop.roles.map((role) => ({
    ...role,
    privileges: { ...role.privileges, review: role.name === 'manager' ? settles : own },
  })),
});

let world: Pushing;
let shop: Workshop;
let maya: Pusher;
let lena: Pusher;
let waiting: SealedMutation;

beforeAll(async () => {
  world = await openPushing(disputed);
  ({ shop } = world);
});
afterAll(() => shop.close());

/** Maya's change of a place met another: it waits under its own id. */
async function dispute(): Promise<string> {
  maya = await world.pusherOf(shop.people.maya);
  lena = await world.pusherOf(shop.people.lena);
  const { recordId, baseRev } = await world.aJob(maya, { minutes: 5 });
  await shop.set('job', recordId, 'place', 'Cellar');
  waiting = mutation({ seq: 2, recordId, baseRev, set: { place: 'Roof', minutes: 15 }, saw: { minutes: 5 } });
  const { verdicts } = await world.send(maya, waiting);
  expect(verdicts[0]).toMatchObject({
    outcome: 'conflict',
    code: 'needs_supervisor',
    clashes: { place: { base: null, theirs: 'Cellar', mine: 'Roof' } },
  });
  return recordId;
}
const decides = (seq: number, command: string) =>
  mutation({ seq, entity: 'review', recordId: waiting.id, command });
const verdictOf = async (pusher: Pusher, sent: SealedMutation) =>
  (await world.send(pusher, sent)).verdicts[0];
const learns = async (pusher: Pusher, id = waiting.id) => {
  const { organisation, database } = shop;
  const who = { user: pusher.caller.user, deviceId: pusher.deviceId };
  const bundle = organisation.bundleFor(who.user.roles).hash;
  const request = { bundle, cursor: null, settledSeq: 1_000, awaits: [id] };
  const answer = await pull(database, organisation, who, request, '2026-03-01T10:00:00.000Z');
  return answer.kind === 'part' ? [] : answer.outcomes;
};
const reviewRow = () => shop.row('review', waiting.id);

describe('what is disputed', () => {
  it('[REVIEW-1] the refusal makes a review of the author’s with the values, and nothing of the change is written', async () => {
    const recordId = await dispute();
    expect(await reviewRow()).toMatchObject({
      state: 'open',
      owner: shop.people.maya,
      title: 'Place of Pump',
      summary: 'Place: was nothing, is now Cellar, asked for is Roof',
    });
    expect(await shop.row('job', recordId)).toMatchObject({ place: 'Cellar', minutes: 5 });
    expect(await learns(maya)).toEqual([]);
    expect((await verdictOf(maya, waiting))?.original).toBe('conflict');
    expect(await shop.count('review')).toBe(1);
  });

  it('[REVIEW-2] accepting writes the whole change once, and the author learns so by the next pull', async () => {
    const recordId = await dispute();
    const accept = decides(1, 'accept');
    expect(await verdictOf(lena, accept)).toMatchObject({ outcome: 'applied' });
    expect(await verdictOf(lena, accept)).toMatchObject({ outcome: 'duplicate', original: 'applied' });
    expect(await shop.row('job', recordId)).toMatchObject({ place: 'Roof', minutes: 15 });
    expect(await reviewRow()).toMatchObject({ state: 'accepted', decided_by: shop.people.lena });
    expect(await learns(maya)).toMatchObject([
      { id: waiting.id, seq: 2, outcome: 'merged', by: { name: 'lena' } },
    ]);
    expect(await verdictOf(maya, waiting)).toMatchObject({ outcome: 'duplicate', original: 'merged' });
  });

  it('[REVIEW-2] declining lets the other side stand, and the author learns by whom', async () => {
    const recordId = await dispute();
    expect(await verdictOf(lena, decides(1, 'decline'))).toMatchObject({ outcome: 'applied' });
    expect(await shop.row('job', recordId)).toMatchObject({ place: 'Cellar', minutes: 5 });
    expect(await learns(maya)).toMatchObject([
      { outcome: 'rejected', code: 'declined', by: { name: 'lena' } },
    ]);
  });

  it('[REVIEW-3] two supervisors and a withdrawal at once have one effect; the others are told that it is decided', async () => {
    for (let times = 0; times < 4; times += 1) {
      const recordId = await dispute();
      const other = await world.pusherOf(shop.people.lena);
      const verdicts = await Promise.all([
        verdictOf(lena, decides(1, 'accept')),
        verdictOf(other, decides(1, 'decline')),
        verdictOf(maya, { ...decides(3, 'withdraw'), supersedes: waiting.id }),
      ]);
      const outcomes = verdicts.map((verdict) => verdict?.outcome);
      expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(1);
      for (const verdict of verdicts.filter((each) => each?.outcome !== 'applied'))
        expect(verdict).toMatchObject({ outcome: 'rejected', code: 'guarded' });
      const state = ['accepted', 'declined', 'withdrawn'][outcomes.indexOf('applied')];
      expect(await reviewRow()).toMatchObject({ state });
      expect(await shop.row('job', recordId)).toMatchObject({
        place: state === 'accepted' ? 'Roof' : 'Cellar',
      });
      const seqs = await shop.database.rows<{ seq: number }>(
        sql`select seq from ${shop.organisation.table('_ledger')} where device_id = ${maya.deviceId}::uuid order by seq`,
      );
      expect(seqs.map(({ seq }) => Number(seq))).toEqual([1, 2, 3]);
    }
  });

  it('[REVIEW-4] who may not change reviews decides nothing, the author neither; withdrawing is the author’s alone', async () => {
    await dispute();
    const otto = await world.pusherOf(shop.people.otto);
    expect(await verdictOf(otto, decides(1, 'accept'))).toMatchObject({ code: 'record_gone' });
    expect(await verdictOf(otto, decides(2, 'withdraw'))).toMatchObject({ code: 'record_gone' });
    expect(await verdictOf(maya, decides(3, 'accept'))).toMatchObject({ code: 'forbidden' });
    expect(await verdictOf(lena, decides(1, 'withdraw'))).toMatchObject({ code: 'guarded' });
    const passOn = { ...decides(2, 'update'), changes: { owner: { base: null, value: shop.people.otto } } };
    expect(await verdictOf(lena, passOn)).toMatchObject({ code: 'guarded' });
    expect(await reviewRow()).toMatchObject({ state: 'open', owner: shop.people.maya });
    expect(await verdictOf(maya, decides(4, 'withdraw'))).toMatchObject({ outcome: 'applied' });
  });

  it('[REVIEW-5] a record that changed again elsewhere is merged with; in the disputed field it is shown to the supervisor anew', async () => {
    const recordId = await dispute();
    await shop.set('job', recordId, 'minutes', 8);
    await shop.set('job', recordId, 'title', 'Big pump');
    await shop.set('job', recordId, 'place', 'Yard');
    expect(await verdictOf(lena, decides(1, 'accept'))).toMatchObject({
      outcome: 'rejected',
      code: 'review_outdated',
    });
    expect(await reviewRow()).toMatchObject({
      state: 'open',
      summary: 'Place: was nothing, is now Yard, asked for is Roof',
    });
    expect(await learns(maya)).toEqual([]);
    expect(await verdictOf(lena, decides(2, 'accept'))).toMatchObject({ outcome: 'applied' });
    expect(await shop.row('job', recordId)).toMatchObject({
      place: 'Roof',
      title: 'Big pump',
      minutes: 18,
    });
  });

  it('[REVIEW-6] what guards the record, or is gone, refuses the acceptance with its reason; the review stays to be declined', async () => {
    const recordId = await dispute();
    await shop.database.write((tx) =>
      tx.rows(sql`update ${shop.organisation.table('job')} set state = 'closed' where id = ${recordId}`),
    );
    expect(await verdictOf(lena, decides(1, 'accept'))).toMatchObject({
      code: 'guarded',
      reason: 'This job is closed.',
    });
    await shop.database.write((tx) =>
      tx.rows(sql`delete from ${shop.organisation.table('job')} where id = ${recordId}`),
    );
    expect(await verdictOf(lena, decides(2, 'accept'))).toMatchObject({ outcome: 'rejected' });
    expect(await reviewRow()).toMatchObject({ state: 'open' });
    expect(await verdictOf(lena, decides(3, 'decline'))).toMatchObject({ outcome: 'applied' });
    expect(await learns(maya)).toMatchObject([{ code: 'declined' }]);
  });

  it('[REVIEW-7] a change that came again under another number, or from another device, learns the outcome there as well', async () => {
    await dispute();
    const again = await world.pusherOf(shop.people.maya);
    expect(await verdictOf(again, { ...waiting, seq: 1 })).toMatchObject({ original: 'conflict' });
    expect(await learns(again)).toEqual([]);
    await verdictOf(lena, decides(1, 'accept'));
    expect(await learns(again)).toMatchObject([{ seq: 1, outcome: 'duplicate', original: 'merged' }]);
  });
});
