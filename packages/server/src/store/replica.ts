// Reading at a hot standby. It may answer a request only when it holds everything that the primary had written when the request came: then nothing a device
// is told there is older than what it was told before, wherever that was. Where it is behind, gone, or another than it was, the primary answers.
import { setTimeout as sleep } from 'node:timers/promises';
import { SyncError } from '@satchel/model';
import { codeOf } from '../errors.ts';
import { serverLimits } from '../limits.ts';
import { openDatabase, type Database } from './database.ts';

/** How far a primary had come: its log was on disk up to here, in this line of history. */
export interface Position {
  /** As PostgreSQL writes it: `16/B374D848`. */
  readonly wal: string;
  /** Null: this is no primary, and nothing is known of what is newest. */
  readonly timeline: string | null;
}

/** What the standby is good for: `ready`; `behind`, not there in time; `gone`, not answering, or no standby of this primary. */
export type Standing = 'ready' | 'behind' | 'gone';

export interface Replica {
  /** The standby, once it holds all that the primary had at this position; null where the primary is to be read. Waits `replicaWaitMs` at most. */
  upTo(at: Position): Promise<Database | null>;
  /** Reading there failed. */
  broke(error: unknown): void;
  close(): Promise<void>;
}

/** The server at the standby's address is not, or no longer, a standby in this line of history. */
export class NotTheStandby extends Error {
  constructor() {
    super('what answers at the address of the standby is not a standby of this primary');
    this.name = 'NotTheStandby';
  }
}

interface Look {
  readonly standby: boolean;
  readonly system: string;
  readonly timeline: string;
  readonly wal: string | null;
}

const lookSql = `select pg_is_in_recovery() as standby, pg_last_wal_replay_lsn()::text as wal,
  (select system_identifier::text from pg_control_system()) as system,
  (select upper(lpad(to_hex(timeline_id), 8, '0')) from pg_control_checkpoint()) as timeline`;

/** Resolves also where nobody answers at `url`. `tell` hears of every change of standing, once. */
export async function openReplica(
  url: string,
  primary: Database,
  tell: (standing: Standing, error: unknown) => void,
): Promise<Replica> {
  let pool: Database | null = null;
  let standing: Standing = 'ready';
  let known: { readonly replayed: bigint; readonly timeline: string } | null = null;
  let looking: Promise<void> | null = null;
  let restUntilMs = 0;
  let isClosed = false;

  const become = (next: Standing, error: unknown = null): void => {
    if (next !== 'ready') restUntilMs = performance.now() + serverLimits.replicaRestMs;
    if (next === 'gone') known = null;
    if (next === standing || isClosed) return;
    standing = next;
    tell(next, error);
  };

  const inspect = async (): Promise<void> => {
    try {
      pool ??= await openDatabase(url, { onError: (error) => become('gone', error) });
      const [there] = await pool.rows<Look>(lookSql);
      const [here] = await primary.rows<{ system: string }>(
        'select system_identifier::text as system from pg_control_system()',
      );
      if (there?.wal == null || !there.standby || there.system !== here?.system) throw new NotTheStandby();
      known = { replayed: placeOf(there.wal), timeline: there.timeline };
    } catch (error) {
      become('gone', error);
    }
  };
  const look = (): Promise<void> =>
    (looking ??= inspect().finally(() => {
      looking = null;
    }));
  const holds = ({ wal, timeline }: Position): boolean =>
    known !== null && known.timeline === timeline && known.replayed >= placeOf(wal);

  /** While it is not ready requests do not wait for it; every now and then one of them has it looked at. */
  const lookAgain = (at: Position): void => {
    if (performance.now() < restUntilMs) return;
    restUntilMs = performance.now() + serverLimits.replicaRestMs;
    void look().then(() => {
      if (holds(at)) become('ready');
      else if (known !== null) become('behind');
    });
  };

  await look();
  return {
    upTo: async (at) => {
      if (at.timeline === null) return null;
      if (standing !== 'ready') {
        lookAgain(at);
        return null;
      }
      const untilMs = performance.now() + serverLimits.replicaWaitMs;
      while (!holds(at)) {
        const leftMs = untilMs - performance.now();
        if (leftMs <= 0) {
          become('behind');
          return null;
        }
        await Promise.race([look(), sleep(leftMs)]);
        if (standing !== 'ready') return null;
        if (!holds(at)) await sleep(serverLimits.replicaPollMs);
      }
      return pool === null ? null : onlyStandby(pool, at.timeline);
    },
    broke: (error) => {
      // A standby cancels queries that stand in the way of its replay: that one is asked again at the primary, the next may go well.
      if (codeOf(error) !== '40001') become('gone', error);
    },
    close: async () => {
      isClosed = true;
      await looking;
      await pool?.close();
    },
  };
}

/**
 * Reads at the standby where there is one that holds all that the primary had `at` this position, else at the primary. Whatever the standby cannot
 * answer, or answers in a way that `isFinal` does not accept, the primary is asked again.
 */
export async function readAt<T>(
  { primary, replica }: { readonly primary: Database; readonly replica: Replica | null },
  at: Position,
  work: (database: Database) => Promise<T>,
  isFinal: (answer: T) => boolean = () => true,
): Promise<T> {
  const standby = replica === null ? null : await replica.upTo(at);
  if (standby === null) return work(primary);
  try {
    const answer = await work(standby);
    if (isFinal(answer)) return answer;
  } catch (error) {
    if (!(error instanceof SyncError)) replica?.broke(error);
  }
  return work(primary);
}

/** Each transaction begins by making sure that this still is that standby: one that was promoted has a history of its own. */
function onlyStandby(pool: Database, timeline: string): Database {
  return {
    url: pool.url,
    rows: (statement, name) => pool.rows(statement, name),
    read: (work) =>
      pool.read(async (tx) => {
        const [there] = await tx.rows<Look>(lookSql);
        if (there?.standby !== true || there.timeline !== timeline) throw new NotTheStandby();
        return work(tx);
      }),
    write: () => Promise.reject(new Error('nothing is written at a standby')),
    alone: () => Promise.reject(new Error('nothing is written at a standby')),
    close: () => Promise.resolve(),
  };
}

/** A place in the log as a number: `16/B374D848` is 0x16B374D848. */
function placeOf(wal: string): bigint {
  const [high = '0', low = '0'] = wal.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
