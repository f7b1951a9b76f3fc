// Every screen as a person meets it, on a phone and on a desk, light and dark: axe finds nothing on any. With SATCHEL_SCREENSHOTS=1 it also
// takes the pictures of docs/screenshots; without it the working tree stays as it is.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDesk, type Desk } from './desk.ts';
import { openOrder, sendNow, type Order } from './hardship.ts';
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

const folder = join(import.meta.dirname, '../../../docs/screenshots');
const isTaking = process.env['SATCHEL_SCREENSHOTS'] === '1';

let world: World;
let desk: Desk;
let orders: readonly Order[];

beforeAll(async () => {
  world = await openWorld();
  desk = await openDesk(world.server);
  orders = await queueOf(desk.logins.technician);
  if (isTaking) await mkdir(folder, { recursive: true });
});

afterAll(async () => {
  await desk?.close();
  await world?.close();
});

/** A person's unfinished work orders as the list shows them, without those that are being worked on. */
async function queueOf(login: string): Promise<readonly Order[]> {
  const rows = await desk.rows(
    `select o.id, o.number, o.title from work_order o join "user" u on u.id = o.owner
     where u.login = $1 and o.status in ('open', 'scheduled', 'on_hold') and o.priority <> '1'
     order by o.due_date, o.priority, o.id`,
    [login],
  );
  return rows.map(({ id, number, title }) => ({
    id: String(id),
    number: String(number),
    title: String(title),
  }));
}

const order = (index: number): Order => {
  const found = orders[index];
  if (found === undefined) throw new Error('the technician has too few work orders');
  return found;
};

async function picture(page: Page, name: string): Promise<void> {
  if (!isTaking) return;
  const dismiss = page.getByRole('button', { name: 'Dismiss' });
  if (await dismiss.isVisible()) await dismiss.click();
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}

/** Looks at the screen as it stands: axe, nothing wider than the screen, and a picture where it has a name. */
async function look(page: Page, name?: string): Promise<void> {
  await expectAccessible(page);
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(tooWide, `${page.url()} scrolls sideways`).toBe(false);
  if (name !== undefined) await picture(page, name);
}

