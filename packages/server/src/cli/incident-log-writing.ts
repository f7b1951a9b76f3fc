// Puts imported incidents and what they point to into the tables, as any other program could. People, teams and callers that are there already are
// left as they are; incidents and their history are brought up to the log.
import { ident, joinSql, sql, type Entity, type RecordId, type Row } from '@satchel/model';
import type { Database, Tx } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';
import type { IdOf, IncidentRecords } from './incident-log-records.ts';
import { batchRowsMax, recordType, writeRows } from './write-rows.ts';

export interface LogTarget {
  readonly database: Database;
  readonly organisation: Organisation;
}

/** What the import needs the solution to have. */
export const logEntities = [
  'business_unit',
  'user',
  'team',
  'team_member',
  'contact',
  'incident',
  'incident_history',
] as const;
type LogEntity = (typeof logEntities)[number];

export interface Written {
  readonly inserted: number;
  readonly updated: number;
}

const unitName = 'Imported service desk';

/** One transaction for a batch of incidents, in an order in which every lookup finds its target. */
export async function writeIncidents(
  target: LogTarget,
  batch: readonly IncidentRecords[],
  idOf: IdOf,
): Promise<Written> {
  const unit = idOf('business_unit', unitName);
  const resolvers = partiesOf(batch, 'resolver');
  const groups = partiesOf(batch, 'group');
  const members = new Map(
    batch.flatMap(({ group, resolver }) => {
      if (group === null || resolver === null) return [];
      const id = idOf('team_member', `${group.name} ${resolver.name}`);
      return [[id, { id, team: group.id, user: resolver.id }] as const];
    }),
  );
  return target.database.write(async (tx) => {
    const { organisation } = target;
    await addMissing(tx, organisation, 'business_unit', [{ id: unit, name: unitName, parent: null }]);
    await addMissing(
      tx,
      organisation,
      'user',
      resolvers.map(({ id, name }) => resolverRow(id, name, unit)),
    );
    await addMissing(
      tx,
      organisation,
      'team',
      groups.map(({ id, name }) => ({ id, name, business_unit: unit })),
    );
    await addMissing(tx, organisation, 'team_member', [...members.values()]);
    const callers = partiesOf(batch, 'caller').map(({ id, name }) => ({ id, name, active: true }));
    await addMissing(tx, organisation, 'contact', callers);
    const written = await replace(
      tx,
      organisation,
      'incident',
      batch.map(({ incident }) => incident),
    );
    const history = batch.flatMap((each) => each.history);
    await replace(tx, organisation, 'incident_history', history);
    await dropOtherVersions(tx, organisation, batch, history);
    return written;
  });
}

/** Gives a person the incidents of a resolver and a place in a group. False where nobody signs in by that name. */
export async function assignTo(
  target: LogTarget,
  login: string,
  given: { readonly resolver: RecordId | null; readonly group: RecordId | null },
  idOf: IdOf,
): Promise<boolean> {
  const { organisation, database } = target;
  return database.write(async (tx) => {
    const [person] = await tx.rows<{ id: RecordId }>(
      sql`select "id" from ${organisation.table('user')} where "login" = ${login}`,
    );
    if (person === undefined) return false;
    if (given.group !== null) {
      const id = idOf('team_member', `${given.group} ${person.id}`);
      await addMissing(tx, organisation, 'team_member', [{ id, team: given.group, user: person.id }]);
    }
    if (given.resolver !== null) {
      await tx.rows(
        sql`update ${organisation.table('incident')} set "owner" = ${person.id}::uuid where "owner" = ${given.resolver}::uuid`,
      );
    }
    return true;
  });
}

/** Nobody signs in as a resolver of the log: without a password and not active. */
function resolverRow(id: RecordId, name: string, unit: RecordId): Row {
  const login = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return { id, name, login: `log-${login}`, job_title: 'Resolver', business_unit: unit, active: false };
}

function partiesOf(batch: readonly IncidentRecords[], role: 'caller' | 'group' | 'resolver') {
  const parties = batch.flatMap((each) => each[role] ?? []);
  return [...new Map(parties.map((party) => [party.id, party])).values()];
}

function entityOf(organisation: Organisation, name: LogEntity): Entity {
  const entity = organisation.entities.find((each) => each.name === name);
  if (entity === undefined) throw new Error(`no entity ${name}`);
  return entity;
}

async function addMissing(
  tx: Tx,
  organisation: Organisation,
  name: LogEntity,
  rows: readonly Row[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first);
  const names = joinSql(columns.map(ident));
  await tx.rows(
    sql`insert into ${organisation.table(name)} (${names})
        select ${names} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(${recordType(entityOf(organisation, name), columns)})
        on conflict ("id") do nothing`,
  );
}

async function replace(
  tx: Tx,
  organisation: Organisation,
  name: LogEntity,
  rows: readonly Row[],
): Promise<Written> {
  const columns = Object.keys(rows[0] ?? {});
  let total: Written = { inserted: 0, updated: 0 };
  for (let start = 0; start < rows.length; start += batchRowsMax) {
    const part = rows.slice(start, start + batchRowsMax);
    const written = await writeRows(tx, organisation, entityOf(organisation, name), columns, part);
    total = { inserted: total.inserted + written.inserted, updated: total.updated + written.updated };
  }
  return total;
}

/** An import as of an earlier moment has fewer versions than the one before it. */
async function dropOtherVersions(
  tx: Tx,
  organisation: Organisation,
  batch: readonly IncidentRecords[],
  history: readonly Row[],
): Promise<void> {
  const incidents = batch.map(({ incident }) => String(incident['id']));
  const kept = history.map((row) => String(row['id']));
  await tx.rows(
    sql`delete from ${organisation.table('incident_history')}
        where "incident" = any(${incidents}::uuid[]) and not ("id" = any(${kept}::uuid[]))`,
  );
}
