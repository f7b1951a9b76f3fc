// A small organisation for tests of writing: jobs for customers, two technicians and a manager, on the PostgreSQL of the test run.
import { randomUUID } from 'node:crypto';
import {
  defineEntity,
  defineSolution,
  safePolicy,
  sql,
  type Mutation,
  type Privileges,
  type Row,
  type SealedMutation,
  type Solution,
  type Value,
} from '@satchel/model';
import { addRole, setPassword } from '../../session/people.ts';
import { openDatabase, type Database } from '../../store/database.ts';
import { createOrganisation, type Organisation } from '../../store/organisation.ts';

const customer = defineEntity({
  name: 'customer',
  label: 'Customer',
  labelPlural: 'Customers',
  icon: 'building',
  ownership: 'organisation',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name', required: true, searchable: true },
    blocked: { type: 'boolean', label: 'Blocked', default: false },
  },
});

const job = defineEntity({
  name: 'job',
  label: 'Job',
  labelPlural: 'Jobs',
  icon: 'wrench',
  ownership: 'user',
  titleField: 'title',
  fields: {
    number: { type: 'autonumber', label: 'Number', prefix: 'J-', digits: 4 },
    title: { type: 'text', label: 'Title', required: true, searchable: true },
    place: { type: 'text', label: 'Place' },
    code: { type: 'text', label: 'Code', unique: true },
    state: {
      type: 'choice',
      label: 'State',
      readOnly: true,
      default: 'open',
      choices: [
        { value: 'open', label: 'Open' },
        { value: 'closed', label: 'Closed' },
      ],
    },
    log: { type: 'longText', label: 'Log', merge: 'append' },
    minutes: { type: 'integer', label: 'Minutes', merge: 'sum', max: 1_000 },
    customer: { type: 'lookup', label: 'Customer', to: ['customer'], onDelete: 'restrict' },
  },
  guards: [
    {
      name: 'closed',
      when: "record.state == 'closed'",
      refuses: ['*'],
      message: 'This job is closed.',
      closes: true,
    },
    { name: 'blocked', when: 'record.customer.blocked', refuses: ['update'], message: 'Blocked.' },
  ],
});

const all: Privileges = {
  create: 'organisation',
  read: 'organisation',
  update: 'organisation',
  delete: 'organisation',
};
const read: Privileges = { create: 'none', read: 'organisation', update: 'none', delete: 'none' };
const own: Privileges = { create: 'own', read: 'own', update: 'own', delete: 'own' };
const directory = { user: read, team: read, business_unit: read };

export const workshop: Solution = defineSolution({
  name: 'workshop',
  label: 'Workshop',
  schemaVersion: 1,
  entities: [customer, job],
  relations: [],
  views: [],
  forms: [],
  commands: [
    {
      name: 'close',
      entity: 'job',
      label: 'Close',
      icon: 'check',
      when: "record.state == 'open'",
      params: { done: { type: 'longText', label: 'What was done', required: true } },
      set: { state: { value: 'closed' }, log: { param: 'done' } },
    },
  ],
  roles: [
    { name: 'technician', label: 'Technician', privileges: { ...directory, customer: read, job: own } },
    {
      name: 'manager',
      label: 'Manager',
      privileges: { ...directory, user: all, team: all, customer: all, job: all },
      isAdministrator: true,
    },
  ],
  profiles: [
    {
      name: 'field',
      label: 'Field',
      roles: ['technician'],
      entities: [
        { entity: 'job', rows: 'all', offline: ['create', 'update', 'close', 'delete'], priority: 1 },
      ],
    },
  ],
  policy: safePolicy,
  home: ['job'],
});

export const password = 'correct horse';

export interface Workshop {
  readonly database: Database;
  readonly organisation: Organisation;
  readonly people: Readonly<Record<'maya' | 'otto' | 'lena', string>>;
  /** A device of somebody's, known to the server. */
  device(userId: string): Promise<string>;
  row(entity: string, id: string): Promise<Row | null>;
  count(table: string): Promise<number>;
  /** Changes a row behind the server's back, as another program would. */
  set(
    entity: 'job' | 'customer',
    id: string,
    column: 'title' | 'place' | 'name' | 'log' | 'minutes',
    value: Value,
  ): Promise<void>;
  close(): Promise<void>;
}

/** maya and otto are technicians, lena is the manager. */
export async function openWorkshop(solution: Solution = workshop): Promise<Workshop> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined) throw new Error('TEST_DATABASE_URL is not set');
  const database = await openDatabase(url, { connections: 10 });
  const name = `w_${randomUUID().slice(0, 8)}`;
  const organisation = await createOrganisation(database, {
    name,
    label: 'The workshop',
    solution,
  });
  const people = { maya: randomUUID(), otto: randomUUID(), lena: randomUUID() };
  await database.write(async (tx) => {
    for (const [login, id] of Object.entries(people)) {
      await tx.rows(
        sql`insert into ${organisation.table('user')} ("id", "login", "name", "active") values (${id}, ${login}, ${login}, true)`,
      );
      await addRole(tx, organisation, id, login === 'lena' ? 'manager' : 'technician');
    }
    await setPassword(tx, organisation, people.maya, password);
  });
  return {
    database,
    organisation,
    people,
    async device(userId) {
      const id = randomUUID();
      await database.rows(
        sql`insert into ${organisation.table('_device')} (id, user_id, name) values (${id}, ${userId}, 'test') returning id`,
      );
      return id;
    },
    async row(entity, id) {
      const rows = await database.rows<Row>(
        sql`select * from ${organisation.table(entity)} where "id" = ${id}`,
      );
      return rows[0] ?? null;
    },
    async count(table) {
      const rows = await database.rows<{ count: number }>(
        sql`select count(*) as count from ${organisation.table(table)}`,
      );
      return rows[0]?.count ?? 0;
    },
    async set(entity, id, column, value) {
      await database.write(async (tx) => {
        await tx.rows(`update "${organisation.schema}"."${entity}" set "${column}" = $1 where id = $2`, [
          value,
          id,
        ]);
      });
    },
    async close() {
      await database.write(async (tx) => {
        await tx.rows(`drop schema "${organisation.schema}" cascade`);
        await tx.rows(sql`delete from "satchel"."organisation" where name = ${name}`);
      });
      await database.close();
    },
  };
}

type Draft = Partial<Omit<Mutation, 'changes'>> & {
  readonly seq: number;
  readonly set?: Readonly<Record<string, Value>>;
  /** What the person saw; null where absent. */
  readonly saw?: Readonly<Record<string, Value>>;
};

/** A mutation as a device seals it, on a job unless it says otherwise. */
export function mutation({ set = {}, saw = {}, ...draft }: Draft): SealedMutation {
  return {
    id: randomUUID(),
    entity: 'job',
    recordId: randomUUID(),
    command: 'update',
    baseRev: null,
    schemaVersion: 1,
    at: { device: '2026-03-01T08:00:00.000Z', corrected: null },
    ...draft,
    changes: Object.fromEntries(
      Object.entries(set).map(([name, value]) => [name, { base: saw[name] ?? null, value }]),
    ),
  };
}
