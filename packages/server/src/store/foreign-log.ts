// An organisation that was copied here from another cluster, by a dump or by a move of its schema, brings a change log that speaks of the other's transactions.
import { ident, sql } from '@satchel/model';
import type { Tx } from './database.ts';

/**
 * A log that came with a copy from another cluster names transactions that this one has yet to begin: they would hold back cursors and pruning. Devices
 * compare anyway after such a move, because the history is another one.
 */
export async function forgetForeignChanges(tx: Tx, schema: string): Promise<void> {
  const next = sql`pg_snapshot_xmax(pg_current_snapshot())`;
  await tx.rows(sql`delete from ${ident(schema)}."_change" where xid >= ${next}`);
  await tx.rows(sql`delete from ${ident(schema)}."_log_mark" where xid >= ${next}`);
  await tx.rows(sql`update ${ident(schema)}."_organisation" set horizon = ${next} where horizon > ${next}`);
}
