import { describe, expect, it } from 'vitest';
import { buildBundle, buildWholeBundle } from './build-bundle.ts';
import { canonicalJson } from './canonical-json.ts';
import { openModel } from './model.ts';
import { safeScope } from './policy.ts';
import type { OfflineProfile, ProfileEntity } from './profile.ts';
import { workshop } from './testing/workshop.ts';
import { validateSolution } from './validate-solution.ts';

const technician = openModel(buildBundle(workshop, ['technician']));

describe('bundle', () => {
  it('[MODEL-4] holds only what the roles may read: entities, views, commands, related lists, home', () => {
    const helper = buildBundle(workshop, ['helper']);
    expect(helper.entities.map((entity) => entity.name)).toEqual(['user', 'job', 'job_helper']);
    expect(helper.forms[0]?.related).toEqual([]);
    expect(helper.home).toEqual(['job']);
    expect(helper.profile).toBeNull();
    expect(buildBundle(workshop, [])).toMatchObject({
      entities: [],
      views: [],
      commands: [],
      forms: [],
      home: [],
    });
  });

  it('[MODEL-4] tells the privileges of links that no role names', () => {
    expect(technician.privileges('job_helper')).toEqual({
      create: 'none',
      read: 'organisation',
      update: 'none',
      delete: 'none',
    });
  });

  it('[MODEL-5] is the same, to the byte, whatever the order of the roles', () => {
    expect(canonicalJson(buildBundle(workshop, ['manager', 'technician']))).toBe(
      canonicalJson(buildBundle(workshop, ['technician', 'manager'])),
    );
  });

  it('[MODEL-5] two values that are equal have one canonical text', () => {
    expect(canonicalJson({ b: [1, undefined, { d: null, c: undefined }], a: 'x' })).toBe(
      '{"a":"x","b":[1,null,{"d":null}]}',
    );
  });

  it('[MODEL-6] unites the profiles of all roles: rows of any, commands of any, the earliest priority', () => {
    const both = openModel(buildBundle(workshop, ['technician', 'manager']));
    expect(both.profileEntity('job')).toMatchObject({
      rows: { where: "(record.owner == user.id) || (record.state == 'open')" },
      offline: ['create', 'update', 'close', 'delete'],
      priority: 1,
    });
    expect(both.profileEntity('customer')).toMatchObject({ rows: 'all', priority: 1 });
    expect(both.profileEntity('part')?.rows).toBe('related');
    expect(both.expression('job', "(record.owner == user.id) || (record.state == 'open')").op).toBe('or');
  });

  it('[MODEL-14] carries the links of a many-to-many rule by a part of their own, or by the one the profile has', () => {
    const helpers: ProfileEntity = {
      entity: 'user',
      rows: 'related',
      related: [{ kind: 'linked', entity: 'job', through: 'job_helper' }],
      offline: [],
      priority: 4,
    };
    const field = workshop.profiles[0] as OfflineProfile;
    const partsWith = (...more: readonly ProfileEntity[]) =>
      buildBundle({ ...workshop, profiles: [{ ...field, entities: [...field.entities, ...more] }] }, [
        'technician',
      ]).profile?.entities.slice(-2);
    const link = { kind: 'child', entity: 'job', field: 'job' };
    const target = { kind: 'target', entity: 'job_helper', field: 'helper' };
    expect(partsWith(helpers)).toMatchObject([
      { entity: 'job_helper', rows: 'related', related: [link], offline: [], priority: 4 },
      { entity: 'user', related: [target] },
    ]);
    const links: ProfileEntity = {
      entity: 'job_helper',
      rows: 'related',
      offline: ['create'],
      priority: 3.5,
    };
    expect(partsWith(links, helpers)).toMatchObject([
      { entity: 'job_helper', rows: 'related', related: [link], offline: ['create'], priority: 3.5 },
      { entity: 'user', related: [target] },
    ]);
  });

  it('[MODEL-16] carries pins and recents first, and what they point to of every part that is not carried whole', () => {
    const keeping = { ...workshop, policy: { ...workshop.policy, scope: safeScope } };
    const model = openModel(buildBundle(keeping, ['technician', 'manager']));
    expect(
      model
        .carriedEntities()
        .map(({ name }) => name)
        .slice(0, 2),
    ).toEqual(['pin', 'recent']);
    expect(model.privileges('pin')).toEqual({ create: 'own', read: 'own', update: 'none', delete: 'own' });
    expect(model.profileEntity('pin')?.offline).toEqual(['create', 'delete']);
    const brought = ['pin', 'recent'].map((entity) => ({ kind: 'target', entity, field: 'record' }));
    expect(model.profileEntity('job')?.related).toEqual(brought);
    expect(model.profileEntity('part')?.related?.slice(1)).toEqual(brought);
    const [record] = Object.values(model.entity('pin').fields);
    expect(record?.type === 'lookup' && record.to).toEqual(workshop.entities.map(({ name }) => name));
    const noPins = { ...keeping.policy.scope, pins: { records: 0 } };
    const fewer = { ...keeping, policy: { ...keeping.policy, scope: noPins } };
    expect(openModel(buildBundle(fewer, ['technician'])).profileEntity('pin')).toBeUndefined();
    expect(buildBundle(keeping, []).entities).toEqual([]);
  });

  it('[MODEL-7] conditions that look through a record the person may not read stay with the server', () => {
    const helper = openModel(buildBundle(workshop, ['helper']));
    expect(helper.views('job').map((view) => view.name)).toEqual(['open']);
    expect(helper.guards('job').map(({ guard }) => guard.name)).toEqual(['closed']);
    expect(technician.guards('job').map(({ guard }) => guard.name)).toEqual(['closed', 'poor_rating']);
    expect(openModel(buildWholeBundle(workshop)).guards('job')).toHaveLength(2);
  });

  it('[MODEL-7] keeps commands whose values are worked out from their parameters', () => {
    expect(technician.commands('job').map((command) => command.name)).toEqual([
      'close',
      'addHour',
      'postpone',
    ]);
  });

  it('[MODEL-7] carries the tree of every expression it names', () => {
    const whole = buildWholeBundle(workshop);
    expect(Object.keys(whole.expressions).sort()).toEqual(['', 'job', 'review']);
    expect(Object.keys(whole.expressions[''] ?? {})).toEqual(['now']);
  });
});