/** An open dialog or menu: all that is behind it is hidden from everybody, so only it is looked at. */
async function lookAt(page: Page, role: 'dialog' | 'menu'): Promise<void> {
  await sees(page.getByRole(role));
  const { violations } = await new AxeBuilder({ page }).include(`[role="${role}"]`).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(', ')}`)).toEqual(
    [],
  );
}

/** Makes what the pictures show: two changes and a record that wait, and a clash with the office. */
async function work(page: Page, first: number): Promise<void> {
  world.network.set({ kind: 'down' });
  await openOrder(page, order(first));
  await edit(page, async (form) => {
    await form.getByLabel('Priority').selectOption('1');
    await form.getByLabel("Customer's reference").fill('PO 4711');
  });
  await openOrder(page, order(first + 1));
  await page.getByRole('button', { name: 'Start work' }).click();
  await openOrder(page, order(first + 2));
  await page
    .getByRole('textbox', { name: 'Write a note' })
    .fill('Spare is in the van. Back on Monday morning.');
  await page.getByRole('button', { name: 'Add note' }).click();
  await sees(page.getByTestId('toast').getByText('Saved to outbox'));
}

describe.each([
  { theme: 'light', dark: false },
  { theme: 'dark', dark: true },
])('on a phone, $theme', ({ dark }) => {
  let person: Person;
  let page: Page;
  const named = (name: string) => (dark ? `${name}-dark` : name);
  // The second round finds the records of the first as it left them.
  const first = dark ? 3 : 0;

  beforeAll(async () => {
    world.network.set({ kind: 'up' });
    person = await world.person({ dark });
    page = person.page;
  });
  afterAll(() => person?.close());

  it('[F-180] nothing is wrong with signing in, home and the download, before there are records', async () => {
    await page.goto('/');
    await sees(page.getByRole('button', { name: 'Sign in' }));
    await look(page);
    await signIn(page, desk.logins.technician);
    await look(page);
    await goTo(page, 'Offline');
    await sees(page.getByText(/A download takes about/));
    await look(page, named('phone-plan'));
    await takeOffline(page);
    await look(page);
  });

  it('[F-180] nothing is wrong with lists, records and forms', async () => {
    await openList(page, 'Work orders');
    await look(page);
    await page.getByRole('button', { name: 'Sort' }).click();
    await lookAt(page, 'menu');
    await page.keyboard.press('Escape');
    await openOrder(page, order(6));
    await look(page);
    await page.getByRole('link', { name: 'Edit', exact: true }).click();
    await look(page);
    await page.getByLabel('Title').fill('');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await sees(page.getByText('One field needs your attention'));
    await look(page);
    await page.goto('/e/work_order/new');
    await sees(page.getByLabel('Title'));
    await page.getByRole('button', { name: /^Account/ }).click();
    await lookAt(page, 'dialog');
  });

  it('[F-180] nothing is wrong with what waits, clashes and is refused', async () => {
    await work(page, first);
    await goTo(page, 'Home');
    await look(page, named('phone-home'));
    await openList(page, 'Work orders');
    await look(page, named('phone-list'));
    await openOrder(page, order(first));
    await look(page, named('phone-record'));
    await goTo(page, 'Outbox');
    await look(page, named('phone-outbox'));
    await goTo(page, 'Offline');
    await look(page, named('phone-offline'));
    await desk.rows(
      `update work_order set priority = '2', modified_at = now(),
       modified_by = (select id from "user" where login = $2) where id = $1`,
      [order(first).id, desk.logins.dispatcher],
    );
    world.network.set({ kind: 'up' });
    await sendNow(page);
    await sees(page.getByText('Needs your choice'));
    await look(page);
    await openOrder(page, order(first));
    await sees(page.getByTestId('problem'));
    await look(page);
    await page.getByRole('link', { name: 'Choose what to keep' }).first().click();
    await sees(page.getByText('Keep mine').first());
    await look(page, named('phone-conflict'));
    await page.getByText('Take theirs').first().click();
    await page.getByRole('button', { name: 'Save my choice' }).click();
    await expectOutboxEmpty(page);
    await page.getByRole('button', { name: 'History' }).click();
    await sees(page.getByTestId('outbox-entry'));
    await look(page);
    await goTo(page, 'Settings');
    await look(page);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await lookAt(page, 'dialog');
  });
});

describe.each([
  { theme: 'light', dark: false },
  { theme: 'dark', dark: true },
])('on a desk, $theme', ({ dark }) => {
  let person: Person;
  const named = (name: string) => (dark ? `${name}-dark` : name);

  beforeAll(async () => {
    world.network.set({ kind: 'up' });
    person = await world.person({ desk: true, dark });
    await person.page.setViewportSize({ width: 1240, height: 740 });
  });
  afterAll(() => person?.close());

  it('[F-180] nothing is wrong with the list beside the record, and with every other screen', async () => {
    const { page } = person;
    await page.goto('/');
    await look(page);
    await signIn(page, desk.logins.dispatcher);
    await look(page);
    await openList(page, 'Work orders', 'All open');
    await sees(page.getByText('Choose a record'));
    await look(page);
    await page.locator('.rows').getByRole('link').nth(1).click();
    await sees(page.getByTestId('record'));
    await sees(page.getByRole('button', { name: 'Views: All open' }));
    await look(page, named('desk'));
    await page.getByRole('link', { name: 'Edit', exact: true }).click();
    await look(page);
    for (const place of ['Outbox', 'Offline', 'Settings'] as const) {
      await goTo(page, place);
      await sees(page.getByRole('heading', { level: 1, name: place }));
      await look(page);
    }
  });
});

describe('the tour', () => {
  it('[APP-10] four screens of a phone stand side by side in one picture', async () => {
    if (!isTaking) return expect((await readFile(join(folder, 'tour.png'))).length).toBeGreaterThan(10_000);
    const shots = await Promise.all(
      ['phone-list', 'phone-record', 'phone-conflict', 'phone-outbox'].map(async (name) =>
        (await readFile(join(folder, `${name}.png`))).toString('base64'),
      ),
    );
    const { page, close } = await world.person({ desk: true, direct: true });
    await page.setViewportSize({ width: 1060, height: 548 });
    await page.setContent(
      `<body style="margin:0;display:flex;gap:24px;justify-content:center;align-items:center;height:548px;background:#e9e7e2">
       ${shots.map((shot) => `<img style="width:230px;border-radius:22px;box-shadow:0 10px 30px #1e1a1238;border:1px solid #d5d1c8" src="data:image/png;base64,${shot}">`).join('')}</body>`,
    );
    await page.screenshot({ path: join(folder, 'tour.png') });
    await close();
  });
});
