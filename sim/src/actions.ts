// What people and other programs do in a run, chosen by chance. Every act is one that the app or SQL allows; an act that the engine refuses
// with a code (a closed order, no rights, nothing on the device) is part of the day and counts as nothing done.
import { SyncError, type Row } from '@satchel/model';
import type { Chance } from './chance.ts';
import type { SimDevice, SimWorld } from './world.ts';

/** One act of a person on a device. Returns what was done; null where there was nothing to do it to. */
export async function actOnDevice(device: SimDevice, chance: Chance): Promise<string | null> {
  const act = chance.pick(deviceActs);
  try {
    return await act(device, chance);
  } catch (error) {
    if (error instanceof SyncError) return `refused ${error.code}`;
    throw error;
  }
}

type DeviceAct = (device: SimDevice, chance: Chance) => Promise<string | null>;

const edit: DeviceAct = async (device, chance) => {
  const order = await anyRow(device, 'work_order', chance);
  if (order === null) return null;
  const field = chance.pick([
    'priority',
    'description',
    'customer_reference',
    'required_skills',
    'due_date',
  ] as const);
  await device.engine().mutate({
    entity: 'work_order',
    recordId: String(order['id']),
    command: 'update',
    values: { [field]: valueFor(field, chance) },
  });
  return `edit ${field} of ${String(order['id'])}`;
};

const addLabour: DeviceAct = async (device, chance) => {
  const order = await anyRow(device, 'work_order', chance);
  if (order === null) return null;
  const minutes = 1 + chance.below(90);
  await device.engine().mutate({
    entity: 'work_order',
    recordId: String(order['id']),
    command: 'update',
    values: { labour_minutes: Number(order['labour_minutes'] ?? 0) + minutes },
  });
  return `add ${minutes} minutes to ${String(order['id'])}`;
};

const createOrder: DeviceAct = async (device, chance) => {
  const account = await anyRow(device, 'account', chance);
  if (account === null) return null;
  const receipt = await device.engine().mutate({
    entity: 'work_order',
    command: 'create',
    values: { title: `Made by ${device.person.login} ${chance.below(1e9)}`, account: String(account['id']) },
  });
  return `create order ${receipt.recordId}`;
};

const addTask: DeviceAct = async (device, chance) => {
  const order = await anyRow(device, 'work_order', chance);
  if (order === null) return null;
  const values = { title: `Task ${chance.below(1e9)}`, work_order: String(order['id']) };
  const receipt = await device.engine().mutate({ entity: 'work_order_task', command: 'create', values });
  return `add task ${receipt.recordId}`;
};

const addNote: DeviceAct = async (device, chance) => {
  const order = await anyRow(device, 'work_order', chance);
  if (order === null) return null;
  const values = { body: `Note ${chance.below(1e9)}`, regarding: `work_order/${String(order['id'])}` };
  const receipt = await device.engine().mutate({ entity: 'note', command: 'create', values });
  return `add note ${receipt.recordId}`;
};

const removeTask: DeviceAct = async (device, chance) => {
  const task = await anyRow(device, 'work_order_task', chance);
  if (task === null) return null;
  await device
    .engine()
    .mutate({ entity: 'work_order_task', recordId: String(task['id']), command: 'delete' });
  return `delete task ${String(task['id'])}`;
};

const command: DeviceAct = async (device, chance) => {
  const order = await anyRow(device, 'work_order', chance);
  if (order === null) return null;
  const name = chance.pick(['start', 'take']);
  await device.engine().mutate({ entity: 'work_order', recordId: String(order['id']), command: name });
  return `${name} ${String(order['id'])}`;
};

const takeBack: DeviceAct = async (device, chance) => {
  const entries = (await device.engine().outbox()).filter((entry) => entry.seq === null);
  if (entries.length === 0) return null;
  const { id } = chance.pick(entries).mutation;
  await device.engine().undo(id);
  return `undo ${id}`;
};

const decide: DeviceAct = async (device, chance) => {
  return (await settleOne(device, chance.happens(0.5))) ?? null;
};

const deviceActs: readonly DeviceAct[] = [
  edit,
  edit,
  edit,
  addLabour,
  addLabour,
  createOrder,
  addTask,
  addNote,
  removeTask,
  command,
  takeBack,
  decide,
];

