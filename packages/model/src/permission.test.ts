import { describe, expect, it } from 'vitest';
import { intersectEntity } from './entity.ts';
import { effectivePrivileges, permits, readDepth, type OwnerFacts } from './permission.ts';
import { unitePrivileges, type Depth, type Privileges } from './role.ts';
import { ids, job, maya, workshop } from './testing/workshop.ts';

const privileges = (depth: Depth): Readonly<Record<string, Privileges>> =>
  Object.fromEntries(
    ['job', 'part', 'customer', 'user'].map((name) => [
      name,
      { create: depth, read: depth, update: depth, delete: depth },
    ]),
  );
const part = { ...job, name: 'part', ownership: 'team' } as const;
const customer = { ...job, name: 'customer', ownership: 'organisation' } as const;
const stranger: OwnerFacts = { businessUnit: 'elsewhere', teams: [ids.south] };
const mate: OwnerFacts = { businessUnit: 'elsewhere', teams: [ids.south, ids.north] };
const colleague: OwnerFacts = { businessUnit: ids.unit, teams: [] };
const reach = (
  depth: Depth,
  entity: Parameters<typeof permits>[2],
  owner: string | null,
  facts: OwnerFacts,
) => permits(privileges(depth), 'update', entity, { owner }, maya, facts);

describe('permits', () => {
  it.each<[Depth, readonly boolean[]]>([
    ['none', [false, false, false, false, false]],
    ['own', [true, false, false, false, false]],
    ['team', [true, true, false, false, false]],
    ['unit', [true, true, true, false, false]],
    ['organisation', [true, true, true, true, true]],
  ])('[PERM-1] depth %s reaches own, team mate, colleague, stranger, nobody: %s', (depth, expected) => {
    const cases: readonly [string | null, OwnerFacts][] = [
      [maya.id, stranger],
      [ids.otto, mate],
      [ids.otto, colleague],
      [ids.otto, stranger],
      [null, stranger],
    ];
    expect(cases.map(([owner, facts]) => reach(depth, job, owner, facts))).toEqual(expected);
  });

  it('[PERM-7] people below reach by reading and those one level below by updating too, with any depth but none; never by more', () => {
    const head = { ...maya, below: [ids.otto, ids.south], reports: [ids.south] };
    const may = (action: 'read' | 'update' | 'delete', depth: Depth, entity: typeof job, owner: string) =>
      permits(privileges(depth), action, entity, { owner }, head, stranger);
    const asTeam = { ...job, ownership: 'team' } as unknown as typeof job;
    expect((['none', 'own', 'unit'] as const).map((depth) => may('read', depth, job, ids.otto))).toEqual([
      false,
      true,
      true,
    ]);
    expect(may('update', 'own', job, ids.otto)).toBe(false);
    expect(may('update', 'own', asTeam, ids.south)).toBe(true);
    expect(may('delete', 'own', asTeam, ids.south)).toBe(false);
  });

  it('[PERM-2] a record owned by a team is own to its members', () => {
    expect([
      reach('own', part, ids.north, stranger),
      reach('team', part, ids.south, stranger),
      reach('unit', part, ids.south, colleague),
    ]).toEqual([true, false, true]);
  });

  it('[PERM-3] what belongs to the organisation is reached by that depth only', () => {
    expect(
      (['own', 'team', 'unit', 'organisation'] as const).map((depth) =>
        reach(depth, customer, null, stranger),
      ),
    ).toEqual([false, false, false, true]);
  });

  it('[PERM-4] where a device does not know the owner it allows what more than own depth might, and the server decides', () => {
    expect([
      reach('own', job, ids.otto, 'unknown'),
      reach('team', job, ids.otto, 'unknown'),
      reach('none', job, ids.otto, 'unknown'),
    ]).toEqual([false, true, false]);
  });

  it('[PERM-5] a link may be read by whoever reads both ends, and changed by whoever may change every record of both', () => {
    const link = intersectEntity({
      name: 'link',
      label: '',
      between: ['job', 'user'],
      fields: ['job', 'user'],
    });
    expect([
      readDepth(privileges('own'), link),
      readDepth({ job: privileges('own')['job'] as Privileges }, link),
    ]).toEqual(['organisation', 'none']);
    expect(permits(privileges('unit'), 'create', link, {}, maya, 'unknown')).toBe(false);
    expect(permits(privileges('organisation'), 'create', link, {}, maya, 'unknown')).toBe(true);
    const named = {
      ...privileges('organisation'),
      link: { create: 'none', read: 'none', update: 'none', delete: 'none' } as const,
    };
    expect([readDepth(named, link), effectivePrivileges(named, [link])['link']?.read]).toEqual([
      'none',
      'none',
    ]);
  });

  it('[PERM-6] privileges of several roles add up to the deepest of each', () => {
    const united = unitePrivileges(workshop.roles);
    expect(united['job']).toEqual({
      create: 'organisation',
      read: 'organisation',
      update: 'organisation',
      delete: 'organisation',
    });
    expect(unitePrivileges(workshop.roles.slice(0, 2))['job']?.read).toBe('team');
    expect(united['nothing']).toBeUndefined();
  });
});
