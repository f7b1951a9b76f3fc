// Signing in and out. A wrong password and an unknown log-in get the same answer after the same work; a session belongs to one person on one device.
import {
  sql,
  SyncError,
  userOnWire,
  type Identity,
  type SessionAnswer,
  type SessionRequest,
  type UserContext,
} from '@satchel/model';
import { serverLimits } from '../limits.ts';
import type { Database, Tx } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';
import type { Position } from '../store/replica.ts';
import type { Seen } from '../sync-read/head.ts';
import { splitLogin, type Organisations } from './organisations.ts';
import { isPassword, nobodysHash } from './password.ts';
import { newToken, tokenHash } from './token.ts';

/** Who is asking, from which device, of which organisation. */
export interface Session {
  readonly organisation: Organisation;
  readonly user: UserContext;
  readonly deviceId: string;
  /** How far the primary had come when this was asked. */
  readonly primaryAt: Position;
  /** What finding the session saw of the log and the device; null where who this is was read only after it. */
  readonly seen: Seen | null;
}

interface Account {
  readonly id: string;
  readonly active: boolean | null;
  readonly salt: Buffer | null;
  readonly hash: Buffer | null;
}

/** Throws SyncError `wrong_credentials`, `account_disabled`, or `device_cloned` where the device is another person's. */
export async function signIn(
  database: Database,
  organisations: Organisations,
  request: SessionRequest,
  now: string,
): Promise<SessionAnswer> {
  const place = splitLogin(request.login, await organisations.names());
  const organisation = place === null ? null : await organisations.find(place.organisation);
  const account =
    place === null || organisation === null ? null : await findAccount(database, organisation, place.login);
  const known = account?.salt && account.hash ? { salt: account.salt, hash: account.hash } : null;
  const isRight = await isPassword(request.password, known ?? nobodysHash);
  if (!isRight || known === null || account === null || organisation === null)
    throw new SyncError('wrong_credentials');
  if (account.active === false) throw new SyncError('account_disabled');
  const token = newToken(organisation.name);
  return database.write(async (tx) => {
    await registerDevice(tx, organisation, account.id, request.device);
    const rows = await tx.rows<{ expires_at: string }>(
      sql`insert into ${organisation.table('_session')} (token_hash, device_id, user_id, created_at, expires_at)
          values (decode(${tokenHash(token).toString('hex')}, 'hex'), ${request.device.id}, ${account.id}, now(),
            now() + make_interval(days => ${serverLimits.sessionDays}))
          returning expires_at::timestamptz(3) as expires_at`,
    );
    const user = await organisation.userContext(tx, account.id);
    const expiresAt = rows[0]?.expires_at;
    if (user === null || expiresAt === undefined) throw new SyncError('wrong_credentials');
    return {
      ...(await identityOf(tx, { organisation, user, deviceId: request.device.id }, now)),
      token,
      expiresAt,
    };
  });
}

/** The token dies; the device stays known. A token that is dead already is no fault. */
export async function signOut(database: Database, session: Session, token: string): Promise<void> {
  await database.write(async (tx) => {
    await tx.rows(
      sql`update ${session.organisation.table('_session')} set revoked_at = now()
          where token_hash = decode(${tokenHash(token).toString('hex')}, 'hex') and revoked_at is null`,
    );
  });
}

export async function identityOf(
  tx: Tx,
  session: Omit<Session, 'primaryAt' | 'seen'>,
  now: string,
): Promise<Identity> {
  const { organisation, user, deviceId } = session;
  const rows = await tx.rows<{ last_seq: number }>(
    sql`select last_seq from ${organisation.table('_device')} where id = ${deviceId}`,
  );
  return {
    user: userOnWire(user),
    organisation: { id: organisation.name, label: organisation.label },
    bundle: organisation.bundleFor(user.roles).hash,
    lastSeq: rows[0]?.last_seq ?? 0,
    serverTime: now,
  };
}

async function findAccount(
  database: Database,
  organisation: Organisation,
  login: string,
): Promise<Account | null> {
  const rows = await database.read((tx) =>
    tx.rows<Account>(
      sql`select u."id", u."active", c.salt, c.hash from ${organisation.table('user')} u
          left join ${organisation.table('_credential')} c on c.user_id = u."id"
          where lower(u."login") = lower(${login}) order by u."login" = ${login} desc limit 1`,
    ),
  );
  return rows[0] ?? null;
}

/** A device belongs to one person; another person's means that its storage was copied. */
async function registerDevice(
  tx: Tx,
  organisation: Organisation,
  userId: string,
  device: SessionRequest['device'],
): Promise<void> {
  const rows = await tx.rows(
    sql`insert into ${organisation.table('_device')} as d (id, user_id, name, first_seen_at, last_seen_at)
        values (${device.id}, ${userId}, ${device.name}, now(), now())
        on conflict (id) do update set name = excluded.name, last_seen_at = now() where d.user_id = excluded.user_id
        returning d.id`,
  );
  if (rows.length === 0) throw new SyncError('device_cloned');
}
