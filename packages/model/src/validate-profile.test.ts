import { describe, expect, it } from 'vitest';
import type { Solution } from './solution.ts';
import { safeScope, type ScopePolicy } from './policy.ts';
import { workshop } from './testing/workshop.ts';
import { validateSolution } from './validate-solution.ts';

const first = <T>(list: readonly T[]): T => list[0] as T;
const pathsOf = (change: Partial<Solution>) =>
  validateSolution({ ...workshop, ...change }).map((fault) => fault.path);

describe('offline profiles', () => {
  const field = first(workshop.profiles);
  const profile = (change: Partial<typeof field>) => pathsOf({ profiles: [{ ...field, ...change }] });
  const parts = field.entities;

  it('[MODEL-1] rules, commands and roles of a profile must exist and fit', () => {
    expect(profile({ roles: ['pilot'] })).toEqual(['profiles[0].roles[0]']);
    expect(profile({ entities: [{ ...first(parts), offline: ['update', 'fly'] }] })).toEqual([
      'profiles[0].entities[0].offline[1]',
    ]);
    expect(profile({ entities: [{ ...first(parts), rows: { where: 'record.title' } }] })).toEqual([
      'profiles[0].entities[0].rows.where',
    ]);
    expect(profile({ entities: [{ ...first(parts), rows: 'related' }] })).toEqual([
      'profiles[0].entities[0].rows',
    ]);
    expect(
      profile({
        entities: parts
          .slice(0, 2)
          .map((part) => ({ ...part, related: [{ kind: 'child', entity: 'part', field: 'job' }] })),
      }),
    ).toEqual([
      'profiles[0].entities[0].related[0].entity',
      'profiles[0].entities[0].related[0].field',
      'profiles[0].entities[1].related[0].entity',
      'profiles[0].entities[1].related[0].field',
    ]);
  });

  it('[MODEL-16] what joins scopes has sound numbers, and names of its own that no role speaks of', () => {
    const withScope = (scope: ScopePolicy, more: Partial<Solution> = {}) =>
      pathsOf({ ...more, policy: { ...workshop.policy, scope } });
    expect(withScope(safeScope)).toEqual([]);
    expect(
      withScope({ recents: { entities: -1, records: 0.5 }, pins: { records: -1 }, addOnAccess: false }),
    ).toEqual(['policy.scope.recents.entities', 'policy.scope.recents.records', 'policy.scope.pins.records']);
    const pin = { ...first(workshop.entities), name: 'pin' };
    expect(withScope(safeScope, { entities: [...workshop.entities, pin] })).toContain('policy.scope');
    const role = first(workshop.roles);
    const all = first(Object.values(role.privileges));
    const roles = [{ ...role, privileges: { ...role.privileges, pin: all } }, ...workshop.roles.slice(1)];
    expect(withScope(safeScope, { roles })).toEqual(['roles[0].privileges.pin']);
    // Only for what is pinned or used: no rule of its own is needed.
    const onlyPins = { entity: 'user', rows: 'related', offline: [], priority: 9 } as const;
    const profiles = [{ ...field, entities: [...parts, onlyPins] }];
    expect([withScope(safeScope, { profiles }), pathsOf({ profiles })]).toEqual([
      [],
      ['profiles[0].entities[3].rows'],
    ]);
  });

  it('[MODEL-3] related rules that go in a circle are a fault that names the circle', () => {
    const around = parts.map((part) =>
      part.entity === 'job'
        ? { ...part, related: [{ kind: 'target', entity: 'part', field: 'job' } as const] }
        : part,
    );
    const faults = validateSolution({ ...workshop, profiles: [{ ...field, entities: around }] });
    expect(faults).toEqual([
      {
        path: 'profiles[0].entities[2].related[0]',
        message: 'related rules go in a circle: job → part → job',
      },
    ]);
  });

  it('[MODEL-14] a rule along a many-to-many relation names one between the two, and a circle through it names the link', () => {
    const helped = (through: string) =>
      ({
        entity: 'user',
        rows: 'related',
        related: [{ kind: 'linked', entity: 'job', through } as const],
        offline: [],
        priority: 4,
      }) as const;
    const with_ = (part: (typeof field.entities)[number], jobs = parts) =>
      validateSolution({ ...workshop, profiles: [{ ...field, entities: [...jobs, part] }] });
    expect(with_(helped('job_helper'))).toEqual([]);
    expect(with_(helped('team_member'))).toEqual([
      {
        path: 'profiles[0].entities[3].related[0].through',
        message: 'no relation team_member between job and user',
      },
    ]);
    const around = parts.map((part) =>
      part.entity === 'job'
        ? { ...part, related: [{ kind: 'child', entity: 'user', field: 'owner' } as const] }
        : part,
    );
    expect(with_(helped('job_helper'), around)).toEqual([
      {
        path: 'profiles[0].entities[3].related[0]',
        message: 'related rules go in a circle: job → user → job_helper → job',
      },
    ]);
  });

  it('[MODEL-3] so are those that only go in a circle when a person has several roles', () => {
    const office = {
      name: 'office',
      label: 'Office',
      roles: ['manager'],
      entities: [
        { entity: 'part', rows: 'all', offline: [], priority: 1 } as const,
        {
          entity: 'job',
          rows: 'related',
          related: [{ kind: 'target', entity: 'part', field: 'job' } as const],
          offline: [],
          priority: 2,
        } as const,
      ],
    };
    const faults = validateSolution({ ...workshop, profiles: [field, office] });
    expect(faults.map((fault) => fault.path)).toHaveLength(1);
    expect(faults[0]?.message).toContain('job → part → job');
  });
});
