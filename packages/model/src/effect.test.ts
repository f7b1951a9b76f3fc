import { describe, expect, it } from 'vitest';
import { buildBundle } from './build-bundle.ts';
import {
  applyMutation,
  checkMutation,
  draftMutation,
  effectiveChanges,
  type DraftRequest,
} from './effect.ts';
import { openModel } from './model.ts';
import { mutation, mutationId, noon, scope } from './testing/mutations.ts';
import { ids, maya, workshop } from './testing/workshop.ts';
import type { Row } from './value.ts';

const model = openModel(buildBundle(workshop, ['technician']));
const identity = { id: mutationId(1), recordId: ids.job, at: { device: noon, corrected: null } };
const seen: Row = {
  id: ids.job,
  title: 'Door',
  state: 'open',
  minutes: 30,
  street: 'A 1',
  town: 'B',
  log: null,
  _rev: 7,
};
const draft = (request: Omit<DraftRequest, 'entity'>, row: Row | null = seen) =>
  draftMutation(model, { entity: 'job', ...request }, row, identity, scope);

describe('draftMutation', () => {
  it('[MODEL-10] takes bases from the row the person saw, normalises values and leaves out what stays the same', () => {
    const made = draft({ command: 'update', values: { title: ' Gate ', minutes: 30, log: '' } });
    expect(made.changes).toEqual({ title: { base: 'Door', value: 'Gate' } });
    expect([made.baseRev, made.schemaVersion, made.recordId]).toEqual([7, 3, ids.job]);
  });

  it('[MODEL-10] brings the other fields of a touched group along unchanged', () => {
    expect(draft({ command: 'update', values: { street: 'C 2' } }).changes).toEqual({
      street: { base: 'A 1', value: 'C 2' },
      town: { base: 'B', value: 'B' },
    });
  });

  it('[MODEL-10] a create carries what was entered and the defaults a person could have entered', () => {
    const made = draft({ command: 'create', values: { title: 'Gate', approved: null } }, null);
    expect(made.changes).toEqual({
      title: { base: null, value: 'Gate' },
      approved: { base: null, value: null },
      reported: { base: null, value: noon },
      owner: { base: null, value: maya.id },
    });
    expect(made.baseRev).toBeNull();
  });

  it('[MODEL-10] a named command says what it will set; a delete changes no field', () => {
    const made = draft({ command: 'close', params: { spent: 'New hinge' } });
    expect(made.changes).toEqual({
      state: { base: 'open', value: 'closed' },
      closed_at: { base: null, value: noon },
      log: { base: null, value: 'New hinge' },
    });
    expect(draft({ command: 'delete' })).toMatchObject({ changes: {}, baseRev: 7 });
  });
});

describe('a command with parameters', () => {
  it('[MODEL-10] sets what its expression makes of them', () => {
    const made = draft({ command: 'postpone', params: { until: '2024-07-01' } });
    expect(made.changes).toEqual({ due: { base: null, value: '2024-07-01' } });
  });
});

describe('applyMutation', () => {
  it('[MODEL-9] a create makes a row with every field, defaults included, and the stamps as best guessed', () => {
    const row = applyMutation(
      model,
      draft({ command: 'create', values: { title: 'Gate' } }, null),
      null,
      scope,
    );
    expect(row).toMatchObject({
      id: ids.job,
      title: 'Gate',
      state: 'open',
      approved: false,
      number: null,
      owner: maya.id,
      created_at: noon,
      created_by: maya.id,
    });
    expect(Object.keys(row ?? {}).sort()).toEqual(Object.keys(model.fields('job')).sort());
  });

  it('[MODEL-9] a value that the person emptied is not filled again by its default', () => {
    const row = applyMutation(
      model,
      draft({ command: 'create', values: { title: 'Gate', approved: null } }, null),
      null,
      scope,
    );
    expect(row?.['approved']).toBeNull();
  });

  it('[MODEL-9] an update sets its fields and nothing else; on a row that is gone it does nothing', () => {
    const update = mutation(1, 'update', { title: ['Door', 'Gate'], nonsense: [null, 1] });
    expect(applyMutation(model, update, seen, scope)).toEqual({
      ...seen,
      title: 'Gate',
      modified_at: noon,
      modified_by: maya.id,
    });
    expect(applyMutation(model, update, null, scope)).toBeNull();
    expect(applyMutation(model, mutation(1, 'delete'), seen, scope)).toBeNull();
  });
});

describe('effectiveChanges', () => {
  it('[MODEL-11] the server works out what a named command sets; values and fields that a device adds do not count', () => {
    const forged = mutation(
      1,
      'close',
      { state: ['open', 'open'], title: ['Door', 'Mine'], closed_at: [null, '1999-01-01T00:00:00.000Z'] },
      { params: { spent: 'x' } },
    );
    expect(effectiveChanges(model, forged, seen, scope)).toEqual({
      state: { base: 'open', value: 'closed' },
      closed_at: { base: null, value: noon },
      log: { base: null, value: 'x' },
    });
  });

  it('[MODEL-11] a command that counts up brings its difference, not a total, when the server has moved on', () => {
    const made = draft({ command: 'addHour' });
    expect(effectiveChanges(model, made, { ...seen, minutes: 45 }, scope)).toEqual({
      minutes: { base: 30, value: 90 },
    });
  });
});

describe('checkMutation', () => {
  it('[MODEL-12] names unknown, read-only and wrong fields, and what a create lacks', () => {
    expect(
      checkMutation(
        model,
        mutation(1, 'update', {
          title: ['a', null],
          state: ['open', 'closed'],
          created_at: [null, noon],
          colour: [null, 'red'],
          number: [null, 'J-1'],
        }),
      ),
    ).toEqual({
      title: 'required',
      state: 'read_only',
      created_at: 'read_only',
      colour: 'unknown_field',
      number: 'read_only',
    });
    expect(checkMutation(model, mutation(1, 'create'))).toEqual({ title: 'required' });
    expect(checkMutation(model, mutation(1, 'delete'))).toEqual({});
  });

  it('[MODEL-12] of a named command the parameters are checked', () => {
    expect(checkMutation(model, mutation(1, 'close', {}, { params: { spent: ' ', more: 1 } }))).toEqual({
      spent: 'required',
      more: 'unknown_field',
    });
    expect(checkMutation(model, mutation(1, 'close', {}, { params: { spent: 'x' } }))).toEqual({});
  });
});
