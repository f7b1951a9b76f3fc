// The rules of deletes and of closed records, as an organisation may choose them, on a real PostgreSQL.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql, type ClosedRule, type DeleteRule, type Solution } from '@satchel/model';
import { openPushing, type Pushing } from './testing/pushing.ts';
import { mutation, workshop } from './testing/workshop.ts';

/** The workshop under other rules, with notes and spare parts that go with their job. */
function workshopUnder(deleteVsEdit: DeleteRule, closedRecord: ClosedRule): Solution {
  const partOf = (name: string): Solution['entities'][number] => ({
    name,
    label: name,
    labelPlural: name,
    icon: 'note',
    ownership: 'organisation',
    titleField: 'text',
    fields: {
      text: { type: 'text', label: 'Text', required: true },
      job: { type: 'lookup', label: 'Job', to: ['job'], onDelete: 'cascade' },
    },
  });
  const all = {
    create: 'organisation',
    read: 'organisation',
    update: 'organisation',
    delete: 'none',
  } as const;
  const notes = {
    label: 'Notes',
    entity: 'note',
    via: 'job',
    columns: ['text'],
    order: [],
    notesField: 'text',
  };
  return {
    ...workshop,
    entities: [...workshop.entities, partOf('note'), partOf('spare')],
    forms: [{ entity: 'job', sections: [{ label: 'Job', fields: ['title'] }], related: [notes] }],
    roles: workshop.roles.map((role) => ({
      ...role,
      privileges: { ...role.privileges, note: all, spare: all },
    })),
    policy: { ...workshop.policy, conflict: { ...workshop.policy.conflict, deleteVsEdit, closedRecord } },
  };
}

async function underRules(
  deleteVsEdit: DeleteRule,
  closedRecord: ClosedRule,
  tell: (world: Pushing) => Promise<void>,
): Promise<void> {
  const world = await openPushing(workshopUnder(deleteVsEdit, closedRecord));
  try {
    await tell(world);
  } finally {
    await world.shop.close();
  }
}

const kept = async ({ shop }: Pushing, recordId: string) =>
  shop.database.rows(
    sql`select field, mine, theirs, rule from ${shop.organisation.table('_superseded')} where record_id = ${recordId}`,
  );

