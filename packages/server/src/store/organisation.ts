// An organisation: a schema, a published solution, and what is worked out from it once. The object is a snapshot of what was published when it was
// opened; after a publish it is opened anew.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  buildBundle,
  buildWholeBundle,
  canonicalJson,
  ident,
  limits,
  openModel,
  sql,
  stepsSince,
  tableEntities,
  upcastRow,
  upgradeFaults,
  validateSolution,
  type Bundle,
  type Entity,
  type Fault,
  type Model,
  type Solution,
  type Sql,
  type UserContext,
} from '@satchel/model';
import { serverLimits } from '../limits.ts';
import { scopeFields } from '../scope/scope-fields.ts';
import { quoted } from './ddl.ts';
import type { Database, Tx } from './database.ts';
import { engineTables, registryTables } from './engine-tables.ts';
import { forgetForeignChanges } from './foreign-log.ts';
import { planMigration } from './migrate.ts';
import { hasDevices, keepPublished, readPublished } from './published.ts';
import { readPerson, type Person, type Reader } from './read-person.ts';
import type { TriggerContext } from './triggers.ts';

export interface Organisation {
  readonly name: string;
  readonly schema: string;
  readonly label: string;
  /** Changes when the history of changes is another one: a restored backup, another cluster, database or schema. The timeline of the cluster is added at each pull. */
  readonly historyId: string;
  /** Signs cursors. */
  readonly secret: Buffer;
  readonly solution: Solution;
  readonly solutionHash: string;
  /** The lowest version of the model whose changes are still understood. */
  readonly oldestVersion: number;
  /** Every entity with a table. */
  readonly entities: readonly Entity[];
  readonly numberByEntity: ReadonlyMap<string, number>;
  /** The whole model: nobody's privileges, no profile. */
  readonly model: Model;
  /** What people with these roles get; the same object for the same roles. */
  bundleFor(roles: readonly string[]): Bundle;
  modelFor(roles: readonly string[]): Model;
  /** A table of ours, entity or engine's, with its schema. */
  table(name: string): Sql;
  /** Who this is now; null where there is no such person. */
  userContext(tx: Reader, userId: string): Promise<UserContext | null>;
  /** The same, and whether the account is open. */
  person(tx: Reader, userId: string): Promise<Person | null>;
}

/** A solution with faults is not published. */
export class SolutionError extends Error {
  readonly faults: readonly Fault[];
  constructor(faults: readonly Fault[]) {
    super('the solution has faults');
    this.name = 'SolutionError';
    this.faults = faults;
  }
}

export interface NewOrganisation {
  /** Lower-case letters, digits and underscores; 40 characters at most. */
  readonly name: string;
  readonly label: string;
  readonly solution: Solution;
}

/** Makes the schema and publishes the solution. Throws where an organisation of that name exists. */
export async function createOrganisation(database: Database, made: NewOrganisation): Promise<Organisation> {
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(made.name))
    throw new Error(`not a name of an organisation: ${made.name}`);
  const schema = `org_${made.name}`;
  await database.write(async (tx) => {
    await lockMigrations(tx);
    for (const statement of registryTables) await tx.rows(statement);
    await tx.rows(
      sql`insert into "satchel"."organisation" (name, schema, label) values (${made.name}, ${schema}, ${made.label})`,
    );
    for (const statement of engineTables(schema)) await tx.rows(statement);
    await tx.rows(
      sql`insert into ${ident(schema)}."_organisation" (label, history_id, secret)
          values (${made.label}, ${randomUUID()}::uuid, decode(${randomBytes(32).toString('hex')}, 'hex'))`,
    );
    await migrate(tx, made.name, schema, made.solution);
  });
  return openOrganisation(database, made.name);
}

/** Names of the organisations in this database; none where it was never used. */
export async function listOrganisations(database: Database): Promise<readonly string[]> {
  const [registry] = await database.rows<{ there: boolean }>(
    `select to_regclass('"satchel"."organisation"') is not null as there`,
  );
  if (!registry?.there) return [];
  const rows = await database.rows<{ name: string }>(
    'select name from "satchel"."organisation" order by name',
  );
  return rows.map((row) => row.name);
}

