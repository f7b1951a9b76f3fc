// Where a pull starts: a statement about transactions, not about rows. The token holds the PostgreSQL snapshot in which the last answer was made, so that
// what commits later is found, however long its transaction was open. It is signed, and opaque to devices.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson, type RecordId, type UserContext } from '@satchel/model';

export interface Cursor {
  /** Of Organisation.historyId: its mark. */
  readonly history: string;
  /** Of the cluster. */
  readonly timeline: string | null;
  /** Transactions that were finished: `xmin:xmax:xip,…`. */
  readonly snapshot: Snapshot;
  readonly bundle: string;
  /** Of the person's roles, teams and units. */
  readonly signature: string;
  /** The moment by which row filters were judged. */
  readonly moment: string;
  /** How far the log had been pruned: what was pruned before then, this snapshot has seen. */
  readonly horizon: string;
}

/** Transaction ids as decimal text: they pass 2^53 in principle. Finished: below `xmax` and not in `running`. */
export interface Snapshot {
  readonly xmax: string;
  readonly running: readonly string[];
}

/** Of the signature: 128 bits. */
const signatureChars = 22;

export function sealCursor(secret: Buffer, cursor: Cursor): string {
  const { history, timeline, snapshot, bundle, signature, moment, horizon } = cursor;
  const running = snapshot.running.join(',');
  return sealed(secret, 'cursor', [
    history,
    timeline,
    snapshot.xmax,
    running,
    bundle,
    signature,
    moment,
    horizon,
  ]);
}

/** Null where the token is not one that this organisation issued in its present life. Whatever it holds: never an exception. */
export function openCursor(secret: Buffer, token: string): Cursor | null {
  const content = opened(secret, 'cursor', token);
  if (content === null || content.length !== 8) return null;
  const [history, timeline, xmax, running, bundle, signature, moment, horizon] = content;
  const isText = [history, running, bundle, signature, moment].every((each) => typeof each === 'string');
  if (!isText || !isXid(xmax) || !isXid(horizon) || !(timeline === null || typeof timeline === 'string'))
    return null;
  const ids = running === '' ? [] : String(running).split(',');
  if (!ids.every(isXid)) return null;
  return {
    history: String(history),
    timeline,
    snapshot: { xmax, running: ids },
    bundle: String(bundle),
    signature: String(signature),
    moment: String(moment),
    horizon,
  };
}

/** Where the next part of a delta begins: after this record, in the order of entity number and record id. */
export interface Position {
  readonly number: number;
  readonly id: RecordId;
}

/** `since` and `at` are the cursors of the delta that the position is of: with others it is of no use. */
export function sealPosition(secret: Buffer, position: Position, since: string, at: string): string {
  return sealed(secret, 'position', [position.number, position.id, digestOf(since, at)]);
}

/** Null where it was not made for a delta of these cursors. */
export function openPosition(secret: Buffer, token: string, since: string, at: string): Position | null {
  const [number, id, cursors] = opened(secret, 'position', token) ?? [];
  if (typeof number !== 'number' || typeof id !== 'string' || cursors !== digestOf(since, at)) return null;
  return { number, id };
}

/**
 * The snapshot as a cursor may hold it. Never above the highest logged transaction: after a crash PostgreSQL gives the ids of transactions that failed
 * just before to new ones, and a cursor that counted them as finished would hide those. A standby knows no running transactions, so its own
 * snapshot counts only up to its xmin.
 */
export function clampSnapshot(text: string, highestLogged: string, isStandby: boolean): Snapshot {
  const [xmin = '', xmax = '', xip = ''] = text.split(':');
  const next = BigInt(highestLogged) + 1n;
  const end = isStandby ? BigInt(xmin) : BigInt(xmax);
  const top = next < end ? next : end;
  const running = isStandby || xip === '' ? [] : xip.split(',').filter((id) => BigInt(id) < top);
  return { xmax: top.toString(), running };
}

/**
 * Has anything been pruned that this cursor had not seen? `horizon` is one more than the highest pruned transaction. A cursor of the same horizon was
 * issued after that pruning: a transaction still open then, however old, had nothing in the log to be pruned.
 */
export function isPastHorizon(cursor: Pick<Cursor, 'snapshot' | 'horizon'>, horizon: string): boolean {
  if (cursor.horizon === horizon) return false;
  const first = BigInt(horizon);
  const { xmax, running } = cursor.snapshot;
  return BigInt(xmax) < first || running.some((id) => BigInt(id) < first);
}

/** A history id in few characters: devices carry it with every request. */
export function historyMark(historyId: string): string {
  return createHash('sha256').update(historyId).digest('base64url').slice(0, 16);
}

/** What decides a scope besides rows, in few characters. */
export function scopeSignature(user: UserContext): string {
  return createHash('sha256').update(canonicalJson(user)).digest('base64url').slice(0, 22);
}

/** What a token is for is signed with it, so that none passes for another. */
type Kind = 'cursor' | 'position';

function sealed(secret: Buffer, kind: Kind, content: readonly unknown[]): string {
  // As it is, not as base64: a request that holds it packs to less.
  const body = JSON.stringify(content);
  return `${body}.${sign(secret, kind, body)}`;
}

function opened(secret: Buffer, kind: Kind, token: string): readonly unknown[] | null {
  const end = token.lastIndexOf('.');
  const [body, signature] = [token.slice(0, Math.max(0, end)), token.slice(end + 1)];
  const expected = Buffer.from(sign(secret, kind, body));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  // Signed, so it is of our own making; of another version of ours it may be of another shape.
  const content: unknown = JSON.parse(body);
  return Array.isArray(content) ? content : null;
}

function sign(secret: Buffer, kind: Kind, body: string): string {
  return createHmac('sha256', secret).update(`${kind}.${body}`).digest('base64url').slice(0, signatureChars);
}

function digestOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join(' ')).digest('base64url').slice(0, 22);
}

function isXid(text: unknown): text is string {
  return typeof text === 'string' && /^\d{1,20}$/.test(text);
}
