// POST /api/session: a person signs in on a device and gets an opaque token, sent afterwards as `Authorization: Bearer …`.
// GET /api/session: who am I.  DELETE /api/session: sign out; the device stays known, the token dies.  GET /api/bundle?hash=…: the bundle.
import * as z from 'zod/mini';
import { hash, instant, uuid } from './wire.ts';

export const sessionRequest = z.object({
  login: z.string().check(z.minLength(1), z.maxLength(200)),
  password: z.string().check(z.minLength(1), z.maxLength(1_000)),
  device: z.object({ id: uuid, name: z.string().check(z.maxLength(200)) }),
});
export type SessionRequest = z.infer<typeof sessionRequest>;

export const userContext = z.object({
  id: uuid,
  login: z.string(),
  name: z.string(),
  businessUnit: z.nullable(uuid),
  businessUnits: z.array(uuid),
  teams: z.array(uuid),
  roles: z.array(z.string()),
  below: z.optional(z.array(uuid)),
  reports: z.optional(z.array(uuid)),
});

export const identity = z.object({
  user: userContext,
  organisation: z.object({ id: z.string(), label: z.string() }),
  /** The bundle this person should have now. */
  bundle: hash,
  /** Highest sequence number the server has recorded for this device. */
  lastSeq: z.int(),
  serverTime: instant,
});
export type Identity = z.infer<typeof identity>;

export const sessionAnswer = z.extend(identity, { token: z.string(), expiresAt: instant });
export type SessionAnswer = z.infer<typeof sessionAnswer>;
