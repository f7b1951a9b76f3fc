// What a closed record lets through, and what stands where one side deleted and the other changed.
import { describe, expect, it } from 'vitest';
import { buildWholeBundle } from './build-bundle.ts';
import type { ClosedRule, DeleteRule, Entity } from './entity.ts';
import { fieldsLeftOpen, guardOfWhole, standingGuard, wholesOf } from './guards.ts';
import { deleteRule } from './merge.ts';
import { openModel, type Model } from './model.ts';
import { safePolicy } from './policy.ts';
import { mutation, scope } from './testing/mutations.ts';
import { ids, job, workshop } from './testing/workshop.ts';
import type { Row, Value } from './value.ts';

const closed: Row = { id: ids.job, state: 'closed', log: 'start', title: 'Door' };

/** The workshop where the guard `closed` closes a job, texts of its log are only added to, and parts are parts of it. */
function modelWith(closedRecord: ClosedRule, isPartNote = false): Model {
  const closing: Entity = {
    ...job,
    closedRecord,
    guards: [
      { name: 'closed', when: "record.state == 'closed'", refuses: ['*'], message: 'Closed.', closes: true },
    ],
  };
  const forms = workshop.forms.map((form) =>
    form.entity !== 'job'
      ? form
      : {
          ...form,
          related: form.related.map((list) => (isPartNote ? { ...list, notesField: 'name' } : list)),
        },
  );
  const entities = workshop.entities.map((entity) => (entity.name === 'job' ? closing : entity));
  return openModel(buildWholeBundle({ ...workshop, entities, forms }));
}

describe('closed records', () => {
  const refused = (model: Model, command: string, changes: Record<string, readonly [Value, Value]> = {}) => {
    const sent = mutation(1, command, changes);
    return standingGuard(model, sent, sent.changes, closed, scope) !== null;
  };

  it('[GUARD-1] reject lets nothing through, allow everything', () => {
    for (const command of ['update', 'delete']) {
      const changes = command === 'update' ? { title: ['Door', 'Gate'] as const } : {};
      expect(refused(modelWith('reject'), command, changes)).toBe(true);
      expect(refused(modelWith('allow'), command, changes)).toBe(false);
    }
    expect(refused(modelWith('reject'), 'update', { log: ['start', 'start\nmore'] })).toBe(true);
  });

  it('[GUARD-1] allow-append-only lets additions to appending texts through, alone and only as additions', () => {
    const model = modelWith('allow-append-only');
    expect(refused(model, 'update', { log: ['start', 'start\nmore'] })).toBe(false);
    expect(refused(model, 'update', { log: [null, 'first'] })).toBe(false);
    expect(refused(model, 'update', { log: ['start', 'rewritten'] })).toBe(true);
    expect(refused(model, 'update', { log: ['start', null] })).toBe(true);
    expect(refused(model, 'update', { log: ['start', 'start\nmore'], title: ['Door', 'Gate'] })).toBe(true);
    expect(refused(model, 'delete')).toBe(true);
  });

  it('[GUARD-1] a guard that does not close keeps to its own exceptions', () => {
    const model = openModel(buildWholeBundle(workshop));
    expect(refused(model, 'update', { log: ['start', 'rewritten'] })).toBe(false);
    expect(refused(model, 'update', { title: ['Door', 'Gate'] })).toBe(true);
    const [guard] = job.guards;
    expect(fieldsLeftOpen(job, guard, safePolicy)).toEqual(new Set(['log']));
  });

  it('[GUARD-2] a closed record gets no parts, but under allow-append-only its notes, and under allow all', () => {
    const adds = (model: Model, row: Row, command = 'create') => {
      const sent = { ...mutation(1, command, { job: [null, ids.job] }), entity: 'part', recordId: ids.part };
      const wholes = wholesOf(model, sent).map((whole) => ({ ...whole, row, follow: () => null }));
      return guardOfWhole(model, 'part', wholes, scope) === null;
    };
    expect(adds(modelWith('reject', true), closed)).toBe(false);
    expect(adds(modelWith('allow-append-only'), closed)).toBe(false);
    expect(adds(modelWith('allow-append-only', true), closed)).toBe(true);
    expect(adds(modelWith('allow'), closed)).toBe(true);
    expect(adds(modelWith('reject'), { ...closed, state: 'open' })).toBe(true);
    expect(adds(modelWith('reject'), closed, 'update')).toBe(false);
  });
});

describe('deleted records', () => {
  it('[MERGE-13] the rule for a delete against an edit is the entity’s, else the policy’s', () => {
    const under = (entity: DeleteRule | undefined, rule: DeleteRule) =>
      deleteRule(
        { ...job, ...(entity === undefined ? {} : { deleteVsEdit: entity }) },
        { conflict: { ...safePolicy.conflict, deleteVsEdit: rule } },
      );
    expect(under(undefined, 'ask')).toBe('ask');
    expect(under(undefined, 'delete-wins')).toBe('delete-wins');
    expect(under('recreate', 'delete-wins')).toBe('recreate');
  });
});
