import { describe, expect, it } from 'vitest';
import {
  buildBundle,
  buildWholeBundle,
  openModel,
  unitePrivileges,
  type OwnerFacts,
  type Row,
} from '@satchel/model';
import { checkShape, decide, type Facts } from './decide.ts';
import { mutation, workshop } from './testing/workshop.ts';

const model = openModel(buildWholeBundle(workshop));
const mine = openModel(buildBundle(workshop, ['technician']));
const mayaId = '01900000-0000-7000-8000-000000000001';
const stranger: OwnerFacts = { businessUnit: null, teams: [] };
const user = {
  id: mayaId,
  login: 'maya',
  name: 'Maya',
  businessUnit: null,
  businessUnits: [],
  teams: [],
  roles: ['technician'],
};
const theirs: Row = {
  id: '01900000-0000-7000-8000-00000000000a',
  title: 'Pump',
  state: 'open',
  log: null,
  minutes: 10,
  owner: mayaId,
  _rev: 7,
};

function facts(sent: Parameters<typeof mutation>[0], more: Partial<Facts> = {}): Facts {
  return {
    model,
    caller: {
      user,
      model: mine,
      privileges: unitePrivileges(workshop.roles.filter((role) => role.name === 'technician')),
    },
    mutation: mutation({ baseRev: 7, ...sent }),
    theirs,
    wasDeleted: false,
    isUntouched: true,
    wholes: [],
    ownerFacts: () => stranger,
    scope: { user, now: '2026-03-01T09:00:00.000Z', follow: () => null },
    ...more,
  };
}

describe('deciding', () => {
  it('[PUSH-21] what a named command sets is worked out here; what the device sends along does not count', () => {
    const sent = {
      seq: 1,
      command: 'close',
      params: { done: 'Fixed' },
      set: { state: 'open', title: 'Smuggled' },
      saw: { state: 'open' },
    };
    const decision = decide(facts(sent));
    expect(decision).toMatchObject({ kind: 'update', values: { state: 'closed', log: 'Fixed' } });
  });

  it('[PUSH-21] a named command is only for records of which its condition holds', () => {
    const closed = { ...theirs, state: 'closed' };
    const sent = { seq: 1, command: 'close', params: { done: 'Again' } };
    expect(decide(facts(sent, { theirs: closed }))).toMatchObject({ kind: 'refused', code: 'guarded' });
    expect(checkShape(model, mine, mutation({ seq: 1, command: 'close' }))).toMatchObject({
      code: 'validation',
      fields: { done: 'required' },
    });
  });

  it('[PUSH-12] who may not read the record learns nothing of it, whatever they ask', () => {
    const foreign = { ...theirs, owner: '01900000-0000-7000-8000-000000000009' };
    expect(decide(facts({ seq: 1, set: { title: 'x' } }, { theirs: foreign }))).toMatchObject({
      code: 'record_gone',
      showsTheirs: false,
    });
    expect(decide(facts({ seq: 1, command: 'delete' }, { theirs: foreign }))).toEqual({
      kind: 'nothing',
      rule: null,
      settled: {},
    });
  });

  it('[PUSH-7] what both sides changed to the same value is no conflict', () => {
    const sent = { seq: 1, set: { title: 'Big pump' }, saw: { title: 'Old pump' } };
    const agreed = { ...theirs, title: 'Big pump' };
    expect(decide(facts(sent, { theirs: agreed, isUntouched: false }))).toMatchObject({
      kind: 'update',
      values: {},
    });
    expect(decide(facts(sent, { isUntouched: false }))).toMatchObject({
      kind: 'refused',
      outcome: 'conflict',
      code: 'field_conflict',
    });
  });

  it('[PUSH-22] a merged value that breaks the field’s bounds is refused, not written', () => {
    const sent = { seq: 1, set: { minutes: 900 }, saw: { minutes: 0 } };
    const busy = { ...theirs, minutes: 500 };
    expect(decide(facts(sent, { theirs: busy, isUntouched: false }))).toMatchObject({
      code: 'validation',
      fields: { minutes: 'out_of_range' },
    });
  });
});
