// The model moves on while devices have changes waiting: tables follow without losing a value, and what devices send is understood.
import { randomUUID } from 'node:crypto';
import { sql, type Solution, type UpgradeStep } from '@satchel/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publish, SolutionError, type Organisation } from '../store/organisation.ts';
import { openPushing, type Pushing } from './testing/pushing.ts';
import { mutation, workshop } from './testing/workshop.ts';

let pushing: Pushing;
let maya: string;
let jobs: Readonly<Record<'plain' | 'split' | 'empty', string>>;

beforeAll(async () => {
  pushing = await openPushing();
  maya = await pushing.shop.device(pushing.shop.people.maya);
  const make = async (values: Readonly<Record<string, string | number | null>>) => {
    const pusher = await pushing.pusherOf(pushing.shop.people.maya, maya);
    const recordId = randomUUID();
    const { lastSeq } = await pushing.send(pusher);
    await pushing.send(pusher, mutation({ seq: lastSeq + 1, recordId, command: 'create', set: values }));
    return recordId;
  };
  jobs = {
    plain: await make({ title: 'Plain', minutes: 10, code: 'A-1' }),
    split: await make({ title: 'Split', place: 'Hall 4 left' }),
    empty: await make({ title: 'Empty' }),
  };
});
afterAll(() => pushing.shop.close());

const steps: readonly UpgradeStep[] = [
  { kind: 'renameField', entity: 'job', field: 'minutes', to: 'spent' },
  { kind: 'renameField', entity: 'job', field: 'number', to: 'serial' },
  { kind: 'splitField', entity: 'job', field: 'place', separator: ' ', into: ['hall', 'spot'] },
  { kind: 'mapChoices', entity: 'job', field: 'state', values: { open: 'planned' } },
  { kind: 'renameParam', entity: 'job', command: 'close', param: 'done', to: 'report' },
  { kind: 'renameCommand', entity: 'job', command: 'close', to: 'finish' },
  { kind: 'renameEntity', entity: 'job', to: 'task' },
  { kind: 'renameField', entity: 'task', field: 'customer', to: 'client' },
  { kind: 'setDefault', entity: 'task', field: 'room', value: 'Office' },
];

/** The workshop with jobs called tasks, and what else the steps say. */
function second(): Solution {
  const job = workshop.entities.find(({ name }) => name === 'job');
  if (job === undefined) throw new Error('no jobs');
  const { minutes, number, place, customer, state, ...fields } = job.fields;
  if (!minutes || !number || !place || !customer || state?.type !== 'choice') throw new Error('no fields');
  const task = {
    ...job,
    name: 'task',
    fields: {
      ...fields,
      serial: number,
      hall: place,
      spot: place,
      client: customer,
      spent: minutes,
      room: { type: 'text', label: 'Room', required: true } as const,
      state: {
        ...state,
        default: 'planned',
        choices: [
          { value: 'planned', label: 'Planned' },
          { value: 'closed', label: 'Closed' },
        ],
      },
    },
    guards: [{ name: 'closed', when: "record.state == 'closed'", refuses: ['*'], message: 'Closed.' }],
  };
  const rename = ({ job: privileges, ...others }: Solution['roles'][number]['privileges']) => ({
    ...others,
    ...(privileges === undefined ? {} : { task: privileges }),
  });
  return {
    ...workshop,
    schemaVersion: 2,
    upgrades: [{ to: 2, steps }],
    entities: workshop.entities.map((entity) => (entity.name === 'job' ? task : entity)),
    commands: [
      {
        name: 'finish',
        entity: 'task',
        label: 'Finish',
        icon: 'check',
        when: "record.state == 'planned'",
        params: { report: { type: 'longText', label: 'What was done', required: true } },
        set: { state: { value: 'closed' }, log: { param: 'report' } },
      },
    ],
    roles: workshop.roles.map((role) => ({ ...role, privileges: rename(role.privileges) })),
    profiles: workshop.profiles.map((profile) => ({
      ...profile,
      entities: [{ entity: 'task', rows: 'all', offline: ['create', 'update', 'finish'], priority: 1 }],
    })),
    home: ['task'],
  };
}

/** A later version with nothing but another label. */
const later = (version: number): Solution => ({
  ...second(),
  schemaVersion: version,
  label: `Version ${version}`,
});
const rowOf = async (id: string) => (await pushing.shop.row('task', id)) ?? {};
async function sends(organisation: Organisation, ...drafts: readonly Parameters<typeof mutation>[0][]) {
  const pusher = { ...(await pushing.pusherOf(pushing.shop.people.maya, maya)), organisation };
  const { privileges } = organisation.bundleFor(pusher.caller.user.roles);
  const now = { ...pusher, caller: { ...pusher.caller, privileges } };
  const { lastSeq } = await pushing.send(now);
  return pushing.send(now, ...drafts.map((draft, index) => mutation({ ...draft, seq: lastSeq + index + 1 })));
}

