// Passwords are kept as scrypt hashes with a salt each. The cost is set so that a guess takes a tenth of a second and 32 MB.
import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

export interface PasswordHash {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const hashBytes = 32;
const saltBytes = 16;
const cost: ScryptOptions = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

/** A stranger's hash, checked where a log-in is unknown, so that the answer takes as long as for a wrong password. */
export const nobodysHash: PasswordHash = {
  salt: Buffer.alloc(saltBytes, 1),
  hash: Buffer.alloc(hashBytes, 1),
};

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(saltBytes);
  return { salt, hash: await derive(password, salt) };
}

/** In constant time for equal lengths. Unicode forms that look alike count as alike (NFKC). */
export async function isPassword(password: string, known: PasswordHash): Promise<boolean> {
  const hash = await derive(password, known.salt);
  return known.hash.length === hash.length && timingSafeEqual(hash, known.hash);
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, hashBytes, cost, (failure, key) => {
      if (failure) reject(failure);
      else resolve(key);
    });
  });
}
