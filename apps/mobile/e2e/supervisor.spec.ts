// Two people disagree about what a supervisor settles: the technician's phone says that it waits, the supervisor decides on a phone, and the technician's
// phone learns of it; another change the technician withdraws.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDesk, type Desk } from './desk.ts';
import { openOrder, ordersOf, sendNow, type Order } from './hardship.ts';
import {
  edit,
  expectAccessible,
  expectOutboxEmpty,
  goTo,
  openList,
  sees,
  signIn,
  takeOffline,
} from './steps.ts';
import { openWorld, type Person, type World } from './world.ts';

let world: World;
let desk: Desk;
let technician: Person;
let supervisor: Person;
let orders: readonly Order[];

beforeAll(async () => {
  world = await openWorld();
  desk = await openDesk(world.server);
  technician = await world.person();
  supervisor = await world.person({ direct: true });
  orders = await ordersOf(desk, desk.logins.technician);
});

afterAll(async () => {
  await desk?.close();
  await world?.close();
});

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const { page } of [technician, supervisor])
    console.error(`${task.name}:\n${page.url()}\n${await page.locator('body').innerText()}`);
});

const order = (index: number): Order => {
  const found = orders[index];
  if (found === undefined) throw new Error('the technician has too few work orders');
  return found;
};

/** The technician makes it an installation without a network, somebody else an inspection. */
async function disagree(about: Order): Promise<void> {
  const { page } = technician;
  await openOrder(page, about);
  world.network.set({ kind: 'down' });
  await edit(page, (form) =>
    form
      .getByLabel('Kind')
      .selectOption('installation')
      .then(() => undefined),
  );
  await desk.rows(`update work_order set kind = 'inspection' where id = $1`, [about.id]);
  world.network.set({ kind: 'up' });
  await sendNow(page);
  await sees(page.getByText('Waits for a supervisor'));
}

const kindOf = async ({ id }: Order) =>
  (await desk.rows('select kind from work_order where id = $1', [id]))[0]?.['kind'];

describe('a supervisor settles', () => {
  it('[APP-18] the author is told that it waits, and is not asked to choose', async () => {
    const { page } = technician;
    await signIn(page, desk.logins.technician);
    await takeOffline(page);
    await disagree(order(0));
    await page
      .getByRole('main')
      .getByRole('link', { name: order(0).title })
      .first()
      .click();
    await sees(page.getByRole('button', { name: 'Withdraw' }));
    expect(await page.getByRole('button', { name: 'Save my choice' }).count()).toBe(0);
    await expectAccessible(page);
  });

  it('[APP-18] the supervisor finds it from home, sees the values and accepts; the author learns so', async () => {
    const { page } = supervisor;
    await signIn(page, 'sofia');
    await openList(page, 'Disputed changes');
    await page
      .getByRole('link', { name: order(0).title })
      .first()
      .click();
    await sees(page.getByText('is now Inspection, asked for is Installation'));
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Accept the change' }).click();
    await expectOutboxEmpty(page);
    expect(await kindOf(order(0))).toBe('installation');
    await goTo(technician.page, 'Home');
    await expectOutboxEmpty(technician.page);
  });

  it('[APP-18] the author withdraws another, and it is decided no more', async () => {
    const { page } = technician;
    await disagree(order(1));
    await page.getByRole('button', { name: 'Withdraw' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
    await expectOutboxEmpty(page);
    expect(await kindOf(order(1))).toBe('inspection');
    const states = await desk.rows('select state from review order by created_at');
    expect(states.map(({ state }) => state)).toEqual(['accepted', 'withdrawn']);
  });
});