/** Publishes a solution: tables, triggers and bundles of the organisation follow it. Throws SolutionError, MigrationError. Devices reconcile. */
export async function publish(database: Database, name: string, solution: Solution): Promise<Organisation> {
  await database.write(async (tx) => {
    await lockMigrations(tx);
    for (const statement of engineTables(`org_${name}`)) await tx.rows(statement);
    await migrate(tx, name, `org_${name}`, solution);
  });
  return openOrganisation(database, name);
}

/** The organisation as it is published now. Throws where there is none. */
export async function openOrganisation(database: Database, name: string): Promise<Organisation> {
  const schema = `org_${name}`;
  return database.read(async (tx) => {
    const [row] = await tx.rows<OrganisationRow>(
      sql`select label, history_id, secret, solution, solution_hash,
            (select min(schema_version) from ${ident(schema)}."_published") as oldest_version
          from ${ident(schema)}."_organisation"`,
    );
    if (row === undefined) throw new Error(`organisation ${name} has no published solution`);
    const numbers = await tx.rows<{ number: number; name: string }>(
      sql`select number, name from ${ident(schema)}."_entity"`,
    );
    // Transaction ids mean something in one cluster only, and a copy of a schema, wherever it lies, lacks what the original got since.
    const [place] = await tx.rows<{ id: string }>(
      sql`select s.system_identifier::text || '.' || d.oid::text || '.' || n.oid::text as id
          from pg_control_system() s, pg_database d, pg_namespace n where d.datname = current_database() and n.nspname = ${schema}`,
    );
    const historyId = `${row.history_id}.${place?.id ?? ''}`;
    return organisationOf(name, schema, { ...row, history_id: historyId }, numbers);
  });
}

/** Writes for this person until the transaction ends: the triggers stamp rows with it. */
export async function writeAs(tx: Tx, userId: string): Promise<void> {
  await tx.rows(sql`select set_config('satchel.user', ${userId}, true)`);
}

/** Statistics of all tables; to be run after an import, so that plans are made for what is there. */
export async function analyze(database: Database, organisation: Organisation): Promise<void> {
  const tables = [...organisation.entities.map((entity) => entity.name), '_change', '_ledger', '_device'];
  for (const table of tables) await database.rows(`analyze ${quoted(organisation.schema)}.${quoted(table)}`);
}

/**
 * Forgets the oldest changes: beyond `keepRows` of them, or of transactions `before` an id. Devices whose cursor is older reconcile. Returns how many were
 * forgotten.
 */
export async function pruneChangeLog(
  database: Database,
  organisation: Organisation,
  what: number | { readonly before: string } = serverLimits.changeLogRowsMax,
): Promise<number> {
  return database.write(async (tx) => {
    await tx.rows('set local statement_timeout = 0');
    const log = organisation.table('_change');
    const oldEnough = typeof what === 'number' ? sql`true` : sql`c.xid < ${what.before}::xid8`;
    const [last] = await tx.rows<{ xid: string }>(
      sql`select xid::text as xid from ${log} c where ${oldEnough} order by xid desc offset ${typeof what === 'number' ? what : 0} limit 1`,
    );
    if (last === undefined) return 0;
    // The horizon moves with the rows, in one transaction: a cursor older than it is never served from what is left.
    await tx.rows(
      sql`update ${organisation.table('_organisation')}
          set horizon = greatest(horizon, (${last.xid}::text::bigint + 1)::text::xid8)`,
    );
    const [gone] = await tx.rows<{ count: number }>(
      sql`with d as (delete from ${log} where xid <= ${last.xid}::text::xid8 returning 1) select count(*) as count from d`,
    );
    return gone?.count ?? 0;
  });
}

/** Engine tables of every organisation as this version has them. */
export async function upgradeEngineTables(database: Database): Promise<void> {
  for (const name of await listOrganisations(database))
    await database.write(async (tx) => {
      await lockMigrations(tx);
      const schema = `org_${name}`;
      for (const statement of engineTables(schema)) await tx.rows(statement);
      await forgetForeignChanges(tx, schema);
    });
}

interface OrganisationRow {
  readonly label: string;
  readonly history_id: string;
  readonly secret: Buffer;
  readonly solution: Solution | null;
  readonly solution_hash: string | null;
  readonly oldest_version: number | null;
}

