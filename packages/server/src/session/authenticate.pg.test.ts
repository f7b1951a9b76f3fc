// Every change of what decides who somebody is must count at the next request: here it is made behind the back of what remembers it.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql, type UserContext } from '@satchel/model';
import { openWorkshop, type Workshop } from '../push/testing/workshop.ts';
import { openDatabase, type Database } from '../store/database.ts';
import { pruneChangeLog } from '../store/organisation.ts';
import { openAuthentication, type Authentication } from './authenticate.ts';
import { serveOrganisations } from './organisations.ts';
import { addRole, removeRole } from './people.ts';
import { newToken, tokenHash } from './token.ts';

let shop: Workshop;
let statements: string[];
let authentication: Authentication;
let token: string;

beforeAll(async () => {
  shop = await openWorkshop();
  const watched: Database = {
    ...shop.database,
    rows: (statement, name) => {
      statements.push(name?.replace(/_w_.*/, '') ?? 'other');
      return shop.database.rows(statement, name);
    },
  };
  statements = [];
  authentication = openAuthentication(watched, serveOrganisations(shop.database));
  token = await newSession();
});
afterAll(() => shop.close());

async function newSession(): Promise<string> {
  const made = newToken(shop.organisation.name);
  const device = await shop.device(shop.people.maya);
  await shop.database.rows(
    sql`insert into ${shop.organisation.table('_session')} (token_hash, device_id, user_id, expires_at)
        values (decode(${tokenHash(made).toString('hex')}, 'hex'), ${device}, ${shop.people.maya}, now() + interval '30 days')`,
  );
  return made;
}

async function who(): Promise<UserContext> {
  return (await authentication.sessionOf(token)).user;
}

const write = (text: string, values: readonly unknown[] = []) =>
  shop.database.write((tx) => tx.rows(text.replaceAll('{s}', `"${shop.organisation.schema}"`), values));

describe('who is asking', () => {
  it('[AUTH-12] is one statement for a request when nothing was written, and no write', async () => {
    const first = await who();
    await who();
    statements = [];
    expect(await who()).toBe(first);
    expect(statements).toEqual(['satchel_session_org']);
  });

  it('[AUTH-13] roles, teams, units, names and closed accounts count at the next request', async () => {
    const { maya } = shop.people;
    const { database, organisation } = shop;
    await who();
    await database.write((tx) => addRole(tx, organisation, maya, 'manager'));
    expect((await who()).roles).toEqual(['manager', 'technician']);
    await database.write((tx) => removeRole(tx, organisation, maya, 'manager'));
    expect((await who()).roles).toEqual(['technician']);
    const [team, north, south] = [randomUUID(), randomUUID(), randomUUID()];
    await write(`insert into {s}.team (id, name) values ('${team}', 'Red')`);
    await who();
    await write(`insert into {s}.team_member (team, "user") values ('${team}', '${maya}')`);
    expect((await who()).teams).toEqual([team]);
    await write(`delete from {s}.team_member`);
    expect((await who()).teams).toEqual([]);
    await write(
      `insert into {s}.business_unit (id, name) values ('${north}', 'North'), ('${south}', 'South')`,
    );
    await write(`update {s}."user" set business_unit = '${north}' where id = '${maya}'`);
    expect((await who()).businessUnits).toEqual([north]);
    await write(`update {s}.business_unit set parent = '${north}' where id = '${south}'`);
    expect((await who()).businessUnits).toEqual([north, south].sort());
    await write(`update {s}."user" set active = false where id = '${maya}'`);
    await expect(who()).rejects.toMatchObject({ code: 'account_disabled' });
    await write(`update {s}."user" set active = true where id = '${maya}'`);
    expect((await who()).login).toBe('maya');
  });

  it('[AUTH-13] counts what was begun before the person was read and committed after', async () => {
    const other = await openDatabase(shop.database.url, { connections: 1 });
    await other.write(async (tx) => {
      await addRole(tx, shop.organisation, shop.people.maya, 'manager');
      // Others write and commit meanwhile: the open one is below the highest id of the log.
      await write(`insert into {s}.customer (name) values ('Meanwhile')`);
      expect((await who()).roles).toEqual(['technician']);
      expect((await who()).roles).toEqual(['technician']);
    });
    await other.close();
    expect((await who()).roles).toEqual(['manager', 'technician']);
  });

  it('[AUTH-13] counts what was logged and pruned since', async () => {
    await who();
    await shop.database.write((tx) => removeRole(tx, shop.organisation, shop.people.maya, 'manager'));
    await pruneChangeLog(shop.database, shop.organisation, 0);
    expect((await who()).roles).toEqual(['technician']);
  });

  it('[AUTH-7] a session that was revoked a moment ago is none', async () => {
    await who();
    await write('update {s}._session set revoked_at = now()');
    await expect(who()).rejects.toMatchObject({ code: 'session_expired' });
    token = await newSession();
    expect((await who()).login).toBe('maya');
    await write('delete from {s}._session');
    await expect(who()).rejects.toMatchObject({ code: 'session_expired' });
  });
});
