// A program that writes things in every manner that has ever lost a reader a row: savepoints, slow commits, roll-backs, prepared transactions. It is no part
// of Satchel: plain SQL on a connection of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Database } from '@satchel/server';
import type { Chance } from '../chance.ts';

/** How a writer behaves; probabilities in [0, 1]. */
export interface Manner {
  readonly rollBack: number;
  /** Commits that wait up to `slowMs`. */
  readonly slow: number;
  readonly slowMs: number;
  readonly prepared: number;
  /** Longest pause after a transaction, in milliseconds. */
  readonly pauseMs: number;
}

/** What writers know for sure. Where a connection broke before the answer came they know nothing. */
export interface Book {
  transactions: number;
  /** Ids of things whose last change is known to be committed. */
  readonly present: Set<string>;
  /** Ids that are known not to be there: rolled back, or deleted. */
  readonly absent: Set<string>;
}

/** Writes until `isOver`, or until the connection breaks, which ends it quietly. */
export async function write(
  url: string,
  schema: string,
  chance: Chance,
  manner: Manner,
  book: Book,
  isOver: () => boolean,
): Promise<void> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  const mine: string[] = [];
  try {
    await client.connect();
    await client.query(`set search_path = "${schema}"`);
    while (!isOver()) {
      await transact(client, chance, manner, book, mine);
      book.transactions += 1;
      await sleep(chance.below(manner.pauseMs + 1));
    }
  } catch (error) {
    if (!isBroken(error)) throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Transactions that a crash left prepared. */
export async function leftPrepared(database: Database): Promise<readonly string[]> {
  const rows = await database.rows<{ gid: string }>('select gid from pg_prepared_xacts');
  return rows.map((row) => row.gid);
}

/** Ends them, each after a while, by committing or by undoing. */
export async function endPrepared(url: string, gids: readonly string[], chance: Chance): Promise<void> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  try {
    await client.connect();
    for (const gid of gids) {
      await sleep(chance.below(50));
      await client.query(`${chance.happens(0.5) ? 'commit' : 'rollback'} prepared '${gid}'`);
    }
  } catch (error) {
    if (!isBroken(error)) throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function transact(
  client: pg.Client,
  chance: Chance,
  manner: Manner,
  book: Book,
  mine: string[],
): Promise<void> {
  const isPrepared = chance.happens(manner.prepared);
  await client.query(isPrepared ? 'begin; set local satchel.wake = off' : 'begin');
  const made = await insert(client, 1 + chance.below(5));
  const touched: string[] = [];
  const removed: string[] = [];
  await client.query('savepoint inner_one');
  const inner = await insert(client, 1);
  if (mine.length > 0 && chance.happens(0.4)) {
    const id = chance.pick(mine);
    if (chance.happens(0.25)) removed.push(id);
    else touched.push(id);
    const statement =
      removed.length > 0
        ? 'delete from thing where id = $1'
        : 'update thing set name = name || $2 where id = $1';
    await client.query(statement, removed.length > 0 ? [id] : [id, '+']);
  }
  const isInnerLost = chance.happens(0.3);
  await client.query(`${isInnerLost ? 'rollback to' : 'release'} savepoint inner_one`);
  if (chance.happens(manner.slow)) await sleep(chance.below(manner.slowMs + 1));
  const isCommitted = !chance.happens(manner.rollBack);
  // While the answer is out nobody knows of these.
  for (const id of removed) book.present.delete(id);
  await (isPrepared
    ? endInTwoPhases(client, chance, manner, isCommitted)
    : client.query(isCommitted ? 'commit' : 'rollback'));
  const kept = isInnerLost ? made : [...made, ...inner];
  const lost = isInnerLost ? inner : [];
  for (const id of isCommitted ? kept : []) book.present.add(id);
  for (const id of isCommitted ? lost : [...made, ...inner]) book.absent.add(id);
  mine.push(...(isCommitted ? kept : []));
  if (removed.length === 0) return;
  if (isCommitted && !isInnerLost) {
    for (const id of removed) book.absent.add(id);
    mine.splice(0, mine.length, ...mine.filter((id) => !removed.includes(id)));
  } else for (const id of removed) book.present.add(id);
}

async function insert(client: pg.Client, count: number): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `insert into thing (name) select 'w' from generate_series(1, $1::int) returning id`,
    [count],
  );
  return rows.map((row) => row.id);
}

async function endInTwoPhases(
  client: pg.Client,
  chance: Chance,
  manner: Manner,
  isCommitted: boolean,
): Promise<void> {
  const gid = `torture-${chance.below(2 ** 31)}-${chance.below(2 ** 31)}`;
  await client.query(`prepare transaction '${gid}'`);
  await sleep(chance.below(manner.slowMs + 1));
  await client.query(`${isCommitted ? 'commit' : 'rollback'} prepared '${gid}'`);
}

/** A connection that broke, a server that stops or starts, a lock that a prepared transaction held for too long: what a crash looks like from outside. */
export function isBroken(error: unknown): boolean {
  const code = error !== null && typeof error === 'object' && 'code' in error ? String(error.code) : '';
  if (/^(57P|08|ECONN|EPIPE|55P03)/.test(code)) return true;
  // The client's own errors of a broken connection bear no code; those of PostgreSQL always do.
  return (
    error instanceof Error && code === '' && !(error instanceof TypeError) && !(error instanceof RangeError)
  );
}
