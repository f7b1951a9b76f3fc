// What can happen to a person's phone, and short ways through the screens that the stories of hard times share.
import type { Page } from 'playwright-core';
import type { Desk } from './desk.ts';
import { edit, goTo, sees } from './steps.ts';
import type { Person } from './world.ts';

export interface Order {
  readonly id: string;
  readonly number: string;
  readonly title: string;
}

/** Ends a tab as the system does when memory runs out: no handler runs, nothing is said goodbye to. Opens another one in its place. */
export async function killTab(person: Person, page: Page): Promise<Page> {
  const session = await person.context.newCDPSession(page);
  const next = await person.context.newPage();
  // The answer never comes: the one who would give it is gone.
  session.send('Page.crash').catch(() => undefined);
  await page.waitForEvent('crash').catch(() => undefined);
  await page.close();
  return next;
}

/** Unfinished work orders of this person that nobody else touches, oldest first. */
export async function ordersOf(desk: Desk, login: string): Promise<readonly Order[]> {
  const rows = await desk.rows(
    `select o.id, o.number, o.title from work_order o join "user" u on u.id = o.owner
     where u.login = $1 and o.status in ('open', 'scheduled') order by o.created_at, o.id`,
    [login],
  );
  return rows.map((row) => ({
    id: String(row['id']),
    number: String(row['number']),
    title: String(row['title']),
  }));
}

export async function openOrder(page: Page, order: Order): Promise<void> {
  await page.goto(`/e/work_order/${order.id}`);
  await sees(page.getByRole('heading', { name: order.title }));
}

/** Opens the record and saves another customer's reference. */
export async function setReference(page: Page, order: Order, text: string): Promise<void> {
  await openOrder(page, order);
  await edit(page, (form) => form.getByLabel("Customer's reference").fill(text));
}

export async function referenceOf(desk: Desk, order: Order): Promise<unknown> {
  const [row] = await desk.rows('select customer_reference from work_order where id = $1', [order.id]);
  return row?.['customer_reference'];
}

export async function writeNote(page: Page, order: Order, text: string): Promise<void> {
  await openOrder(page, order);
  await page.getByRole('textbox', { name: 'Write a note' }).fill(text);
  await page.getByRole('button', { name: 'Add note' }).click();
  await sees(page.getByTestId('toast').getByText('Saved to outbox'));
}

export async function notesWith(desk: Desk, text: string): Promise<number> {
  return (await desk.rows('select id from note where body = $1', [text])).length;
}

export async function sendNow(page: Page): Promise<void> {
  await goTo(page, 'Outbox');
  await page.getByRole('button', { name: 'Send now' }).click();
}

/** How many entries of the outbox are about a record of this title. */
export async function seesEntry(page: Page, title: string): Promise<void> {
  await goTo(page, 'Outbox');
  await sees(page.getByTestId('outbox-entry').filter({ hasText: title }));
}
