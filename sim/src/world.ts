// A whole Satchel in one process: the real server code on a real PostgreSQL, and devices with the real engine on SQLite in memory. Chance,
// clocks and roads are in the test's hand.
import { pino } from 'pino';
import type { Model, Solution, UserContext } from '@satchel/model';
import pg from 'pg';
import { fieldService } from '@satchel/field-service';
import { createNodeEngine, openNodeStorage, type NodeStorage } from '@satchel/device/node';
import type { EngineClient, Ids, Transport } from '@satchel/device';
import {
  addRole,
  buildApp,
  createOrganisation,
  openDatabase,
  serveOrganisations,
  setPassword,
  type Database,
  type Organisation,
} from '@satchel/server';
import { seededIds, type Chance } from './chance.ts';
import { createHandClock, type HandClock } from './hand-clock.ts';
import { injectTransport } from './inject-transport.ts';
import { createWire, type Wire } from './wire.ts';

/** Everybody's. */
export const password = 'a word for tests';
const startMs = Date.UTC(2026, 0, 5, 7, 0, 0);

/** Who is in the world, and what they may do. */
export interface Character {
  readonly id: string;
  readonly login: string;
  readonly role: string;
}

export interface SimDevice {
  readonly person: Character;
  readonly wire: Wire;
  readonly clock: HandClock;
  /** The engine as it is now; another object after a crash. */
  engine(): EngineClient;
  storage(): NodeStorage;
  /** Kills the process and starts it again on what was durable. */
  crash(): Promise<void>;
  /** Lets everything that is due happen, and what it starts. */
  settle(): Promise<void>;
}

export interface SimWorld extends SimServer {
  readonly people: readonly Character[];
  device(person: Character): Promise<SimDevice>;
  /** Who this is now, and the model as this person gets it. */
  whois(person: Character): Promise<{ readonly user: UserContext; readonly model: Model }>;
}

/** A server with an organisation of its own, reached without a socket. */
export interface SimServer {
  readonly database: Database;
  readonly organisation: Organisation;
  /** SQL as any other program would run it, in the organisation's schema. */
  sql(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  readonly transport: Transport;
  /** Lets somebody sign in with this role. */
  admit(userId: string, role: string): Promise<void>;
  close(): Promise<void>;
}

/** `name` must not have been used in the database that TEST_DATABASE_URL names. */
export async function openSimServer(name: string, solution: Solution, ids: Ids): Promise<SimServer> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined) throw new Error('TEST_DATABASE_URL is not set');
  const database = await openDatabase(url);
  const organisation = await createOrganisation(database, { name, label: 'Simulated', solution });
  const other = new pg.Client(url);
  await other.connect();
  await other.query(`set search_path = "org_${name}"`);
  const app = await buildApp({
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
  return {
    database,
    organisation,
    sql: async (text, values = []) => (await other.query(text, [...values])).rows,
    transport: injectTransport(() => app),
    admit: (userId, role) =>
      database.write(async (tx) => {
        await setPassword(tx, organisation, userId, password);
        await addRole(tx, organisation, userId, role);
      }),
    async close() {
      await app.close();
      await other.end();
      await database.close();
    },
  };
}

/** Opens a world of field service. */
export async function openSimWorld(name: string, chance: Chance): Promise<SimWorld> {
  const ids = seededIds(chance.fork());
  const server = await openSimServer(name, fieldService, ids);
  const { database, organisation } = server;
  const people = await settlePeople(server, ids);
  const devices: SimDevice[] = [];
  return {
    ...server,
    people,
    async device(person) {
      const device = await openDevice(person, `${person.login}@${name}`, server.transport, chance.fork());
      devices.push(device);
      return device;
    },
    async whois(person) {
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
  transport: Transport,
  chance: Chance,
): Promise<SimDevice> {
  const clock = createHandClock(startMs);
  const wire = createWire(transport, chance.fork());
  const ids = seededIds(chance.fork(), startMs + chance.below(1_000_000_000));
  let storage = await openNodeStorage();
  const open = () =>
    createNodeEngine({
      storage,
      transport: wire,
      clock,
      ids,
      chance: () => chance.next(),
      hints: { subscribe: () => () => undefined },
      deviceName: 'Simulated',
    });
  let engine = await open();
  await engine.signIn(login, password);
  return {
    person,
    wire,
    clock,
    engine: () => engine,
    storage: () => storage,
    async crash() {
      engine.close();
      storage = storage.crash();
      engine = await open();
    },
    async settle() {
      for (let round = 0; round < 20; round += 1) {
        await engine.sync();
        const { outbox, synced } = await engine.status();
        if (synced || (outbox.waiting === 0 && outbox.settling === 0)) return;
        clock.advance(clock.nextDueMs() ?? 1_000);
      }
    },
  };
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