/** Two processes that start together migrate one after the other. */
async function lockMigrations(tx: Tx): Promise<void> {
  await tx.rows('set local statement_timeout = 0; set local lock_timeout = 0');
  await tx.rows(`select pg_advisory_xact_lock(hashtext('satchel migrations'))`);
}

async function migrate(tx: Tx, name: string, schema: string, solution: Solution): Promise<void> {
  const hash = sha256(canonicalJson(solution));
  const [before] = await tx.rows<{ solution: Solution | null; solution_hash: string | null }>(
    sql`select solution, solution_hash from ${ident(schema)}."_organisation"`,
  );
  if (before?.solution_hash === hash) return;
  const faults = validateSolution(solution);
  if (faults.length > 0) throw new SolutionError(faults);
  const published = await readPublished(tx, schema, before?.solution ?? null);
  const upgradeProblems = upgradeFaults(published, solution, await hasDevices(tx, schema));
  if (upgradeProblems.length > 0) throw new SolutionError(upgradeProblems);
  const context: TriggerContext = {
    schema,
    organisation: name,
    entities: tableEntities(solution),
    numberByEntity: await numbersFor(tx, schema, before?.solution ?? null, solution),
    scopeFields: scopeFields(solution, openModel(buildWholeBundle(solution)).expression),
  };
  for (const statement of planMigration(before?.solution ?? null, solution, context))
    await tx.rows(statement);
  await keepPublished(tx, schema, solution);
  await tx.rows(
    sql`update ${ident(schema)}."_organisation"
        set solution = ${JSON.stringify(solution)}::json, solution_hash = ${hash}, schema_version = ${solution.schemaVersion}`,
  );
}

/** Entities keep their number for ever, also under another name; new ones get the next. 0 stands for a publish. */
async function numbersFor(
  tx: Tx,
  schema: string,
  before: Solution | null,
  solution: Solution,
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.rows<{ number: number; name: string }>(
    sql`select number, name from ${ident(schema)}."_entity"`,
  );
  const steps = before === null ? [] : stepsSince(solution, before.schemaVersion);
  const numbers = new Map(rows.map((row) => [upcastRow(row.name, {}, steps).entity, row.number]));
  let next = Math.max(0, ...numbers.values()) + 1;
  for (const { name } of tableEntities(solution)) if (!numbers.has(name)) numbers.set(name, next++);
  return numbers;
}

function organisationOf(
  name: string,
  schema: string,
  row: OrganisationRow,
  numbers: readonly { readonly number: number; readonly name: string }[],
): Organisation {
  const { solution, solution_hash: solutionHash } = row;
  if (solution === null || solutionHash === null)
    throw new Error(`organisation ${name} has no published solution`);
  const bundles = new Map<string, { readonly bundle: Bundle; readonly model: Model }>();
  const forRoles = (roles: readonly string[]) => {
    const known = solution.roles.map((role) => role.name).filter((role) => roles.includes(role));
    const key = known.join(' ');
    const found = bundles.get(key);
    if (found !== undefined) return found;
    const content = buildBundle(solution, known);
    const bundle = { ...content, hash: sha256(canonicalJson(content)) };
    const made = { bundle, model: openModel(bundle) };
    bundles.set(key, made);
    return made;
  };
  const table = (of: string) => sql`${ident(schema)}.${ident(of)}`;
  return {
    name,
    schema,
    label: row.label,
    historyId: row.history_id,
    secret: row.secret,
    solution,
    solutionHash,
    oldestVersion: row.oldest_version ?? solution.schemaVersion - limits.versionsServed,
    entities: tableEntities(solution),
    numberByEntity: new Map(numbers.map((each) => [each.name, each.number])),
    model: openModel(buildWholeBundle(solution)),
    bundleFor: (roles) => forRoles(roles).bundle,
    modelFor: (roles) => forRoles(roles).model,
    table,
    userContext: async (tx, userId) =>
      (await readPerson(tx, table, solution.hierarchy, userId))?.user ?? null,
    person: (tx, userId) => readPerson(tx, table, solution.hierarchy, userId),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