describe('a delete against an edit', () => {
  it('[PUSH-23] delete-wins: the delete is done over what others changed, and their row is kept', () =>
    underRules('delete-wins', 'reject', async (world) => {
      const maya = await world.pusherOf(world.shop.people.maya);
      const { recordId, baseRev } = await world.aJob(maya);
      await world.shop.set('job', recordId, 'title', 'Changed');
      const { verdicts } = await world.send(maya, mutation({ seq: 2, recordId, baseRev, command: 'delete' }));
      expect(verdicts[0]).toMatchObject({ outcome: 'merged', rule: 'delete-wins' });
      expect(await world.shop.row('job', recordId)).toBeNull();
      expect(await kept(world, recordId)).toMatchObject([{ field: '*', theirs: { title: 'Changed' } }]);
    }));

  it('[PUSH-23] delete-wins: an edit of what was deleted yields, and every value of it is kept', () =>
    underRules('delete-wins', 'reject', async (world) => {
      const maya = await world.pusherOf(world.shop.people.maya);
      const { recordId, baseRev } = await world.aJob(maya);
      const { organisation, database } = world.shop;
      await database.rows(sql`delete from ${organisation.table('job')} where "id" = ${recordId}`);
      const lena = await world.pusherOf(world.shop.people.lena);
      const late = mutation({ seq: 1, recordId, baseRev, set: { title: 'Late' }, saw: { title: 'Pump' } });
      const { verdicts } = await world.send(lena, late);
      expect(verdicts[0]).toMatchObject({
        outcome: 'merged',
        rule: 'delete-wins',
        settled: { title: { base: 'Pump', theirs: null, mine: 'Late', result: null, rule: 'delete-wins' } },
      });
      expect(await world.shop.row('job', recordId)).toBeNull();
      expect(await kept(world, recordId)).toMatchObject([{ field: 'title', mine: 'Late' }]);
      expect((await world.send(lena, late)).verdicts[0]).toMatchObject({
        outcome: 'duplicate',
        original: 'merged',
        rule: 'delete-wins',
      });
    }));

  it('[PUSH-23] recreate: the edit wins over the delete; a record that is gone is left for its editor’s device to make again', () =>
    underRules('recreate', 'reject', async (world) => {
      const maya = await world.pusherOf(world.shop.people.maya);
      const { recordId, baseRev } = await world.aJob(maya);
      await world.shop.set('job', recordId, 'title', 'Changed');
      const { verdicts } = await world.send(maya, mutation({ seq: 2, recordId, baseRev, command: 'delete' }));
      expect(verdicts[0]).toMatchObject({ outcome: 'merged', rule: 'recreate' });
      expect(await world.shop.row('job', recordId)).toMatchObject({ title: 'Changed' });
      const { organisation, database } = world.shop;
      await database.rows(sql`delete from ${organisation.table('job')} where "id" = ${recordId}`);
      const lena = await world.pusherOf(world.shop.people.lena);
      const late = mutation({ seq: 1, recordId, baseRev, set: { title: 'Late' }, saw: { title: 'Pump' } });
      const again = { recordId, command: 'create', set: { title: 'Late' }, supersedes: late.id };
      const answer = await world.send(lena, late, mutation({ seq: 2, ...again }));
      expect(answer.verdicts.map(({ outcome }) => outcome)).toEqual(['conflict', 'applied']);
      expect(await world.shop.row('job', recordId)).toMatchObject({ title: 'Late' });
    }));
});

describe('a closed record', () => {
  const outcomes: readonly (readonly [ClosedRule, readonly string[]])[] = [
    ['reject', ['guarded', 'guarded', 'guarded', 'guarded']],
    ['allow-append-only', ['applied', 'guarded', 'applied', 'guarded']],
    ['allow', ['applied', 'applied', 'applied', 'applied']],
  ];
  let worlds: readonly Pushing[] = [];
  beforeAll(async () => {
    worlds = await Promise.all(outcomes.map(([rule]) => openPushing(workshopUnder('ask', rule))));
  });
  afterAll(() => Promise.all(worlds.map((world) => world.shop.close())));

  it.each(outcomes)(
    '[PUSH-13] under %s an addition, an edit, a note and a part come to %j',
    async (rule, expected) => {
      const world = worlds[outcomes.findIndex(([each]) => each === rule)];
      if (world === undefined) throw new Error('no world');
      const maya = await world.pusherOf(world.shop.people.maya);
      const { recordId, baseRev } = await world.aJob(maya);
      const part = (entity: string) => ({ entity, command: 'create', recordId: randomUUID() });
      const close = { command: 'close', params: { done: 'Fixed' } };
      await world.send(maya, mutation({ seq: 2, recordId, baseRev, ...close }));
      const sent = [
        mutation({ seq: 3, recordId, baseRev, set: { log: 'Fixed\nMore' }, saw: { log: 'Fixed' } }),
        mutation({ seq: 4, recordId, baseRev, set: { title: 'New' }, saw: { title: 'Pump' } }),
        mutation({ seq: 5, ...part('note'), set: { text: 'Rang', job: recordId } }),
        mutation({ seq: 6, ...part('spare'), set: { text: 'Bolt', job: recordId } }),
      ];
      // One push each, so that what follows a refused one on the same record is not held.
      const told: (string | undefined)[] = [];
      for (const each of sent) {
        const { verdicts } = await world.send(maya, each);
        told.push(verdicts[0]?.code ?? verdicts[0]?.outcome);
      }
      expect(told).toEqual(expected);
    },
  );
});
