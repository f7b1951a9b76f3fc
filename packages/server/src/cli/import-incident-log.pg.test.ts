// The import against a real PostgreSQL: once, twice, with bad lines, as of an earlier moment, and for somebody.
import { Readable } from 'node:stream';
import { fieldService } from '@satchel/field-service';
import { ident, sql } from '@satchel/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../store/database.ts';
import { createOrganisation, type Organisation } from '../store/organisation.ts';
import { importIncidentLog, logId } from './import-incident-log.ts';
import { logColumns } from './incident-log-reading.ts';

const name = `logimp_${process.pid}`;
const techId = '019a0000-0000-7000-8000-000000000001';
let database: Database;
let organisation: Organisation;

beforeAll(async () => {
  database = await openDatabase(process.env['TEST_DATABASE_URL'] ?? '');
  organisation = await createOrganisation(database, { name, label: 'Log', solution: fieldService });
  await database.write((tx) =>
    tx.rows(
      sql`insert into ${organisation.table('user')} ("id", "name", "login") values (${techId}, 'Maya', 'maya')`,
    ),
  );
});
afterAll(async () => {
  await database.write((tx) => tx.rows(sql`drop schema ${ident(organisation.schema)} cascade`));
  await database.write((tx) => tx.rows(sql`delete from "satchel"."organisation" where name = ${name}`));
  await database.close();
});

const line = (number: string, state: string, at: string, resolver: string) =>
  [
    ...[
      number,
      state,
      '0',
      '0',
      'true',
      'Caller 7',
      '1/2/2016 08:00',
      'Updated by 3',
      at,
      'Phone',
      'Location 5',
    ],
    ...[
      'Category 9',
      'Subcategory 2',
      'Symptom 1',
      '2 - Medium',
      '2 - Medium',
      '3 - Moderate',
      'Group 4',
      resolver,
    ],
    ...['code 6', 'Resolved by 2', '3/2/2016 10:00', '8/2/2016 10:00'],
  ].join();
const log = [
  logColumns.join(),
  line('INC1', 'New', '1/2/2016 08:05', '?'),
  line('INC1', 'Active', '1/2/2016 09:05', 'Resolver 1'),
  line('INC1', 'Active', '31/2/2016 09:05', 'Resolver 1'),
  line('INC2', 'New', '2/2/2016 08:05', 'Resolver 1'),
  line('INC3', 'New', '2/2/2016 08:06', 'Resolver 2'),
  line('INC3', 'Closed', '8/2/2016 10:00', 'Resolver 2'),
  line('INC1', 'Closed', '9/2/2016 10:00', 'Resolver 1'),
].join('\n');

const run = (options: Parameters<typeof importIncidentLog>[2] = {}, text = log) =>
  importIncidentLog(Readable.from([text]), { database, organisation }, options);
const count = async (entity: string) => {
  const [row] = await database.rows<{ n: number }>(
    sql`select count(*) as n from ${organisation.table(entity)}`,
  );
  return Number(row?.n);
};

describe('importing an incident log', () => {
  it('[LOGIMP-3] bad lines are told with number and reason and the rest goes in', async () => {
    const rejected: string[] = [];
    const report = await run({ onRejected: (number, reason) => rejected.push(`${number}: ${reason}`) });
    expect(report).toMatchObject({
      ok: true,
      lines: 7,
      rejected: 2,
      incidents: 3,
      inserted: 3,
      updated: 0,
      open: 2,
    });
    expect(report).toMatchObject({ versions: 5, callers: 1, groups: 1, resolvers: 2 });
    expect(rejected).toEqual([
      '4: sys_updated_at "31/2/2016 09:05" is not a moment such as 29/2/2016 01:23',
      '8: the lines of INC1 do not stand together; sort the file by number',
    ]);
  });

  it('[LOGIMP-8] a second import updates and doubles nothing', async () => {
    const before = [
      await count('incident'),
      await count('incident_history'),
      await count('user'),
      await count('contact'),
    ];
    expect(await run()).toMatchObject({ ok: true, inserted: 0, updated: 3 });
    expect([
      await count('incident'),
      await count('incident_history'),
      await count('user'),
      await count('contact'),
    ]).toEqual(before);
  });

  it('[LOGIMP-5] as of an earlier moment there are fewer versions and earlier states', async () => {
    expect(await run({ asOf: '2016-02-02T08:06:00.000Z' })).toMatchObject({
      ok: true,
      incidents: 2,
      later: 1,
      versions: 3,
    });
    await run({ asOf: '2016-02-01T09:00:00.000Z' });
    const [row] = await database.rows<{ state: string; n: number }>(
      sql`select state, (select count(*) from ${organisation.table('incident_history')} h where h.incident = i.id) as n
          from ${organisation.table('incident')} i where number = 'INC1'`,
    );
    expect(row).toEqual({ state: 'new', n: 1 });
  });

  it('[LOGIMP-10] a person may be given the busiest resolver and a place in the busiest group', async () => {
    expect(await run({ assignTo: 'nobody' })).toEqual({
      ok: false,
      fault: 'no_such_login',
      detail: ['nobody'],
    });
    expect(await run({ assignTo: 'maya' })).toMatchObject({ ok: true });
    const owned = await database.rows<{ number: string }>(
      sql`select number from ${organisation.table('incident')} where owner = ${techId}::uuid order by number`,
    );
    expect(owned.map((row) => row.number)).toEqual(['INC1', 'INC2']);
    const members = await database.rows<{ team: string }>(
      sql`select team from ${organisation.table('team_member')} where "user" = ${techId}::uuid`,
    );
    expect(members).toEqual([{ team: logId('team', 'Group 4') }]);
  });

  it('[LOGIMP-11] a file without the columns is refused with their names and nothing is written', async () => {
    const report = await run({}, 'number,incident_state\nINC9,New\n');
    expect(report).toMatchObject({ ok: false, fault: 'missing_columns' });
    const rows = await database.rows(
      sql`select 1 from ${organisation.table('incident')} where number = 'INC9'`,
    );
    expect(rows).toEqual([]);
  });
});
