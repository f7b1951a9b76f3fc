// What a person does on any day: look for records, take changes back, stay offline on purpose, use two tabs, clear the device, and sign out
// with work that was not sent.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDesk, type Desk } from './desk.ts';
import {
  openOrder,
  ordersOf,
  referenceOf,
  seesEntry,
  sendNow,
  setReference,
  type Order,
} from './hardship.ts';
import {
  edit,
  eventually,
  expectAccessible,
  expectOutboxEmpty,
  expectSynced,
  find,
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
let page: Page;
let orders: readonly Order[];

const order = (index: number): Order => {
  const found = orders[index];
  if (found === undefined) throw new Error('the technician has too few work orders');
  return found;
};
const titles = (from: Page) => from.locator('.rows .row-title').allInnerTexts();

beforeAll(async () => {
  world = await openWorld();
  desk = await openDesk(world.server);
  technician = await world.person();
  page = technician.page;
  orders = await ordersOf(desk, desk.logins.technician);
  await signIn(page, desk.logins.technician);
  await takeOffline(page);
});

afterAll(async () => {
  await desk?.close();
  await world?.close();
});

afterEach(async ({ task }) => {
  world.network.set({ kind: 'up' });
  if (task.result?.state === 'fail')
    console.error(`${task.name}:\n${await page.locator('body').innerText({ timeout: 2_000 })}`);
});

describe('any day', () => {
  it('[F-142] searches, sorts and pages a list with no network, by scrolling', async () => {
    world.network.set({ kind: 'down' });
    await openList(page, 'Accounts', 'Active accounts');
    const total = Number(/^\d+/.exec(await page.getByText(/^\d+ records$/).innerText())?.[0]);
    expect(total).toBeGreaterThan(60);
    await page.getByRole('button', { name: 'Sort' }).click();
    await page.getByRole('menuitemradio', { name: 'Name, descending' }).click();
    let last = '';
    await eventually(async () => {
      await page.locator('.rows').evaluate((rows) => rows.scrollTo(0, rows.scrollHeight));
      const seen = await titles(page);
      expect(seen.length).toBeGreaterThan(0);
      expect([...seen].sort().reverse()).toEqual(seen);
      expect(seen.at(-1)).toBe((last = seen.at(-1) ?? ''));
      expect(await page.getByText(/^On this device, as of/).isVisible()).toBe(true);
      expect(await page.locator('.rows [data-item-index]').last().getAttribute('data-item-index')).toBe(
        String(total - 1),
      );
    });
    await find(page, 'Accounts', last.slice(0, 5).toLowerCase());
    await eventually(async () => expect(await titles(page)).toContain(last));
    await find(page, 'Accounts', 'zzzz');
    await sees(page.getByText('Nothing found for “zzzz”'));
  });

  it('[F-174] a record deleted offline can be had back, and deleted again it is gone for everybody', async () => {
    world.network.set({ kind: 'down' });
    const [task] = await desk.rows('select id, title from work_order_task where work_order = $1 limit 1', [
      order(0).id,
    ]);
    const title = String(task?.['title']);
    const remove = async () => {
      await page.goto(`/e/work_order_task/${String(task?.['id'])}`);
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await sees(page.getByTestId('toast').getByText('Saved to outbox'));
    };
    await remove();
    await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
    await sees(page.getByTestId('toast').getByText('Change taken back'));
    await expectOutboxEmpty(page);
    await openOrder(page, order(0));
    await sees(page.getByRole('region', { name: 'Tasks' }).getByText(title));
    await remove();
    await seesEntry(page, title);
    world.network.set({ kind: 'up' });
    await sendNow(page);
    await expectOutboxEmpty(page);
    expect(await desk.rows('select id from work_order_task where id = $1', [task?.['id']])).toEqual([]);
  });

  it('[OUTBOX-21] what was merged without asking is told in the history, and the other value can be had', async () => {
    const { id } = order(2);
    await desk.rows('update work_order set labour_minutes = 10 where id = $1', [id]);
    await sendNow(page);
    await openOrder(page, order(2));
    await sees(page.locator('[data-field="labour_minutes"]').getByText('10'));
    world.network.set({ kind: 'down' });
    await edit(page, (form) => form.getByLabel('Labour (minutes)').fill('40'));
    await desk.rows('update work_order set labour_minutes = 25 where id = $1', [id]);
    world.network.set({ kind: 'up' });
    await sendNow(page);
    await expectOutboxEmpty(page);
    const minutes = async () =>
      Number(
        (await desk.rows('select labour_minutes from work_order where id = $1', [id]))[0]?.['labour_minutes'],
      );
    expect(await minutes()).toBe(55);
    await page.getByRole('button', { name: 'History' }).click();
    await page
      .getByRole('link', { name: new RegExp(order(2).title) })
      .first()
      .click();
    const merged = page.getByRole('region', { name: 'Changed on both sides' });
    await sees(merged.getByText('Both differences were counted'));
    await expectAccessible(page);
    await merged.getByRole('button', { name: 'Use 40 instead' }).click();
    await expectOutboxEmpty(page);
    expect(await minutes()).toBe(40);
  });

  it('[F-003] Offline Mode is chosen, outlives a reload, and lets nothing out', async () => {
    await goTo(page, 'Offline');
    await page.getByRole('switch', { name: 'Offline Mode' }).click();
    await sees(page.getByTestId('banner').getByText('Offline Mode is on'));
    await setReference(page, order(0), 'FORCED 1');
    await page.reload();
    await sees(page.getByTestId('banner').getByText('Offline Mode is on'));
    await seesEntry(page, order(0).title);
    await sees(page.getByText('They wait until you go online.'));
    expect(await referenceOf(desk, order(0))).not.toBe('FORCED 1');
  });

  it('[F-007] going online asks with the number of changes that will be sent', async () => {
    await goTo(page, 'Offline');
    await page.getByRole('switch', { name: 'Offline Mode' }).click();
    const question = page.getByRole('dialog', { name: 'Go online and send?' });
    await sees(question.getByText('1 change will be sent.'));
    await question.getByRole('button', { name: 'Cancel' }).click();
    await sees(page.getByTestId('banner').getByText('Offline Mode is on'));
    await page.getByRole('switch', { name: 'Offline Mode' }).click();
    await question.getByRole('button', { name: 'Go online and send' }).click();
    await expectOutboxEmpty(page);
    expect(await referenceOf(desk, order(0))).toBe('FORCED 1');
  });

  it('[FX-12] two tabs show the same, one of them sends, and each goes on without the other', async () => {
    const second = await technician.context.newPage();
    await second.goto('/outbox');
    await sees(second.getByText('Nothing waits'));
    world.network.set({ kind: 'down' });
    await setReference(page, order(1), 'TWO TABS 1');
    await sees(second.getByTestId('outbox-entry').filter({ hasText: order(1).title }));
    world.network.seen();
    world.network.set({ kind: 'up' });
    await second.getByRole('button', { name: 'Send now' }).click();
    await expectOutboxEmpty(second);
    await expectOutboxEmpty(page);
    expect(world.network.seen().filter((path) => path === '/api/sync/push')).toHaveLength(1);
    expect(await referenceOf(desk, order(1))).toBe('TWO TABS 1');
    await page.close();
    page = second;
    await setReference(page, order(1), 'TWO TABS 2');
    await expectOutboxEmpty(page);
    expect(await referenceOf(desk, order(1))).toBe('TWO TABS 2');
  });

  it('[F-099] clearing the downloaded records keeps what was not sent', async () => {
    world.network.set({ kind: 'down' });
    await setReference(page, order(2), 'CLEARED 1');
    await goTo(page, 'Offline');
    await page.getByRole('button', { name: 'Clear downloaded records' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Clear downloaded records' }).click();
    await sees(page.getByTestId('toast').getByText('Downloaded records cleared'));
    await seesEntry(page, order(2).title);
    await openOrder(page, order(2));
    await sees(page.locator('[data-field="customer_reference"]').getByText('CLEARED 1'));
    world.network.set({ kind: 'up' });
    await sendNow(page);
    await expectOutboxEmpty(page);
    expect(await referenceOf(desk, order(2))).toBe('CLEARED 1');
    await takeOffline(page);
  });

  it('[FX-05] signing out offers to send first or to keep the work locked, and its owner gets it back', async () => {
    world.network.set({ kind: 'down' });
    await setReference(page, order(2), 'LOCKED 1');
    await goTo(page, 'Settings');
    await page.getByRole('button', { name: 'Sign out' }).click();
    const question = page.getByRole('dialog', { name: 'Sign out?' });
    await sees(question.getByText('1 change has not reached the server.'));
    await question.getByRole('button', { name: 'Send first, then sign out' }).click();
    await sees(page.getByTestId('toast').getByText('Not everything could be sent.'));
    await page.getByRole('button', { name: 'Sign out' }).click();
    await question.getByRole('button', { name: 'Keep them locked here and sign out' }).click();
    await sees(page.getByRole('button', { name: 'Sign in' }));
    world.network.set({ kind: 'up' });
    await page.getByLabel('Sign-in name').fill(desk.logins.dispatcher);
    await page.getByLabel('Password').fill('satchel');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await sees(page.getByRole('alert').getByText('Somebody else’s changes are kept on this device.'));
    expect(await referenceOf(desk, order(2))).toBe('CLEARED 1');
    await signIn(page, desk.logins.technician);
    await expectOutboxEmpty(page);
    expect(await referenceOf(desk, order(2))).toBe('LOCKED 1');
  });

  it('[F-098] signing out with everything sent leaves no records behind', async () => {
    await takeOffline(page);
    await expectSynced(page);
    await edit(await opened(order(2)), (form) => form.getByLabel("Customer's reference").fill('LAST 1'));
    await expectOutboxEmpty(page);
    await goTo(page, 'Settings');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await sees(page.getByRole('button', { name: 'Sign in' }));
    world.network.set({ kind: 'down' });
    await page.goto(`/e/work_order/${order(2).id}`);
    await sees(page.getByRole('button', { name: 'Sign in' }));
    expect(await page.getByText(order(2).title).count()).toBe(0);
  });
});

async function opened(wanted: Order): Promise<Page> {
  await openOrder(page, wanted);
  return page;
}
