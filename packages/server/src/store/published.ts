// The versions of the model that devices may still speak: the present one and the three before it, as last published under each number.
import { ident, limits, sql, type Solution } from '@satchel/model';
import type { Tx } from './database.ts';

/** Solutions still served, the present one first. */
export async function readPublished(
  tx: Tx,
  schema: string,
  present: Solution | null,
): Promise<readonly Solution[]> {
  const rows = await tx.rows<{ solution: Solution }>(
    sql`select solution from ${ident(schema)}."_published" order by schema_version desc`,
  );
  const kept = rows.map(({ solution }) => solution);
  if (present === null) return kept;
  return [present, ...kept.filter(({ schemaVersion }) => schemaVersion !== present.schemaVersion)];
}

/** Keeps a solution that is being published, and forgets versions that are served no more. */
export async function keepPublished(tx: Tx, schema: string, solution: Solution): Promise<void> {
  const table = sql`${ident(schema)}."_published"`;
  await tx.rows(
    sql`insert into ${table} (schema_version, solution) values (${solution.schemaVersion}, ${JSON.stringify(solution)}::json)
        on conflict (schema_version) do update set solution = excluded.solution, at = now()`,
  );
  await tx.rows(
    sql`delete from ${table} where schema_version not in (
          select schema_version from ${table} order by schema_version desc limit ${limits.versionsServed + 1})`,
  );
}

/** May there be changes that nobody has sent yet? */
export async function hasDevices(tx: Tx, schema: string): Promise<boolean> {
  const [row] = await tx.rows<{ any: boolean }>(
    sql`select exists (select 1 from ${ident(schema)}."_device") as any`,
  );
  return row?.any === true;
}
