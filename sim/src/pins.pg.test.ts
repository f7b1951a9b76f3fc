// Pins and recents from end to end: the real engine on the phone, the real server, and the naive oracle between them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededChance } from './chance.ts';
import { differences, heldBy, scopeOf } from './oracle.ts';
import { openSimWorld, type SimDevice, type SimWorld } from './world.ts';

let world: SimWorld;
let device: SimDevice;

beforeAll(async () => {
  world = await openSimWorld('pins', seededChance(7));
  const [ann, ben] = world.people;
  if (ann === undefined || ben === undefined) throw new Error('nobody is here');
  // Ben’s closed orders of long ago: Ann may read them, and her profile does not carry them.
  for (const number of [1, 2])
    await world.sql(
      `insert into work_order (id, title, owner, status, actual_end) values ($1, $2, $3, 'closed', '2020-01-01T00:00:00Z')`,
      [orderId(number), `Old order ${number}`, ben.id],
    );
  device = await world.device(ann);
  await device.engine().download();
  await device.settle();
});
afterAll(() => world.close());

const orderId = (number: number) => `0190f000-0000-7000-8000-00000000000${number}`;
const holds = async (number: number) => {
  const { rows } = await device.engine().query({ entity: 'work_order', limit: 100 });
  return rows.some((row) => row['id'] === orderId(number));
};

async function syncsCleanly(): Promise<void> {
  await device.settle();
  const { synced, heals } = await device.engine().status();
  expect({ synced, heals }).toEqual({ synced: true, heals: 0 });
  const { model } = await world.whois(device.person);
  expect(differences(heldBy(device, model), await scopeOf(world, device.person), model)).toEqual([]);
}

describe('what is used joins what is carried', () => {
  it('[PIN-1] a pin made without a network brings its record with the next sync, and takes it away again', async () => {
    expect(await holds(1)).toBe(false);
    await device.engine().setForcedOffline(true);
    await device.engine().pin('work_order', orderId(1));
    await device.engine().setForcedOffline(false);
    await syncsCleanly();
    expect(await holds(1)).toBe(true);
    await device.engine().unpin('work_order', orderId(1));
    await syncsCleanly();
    expect(await holds(1)).toBe(false);
  });

  it('[RECENT-1] a record read from the server is here after the next sync', async () => {
    expect((await device.engine().get('work_order', orderId(2)))?.source).toBe('server');
    await syncsCleanly();
    expect((await device.engine().get('work_order', orderId(2)))?.source).toBe('device');
  });
});
