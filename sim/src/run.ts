// One run from one seed: a day in which everything goes wrong, then a fair network, then the questions. Safety is asked all along by the engine's
// own digest; at the end: does every device hold exactly its scope, did every confirmed change happen once or stay visible, is the ledger dense?
import { SyncError, type Row } from '@satchel/model';
import { actOnDevice, actOnServer, settleOne } from './actions.ts';
import { seededChance, type Chance } from './chance.ts';
import { differences, heldBy, scopeOf } from './oracle.ts';
import { fairWire, roughWire } from './wire.ts';
import { openSimWorld, type SimDevice, type SimWorld } from './world.ts';

export interface RunOptions {
  readonly seed: number;
  readonly steps: number;
}

export interface RunReport {
  readonly seed: number;
  readonly steps: number;
  readonly mutations: number;
  readonly crashes: number;
  readonly heals: number;
  /** What is wrong, in words; empty when every promise held. */
  readonly faults: readonly string[];
  /** What was done, for whoever reads a failing seed. */
  readonly log: readonly string[];
}

const deviceRoles = ['ann', 'ann', 'cai', 'eva'] as const;
const quietRounds = 12;

export async function runSeed({ seed, steps }: RunOptions): Promise<RunReport> {
  const chance = seededChance(seed);
  const world = await openSimWorld(`sim_${seed}_${process.pid}`, chance.fork());
  try {
    await stock(world, chance);
    const devices: SimDevice[] = [];
    for (const login of deviceRoles) {
      const person = world.people.find((each) => each.login === login);
      if (person !== undefined) devices.push(await world.device(person));
    }
    const log: string[] = [];
    // Every other day people stay where they are: then the log tells everything, and a row that had to be repaired was missed. Only a
    // download may leave one: its pages are younger than the cursor it starts from, so what came and went in between is found by digest.
    const movesPeople = seed % 2 === 0;
    const { lies, ...day } = await liveThrough(world, devices, chance, { steps, movesPeople }, log);
    const faults = [...lies, ...(await calmDown(devices, log)), ...(await questions(world, devices))];
    const heals = await healsOf(devices);
    if (!movesPeople && heals > 0 && !log.some((each) => each.endsWith('cache lost')))
      faults.push(`${heals} rows were repaired that a pull should have told`);
    return { seed, steps, ...day, heals, faults, log };
  } finally {
    await world.close();
  }
}

async function liveThrough(
  world: SimWorld,
  devices: readonly SimDevice[],
  chance: Chance,
  { steps, movesPeople }: { readonly steps: number; readonly movesPeople: boolean },
  log: string[],
): Promise<{ readonly mutations: number; readonly crashes: number; readonly lies: readonly string[] }> {
  let crashes = 0;
  const lies: string[] = [];
  for (const device of devices) await device.engine().download();
  for (const device of devices) device.wire.set(roughWire);
  for (let step = 0; step < steps; step += 1) {
    const device = chance.pick(devices);
    const name = `${device.person.login}${devices.indexOf(device)}`;
    const die = chance.next();
    if (die < 0.5) log.push(`${step} ${name}: ${(await actOnDevice(device, chance)) ?? 'nothing to do'}`);
    else if (die < 0.7) log.push(`${step} office: ${await actOnServer(world, chance, movesPeople)}`);
    else if (die < 0.88) {
      log.push(`${step} ${name}: sync`);
      await device.engine().sync();
      lies.push(...(await liesOf(world, device, `${step} ${name}`)));
    } else if (die < 0.93) {
      device.wire.set(chance.pick(['cut', roughWire, fairWire] as const));
      log.push(`${step} ${name}: another network`);
    } else if (die < 0.97) {
      crashes += 1;
      log.push(`${step} ${name}: crash`);
      await device.crash();
    } else if (die < 0.985) {
      log.push(`${step} ${name}: clock jumps`);
      device.clock.setWall(device.clock.wall() + (chance.below(2) - 0.5) * 4 * 365 * 86_400_000);
    } else {
      log.push(`${step} ${name}: cache lost`);
      await device.engine().clearCache();
      await tryDownload(device);
    }
  }
  let mutations = 0;
  for (const device of devices) {
    const engine = device.engine();
    mutations += (await engine.outbox()).length + (await engine.history(10_000)).length;
  }
  return { mutations, crashes, lies };
}

/**
 * A device that calls itself synced after a sync that met no trouble holds exactly its scope. Asked only where nobody wrote meanwhile: devices
 * send by themselves, and a sync may join one that began before.
 */
async function liesOf(world: SimWorld, device: SimDevice, when: string): Promise<readonly string[]> {
  const before = await scopeOf(world, device.person);
  await device.engine().sync();
  const { synced, problem } = await device.engine().status();
  const after = await scopeOf(world, device.person);
  const { model } = await world.whois(device.person);
  if (!synced || problem !== null || differences(before, after, model).length > 0) return [];
  return differences(heldBy(device, model), after, model).map((each) => `${when} says synced: ${each}`);
}

/** A download that the network refuses is tried again later. */
async function tryDownload(device: SimDevice): Promise<void> {
  try {
    await device.engine().download();
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
  }
}

