// An organisation of its own for a test file, with a few people, and a device that keeps what it is told and nothing else.
import { randomUUID } from 'node:crypto';
import {
  ident,
  limits,
  sql,
  type PageAnswer,
  type PullAnswer,
  type PullRequest,
  type Solution,
  type UserContext,
  type Value,
  type wire,
} from '@satchel/model';
import { openDatabase, type Database } from '../store/database.ts';
import { createOrganisation, type Organisation } from '../store/organisation.ts';
import { page } from '../sync-read/page.ts';
import { pull } from '../sync-read/pull.ts';
import { reconcile } from '../sync-read/reconcile.ts';
import { depot } from './depot.ts';

export interface World {
  readonly database: Database;
  readonly organisation: Organisation;
  /** Runs SQL as another program would; `{s}` stands for the schema. */
  sql<T extends object = Record<string, Value>>(text: string, values?: readonly unknown[]): Promise<T[]>;
  person(id: string): Promise<UserContext>;
  close(): Promise<void>;
}

export const people = {
  ada: '01900000-0000-7000-8000-00000000000a',
  bob: '01900000-0000-7000-8000-00000000000b',
  cyd: '01900000-0000-7000-8000-00000000000c',
  dan: '01900000-0000-7000-8000-00000000000d',
  red: '01900000-0000-7000-8000-0000000000a1',
  blue: '01900000-0000-7000-8000-0000000000a2',
  north: '01900000-0000-7000-8000-0000000000b1',
  northEnd: '01900000-0000-7000-8000-0000000000b2',
} as const;

/** The address of the database of this run. */
export function testUrl(): string {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined) throw new Error('TEST_DATABASE_URL is not set: run by vitest, project postgres');
  return url;
}

