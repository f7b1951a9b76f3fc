// A whole Satchel in one process: the real server code, in several processes' worth, on a real PostgreSQL, and devices with the real engine on SQLite in
// memory. Chance, clocks and roads are in the test's hand.
import pg from 'pg';
import { pino } from 'pino';
import type { Model, Solution, UserContext } from '@satchel/model';
import { fieldService } from '@satchel/field-service';
import type { Ids } from '@satchel/device';
import { openNodeStorage } from '@satchel/device/node';
import {
  addRole,
  buildApp,
  createOrganisation,
  openDatabase,
  openOrganisation,
  serveOrganisations,
  setPassword,
  type Database,
  type Organisation,
} from '@satchel/server';
import { seededIds, type Chance } from './chance.ts';
import { startDevice, type Character, type SimDevice } from './device.ts';
import { injectTransport, type Injectable } from './inject-transport.ts';
import type { Road } from './wire.ts';

export type { Character, SimDevice } from './device.ts';

/** Everybody's. */
export const password = 'a word for tests';
const startMs = Date.UTC(2026, 0, 5, 7, 0, 0);
/** Connections of each server process: few, so that requests also wait for one. */
const connectionsEach = 6;

export interface SimWorld extends SimServer {
  readonly people: readonly Character[];
  device(person: Character): Promise<SimDevice>;
  /** Who this is now, and the model as this person gets it. */
  whois(person: Character): Promise<{ readonly user: UserContext; readonly model: Model }>;
}

/** A server with an organisation of its own, reached without a socket. */
export interface SimServer {
  readonly database: Database;
  /** As it was when the world began. */
  readonly organisation: Organisation;
  /** SQL as any other program would run it, in the organisation's schema. */
  sql(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  readonly transport: Road;
  /** The server's handlers, for a road of one's own before them. */
  readonly inject: Injectable['inject'];
  /** Does something while no request is answered; those that come meanwhile wait. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Lets somebody sign in with this role. */
  admit(userId: string, role: string): Promise<void>;
  close(): Promise<void>;
}

/** How many processes serve, and which of them takes a request. */
export interface Processes {
  readonly count: number;
  readonly chance: Chance;
}

/** `name` must not have been used in the database that TEST_DATABASE_URL names. */
export async function openSimServer(
  name: string,
  solution: Solution,
  ids: Ids,
  processes?: Processes,
): Promise<SimServer> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined) throw new Error('TEST_DATABASE_URL is not set');
  const databases: Database[] = [];
  for (let count = processes?.count ?? 1; count > 0; count -= 1)
    databases.push(await openDatabase(url, processes === undefined ? {} : { connections: connectionsEach }));
  const database = databases[0] as Database;
  const organisation = await createOrganisation(database, { name, label: 'Simulated', solution });
  const other = new pg.Client(url);
  await other.connect();
  await other.query(`set search_path = "org_${name}"`);
  const apps = await Promise.all(databases.map((each) => startProcess(each, ids)));
  const anyApp = () => (processes === undefined ? apps[0] : processes.chance.pick(apps)) as (typeof apps)[0];
  return {
    database,
    organisation,
    sql: async (text, values = []) => {
      const result = await other.query(text, values.length === 0 ? undefined : [...values]);
      return (Array.isArray(result) ? [] : result.rows) as Record<string, unknown>[];
    },
    inject: (request) => anyApp().inject(request),
    ...gated(injectTransport(anyApp)),
    admit: (userId, role) =>
      database.write(async (tx) => {
        await setPassword(tx, organisation, userId, password);
        await addRole(tx, organisation, userId, role);
      }),
    async close() {
      for (const app of apps) await app.close();
      await other.end();
      for (const each of databases) await each.close();
    },
  };
}

