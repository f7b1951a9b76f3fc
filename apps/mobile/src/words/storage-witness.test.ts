import type { SessionState } from '@satchel/device';
import { describe, expect, it } from 'vitest';
import { sightingOf, testimonyFrom } from './storage-witness.ts';

const maya = { name: 'Maya' } as Extract<SessionState, { state: 'signed-in' }>['user'];
const organisation = { id: 'o', label: 'O' };
const outbox = { waiting: 2, held: 1, problems: 1, settling: 3 };
const quiet = { waiting: 0, held: 0, problems: 0, settling: 0 };
const [then, now] = ['2026-03-09T10:00:00.000Z', '2026-03-10T10:00:00.000Z'];
const testimony = { name: 'Maya', unsent: 4, asOf: then };
const signedOut = { session: { state: 'signed-out' }, outbox: quiet } as const;

describe('what the page remembers of the storage', () => {
  it('[APP-14] while somebody is signed in, what had not been sent and when is remembered', () => {
    for (const state of ['signed-in', 'expired'] as const)
      expect(sightingOf({ session: { state, user: maya, organisation }, outbox }, null, true, then)).toEqual({
        remember: testimony,
        cleared: null,
      });
  });

  it('[APP-14] storage that is empty though nobody signed out was cleared, until somebody signs in', () => {
    const sighting = { remember: testimony, cleared: testimony };
    expect(sightingOf(signedOut, testimony, false, now)).toEqual(sighting);
    const session = { state: 'signed-in', user: maya, organisation } as const;
    expect(sightingOf({ session, outbox: quiet }, testimony, false, now)).toEqual({
      remember: { name: 'Maya', unsent: 0, asOf: now },
      cleared: null,
    });
  });

  it('[APP-14] a first start and a sign-out are no loss', () => {
    const nothing = { remember: null, cleared: null };
    expect(sightingOf(signedOut, null, false, now)).toEqual(nothing);
    expect(sightingOf(signedOut, testimony, true, now)).toEqual(nothing);
  });

  it('[APP-14] what is remembered is read as it was written, and anything else is nothing', () => {
    expect(testimonyFrom(JSON.stringify(testimony))).toEqual(testimony);
    for (const text of [null, '', '{', '1', '{"name":"Maya"}']) expect(testimonyFrom(text)).toBeNull();
  });
});
