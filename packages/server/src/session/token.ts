// Session tokens: the organisation's name, a point, 256 random bits. Only the SHA-256 is kept, so that who reads the database cannot sign in.
import { createHash, randomBytes } from 'node:crypto';

export function newToken(organisation: string): string {
  return `${organisation}.${randomBytes(32).toString('base64url')}`;
}

export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The organisation that a token claims to belong to; null where it cannot be one of ours. */
export function organisationOfToken(token: string): string | null {
  return /^([a-z][a-z0-9_]{0,40})\.[A-Za-z0-9_-]{43}$/.exec(token)?.[1] ?? null;
}

/** The token of an `Authorization` header. */
export function bearerOf(header: string | undefined): string | null {
  return /^Bearer ([\x21-\x7e]{1,200})$/.exec(header ?? '')?.[1] ?? null;
}
