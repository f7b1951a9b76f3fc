// What it costs to find and put right one damaged row among ten thousand: every byte that the whole sync sends and gets, as it goes over the wire.
import { brotliCompressSync, constants } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededChance } from './chance.ts';
import type { Road } from './wire.ts';
import { openDevice, openSimWorld, type SimWorld } from './world.ts';

const chance = seededChance(20_261_127);
const orders = 10_000;
/** Bytes of all messages of the sync together. */
const repairBytesMax = 12_000;
let world: SimWorld;

beforeAll(async () => {
  world = await openSimWorld(`repair_${process.pid}`, chance.fork());
});
afterAll(() => world.close());

/** What a body takes on the wire: compressed as the server does it, where it is large enough. */
function bytesOf(body: unknown, isCompressed: boolean): number {
  const text = Buffer.from(body === undefined || body === null ? '' : JSON.stringify(body));
  if (!isCompressed || text.length < 1_024) return text.length;
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }).length;
}

it('[RECON-5] one damaged row among 10,000 is put right with at most 12 KB on the wire, all messages of the sync together', async () => {
  const [ann] = world.people;
  if (ann === undefined) throw new Error('nobody is there');
  await world.sql(
    `insert into work_order (id, title, status, priority, owner, team, labour_minutes)
     select gen_random_uuid(), 'Order ' || n, 'open', '3', u.id, m.team, 0 from generate_series(1, ${orders}) n, "user" u
     left join team_member m on m."user" = u.id where u.login = 'ann'`,
  );
  const messages: { readonly path: string; readonly sent: number; readonly got: number }[] = [];
  const road: Road = {
    call: async (call, signal) => {
      const reply = await world.transport.call(call, signal);
      messages.push({
        path: call.path,
        sent: bytesOf(call.body, false),
        got: bytesOf(reply.body, true),
      });
      return reply;
    },
    listen: () => () => undefined,
  };
  const { organisation } = world;
  const device = await openDevice(ann, `ann@${organisation.name}`, road, chance.fork());
  await device.engine().download();
  await device.engine().sync();
  const { cache } = device.storage();
  const [held] = cache.rows('select count(*), max(id) from work_order');
  expect(held?.[0]).toBe(orders);
  const id = String(held?.[1]);
  cache.run('update work_order set title = ?, _rev = _rev + 1 where id = ?', ['Nonsense', id]);
  await world.sql(`update "user" set name = name || '.' where login = 'eva'`);
  messages.splice(0, Infinity);
  await device.engine().sync();
  expect((await device.engine().status()).heals).toBe(1);
  expect((await device.engine().get('work_order', id))?.row['title']).not.toBe('Nonsense');
  const steps = messages.filter(({ path }) => path === '/api/sync/reconcile');
  expect(steps).toHaveLength(3);
  const bytes = messages.reduce((sum, { sent, got }) => sum + sent + got, 0);
  expect(bytes).toBeLessThan(repairBytesMax);
  device.engine().close();
  device.storage().close();
}, 120_000);
