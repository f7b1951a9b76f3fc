// How long the history is kept: so many days by the server's time, whatever the device's clock says.
import { epochMsOf, isoOf } from './instants.ts';
import { modelOf, toldNow, type Local } from './local.ts';

/** Forgets what ended more days ago than the policy keeps. Before the first contact of this process nothing is. */
export function forgetOldHistory(local: Local): void {
  const now = toldNow(local);
  if (now === null) return;
  const { historyDays } = modelOf(local).bundle.policy;
  const before = epochMsOf(now) - historyDays * 86_400_000;
  local.work.transaction(() => {
    local.work.dateHistory(now);
    local.work.forgetHistoryBefore(isoOf(before));
  });
}
