import type { UserContext } from '@satchel/model';
import { openModel } from '@satchel/model';
import { describe, expect, it } from 'vitest';
import { maya } from '../testing/demo-rows.ts';
import { demoBundle } from '../testing/demo-solution.ts';
import { canCreate, commandsFor, offerOf } from './offers.ts';

const model = openModel(demoBundle());
const user: UserContext = {
  ...maya,
  businessUnit: null,
  businessUnits: [],
  teams: [],
  roles: ['technician'],
};
const at = (isOffline: boolean) => ({ model, user, now: '2026-03-09T10:00:00.000Z', isOffline });
const row = (status: string) => ({ id: 'x', status, owner: maya.id });
const names = (isOffline: boolean, status: string) =>
  commandsFor(at(isOffline), 'work_order', row(status)).map(({ command, offer }) => [
    command.name,
    offer.refused,
  ]);

describe('offers', () => {
  it('[F-160] a command is offered only while its condition holds of the visible row', () => {
    expect(names(false, 'scheduled')).toEqual([
      ['start', null],
      ['close', null],
      ['approve', null],
    ]);
    expect(names(false, 'in_progress')).toEqual([
      ['hold', null],
      ['close', null],
      ['approve', null],
    ]);
  });

  it('[F-115] what cannot be done offline stays visible, with the reason', () => {
    expect(names(true, 'scheduled')).toEqual([
      ['start', null],
      ['close', null],
      ['approve', 'offline'],
    ]);
    expect(offerOf(at(true), 'account', 'delete', { id: 'x' })?.refused).toBe('offline');
    expect(canCreate(model, 'account', true)).toBe(true);
  });

  it('[APP-9] a guard says why in the words of its author, and what a role may not do is not shown at all', () => {
    expect(offerOf(at(false), 'work_order', 'update', row('closed'))).toMatchObject({ refused: 'guarded' });
    expect(offerOf(at(false), 'user', 'update', { id: 'x' })).toBeNull();
    expect(canCreate(model, 'user', false)).toBe(false);
  });
});