/** Ada and Bob are fitters of the red team, Cyd heads the north (Dan works in its north end), Dan is a fitter without a team. */
export async function makeWorld(solution: Solution = depot, url: string = testUrl()): Promise<World> {
  const database = await openDatabase(url);
  const name = `t${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const organisation = await createOrganisation(database, { name, label: 'Test', solution });
  const run = <T extends object>(text: string, values?: readonly unknown[]) =>
    database.write((tx) => tx.rows<T>(text.replaceAll('{s}', `"${organisation.schema}"`), values));
  await run(`
    insert into {s}.business_unit (id, name, parent) values ('${people.north}', 'North', null), ('${people.northEnd}', 'North end', '${people.north}');
    insert into {s}."user" (id, name, login, business_unit) values
      ('${people.ada}', 'Ada', 'ada', '${people.north}'), ('${people.bob}', 'Bob', 'bob', '${people.north}'),
      ('${people.cyd}', 'Cyd', 'cyd', '${people.north}'), ('${people.dan}', 'Dan', 'dan', '${people.northEnd}');
    insert into {s}.team (id, name) values ('${people.red}', 'Red'), ('${people.blue}', 'Blue');
    insert into {s}.team_member (team, "user") values ('${people.red}', '${people.ada}'), ('${people.red}', '${people.bob}');
    insert into {s}._user_role (user_id, role) values ('${people.ada}', 'fitter'), ('${people.bob}', 'fitter'), ('${people.cyd}', 'head'), ('${people.dan}', 'fitter');
  `);
  return {
    database,
    organisation,
    sql: run,
    person: async (id) => {
      const user = await database.read((tx) => organisation.userContext(tx, id));
      if (user === null) throw new Error(`nobody is ${id}`);
      return user;
    },
    close: async () => {
      await run('drop schema {s} cascade');
      await database.rows(sql`delete from satchel.organisation where name = ${name}`);
      await database.close();
    },
  };
}

type Rows = Map<string, Readonly<Record<string, Value>>>;

/** What a device does with what it is told, in its plainest form. */
export interface TestDevice {
  readonly id: string;
  readonly rows: Map<string, Rows>;
  /** Ids it was ever told of. */
  readonly heardOf: Set<string>;
  cursor: string | null;
  /** Rows fetched or dropped by comparing. */
  heals: number;
  /** Entities whose rows are not what the server counted at the last pull. */
  readonly unproven: Set<string>;
  /** Called between the parts of a delta, before the next is asked for. */
  betweenParts: () => Promise<void>;
  /** Parts taken so far. */
  parts: number;
  download(now: string): Promise<void>;
  /** One pull, applied; entities whose digest then differs. */
  pull(now: string, prove?: boolean): Promise<{ readonly answer: PullAnswer; readonly differing: string[] }>;
  /** Pulls and compares until everything agrees. */
  sync(now: string): Promise<void>;
}

export async function makeDevice(world: World, userId: string): Promise<TestDevice> {
  const { database, organisation } = world;
  const id = randomUUID();
  await world.sql(`insert into {s}._device (id, user_id, name) values ($1, $2, 'test')`, [id, userId]);
  const bundle = async () => organisation.bundleFor((await world.person(userId)).roles);
  const carried = async () => organisation.modelFor((await world.person(userId)).roles).carriedEntities();
  const device: TestDevice = {
    id,
    rows: new Map(),
    heardOf: new Set(),
    cursor: null,
    heals: 0,
    unproven: new Set(),
    betweenParts: () => Promise.resolve(),
    parts: 0,
    download: async (now) => {
      device.rows.clear();
      device.cursor = null;
      for (const { name } of await carried()) {
        let after: string | null = null;
        do {
          const request = { bundle: (await bundle()).hash, entity: name, after };
          const text = await page(database, organisation, await world.person(userId), request, now);
          const answer = JSON.parse(text) as PageAnswer;
          device.cursor ??= answer.cursor;
          const columns = answer.columns.map((column) =>
            'values' in column ? column.values : column.codes.map((code) => column.dictionary[code] ?? null),
          );
          for (let index = 0; index < answer.rows; index += 1)
            put(
              device,
              name,
              answer.columns.map((column) => column.name),
              columns.map((cells) => cells[index] ?? null),
            );
          after = answer.next;
        } while (after !== null);
      }
    },
    pull: async (now, prove = false) => {
      const ask = async (more: Partial<PullRequest>) => {
        const who = { user: await world.person(userId), deviceId: id };
        const request = {
          bundle: (await bundle()).hash,
          cursor: device.cursor,
          settledSeq: 0,
          prove,
          ...more,
        };
        return pull(database, organisation, who, request, now);
      };
      const staged: wire.EntityChanges[] = [];
      let answer = await ask({});
      let since = device.cursor;
      while (answer.kind === 'part') {
        device.parts += 1;
        staged.push(...answer.changes);
        await device.betweenParts();
        const { at, after } = answer;
        if (after === null) since = at;
        answer = await ask({
          cursor: since,
          prove: true,
          ...(after === null ? {} : { part: { at, after } }),
        });
      }
      const differing = applyAnswer(device, answer, staged);
      device.cursor = answer.cursor ?? device.cursor;
      return { answer, differing };
    },
    sync: async (now) => {
      for (let round = 0; round < 5; round += 1) {
        const { answer } = await device.pull(now);
        if (answer.kind === 'reconcile') for (const { name } of await carried()) device.unproven.add(name);
        if (device.unproven.size === 0) return;
        for (const entity of [...device.unproven]) {
          device.heals += await heal(world, device, userId, (await bundle()).hash, entity, now);
          device.unproven.delete(entity);
        }
      }
      throw new Error('the device does not come to agree with the server');
    },
  };
  return device;
}

function put(device: TestDevice, entity: string, columns: readonly string[], cells: readonly Value[]): void {
  const row = Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? null]));
  const rows = device.rows.get(entity) ?? new Map();
  device.rows.set(entity, rows.set(String(row['id']), row));
  device.heardOf.add(String(row['id']));
}

function applyAnswer(
  device: TestDevice,
  answer: PullAnswer,
  staged: readonly wire.EntityChanges[],
): string[] {
  if (answer.kind !== 'delta') return [];
  for (const { entity, columns, rows, gone } of [...staged, ...answer.changes]) {
    for (const cells of rows) put(device, entity, columns, cells);
    for (const { id } of gone) {
      device.rows.get(entity)?.delete(id);
      device.heardOf.add(id);
    }
  }
  const differing = Object.entries(answer.digests)
    .filter(([entity, digest]) => {
      const mine = [...(device.rows.get(entity)?.values() ?? [])];
      const sum = mine.reduce((total, row) => total + BigInt(Number(row['_rev'])), 0n);
      return mine.length !== digest.count || sum.toString() !== digest.sum;
    })
    .map(([entity]) => entity);
  for (const entity of Object.keys(answer.digests)) device.unproven.delete(entity);
  for (const entity of differing) device.unproven.add(entity);
  return differing;
}

async function heal(
  { database, organisation, person }: World,
  device: TestDevice,
  userId: string,
  bundle: string,
  entity: string,
  now: string,
): Promise<number> {
  const user = await person(userId);
  const buckets = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'));
  const list = await reconcile(database, organisation, user, { step: 'list', bundle, entity, buckets }, now);
  if (list.step !== 'list') throw new Error('not a list');
  const mine = device.rows.get(entity) ?? new Map();
  const gone = [...mine.keys()].filter((id) => !list.ids.includes(id));
  for (const id of gone) mine.delete(id);
  const ids = list.ids.filter((id, index) => mine.get(id)?.['_rev'] !== list.revs[index]);
  for (let at = 0; at < ids.length; at += limits.reconcileIdsMax) {
    const some = ids.slice(at, at + limits.reconcileIdsMax);
    const rows = await reconcile(
      database,
      organisation,
      user,
      { step: 'rows', bundle, entity, ids: some },
      now,
    );
    if (rows.step === 'rows') for (const cells of rows.rows) put(device, entity, rows.columns, cells);
  }
  return gone.length + ids.length;
}

/** All rows of a table, by id. */
export async function tableRows(world: World, entity: string): Promise<Rows> {
  const { database, organisation } = world;
  const rows = await database.rows<Record<string, Value>>(
    sql`select * from ${organisation.table(entity)} order by ${ident('id')}`,
  );
  return new Map(rows.map((row) => [String(row['id']), row]));
}