describe('a new version of the model', () => {
  it('[UPCAST-6] is refused with what to write while devices may have changes that nobody would understand', async () => {
    const { shop } = pushing;
    const mute: Solution = { ...second(), upgrades: [] };
    const refused = await publish(shop.database, shop.organisation.name, mute).catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(SolutionError);
    expect((refused as SolutionError).faults.map(({ message }) => message).join()).toContain(
      '{"kind":"renameEntity","entity":"job","to":"…"} or {"kind":"dropEntity","entity":"job"}',
    );
    expect(await shop.count('job')).toBe(3);
  });

  it('[UPCAST-9] renames tables and columns with every value and revision kept, splits and maps values, fills new fields', async () => {
    const { shop } = pushing;
    const before = await shop.row('job', jobs.plain);
    const organisation = await publish(shop.database, shop.organisation.name, second());
    const row = await rowOf(jobs.plain);
    expect(row).toMatchObject({
      title: 'Plain',
      spent: 10,
      code: 'A-1',
      serial: before?.['number'],
      state: 'planned',
      room: 'Office',
    });
    expect(await rowOf(jobs.split)).toMatchObject({ hall: 'Hall', spot: '4 left', room: 'Office' });
    expect(await rowOf(jobs.empty)).toMatchObject({ hall: null, spot: null });
    // Indexes, keys, numbers and the log follow the new names.
    const [again] = await shop.database.rows<{ serial: string }>(
      sql`insert into ${organisation.table('task')} ("title") values ('Next') returning serial`,
    );
    expect(again?.serial).toBe('J-0004');
    const taken = shop.database.rows(
      sql`insert into ${organisation.table('task')} ("title", "code") values ('Twice', 'A-1')`,
    );
    await expect(taken).rejects.toMatchObject({ code: '23505' });
    const stranger = shop.database.rows(
      sql`insert into ${organisation.table('task')} ("title", "client") values ('Nobody', ${randomUUID()})`,
    );
    await expect(stranger).rejects.toMatchObject({ code: '23503' });
    const logged = await shop.database.rows<{ count: number }>(
      sql`select count(*) as count from ${organisation.table('_change')} c join ${organisation.table('_entity')} e
          on e.number = c.entity where e.name = 'task' and c.op = 'I'`,
    );
    expect(logged[0]?.count).toBe(4);
    const rest = await shop.database.rows<{ name: string }>(
      sql`select conname as name from pg_constraint where conrelid = ${`"${organisation.schema}"."task"`}::regclass and contype = 'f'`,
    );
    expect(rest.map(({ name }) => name)).toContain('_fk_task_client');
  });

  it('[UPCAST-10] understands what a device of the version before sends, and records it as it came', async () => {
    const { shop } = pushing;
    const organisation = await publish(shop.database, shop.organisation.name, second());
    const made = randomUUID();
    const { verdicts } = await sends(
      organisation,
      { seq: 0, recordId: jobs.plain, set: { minutes: 25 }, saw: { minutes: 10 } },
      { seq: 0, recordId: made, command: 'create', set: { title: 'Made', place: 'Yard gate', minutes: 5 } },
      { seq: 0, recordId: jobs.empty, command: 'close', params: { done: 'Looked at it.' } },
    );
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied']);
    expect(await rowOf(jobs.plain)).toMatchObject({ spent: 25 });
    expect(await rowOf(made)).toMatchObject({ hall: 'Yard', spot: 'gate', spent: 5, room: 'Office' });
    expect(await rowOf(jobs.empty)).toMatchObject({ state: 'closed', log: 'Looked at it.' });
    const [entry] = await shop.database.rows<{ payload: { entity: string } }>(
      sql`select payload from ${organisation.table('_ledger')} where payload->>'recordId' = ${made}`,
    );
    expect(entry?.payload.entity).toBe('job');
  });

  it('[UPCAST-11] parks with the reason what is older than three versions, and goes on', async () => {
    const { shop } = pushing;
    const name = shop.organisation.name;
    for (const version of [3, 4]) await publish(shop.database, name, later(version));
    const v4 = await sends(await publish(shop.database, name, later(4)), {
      seq: 0,
      recordId: jobs.split,
      set: { minutes: 3 },
    });
    expect(v4.verdicts[0]?.outcome).toBe('applied');
    const organisation = await publish(shop.database, name, later(5));
    const { verdicts } = await sends(
      organisation,
      { seq: 0, recordId: jobs.split, set: { minutes: 9 } },
      {
        seq: 0,
        entity: 'task',
        recordId: jobs.plain,
        schemaVersion: 5,
        set: { title: 'New words' },
        saw: { title: 'Plain' },
      },
    );
    expect(verdicts.map(({ outcome, code }) => code ?? outcome)).toEqual(['schema_too_old', 'applied']);
    expect(await rowOf(jobs.split)).toMatchObject({ spent: 3 });
    const [kept] = await shop.database.rows<{ payload: { changes: object } }>(
      sql`select payload from ${organisation.table('_ledger')} where mutation_id = ${verdicts[0]?.id ?? null}`,
    );
    expect(kept?.payload.changes).toEqual({ minutes: { base: null, value: 9 } });
  });
});
