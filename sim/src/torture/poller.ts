// A device in its plainest form: it pulls, keeps what it is told, and counts what it should not have been told.
import type { PullAnswer } from '@satchel/model';
import type { Post, ThingSession } from './things.ts';
import { pullThings, type WholeAnswer } from './things.ts';

export interface Poller {
  readonly counts: PollerCounts;
  /** One pull, applied. */
  poll(post: Post): Promise<WholeAnswer>;
  /** Rows that differ between what it holds and `truth`: revision by id. */
  missing(truth: ReadonlyMap<string, number>): readonly string[];
}

export interface PollerCounts {
  pulls: number;
  /** Rows told that were held at that very revision, after a cursor from the primary: none may be. */
  duplicates: number;
  /** The same after a cursor from a standby, which does not know what is open: told again, and not applied. */
  toldAgain: number;
  /** Answers after which it held other rows than the answer's own digest says. */
  wrongViews: number;
  /** Answers that said that devices must compare: nothing here is a reason for it. */
  comparisons: number;
}

/** `mayRepeat`: some of its cursors come from a standby. */
export function createPoller(session: ThingSession, mayRepeat: boolean): Poller {
  const counts: PollerCounts = { pulls: 0, duplicates: 0, toldAgain: 0, wrongViews: 0, comparisons: 0 };
  const held = new Map<string, number>();
  let sum = 0n;
  let cursor = session.cursor;
  const set = (id: string, rev: number | null): void => {
    sum += BigInt(rev ?? 0) - BigInt(held.get(id) ?? 0);
    if (rev === null) held.delete(id);
    else held.set(id, rev);
  };
  const apply = (answer: Extract<PullAnswer, { kind: 'delta' }>): void => {
    for (const { columns, rows, gone } of answer.changes) {
      const at = columns.indexOf('_rev');
      for (const cells of rows) {
        const [id, rev] = [String(cells[0]), Number(cells[at])];
        if (held.get(id) === rev) counts[mayRepeat ? 'toldAgain' : 'duplicates'] += 1;
        else set(id, rev);
      }
      for (const { id } of gone) set(id, null);
    }
    const digest = answer.digests['thing'];
    if (digest !== undefined && (digest.count !== held.size || digest.sum !== sum.toString()))
      counts.wrongViews += 1;
  };
  return {
    counts,
    poll: async (post) => {
      const answer = await pullThings(post, session, cursor);
      counts.pulls += 1;
      if (answer.kind === 'delta') apply(answer);
      if (answer.kind === 'reconcile') counts.comparisons += 1;
      cursor = answer.cursor ?? cursor;
      return answer;
    },
    missing: (truth) => [
      ...[...truth].filter(([id, rev]) => held.get(id) !== rev).map(([id]) => id),
      ...[...held.keys()].filter((id) => !truth.has(id)),
    ],
  };
}