/** With a fair network everything comes to rest in bounded rounds. Returns what did not. */
async function calmDown(devices: readonly SimDevice[], log: string[]): Promise<readonly string[]> {
  for (const device of devices) device.wire.set(fairWire);
  for (let round = 0; round < quietRounds; round += 1) {
    for (const device of devices) {
      const engine = device.engine();
      while ((await settleOne(device, round % 2 === 0)) !== undefined) log.push('settled one');
      const { cache } = await engine.status();
      if (cache === 'none' || cache === 'cleared' || cache === 'initializing' || cache === 'partial')
        await engine.download();
      await device.settle();
    }
  }
  const faults: string[] = [];
  for (const [index, device] of devices.entries()) {
    const status = await device.engine().status();
    if (!status.synced)
      faults.push(
        `device ${index} is not synced: ${JSON.stringify(status.outbox)} ${status.cache} ${status.problem}`,
      );
    for (const entry of await device.engine().outbox())
      faults.push(
        `device ${index} keeps ${entry.state} ${entry.mutation.command} ${entry.lastError} ${JSON.stringify(entry.verdict)}`,
      );
  }
  return faults;
}

async function questions(world: SimWorld, devices: readonly SimDevice[]): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [index, device] of devices.entries()) {
    const { model } = await world.whois(device.person);
    const wrong = differences(heldBy(device, model), await scopeOf(world, device.person), model);
    faults.push(...wrong.map((each) => `device ${index} (${device.person.login}): ${each}`));
    faults.push(...(await historyFaults(world, device, index)));
  }
  faults.push(...(await ledgerFaults(world)), ...(await labourFaults(world)));
  return faults;
}

/** What a device believes of its changes is what the ledger says: accepted ones took effect once, given up ones never did. */
async function historyFaults(world: SimWorld, device: SimDevice, index: number): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const entry of await device.engine().history(10_000)) {
    const effects = entry.state === 'discarded' ? 0 : 1;
    const rows = await world.sql(
      `select verdict->>'outcome' as outcome from _ledger where mutation_id = $1 and verdict->>'outcome' in ('applied', 'merged')`,
      [entry.mutation.id],
    );
    if (rows.length !== effects)
      faults.push(`device ${index}: ${entry.mutation.id}, ${entry.state}, took effect ${rows.length} times`);
  }
  return faults;
}

async function ledgerFaults(world: SimWorld): Promise<readonly string[]> {
  const gaps = await world.sql(
    `select d.id, d.last_seq, count(l.seq) as count, coalesce(max(l.seq), 0) as top
     from _device d left join _ledger l on l.device_id = d.id group by d.id having count(l.seq) <> d.last_seq or coalesce(max(l.seq), 0) <> d.last_seq`,
  );
  return gaps.map((gap) => `the ledger of ${String(gap['id'])} is not dense: ${JSON.stringify(gap)}`);
}

/** Minutes add up: each accepted change counts its difference exactly once, in whatever order and however often it was sent. */
async function labourFaults(world: SimWorld): Promise<readonly string[]> {
  const changes = await world.sql(
    `select l.payload->>'recordId' as id, sum((l.payload#>>'{changes,labour_minutes,value}')::bigint - coalesce((l.payload#>>'{changes,labour_minutes,base}')::bigint, 0)) as minutes
     from _ledger l where l.payload#>'{changes,labour_minutes}' is not null and l.verdict->>'outcome' in ('applied', 'merged') group by 1`,
  );
  const expected = new Map(changes.map((row) => [String(row['id']), Number(row['minutes'])]));
  const orders = await world.sql('select id, labour_minutes, title from work_order');
  return orders.flatMap((order: Row | Record<string, unknown>) => {
    const want = expected.get(String(order['id'])) ?? 0;
    const have = Number(order['labour_minutes'] ?? 0);
    return have === want
      ? []
      : [`${String(order['id'])} has ${have} minutes of labour, the ledger says ${want}`];
  });
}

async function healsOf(devices: readonly SimDevice[]): Promise<number> {
  let heals = 0;
  for (const device of devices) heals += (await device.engine().status()).heals;
  return heals;
}

/** What there is in the morning. */
async function stock(world: SimWorld, chance: Chance): Promise<void> {
  await world.sql(
    `insert into account (id, name, status) select md5('account' || n)::uuid, 'Account ' || n, 'active' from generate_series(1, 8) n`,
  );
  for (let index = 0; index < 30; index += 1) {
    const owner = chance.pick(world.people);
    await world.sql(
      `insert into work_order (id, title, status, priority, owner, account, team, labour_minutes)
       select md5('order' || $3)::uuid, $1, 'open', '3', $2,
         (select id from account order by md5(id::text || $3) limit 1), (select id from team order by md5(id::text || $3) limit 1), 0`,
      [`Order ${index}`, owner.id, String(index)],
    );
  }
  await world.sql(
    `insert into work_order_task (id, title, work_order, status)
     select md5(id::text || n)::uuid, 'Task ' || n, id, 'to_do' from work_order, generate_series(1, 2) n`,
  );
}
