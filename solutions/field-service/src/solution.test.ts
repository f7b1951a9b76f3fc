// The shipped solution is sound and every role gets a bundle of it.
import { buildBundle, validateSolution } from '@satchel/model';
import { describe, expect, it } from 'vitest';
import { fieldService } from './solution.ts';

describe('field service', () => {
  it('[DEMO-1] the shipped solution has no fault', () => {
    expect(validateSolution(fieldService)).toEqual([]);
  });

  it.each(fieldService.roles.map((role) => role.name))(
    '[DEMO-2] the role %s gets a bundle with screens, commands and something to carry',
    (role) => {
      const bundle = buildBundle(fieldService, [role]);
      expect(bundle.home).toEqual(fieldService.home);
      expect(bundle.commands).toEqual(fieldService.commands);
      expect(bundle.views.length).toBe(fieldService.views.length);
      expect(bundle.profile?.entities.map((part) => part.entity)).toEqual(
        expect.arrayContaining([
          'work_order',
          'work_order_task',
          'work_order_part',
          'note',
          'user',
          'team_member',
        ]),
      );
    },
  );

  it('[DEMO-2] a person with two roles gets one bundle of both', () => {
    const names = fieldService.roles.map((role) => role.name);
    expect(buildBundle(fieldService, names).profile?.name).toBe('technician+office');
  });

  it('[DEMO-3] no role may change or delete a note, and technicians only read products', () => {
    for (const role of fieldService.roles) {
      expect(role.privileges['note']).toMatchObject({ update: 'none', delete: 'none' });
    }
    const technician = fieldService.roles.find((role) => role.name === 'technician');
    expect(technician?.privileges['product']).toEqual({
      create: 'none',
      read: 'organisation',
      update: 'none',
      delete: 'none',
    });
  });
});
