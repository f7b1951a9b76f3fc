// Where a request reads: at the standby where there is one that keeps up, else at the primary.
import type { Session } from '../session/sign-in.ts';
import type { Database } from '../store/database.ts';
import { readAt } from '../store/replica.ts';
import type { Routes } from './routes.ts';

/** `work` only reads. It is done again at the primary where it fails at the standby, or where `isFinal` does not take what was read there. */
export function readFor<T>(
  { database, replica }: Pick<Routes, 'database' | 'replica'>,
  { primaryAt }: Session,
  work: (database: Database) => Promise<T>,
  isFinal?: (answer: T) => boolean,
): Promise<T> {
  return readAt({ primary: database, replica: replica ?? null }, primaryAt, work, isFinal);
}
