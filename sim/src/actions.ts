// What people do in a run, chosen by chance. Every act is one that the app allows; an act that the engine refuses with a code (a closed order, no
// rights, nothing on the device) is part of the day and counts as nothing done. What the engine confirmed is told to the journal.
import { sameValue, SyncError, type Row, type Value } from '@satchel/model';
import type { EngineClient } from '@satchel/device';
import type { Business } from './business.ts';
import type { Chance } from './chance.ts';
import { died, type SimDevice } from './device.ts';

/** What a person was told about the own changes. */
export interface Journal {
  /** The engine said that this change is saved. */
  confirmed(mutationId: string): void;
  /** The person wants it back: nobody knows whether it is still there. */
  takesBack(mutationId: string): void;
  /** It was taken back: as if it had never been made. */
  tookBack(mutationId: string): void;
}

/** One act of a person on a device. Returns what was done; null where there was nothing to do it to. */
export async function actOnDevice(
  device: Pick<SimDevice, 'during'>,
  business: Business,
  journal: Journal,
  chance: Chance,
): Promise<string | null> {
  const act = chance.pick(deviceActs);
  try {
    const done = await device.during((engine) => act({ engine, business, journal, chance }));
    return done === died ? 'died over it' : done;
  } catch (error) {
    if (error instanceof SyncError) return `refused ${error.code}`;
    throw error;
  }
}

interface Hand {
  readonly engine: EngineClient;
  readonly business: Business;
  readonly journal: Journal;
  readonly chance: Chance;
}

type DeviceAct = (hand: Hand) => Promise<string | null>;

const edit: DeviceAct = async ({ engine, business, journal, chance }) => {
  const order = await anyRow(engine, business.order, chance);
  if (order === null) return null;
  const field = chance.pick(Object.keys(business.edits));
  const value = business.edits[field]?.(chance) ?? null;
  const { mutationId, row } = await engine.mutate({
    entity: business.order,
    recordId: String(order['id']),
    command: 'update',
    values: { [field]: value },
  });
  if (await isSaved(engine, mutationId, row, field, value)) journal.confirmed(mutationId);
  return `edit ${field} of ${String(order['id'])} to ${JSON.stringify(value)}`;
};

const addMinutes: DeviceAct = async ({ engine, business, journal, chance }) => {
  const order = await anyRow(engine, business.order, chance);
  if (order === null) return null;
  const minutes = 1 + chance.below(90);
  const { mutationId } = await engine.mutate({
    entity: business.order,
    recordId: String(order['id']),
    command: 'update',
    values: { [business.minutes]: Number(order[business.minutes] ?? 0) + minutes },
  });
  journal.confirmed(mutationId);
  return `add ${minutes} minutes to ${String(order['id'])}`;
};

const createOrder: DeviceAct = async ({ engine, business, journal, chance }) => {
  const { customer, order, title } = business;
  const account = await anyRow(engine, customer.entity, chance);
  if (account === null) return null;
  const { recordId, mutationId } = await engine.mutate({
    entity: order,
    command: 'create',
    values: { [title]: `Made here ${chance.below(1e9)}`, [customer.field]: String(account['id']) },
  });
  journal.confirmed(mutationId);
  return `create order ${recordId}`;
};

const attach: DeviceAct = async ({ engine, business, journal, chance }) => {
  const order = await anyRow(engine, business.order, chance);
  if (order === null) return null;
  const { entity, parent, isPolymorphic, text } = chance.pick(business.attachments);
  const id = String(order['id']);
  const { recordId, mutationId } = await engine.mutate({
    entity,
    command: 'create',
    values: { [text]: `Text ${chance.below(1e9)}`, [parent]: isPolymorphic ? `${business.order}/${id}` : id },
  });
  journal.confirmed(mutationId);
  return `add ${entity} ${recordId} to ${id}`;
};

const remove: DeviceAct = async ({ engine, business, journal, chance }) => {
  const { entity } = chance.pick(business.attachments.filter((each) => each.mayBeDeleted));
  const row = await anyRow(engine, entity, chance);
  if (row === null) return null;
  const { mutationId } = await engine.mutate({ entity, recordId: String(row['id']), command: 'delete' });
  journal.confirmed(mutationId);
  return `delete ${entity} ${String(row['id'])}`;
};

const removeOrder: DeviceAct = async ({ engine, business, journal, chance }) => {
  const row = await anyRow(engine, business.order, chance);
  if (row === null) return null;
  const { mutationId } = await engine.mutate({
    entity: business.order,
    recordId: String(row['id']),
    command: 'delete',
  });
  journal.confirmed(mutationId);
  return `delete ${String(row['id'])}`;
};

const command: DeviceAct = async ({ engine, business, journal, chance }) => {
  const order = await anyRow(engine, business.order, chance);
  if (order === null) return null;
  const name = chance.pick(business.commands);
  const { mutationId } = await engine.mutate({
    entity: business.order,
    recordId: String(order['id']),
    command: name,
  });
  journal.confirmed(mutationId);
  return `${name} ${String(order['id'])}`;
};

const takeBack: DeviceAct = async ({ engine, journal, chance }) => {
  const entries = await engine.outbox();
  if (entries.length === 0) return null;
  const { id } = chance.pick(entries).mutation;
  journal.takesBack(id);
  try {
    await engine.undo(id);
  } catch (error) {
    if (error instanceof SyncError) journal.confirmed(id);
    throw error;
  }
  journal.tookBack(id);
  return `undo ${id}`;
};

const decide: DeviceAct = async ({ engine, chance }) =>
  (await settleFirst(engine, chance.happens(0.5))) ?? null;

const deviceActs: readonly DeviceAct[] = [
  edit,
  edit,
  edit,
  addMinutes,
  addMinutes,
  createOrder,
  attach,
  attach,
  remove,
  removeOrder,
  command,
  takeBack,
  decide,
];

/** Settles the first problem of the outbox: keeps mine or takes theirs; what cannot be kept is given up. Undefined where there is none. */
export async function settleFirst(engine: EngineClient, keepsMine: boolean): Promise<string | undefined> {
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

/** Where the row had this value already there was nothing to save. */
async function isSaved(
  engine: EngineClient,
  mutationId: string,
  row: Row | null,
  field: string,
  value: Value,
): Promise<boolean> {
  const isWaiting = (await engine.outbox()).some(({ mutation }) => mutation.id === mutationId);
  return isWaiting || !sameValue(row?.[field], value);
}

async function anyRow(engine: EngineClient, entity: string, chance: Chance): Promise<Row | null> {
  const { rows } = await engine.query({ entity, limit: 200 });
  return rows.length === 0 ? null : chance.pick(rows);
}