/** A road with a gate across it. */
function gated(road: Road): Pick<SimServer, 'transport' | 'alone'> {
  let gate: Promise<unknown> = Promise.resolve();
  const underWay = new Set<Promise<unknown>>();
  const through = async <T>(call: () => Promise<T>): Promise<T> => {
    await gate;
    const answer = call();
    const done = answer.catch(() => undefined);
    underWay.add(done);
    done.finally(() => underWay.delete(done));
    return answer;
  };
  return {
    transport: {
      call: (call, signal) => through(() => road.call(call, signal)),
      callInPart: (call) => through(async () => road.callInPart?.(call)),
      listen: (token, listener) => road.listen(token, listener),
    },
    alone: (work) => {
      const before = gate;
      const done = before.then(() => Promise.all(underWay)).then(work);
      gate = done.catch(() => undefined);
      return done;
    },
  };
}

/** What one process of the server is: an app over a pool and a memory of its own. */
function startProcess(database: Database, ids: Ids) {
  return buildApp({
    database,
    organisations: serveOrganisations(database),
    onChange: () => () => undefined,
    appFolder: null,
    logger: pino({ level: 'silent' }),
    now: () => new Date().toISOString(),
    reference: () => ids.next(),
    trustedProxies: [],
    https: null,
  });
}

/** Opens a world of field service. */
export async function openSimWorld(
  name: string,
  chance: Chance,
  processes?: Omit<Processes, 'chance'>,
): Promise<SimWorld> {
  const ids = seededIds(chance.fork());
  const several = processes === undefined ? undefined : { ...processes, chance: chance.fork() };
  const server = await openSimServer(name, fieldService, ids, several);
  const { database } = server;
  const people = await settlePeople(server, ids);
  const devices: SimDevice[] = [];
  let organisation = server.organisation;
  return {
    ...server,
    people,
    async device(person) {
      const device = await openDevice(person, `${person.login}@${name}`, server.transport, chance.fork());
      devices.push(device);
      return device;
    },
    async whois(person) {
      const [now] = await server.sql('select solution_hash from _organisation');
      if (now?.['solution_hash'] !== organisation.solutionHash)
        organisation = await openOrganisation(database, name);
      const user = await database.read((tx) => organisation.userContext(tx, person.id));
      if (user === null) throw new Error(`${person.login} is not in the directory`);
      return { user, model: organisation.modelFor(user.roles) };
    },
    async close() {
      for (const device of devices) {
        device.engine().close();
        device.storage().close();
      }
      await server.close();
    },
  };
}

/** A device on which this person is signed in. */
export async function openDevice(
  person: Character,
  login: string,
  road: Road,
  chance: Chance,
): Promise<SimDevice> {
  return startDevice({
    person,
    login,
    password,
    road,
    chance,
    storage: await openNodeStorage(),
    wallMs: startMs,
  });
}

/** Two teams in two units under one roof; two technicians each and a dispatcher. */
async function settlePeople({ sql, admit }: SimServer, ids: Ids): Promise<readonly Character[]> {
  const [roof, north, south] = [ids.next(), ids.next(), ids.next()];
  await sql(
    'insert into business_unit (id, name, parent) values ($1, $2, null), ($3, $4, $1), ($5, $6, $1)',
    [roof, 'Company', north, 'North', south, 'South'],
  );
  const teams = [ids.next(), ids.next()] as const;
  await sql('insert into team (id, name, business_unit) values ($1, $2, $3), ($4, $5, $6)', [
    teams[0],
    'North team',
    north,
    teams[1],
    'South team',
    south,
  ]);
  const people: Character[] = [];
  for (const [index, login] of ['ann', 'ben', 'cai', 'dov', 'eva'].entries()) {
    const isDispatcher = login === 'eva';
    const person: Character = { id: ids.next(), login, role: isDispatcher ? 'dispatcher' : 'technician' };
    const isNorth = index < 2;
    await sql('insert into "user" (id, name, login, business_unit, active) values ($1, $2, $3, $4, true)', [
      person.id,
      login,
      login,
      isDispatcher ? roof : isNorth ? north : south,
    ]);
    if (!isDispatcher)
      await sql('insert into team_member (id, team, "user") values ($1, $2, $3)', [
        ids.next(),
        teams[isNorth ? 0 : 1],
        person.id,
      ]);
    await admit(person.id, person.role);
    people.push(person);
  }
  return people;
}
