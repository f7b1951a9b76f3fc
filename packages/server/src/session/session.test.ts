import { describe, expect, it } from 'vitest';
import { splitLogin } from './organisations.ts';
import { hashPassword, isPassword } from './password.ts';
import { bearerOf, newToken, organisationOfToken, tokenHash } from './token.ts';

describe('passwords and tokens', () => {
  it('[AUTH-1] a password is known by its salted hash only', async () => {
    const [one, two] = await Promise.all([hashPassword('pässword'), hashPassword('pässword')]);
    expect(one.hash.equals(two.hash)).toBe(false);
    expect(await isPassword('pässword', one)).toBe(true);
    expect(await isPassword('pässword'.normalize('NFD'), one)).toBe(true);
    expect(await isPassword('password', one)).toBe(false);
  });

  it('[AUTH-2] a token is 256 random bits under the name of its organisation', () => {
    const token = newToken('demo');
    expect(token).toMatch(/^demo\.[\w-]{43}$/);
    expect(newToken('demo')).not.toBe(token);
    expect(tokenHash(token)).toHaveLength(32);
    expect(organisationOfToken(token)).toBe('demo');
    for (const wrong of ['', 'demo', 'demo.short', `De"mo.${'a'.repeat(43)}`])
      expect(organisationOfToken(wrong)).toBeNull();
  });

  it('[AUTH-2] a token comes in the Authorization header and nowhere else', () => {
    expect(bearerOf('Bearer abc')).toBe('abc');
    for (const wrong of [undefined, '', 'Basic abc', 'Bearer ', 'Bearer a b'])
      expect(bearerOf(wrong)).toBeNull();
  });

  it('[AUTH-3] a log-in names its organisation where there are several', () => {
    expect(splitLogin(' maya ', ['demo'])).toEqual({ organisation: 'demo', login: 'maya' });
    expect(splitLogin('maya@demo', ['demo', 'other'])).toEqual({ organisation: 'demo', login: 'maya' });
    expect(splitLogin('maya@example.org', ['demo'])).toEqual({
      organisation: 'demo',
      login: 'maya@example.org',
    });
    expect(splitLogin('maya@example.org@other', ['demo', 'other'])).toEqual({
      organisation: 'other',
      login: 'maya@example.org',
    });
    expect(splitLogin('maya', ['demo', 'other'])).toBeNull();
  });
});
