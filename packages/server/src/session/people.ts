// Passwords and roles of people, for the command line and the demo: what sign-in reads.
import { sql } from '@satchel/model';
import type { Tx } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';
import { hashPassword, type PasswordHash } from './password.ts';

export async function setPassword(
  tx: Tx,
  organisation: Organisation,
  userId: string,
  password: string | PasswordHash,
): Promise<void> {
  const known = typeof password === 'string' ? await hashPassword(password) : password;
  await tx.rows(
    sql`insert into ${organisation.table('_credential')} (user_id, salt, hash, changed_at)
        values (${userId}, decode(${known.salt.toString('hex')}, 'hex'), decode(${known.hash.toString('hex')}, 'hex'), now())
        on conflict (user_id) do update set salt = excluded.salt, hash = excluded.hash, changed_at = now()`,
  );
}

/** Ends every session of a person: after a new password, or when an account is closed. */
export async function revokeSessions(tx: Tx, organisation: Organisation, userId: string): Promise<void> {
  await tx.rows(
    sql`update ${organisation.table('_session')} set revoked_at = now()
        where user_id = ${userId} and revoked_at is null`,
  );
}

export async function addRole(
  tx: Tx,
  organisation: Organisation,
  userId: string,
  role: string,
): Promise<void> {
  await tx.rows(
    sql`insert into ${organisation.table('_user_role')} (user_id, role) values (${userId}, ${role})
        on conflict do nothing`,
  );
}

export async function removeRole(
  tx: Tx,
  organisation: Organisation,
  userId: string,
  role: string,
): Promise<void> {
  await tx.rows(
    sql`delete from ${organisation.table('_user_role')} where user_id = ${userId} and role = ${role}`,
  );
}
