// A technician's day on generated data: sign in, take the records along, lose the network, work, come back, settle a clash. And what the
// database then holds, asked as any other program would ask it.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDesk, type Desk } from './desk.ts';
import {
  edit,
  expectOutboxEmpty,
  expectSynced,
  find,
  goTo,
  openList,
  openRecord,
  sees,
  signIn,
  takeOffline,
} from './steps.ts';
import { openWorld, type Person, type World } from './world.ts';

let world: World;
let desk: Desk;
let technician: Person;

beforeAll(async () => {
  world = await openWorld();
  desk = await openDesk(world.server);
  technician = await world.person();
});

afterAll(async () => {
  await desk?.close();
  await world?.close();
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    console.error(`${task.name}:\n${await technician.page.locator('body').innerText()}`);
});

describe('a day in the field', () => {
  let order: Awaited<ReturnType<Desk['openOrderOf']>>;

  it('[F-022] takes the records along after a preview of rows, size and time', async () => {
    const { page } = technician;
    await signIn(page, desk.logins.technician);
    await takeOffline(page);
    order = await desk.openOrderOf(desk.logins.technician);
  });

  it('[F-001] starts without any network and shows lists, records and what hangs on them', async () => {
    const { page } = technician;
    world.network.set({ kind: 'down' });
    await page.reload();
    await sees(page.getByTestId('banner').getByText('No connection'));
    await openList(page, 'Work orders', 'All');
    await find(page, 'Work orders', order.number);
    await openRecord(page, order.title);
    await sees(page.getByRole('region', { name: 'Job' }));
    await sees(page.getByRole('region', { name: 'Tasks' }));
  });

  it('[FW-04] confirms an edit in the dead zone and marks it on the record and in the list', async () => {
    const { page } = technician;
    await edit(page, async (form) => {
      await form.getByLabel('Priority').selectOption('1');
      await form.getByLabel("Customer's reference").fill('PO 4711');
    });
    await sees(page.getByText('Waiting to be sent'));
    await sees(page.locator('[data-field="priority"]').getByText('Not sent yet'));
    await openList(page, 'Work orders', 'All');
    await find(page, 'Work orders', order.number);
    await sees(page.getByRole('link', { name: order.title }).getByText('Waiting to be sent'));
  });

  it('[FW-05] creates a work order with a task under it, and uses both at once', async () => {
    const { page } = technician;
    await openList(page, 'Work orders', 'All');
    await page.getByRole('link', { name: 'New Work order' }).click();
    await page.getByLabel('Title').fill('Replace the float valve in the sump');
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('dialog').getByRole('listitem').getByRole('button').first().click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await sees(page.getByRole('heading', { name: 'Replace the float valve in the sump' }));
    await sees(page.getByText('Number pending'));
    await page.getByRole('link', { name: 'Add Task' }).click();
    await page.getByRole('textbox', { name: /^Task/ }).fill('Shut the inlet');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await sees(page.getByRole('region', { name: 'Tasks' }).getByText('Shut the inlet'));
  });

  it('[F-031] survives the browser being closed and opened again with no network', async () => {
    const { page } = technician;
    await page.goto('about:blank');
    await page.goto('/');
    await goTo(page, 'Outbox');
    await sees(page.getByText('Replace the float valve in the sump'));
    await sees(page.getByText('Shut the inlet'));
    await sees(page.getByText(order.title));
  });

  it('[FW-09] asks what to keep where the dispatcher changed the same field meanwhile', async () => {
    const dispatcher = await world.person({ desk: true, direct: true });
    await signIn(dispatcher.page, desk.logins.dispatcher);
    await dispatcher.page.goto(`/e/work_order/${order.id}`);
    await edit(dispatcher.page, async (form) => {
      await form.getByLabel('Priority').selectOption('2');
      await form.getByLabel('Due').fill('2027-01-15');
    });
    await expectOutboxEmpty(dispatcher.page);
    await dispatcher.close();

    const { page } = technician;
    world.network.set({ kind: 'up' });
    await goTo(page, 'Outbox');
    await page.getByRole('button', { name: 'Send now' }).click();
    await sees(page.getByText('Needs your choice'));
    await page.getByRole('link', { name: 'Choose what to keep' }).first().click();
    await sees(page.getByText(/changed this record on/));
    await sees(page.getByText('2 · High'));
    await sees(page.getByText('1 · Critical'));
    await page.getByText('Keep mine').first().click();
    await page.getByRole('button', { name: 'Save my choice' }).click();
    await expectOutboxEmpty(page);
    await expectSynced(page);
  });

  it('[DV-03] leaves exactly these rows in the database, once', async () => {
    const [changed] = await desk.rows(
      'select priority, customer_reference, due_date::text as due from work_order where id = $1',
      [order.id],
    );
    expect(changed).toEqual({ priority: '1', customer_reference: 'PO 4711', due: '2027-01-15' });
    const created = await desk.rows(
      `select o.number, t.title as task from work_order o join work_order_task t on t.work_order = o.id
       where o.title = 'Replace the float valve in the sump'`,
    );
    expect(created).toHaveLength(1);
    expect(created[0]).toMatchObject({ task: 'Shut the inlet' });
    expect(String(created[0]?.['number'])).toMatch(/^WO-\d{6}$/);
  });
});