describe('openModel', () => {
  it('[MODEL-8] finds entities, fields and commands by name, and only own names', () => {
    expect(technician.entity('job').label).toBe('Job');
    expect(technician.findEntity('nothing')).toBeUndefined();
    expect(() => technician.entity('nothing')).toThrow();
    expect(technician.field('job', 'modified_at')?.type).toBe('dateTime');
    expect(technician.field('job', 'constructor')).toBeUndefined();
    expect(Object.keys(technician.fields('job')).slice(0, 3)).toEqual(['id', 'number', 'title']);
    expect(technician.command('job', 'close')?.label).toBe('Close');
    expect(technician.lookups('part').map((each) => each.name)).toEqual([
      'job',
      'owner',
      'created_by',
      'modified_by',
    ]);
    expect([technician.searchableFields('job'), technician.searchableFields('part')]).toEqual([
      ['number', 'title'],
      ['name'],
    ]);
  });

  it('[MODEL-8] gives a plain view and form where none is modelled', () => {
    expect(technician.defaultView('job').name).toBe('open');
    expect(technician.defaultView('part')).toMatchObject({
      name: 'all',
      columns: ['name', 'job'],
      order: [{ field: 'name' }],
    });
    expect(technician.form('part').sections).toEqual([{ label: 'Part', fields: ['name', 'job', 'owner'] }]);
  });

  it('[MODEL-8] lists carried entities in download order', () => {
    expect(technician.carriedEntities().map((entity) => entity.name)).toEqual(['job', 'customer', 'part']);
  });

  it('[MODEL-1] the solution of these tests is without fault', () => {
    expect(validateSolution(workshop)).toEqual([]);
  });
});
