// What had to be repaired here, kept until the server has it. In normal work there is nothing to tell: a heal is a fault somewhere, and the administrator
// should know. Each has a number of its own, so that one told twice is recorded once.
import type { Heal } from '@satchel/model';
import { deviceLimits } from './limits.ts';
import { serverNow, type Local } from './local.ts';
import { rowsOf, type Repair } from './reconcile.ts';

/** Notes a repair. One that found nothing is none. */
export function noteHeal(local: Local, entity: string, why: Heal['why'], repair: Repair): void {
  if (rowsOf(repair) === 0) return;
  const { work } = local;
  const at = serverNow(local);
  work.transaction(() => {
    // What an explained comparison finds is no surprise to a person, only to the administrator.
    if (why === 'digest') work.set('heals', (work.get('heals') ?? 0) + rowsOf(repair));
    const number = (work.get('lastHeal') ?? 0) + 1;
    work.set('lastHeal', number);
    const open = [...(work.get('openHeals') ?? []), { number, entity, why, ...repair, at }];
    work.set('openHeals', open.slice(-deviceLimits.healsKeptMax));
  });
}

/** The oldest that the server has not recorded, as many as one pull may tell. */
export function healsToTell({ work }: Local, max: number): Heal[] {
  return (work.get('openHeals') ?? []).slice(0, max);
}

/** Forgets those up to a number that the server has recorded. */
export function forgetHeals({ work }: Local, upTo: number | undefined): void {
  const open = work.get('openHeals') ?? [];
  if (upTo === undefined || !open.some(({ number }) => number <= upTo)) return;
  work.transaction(() =>
    work.set(
      'openHeals',
      open.filter(({ number }) => number > upTo),
    ),
  );
}
