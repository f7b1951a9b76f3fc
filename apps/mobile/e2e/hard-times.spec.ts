// What goes wrong between a phone and its server, and that nothing is lost or done twice by it: wrong words, a lying network, answers that
// never come, tabs and servers that die, records closed and sessions ended meanwhile.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDesk, type Desk } from './desk.ts';
import {
  killTab,
  notesWith,
  openOrder,
  ordersOf,
  referenceOf,
  seesEntry,
  sendNow,
  setReference,
  writeNote,
  type Order,
} from './hardship.ts';
import { eventually, expectOutboxEmpty, expectSynced, goTo, sees, signIn } from './steps.ts';
import type { Page } from 'playwright-core';
import { openWorld, type Person, type World } from './world.ts';

let world: World;
let desk: Desk;
let technician: Person;
let page: Page;
let orders: readonly Order[];

const order = (index: number): Order => {
  const found = orders[index];
  if (found === undefined) throw new Error('the technician has too few open work orders');
  return found;
};

beforeAll(async () => {
  world = await openWorld();
  desk = await openDesk(world.server);
  technician = await world.person();
  page = technician.page;
  orders = await ordersOf(desk, desk.logins.technician);
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

describe('hard times', () => {
  it('[F-188] a wrong password is told in plain words', async () => {
    await page.goto('/');
    await page.getByLabel('Sign-in name').fill(desk.logins.technician);
    await page.getByLabel('Password').fill('not it');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await sees(page.getByRole('alert').getByText('Name or password is wrong.'));
    expect(await page.getByLabel('Sign-in name').inputValue()).toBe(desk.logins.technician);
  });

  it('[FX-03] a download cut in the middle of a page claims nothing, and goes on after the tab was killed', async () => {
    await signIn(page, desk.logins.technician);
    world.network.set({ kind: 'cut', path: '/api/sync/page', afterBytes: 12_000 });
    await goTo(page, 'Offline');
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    await sees(
      page.getByRole('region', { name: 'Records on this device' }).getByText('Downloaded, to be checked'),
    );
    await sees(page.getByTestId('banner'));
    expect(await page.getByText('Ready for offline', { exact: true }).count()).toBe(0);
    page = await killTab(technician, page);
    world.network.set({ kind: 'up' });
    world.network.seen();
    await page.goto('/offline');
    await eventually(() =>
      Promise.resolve(expect(world.network.seen().some((path) => path.includes('/sync/page'))).toBe(true)),
    );
    page = await killTab(technician, page);
    await page.goto('/offline');
    await sees(page.getByText('Ready for offline', { exact: true }));
    await expectSynced(page);
  });

  it('[FX-16] a captive portal that answers 200 is not taken for the server, and takes nothing', async () => {
    world.network.set({ kind: 'portal' });
    await setReference(page, order(0), 'PORTAL 1');
    await sees(page.getByTestId('banner').getByText('Server unreachable'));
    await page.reload();
    await seesEntry(page, order(0).title);
    await sees(page.getByTestId('banner').getByText('Server unreachable'));
    expect(await referenceOf(desk, order(0))).not.toBe('PORTAL 1');
    world.network.set({ kind: 'up' });
    await sendNow(page);
    await expectOutboxEmpty(page);
    expect(await referenceOf(desk, order(0))).toBe('PORTAL 1');
  });

  it('[FX-13] a push whose answer was lost is sent again and has one effect', async () => {
    world.network.set({ kind: 'lose-answer', path: '/api/sync/push' });
    await writeNote(page, order(0), 'Said once, heard once');
    await eventually(async () => expect(await notesWith(desk, 'Said once, heard once')).toBe(1));
    await goTo(page, 'Outbox');
    await sees(page.getByTestId('outbox-entry'));
    world.network.set({ kind: 'up' });
    await sendNow(page);
    await expectOutboxEmpty(page);
    expect(await notesWith(desk, 'Said once, heard once')).toBe(1);
    const [pushes] = await desk.rows(
      `select count(*)::int as count from _ledger where payload::text like '%Said once, heard once%'`,
    );
    expect(pushes).toEqual({ count: 1 });
  });

  it('[FX-23] a confirmed save outlives its tab, killed at once', async () => {
    world.network.set({ kind: 'down' });
    await setReference(page, order(1), 'KILLED 1');
    page = await killTab(technician, page);
    await page.goto('/');
    await seesEntry(page, order(1).title);
    world.network.set({ kind: 'up' });
    await sendNow(page);
    await expectOutboxEmpty(page);
    expect(await referenceOf(desk, order(1))).toBe('KILLED 1');
  });

  it('[FX-26] changes wait while the server is down and are sent when it is back', async () => {
    await desk.close();
    await world.server.kill();
    await setReference(page, order(1), 'RESTART 1');
    await sees(page.getByTestId('banner'));
    await seesEntry(page, order(1).title);
    await world.server.restart();
    desk = await openDesk(world.server);
    await sendNow(page);
    await expectOutboxEmpty(page);
    expect(await referenceOf(desk, order(1))).toBe('RESTART 1');
  });

  it('[FX-01] a change of a record closed meanwhile is refused with the reason, a note is taken, and history keeps both', async () => {
    await desk.rows(`update work_order set status = 'completed' where id = $1`, [order(2).id]);
    await openOrder(page, order(2));
    await sees(page.locator('[data-field="status"]').getByText('Completed'));
    world.network.set({ kind: 'down' });
    await setReference(page, order(2), 'TOO LATE');
    await writeNote(page, order(2), 'The valve still drips');
    const dispatcher = await world.person({ desk: true, direct: true });
    await signIn(dispatcher.page, desk.logins.dispatcher);
    await openOrder(dispatcher.page, order(2));
    await dispatcher.page.getByRole('button', { name: 'Close', exact: true }).click();
    await expectOutboxEmpty(dispatcher.page);
    await dispatcher.close();

    world.network.set({ kind: 'up' });
    await sendNow(page);
    const entry = page.getByTestId('outbox-entry').filter({ hasText: order(2).title });
    await sees(entry.getByText('This work order is closed.'));
    await eventually(async () => expect(await page.getByTestId('outbox-entry').count()).toBe(1));
    expect(await notesWith(desk, 'The valve still drips')).toBe(1);
    expect(await referenceOf(desk, order(2))).not.toBe('TOO LATE');

    await openOrder(page, order(2));
    await sees(page.getByTestId('problem').getByText('This work order is closed.'));
    await seesEntry(page, order(2).title);
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await expectOutboxEmpty(page);
    await page.getByRole('button', { name: 'History' }).click();
    const settled = page.getByTestId('outbox-entry').filter({ hasText: 'TOO LATE' });
    await sees(settled.getByText('Discarded'));
  });

  it('[FX-17] a session ended by the server says "Sign in to send", and what waits is sent after it', async () => {
    await desk.rows(
      `update _session set revoked_at = now() where user_id = (select id from "user" where login = $1)`,
      [desk.logins.technician],
    );
    await setReference(page, order(3), 'SIGNED OUT 1');
    await sees(page.getByTestId('banner').getByText('Sign in to send your changes'));
    await openOrder(page, order(3));
    await sees(page.locator('[data-field="customer_reference"]').getByText('SIGNED OUT 1'));
    await page.getByTestId('banner').getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Password').fill('satchel');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expectOutboxEmpty(page);
    await expectSynced(page);
    expect(await referenceOf(desk, order(3))).toBe('SIGNED OUT 1');
  });
});
