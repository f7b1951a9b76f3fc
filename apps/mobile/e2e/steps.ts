// What a person does on a screen, in the product's own words. Finds things as a person or a screen reader does: by role and name.
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

const patienceMs = 30_000;

/** Waits until a check holds; fails with its last complaint. */
export async function eventually(check: () => Promise<void>, withinMs = patienceMs): Promise<void> {
  const end = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (complaint) {
      if (Date.now() > end) throw complaint;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

export async function sees(target: Locator): Promise<void> {
  await target.filter({ visible: true }).first().waitFor({ state: 'visible', timeout: patienceMs });
}

export async function signIn(page: Page, login: string, password = 'satchel'): Promise<void> {
  await page.goto('/');
  await page.getByLabel('Sign-in name').fill(login);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await sees(page.getByRole('navigation', { name: 'Main' }));
}

/** By the tab bar on a phone, the side bar on a desk. */
export async function goTo(page: Page, place: 'Home' | 'Outbox' | 'Offline' | 'Settings'): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: new RegExp(`^${place}`) })
    .first()
    .click();
}

/** Downloads what the profile carries and waits until every entity has been proven. */
export async function takeOffline(page: Page): Promise<void> {
  await goTo(page, 'Offline');
  await sees(page.getByText(/A download takes about/));
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  await sees(page.getByText('Ready for offline', { exact: true }));
}

export async function openList(page: Page, entity: string, view?: string): Promise<void> {
  await goTo(page, 'Home');
  await page
    .getByRole('main')
    .getByRole('link', { name: new RegExp(`^${entity}`) })
    .first()
    .click();
  await sees(page.getByRole('heading', { level: 1, name: entity }));
  if (view === undefined) return;
  await page.getByRole('button', { name: /^Views/ }).click();
  await page.getByRole('menuitemradio', { name: view, exact: true }).click();
}

export async function find(page: Page, entity: string, words: string): Promise<void> {
  await page.getByRole('searchbox', { name: `Search ${entity}` }).fill(words);
}

/** Opens a record by the title its row shows. */
export async function openRecord(page: Page, title: string): Promise<void> {
  await page.getByRole('link', { name: title }).first().click();
  await sees(page.getByRole('heading', { name: title }));
}

/** Changes fields of the record on the screen and saves. */
export async function edit(page: Page, change: (form: Page) => Promise<void>): Promise<void> {
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await change(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await sees(page.getByTestId('toast').getByText('Saved to outbox'));
}

/** What the outbox says of the number of changes that are not settled. */
export async function expectOutboxEmpty(page: Page): Promise<void> {
  await goTo(page, 'Outbox');
  await sees(page.getByText('Nothing waits'));
}

export async function expectSynced(page: Page): Promise<void> {
  await goTo(page, 'Home');
  await sees(page.getByTestId('sync-line').getByText(/^Synced/));
}

/** Every finding of axe on the screen as it stands, as short text; none is expected. */
export async function expectAccessible(page: Page): Promise<void> {
  const { AxeBuilder } = await import('@axe-core/playwright');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`),
  ).toEqual([]);
}
