import { describe, expect, it } from 'vitest';
import { buildBundle } from './build-bundle.ts';
import type { Entity } from './entity.ts';
import { limitVerdict } from './limit-fields.ts';
import { openModel } from './model.ts';
import { uniteFieldLimits, type FieldLimit, type Role } from './role.ts';
import type { Solution } from './solution.ts';
import { workshop } from './testing/workshop.ts';
import { validateSolution } from './validate-solution.ts';

const job = workshop.entities.find((entity) => entity.name === 'job') as Entity;
const technician = workshop.roles.find((role) => role.name === 'technician') as Role;
type Limits = Readonly<Record<string, FieldLimit>>;
const limited = (fields: Limits, more: Partial<Solution> = {}): Solution => ({
  ...workshop,
  ...more,
  roles: workshop.roles.map((role) => (role === technician ? { ...role, fields: { job: fields } } : role)),
});
const modelOf = (fields: Limits, more: Partial<Solution> = {}) =>
  openModel(buildBundle(limited(fields, more), ['technician']));

describe('limits of fields', () => {
  const role = (name: string, read: 'own' | 'none', update: 'own' | 'none', fields?: Limits): Role => ({
    name,
    label: name,
    privileges: { job: { create: 'none', read, update, delete: 'none' } },
    ...(fields === undefined ? {} : { fields: { job: fields } }),
  });

  it('[FLS-1] what any role that reads or writes the entity allows is allowed', () => {
    const blind = role('blind', 'own', 'own', { due: 'hidden', log: 'readOnly', minutes: 'hidden' });
    const unite = (...roles: readonly Role[]) => uniteFieldLimits(roles)['job'] ?? {};
    expect(unite(blind)).toEqual({ due: 'hidden', log: 'readOnly', minutes: 'hidden' });
    expect(unite(blind, role('all', 'own', 'own'))).toEqual({});
    expect(unite(blind, role('reader', 'own', 'none'))).toEqual({
      due: 'readOnly',
      log: 'readOnly',
      minutes: 'readOnly',
    });
    expect(unite(blind, role('stranger', 'none', 'none'))).toEqual(unite(blind));
    expect(unite(blind, { name: 'other', label: 'Other', privileges: {} })).toEqual(unite(blind));
    expect(unite(blind, role('looker', 'own', 'own', { due: 'readOnly', log: 'hidden' }))).toEqual({
      due: 'readOnly',
      log: 'readOnly',
    });
  });

  it('[FLS-2] a bundle has neither hidden fields nor anything that names them; locked ones are read-only', () => {
    const model = modelOf({ due: 'hidden', minutes: 'hidden', log: 'readOnly' });
    expect(model.field('job', 'due')).toBeUndefined();
    expect(model.field('job', 'log')?.readOnly).toBe(true);
    expect(model.views('job').map(({ columns, order }) => [columns, order])).toContainEqual([['title'], []]);
    expect(model.form('job').sections[0]?.fields).not.toContain('due');
    // It sets a hidden field from a parameter: the server does that; one whose value is worked out from a hidden field sets nothing here.
    expect(model.command('job', 'postpone')?.set).toEqual({});
    expect(model.command('job', 'addHour')?.set).toEqual({});
    expect(JSON.stringify(model.bundle.entities)).not.toContain('"due"');
  });

  it('[FLS-3] a condition that reads a hidden field stays with the server', () => {
    const model = modelOf({ state: 'hidden' });
    expect(model.views('job').map(({ name }) => name)).not.toContain('open');
    expect(model.commands('job').map(({ name }) => name)).not.toContain('close');
    expect(model.guards('job').map(({ guard }) => guard.name)).not.toContain('closed');
  });

  it('[FLS-4] a verdict tells no hidden field, whatever was recorded', () => {
    const model = modelOf({ due: 'hidden' });
    const clash = { base: null, theirs: 'a', mine: 'b' };
    const verdict = {
      id: 'm',
      seq: 1,
      outcome: 'conflict',
      code: 'field_conflict',
      theirs: { id: 'j', title: 'T', due: '2026-01-01', _rev: 7 },
      clashes: { title: clash, due: clash },
      fields: { due: 'out_of_range', nonsense: 'unknown_field' },
      by: { name: 'Otto', at: '2026-01-01T00:00:00.000Z' },
    } as const;
    expect(limitVerdict(model, 'job', verdict)).toEqual({
      ...verdict,
      theirs: { id: 'j', title: 'T', _rev: 7 },
      clashes: { title: clash },
      fields: { nonsense: 'unknown_field' },
    });
    expect(limitVerdict(model, 'secret_thing', verdict)).not.toHaveProperty('theirs');
    expect(limitVerdict(model, 'job', { ...verdict, theirs: null })).toMatchObject({ theirs: null });
  });

  it('[FLS-6] a role cannot hide what names a record, lock what it must fill, part a group, or limit what is not there', () => {
    const grouped = workshop.entities.map((entity) =>
      entity === job ? { ...entity, fieldGroups: [['due', 'closed_at']] } : entity,
    );
    const faultsOf = (fields: Limits, more: Partial<Solution> = {}) =>
      validateSolution(limited(fields, more)).map(({ path }) => path.replace('roles[0].fields.', ''));
    expect(faultsOf({ due: 'hidden', log: 'readOnly' })).toEqual([]);
    expect(faultsOf({ title: 'hidden' })).toEqual(['job.title', 'job.title']);
    expect(faultsOf({ title: 'readOnly' })).toEqual(['job.title']);
    expect(faultsOf({ owner: 'hidden', nowhere: 'hidden' })).toEqual(['job.owner', 'job.nowhere']);
    expect(faultsOf({ due: 'hidden' }, { entities: grouped })).toEqual(['job.due']);
    expect(faultsOf({ due: 'hidden', closed_at: 'hidden' }, { entities: grouped })).toEqual([]);
    const elsewhere = [{ ...technician, fields: { job_helper: {}, nothing: {} } }];
    expect(validateSolution({ ...workshop, roles: elsewhere }).map(({ path }) => path)).toEqual(
      expect.arrayContaining(['roles[0].fields.job_helper', 'roles[0].fields.nothing']),
    );
  });
});
