// What browsers do to storage: a full disk, storage cleared behind the app's back, none at all, and tabs killed at any moment, the leading one too.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { openDesk, type Desk } from './desk.ts';
import {
  killTab,
  notesWith,
  openOrder,
  ordersOf,
  sendNow,
  setReference,
  writeNote,
  type Order,
} from './hardship.ts';
import {
  eventually,
  expectAccessible,
  expectOutboxEmpty,
  expectSynced,
  sees,
  signIn,
  takeOffline,
} from './steps.ts';
import { openWorld, type Person, type World } from './world.ts';

/** Room left on the disk, and notes of 4 kB that must be more than it: browsers hand out room by the megabyte. */
const roomBytes = 50_000;
const fillersMax = 400;

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

/** A page of the app's origin on which nothing of the app runs. */
async function leaveApp(at: Page): Promise<void> {
  await at.goto('/icon.svg');
}

describe('storage', () => {
  it('[APP-17] tabs killed at any moment lose no confirmed save, double none and leave none half', async () => {
    await signIn(page, desk.logins.technician);
    await takeOffline(page);
    const seed = Number(process.env['CHAOS_SEED'] ?? 20_261_127);
    console.info(`seed ${seed}`);
    const chance = chanceFrom(seed);
    const confirmed: string[] = [];
    const begun: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      // The older tab leads; which of the two dies is chance.
      const other = await technician.context.newPage();
      await openOrder(other, order(1));
      world.network.set(chance() < 0.3 ? { kind: 'down' } : { kind: 'up' });
      const kept = `Chaos ${seed} ${round} kept`;
      await writeNote(page, order(0), kept);
      confirmed.push(kept);
      const open = `Chaos ${seed} ${round} open`;
      begun.push(open);
      await other.getByRole('textbox', { name: 'Write a note' }).fill(open);
      const pressed = other.getByRole('button', { name: 'Add note' }).click();
      await other.waitForTimeout(chance() * 120);
      const dies = chance() < 0.6 ? page : other;
      await Promise.allSettled([pressed, crash(technician, dies)]);
      const lives = dies === page ? other : page;
      const began = performance.now();
      await openOrder(lives, order(2));
      console.info(
        `round ${round}: the other tab shows a record after ${Math.round(performance.now() - began)} ms`,
      );
      page = lives;
    }
    world.network.set({ kind: 'up' });
    await sendNow(page);
    await expectOutboxEmpty(page);
    await expectSynced(page);
    for (const text of confirmed) expect([text, await notesWith(desk, text)]).toEqual([text, 1]);
    for (const text of begun) expect(await notesWith(desk, text)).toBeLessThanOrEqual(1);
    const halves = await desk.rows(`select body from note where body like 'Chaos %' and regarding is null`);
    expect(halves).toEqual([]);
  });

  it('[APP-16] a full disk refuses a save in words, and saving goes on once there is room', async () => {
    const session = await technician.context.newCDPSession(page);
    const origin = new URL(page.url()).origin;
    world.network.set({ kind: 'down' });
    await setReference(page, order(3), 'BEFORE FULL');
    await openOrder(page, order(4));
    const used = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: used + roomBytes });
    const full = page.getByText('The storage of this device is full.');
    const note = page.getByRole('textbox', { name: 'Write a note' });
    let refused = false;
    for (let count = 0; count < fillersMax && !refused; count += 1) {
      await note.fill(`Filler ${count} ${'x'.repeat(3_900)}`);
      await page.getByRole('button', { name: 'Add note' }).click();
      await eventually(async () => {
        refused = (await full.count()) > 0;
        expect(refused || (await note.inputValue()) === '').toBe(true);
      });
    }
    expect(refused).toBe(true);
    await session.send('Storage.overrideQuotaForOrigin', { origin });
    await page.getByRole('button', { name: 'Add note' }).click();
    await eventually(async () => expect(await note.inputValue()).toBe(''));
    await setReference(page, order(5), 'AFTER FULL');
    world.network.set({ kind: 'up' });
    await sendNow(page);
    await expectOutboxEmpty(page);
    const rows = await desk.rows('select customer_reference as text from work_order where id = any($1)', [
      [order(3).id, order(5).id],
    ]);
    expect(rows.map(({ text }) => text).sort()).toEqual(['AFTER FULL', 'BEFORE FULL']);
  });

  it('[APP-14] storage cleared by the browser is told, with what had not been sent; a sign-out is none', async () => {
    world.network.set({ kind: 'down' });
    await setReference(page, order(1), 'NEVER SENT');
    await sees(page.getByTestId('banner'));
    for (const open of technician.context.pages()) if (open !== page) await open.close();
    await leaveApp(page);
    await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      await root.removeEntry('satchel', { recursive: true });
    });
    world.network.set({ kind: 'up' });
    await page.goto('/');
    const told = page.getByTestId('cleared');
    await sees(told.getByText(/The browser has cleared .* 1 change of .* had not been sent/));
    await expectAccessible(page);
    await signIn(page, desk.logins.technician);
    await page.reload();
    await sees(page.getByRole('navigation', { name: 'Main' }));
    expect(await told.count()).toBe(0);
  });

  it('[APP-15] a browser without storage is told so, with what to do', async () => {
    for (const desk of [false, true]) {
      const person = await world.person({ desk, dark: desk });
      await leaveApp(person.page);
      // A file where the store's folder belongs: the private file system is there and cannot be used.
      await person.page.evaluate(async () => {
        const root = await navigator.storage.getDirectory();
        await root.getFileHandle('satchel', { create: true });
      });
      await person.page.goto('/');
      await sees(
        person.page.getByRole('heading', { name: 'This browser does not let the app store records.' }),
      );
      await sees(person.page.getByText('Leave private browsing, or use another browser.'));
      await eventually(() => expectAccessible(person.page));
      await person.close();
    }
  });
});

/** Ends a tab's process; what it was asked meanwhile never comes back. */
async function crash(person: Person, dies: Page): Promise<void> {
  const next = await killTab(person, dies);
  await next.close();
}

/** The same seed is the same story. */
function chanceFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
