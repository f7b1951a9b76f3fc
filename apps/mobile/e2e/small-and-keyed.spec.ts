// People with a small phone, with long names in their records, and with a keyboard instead of a finger.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDesk, type Desk } from './desk.ts';
import { openOrder, ordersOf, referenceOf, sendNow, type Order } from './hardship.ts';
import {
  edit,
  eventually,
  expectAccessible,
  expectOutboxEmpty,
  find,
  goTo,
  openList,
  sees,
  signIn,
  takeOffline,
} from './steps.ts';
import { openWorld, type World } from './world.ts';

const long =
  'Replacement of the Donaudampfschifffahrtsgesellschaftskapitänsmützenhalterung in the second machine room behind the cold store';

let world: World;
let desk: Desk;
let page: Page;
let orders: readonly Order[];

const order = (index: number): Order => {
  const found = orders[index];
  if (found === undefined) throw new Error('the technician has too few work orders');
  return found;
};

beforeAll(async () => {
  world = await openWorld();
  desk = await openDesk(world.server);
  orders = await ordersOf(desk, desk.logins.technician);
  page = (await world.person()).page;
  await page.setViewportSize({ width: 320, height: 568 });
  await signIn(page, desk.logins.technician);
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

/** Nothing sticks out sideways, every control is large enough for a thumb, and axe is content. */
async function fits(): Promise<void> {
  const faults = await page.evaluate(() => {
    const found: string[] = [];
    if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
    const main = document.querySelectorAll<HTMLElement>('.screen, .screen-body');
    for (const part of main)
      if (part.scrollWidth > part.clientWidth) {
        const wide = [...part.querySelectorAll<HTMLElement>('*')].filter(
          (each) => each.getBoundingClientRect().right > innerWidth + 1 && each.closest('.commands') === null,
        );
        found.push(
          `${part.className} scrolls sideways: ${wide.map((each) => each.className || each.tagName).join(', ')}`,
        );
      }
    const controls = document.querySelectorAll<HTMLElement>(
      'button, a[href], select, input:not([type=radio])',
    );
    for (const control of controls) {
      const { width, height } = control.getBoundingClientRect();
      // A link within running text is as high as its line; a hidden one is not aimed at.
      const isInText =
        control.closest('dd, p, .entry-head, .problem-head') !== null && control.tagName === 'A';
      if (width === 0 || isInText || control.closest('[aria-hidden=true], .visually-hidden')) continue;
      const label = control.closest('label') ?? (control as HTMLInputElement).labels?.[0];
      // A label is aimed at as well as what it names, or it has the room above its input.
      const aimed =
        label === undefined || control.matches('.input') ? { width, height } : label.getBoundingClientRect();
      if (aimed.height < 44 || aimed.width < 44)
        found.push(`${control.className || control.tagName} is ${Math.round(width)}×${Math.round(height)}`);
    }
    return found;
  });
  expect(faults, page.url()).toEqual([]);
  await expectAccessible(page);
}

/** Moves on with the Tab key until the element in focus has this name. */
async function tabTo(name: RegExp): Promise<void> {
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press('Tab');
    const label = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      const labels = (element as HTMLInputElement | null)?.labels;
      return element?.ariaLabel ?? labels?.[0]?.innerText ?? element?.innerText ?? '';
    });
    if (name.test(label)) return;
  }
  throw new Error(`no ${String(name)} within reach of the Tab key`);
}

describe('on a small phone', () => {
  it('[F-181] every screen fits 320×568, with the longest words a record can have', async () => {
    await desk.rows('update work_order set title = $2 where id = $1', [order(0).id, long]);
    await goTo(page, 'Home');
    await fits();
    await takeOffline(page);
    await fits();
    await openList(page, 'Work orders', 'All');
    await find(page, 'Work orders', 'Donaudampf');
    await sees(page.getByRole('link', { name: /Donaudampf/ }));
    await fits();
    await page.getByRole('link', { name: /Donaudampf/ }).click();
    await sees(page.getByRole('heading', { name: long }));
    await fits();
    world.network.set({ kind: 'down' });
    await edit(page, async (form) => {
      await form.getByLabel('Title').fill(`${long}, once more`);
      await fits();
    });
    await fits();
    await goTo(page, 'Outbox');
    await fits();
    await goTo(page, 'Settings');
    await fits();
  });

  it('[F-181] a clash over long values fits too', async () => {
    await desk.rows('update work_order set title = $2 where id = $1', [order(0).id, `${long} and its lamp`]);
    world.network.set({ kind: 'up' });
    await sendNow(page);
    await page.getByRole('link', { name: 'Choose what to keep' }).first().click();
    await sees(page.getByText('Take theirs').first());
    await fits();
  });

  it('[F-182] the choice in a clash is made with a keyboard alone', async () => {
    await page.reload();
    await sees(page.getByText('Take theirs').first());
    await tabTo(/Keep mine/);
    await page.keyboard.press('ArrowDown');
    await tabTo(/Save my choice/);
    await page.keyboard.press('Enter');
    await expectOutboxEmpty(page);
    const [row] = await desk.rows('select title from work_order where id = $1', [order(0).id]);
    expect(row?.['title']).toBe(`${long} and its lamp`);
  });

  it('[F-182] a record is found, opened and changed with a keyboard alone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto('/');
    await sees(page.getByRole('link', { name: /^Work orders/ }));
    await tabTo(/^Work orders/);
    await page.keyboard.press('Enter');
    await sees(page.locator('.rows').getByRole('link'));
    await tabTo(/^Search/);
    await page.keyboard.type(order(1).number);
    await sees(page.getByText('1 record', { exact: true }));
    await tabTo(new RegExp(`^${order(1).title.slice(0, 12)}`));
    expect(await page.locator('.rows').getByRole('link').count()).toBe(1);
    await page.keyboard.press('Enter');
    await sees(page.getByRole('heading', { name: order(1).title }));
    await tabTo(/^\s*Edit$/);
    await page.keyboard.press('Enter');
    await tabTo(/^Customer/);
    await page.keyboard.type('KEYS 1');
    await page.keyboard.press('Enter');
    await sees(page.getByTestId('toast').getByText('Saved to outbox'));
    await eventually(async () => expect(await referenceOf(desk, order(1))).toBe('KEYS 1'));
  });

  it('[F-183] an entity without records, and a list that cannot be read, say so and what to do', async () => {
    await openOrder(page, order(1));
    await goTo(page, 'Offline');
    await page.getByRole('button', { name: 'Clear downloaded records' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Clear downloaded records' }).click();
    world.network.set({ kind: 'down' });
    await openList(page, 'Assets');
    await sees(page.getByText('This is not on this device.'));
    await fits();
    world.network.set({ kind: 'up' });
    await page.getByRole('button', { name: 'Try again' }).click();
    await sees(page.getByText('Live, not saved on this device'));
    await find(page, 'Assets', 'zzzz');
    await sees(page.getByText('Nothing found for “zzzz”'));
    await fits();
  });
});