/** Settles the first problem of the outbox: keeps mine or takes theirs; what cannot be kept is given up. Undefined where there is none. */
export async function settleOne(device: SimDevice, keepsMine: boolean): Promise<string | undefined> {
  const engine = device.engine();
  const problem = (await engine.outbox()).find(
    (entry) => entry.state === 'conflict' || entry.state === 'rejected',
  );
  if (problem === undefined) return undefined;
  const { id, changes } = problem.mutation;
  if (problem.state === 'rejected' || problem.verdict?.code !== 'field_conflict') {
    await engine.discard(id);
    return `discard ${id}`;
  }
  const values = Object.fromEntries(Object.entries(changes).map(([name, change]) => [name, change.value]));
  await engine.resolve(id, keepsMine ? { kind: 'keep', values } : { kind: 'take-theirs' });
  return `resolve ${id}`;
}

/** One act of another program, straight in SQL. `movesPeople`: people may change teams, which moves rows that nobody wrote. */
export async function actOnServer(world: SimWorld, chance: Chance, movesPeople: boolean): Promise<string> {
  return chance.pick(movesPeople ? [...rowActs, moveSomebody] : rowActs)(world, chance);
}

type ServerAct = (world: SimWorld, chance: Chance) => Promise<string>;

const anyOrder = 'select id from work_order order by md5(id::text || $1) limit 1';

const rowActs: readonly ServerAct[] = [
  async (world, chance) => {
    const priority = String(1 + chance.below(4));
    await world.sql(`update work_order set priority = $2 where id = (${anyOrder})`, [salt(chance), priority]);
    return `set priority ${priority}`;
  },
  async (world, chance) => {
    const person = chance.pick(world.people);
    await world.sql(`update work_order set owner = $2 where id = (${anyOrder})`, [salt(chance), person.id]);
    return `give to ${person.login}`;
  },
  async (world, chance) => {
    await world.sql(
      `update work_order set team = (select id from team order by md5(id::text || $1) limit 1) where id = (${anyOrder})`,
      [salt(chance)],
    );
    return 'move to a team';
  },
  async (world, chance) => {
    await world.sql(`update work_order set status = 'closed' where id = (${anyOrder})`, [salt(chance)]);
    return 'close';
  },
  async (world, chance) => {
    await world.sql(`delete from work_order where id = (${anyOrder})`, [salt(chance)]);
    return 'delete an order with what hangs on it';
  },
  async (world, chance) => {
    await world.sql(
      `insert into work_order_task (id, title, work_order, status)
       select md5(id::text || $1)::uuid, 'From the office', id, 'to_do' from (${anyOrder}) o`,
      [salt(chance)],
    );
    return 'add a task';
  },
  async (world, chance) => {
    await world.sql(
      `update work_order set account = (select id from account order by md5(id::text || $1) limit 1) where id = (${anyOrder})`,
      [salt(chance)],
    );
    return 'another account';
  },
];

const moveSomebody: ServerAct = async (world, chance) => {
  const person = chance.pick(world.people.filter((each) => each.role === 'technician'));
  await world.sql(
    `update team_member set team = (select id from team order by md5(id::text || $1) limit 1) where "user" = $2`,
    [salt(chance), person.id],
  );
  return `${person.login} changes team`;
};

async function anyRow(device: SimDevice, entity: string, chance: Chance): Promise<Row | null> {
  const { rows } = await device.engine().query({ entity, limit: 200 });
  return rows.length === 0 ? null : chance.pick(rows);
}

function valueFor(field: string, chance: Chance): string | readonly string[] | null {
  switch (field) {
    case 'priority':
      return String(1 + chance.below(4));
    case 'required_skills':
      return chance.happens(0.2) ? null : [chance.pick(['electrical', 'ventilation'])];
    case 'due_date':
      return `2026-0${1 + chance.below(9)}-1${chance.below(10)}`;
    default:
      return chance.happens(0.1) ? null : `text ${chance.below(1e6)} ünï "quoted" 😀`;
  }
}

function salt(chance: Chance): string {
  return String(chance.below(1e9));
}
