// The demo: made where there is no organisation at all, and finished where making it was interrupted. Its log-ins all have one stated password.
import { fieldService, generateDemo, type DemoData } from '@satchel/field-service';
import { sql } from '@satchel/model';
import { serverLimits } from '../limits.ts';
import { hashPassword } from '../session/password.ts';
import { addRole, setPassword } from '../session/people.ts';
import type { Database } from '../store/database.ts';
import {
  analyze,
  createOrganisation,
  listOrganisations,
  openOrganisation,
  publish,
  type Organisation,
} from '../store/organisation.ts';
import { writeRows } from './write-rows.ts';

const seed = 2026;

export interface Demo {
  /** Lines for the person who started the server; none where this database holds something else. */
  readonly lines: readonly string[];
}

/** Makes the demo organisation in an empty database, brings an older one up to the shipped solution, and says who may sign in. */
export async function makeDemo(database: Database, name: string, now: Date): Promise<Demo> {
  // Processes that start together on an empty database do it one after the other; the first makes it, the others find it.
  return database.write(async (tx) => {
    await tx.rows(
      'set local statement_timeout = 0; set local lock_timeout = 0; set local idle_in_transaction_session_timeout = 0',
    );
    await tx.rows(`select pg_advisory_xact_lock(hashtext('satchel demo'))`);
    return makeAlone(database, name, now);
  });
}

async function makeAlone(database: Database, name: string, now: Date): Promise<Demo> {
  const names = await listOrganisations(database);
  if (names.length > 0 && !names.includes(name)) return { lines: [] };
  const data = generateDemo(seed, { now: now.toISOString() });
  const organisation = names.includes(name)
    ? await publishIfOurs(database, name)
    : await createOrganisation(database, { name, label: data.organisation.label, solution: fieldService });
  const people = await database.rows(sql`select 1 from ${organisation.table('user')} limit 1`);
  if (people.length === 0) await fill(database, organisation, data);
  return { lines: await logInLines(database, organisation, data.password) };
}

/** An organisation that runs the shipped solution follows it; one that runs another is left alone. */
async function publishIfOurs(database: Database, name: string): Promise<Organisation> {
  const organisation = await openOrganisation(database, name);
  return organisation.solution.name === fieldService.name
    ? publish(database, name, fieldService)
    : organisation;
}

async function fill(database: Database, organisation: Organisation, data: DemoData): Promise<void> {
  const hashes = await Promise.all(data.logIns.map(() => hashPassword(data.password)));
  await database.write(async (tx) => {
    for (const { entity: entityName, rows } of data.tables) {
      const entity = organisation.model.entity(entityName);
      const columns = Object.keys(rows[0] ?? {});
      for (let start = 0; start < rows.length; start += serverLimits.batchRowsMax)
        await writeRows(
          tx,
          organisation,
          entity,
          columns,
          rows.slice(start, start + serverLimits.batchRowsMax),
        );
    }
    for (const [index, { userId, roles }] of data.logIns.entries()) {
      const hash = hashes[index];
      if (hash !== undefined) await setPassword(tx, organisation, userId, hash);
      for (const role of roles) await addRole(tx, organisation, userId, role);
    }
  });
  await analyze(database, organisation);
}

/** Log-ins that still have the password they were made with, by role. */
async function logInLines(
  database: Database,
  organisation: Organisation,
  password: string,
): Promise<readonly string[]> {
  if (organisation.solution.name !== fieldService.name) return [];
  const rows = await database.rows<{ login: string; role: string }>(
    sql`select u."login", min(r.role) as role from ${organisation.table('user')} u
        join ${organisation.table('_user_role')} r on r.user_id = u."id"
        join ${organisation.table('_credential')} c on c.user_id = u."id"
        where c.changed_at = (select min(changed_at) from ${organisation.table('_credential')})
        group by u."login" order by 2, 1`,
  );
  if (rows.length === 0) return [];
  const roles = [...new Set(rows.map((row) => row.role))];
  return [
    `Demo log-ins, all with the password ${password}:`,
    ...roles.map((role) => {
      const label = organisation.solution.roles.find((each) => each.name === role)?.label ?? role;
      return `  ${label}: ${rows
        .filter((row) => row.role === role)
        .map((row) => row.login)
        .join(', ')}`;
    }),
  ];
}
