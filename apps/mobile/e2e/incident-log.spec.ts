// The same day on the records of a real service desk: its audit log is imported, a technician takes the incidents along, works on one without a
// network and meets what a colleague wrote meanwhile. Where the log is not at hand, a few hand-written lines of the same form stand in.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDesk, type Desk } from './desk.ts';
import { sampleLog } from './sample-log.ts';
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

const realLog = resolve('../shared/data/tiny/incident-event-log.tiny.csv');
const asOf = '2016-03-10T00:00:00Z';

let world: World;
let desk: Desk;
let technician: Person;
let incident: { readonly id: string; readonly number: string; readonly title: string };

beforeAll(async () => {
  world = await openWorld();
  desk = await openDesk(world.server);
  technician = await world.person();
});

afterAll(async () => {
  await desk?.close();
  await world?.close();
});

describe('a day on a real incident log', () => {
  it('[LOGIMP-1] imports the log beside the running server and says what became of each line', async () => {
    const file = existsSync(realLog) ? realLog : await writeSample();
    const login = desk.logins.technician;
    const printed = await world.server.satchel(
      'import',
      'incident-log',
      file,
      '--as-of',
      asOf,
      '--assign-to',
      login,
      '--json',
    );
    const report = JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    expect(report).toMatchObject({ ok: true, rejected: 0 });
    const [found] = await desk.rows(
      `select i.id, i.number, i.short_description as title from incident i join "user" u on u.id = i.owner
       where u.login = $1 and i.number ~ '^INC[0-9]' and i.state not in ('resolved', 'closed') order by i.number limit 1`,
      [login],
    );
    incident = found as typeof incident;
    expect(incident.number).toMatch(/^INC\d{7}$/);
  });

  it('[F-001] carries the imported incidents, finds one by its number and shows its versions', async () => {
    const { page } = technician;
    await signIn(page, desk.logins.technician);
    await takeOffline(page);
    world.network.set({ kind: 'down' });
    await page.reload();
    await openList(page, 'Incidents', 'All');
    await find(page, 'Incidents', incident.number);
    await openRecord(page, incident.title);
    await sees(page.getByText(incident.number));
  });

  it('[FW-09] settles a clash with a colleague on it, and the log in the database has it once', async () => {
    const { page } = technician;
    await edit(page, async (form) => {
      await form.getByLabel('Location').fill('Second floor, east stairs');
    });
    await desk.rows(`update incident set location = 'Moved by the desk', category = 'Power' where id = $1`, [
      incident.id,
    ]);
    world.network.set({ kind: 'up' });
    await goTo(page, 'Outbox');
    await page.getByRole('button', { name: 'Send now' }).click();
    await sees(page.getByText('Needs your choice'));
    await page.getByRole('link', { name: 'Choose what to keep' }).first().click();
    await sees(page.getByText('Moved by the desk'));
    await page.getByText('Keep mine').first().click();
    await page.getByRole('button', { name: 'Save my choice' }).click();
    await expectOutboxEmpty(page);
    await expectSynced(page);
    const rows = await desk.rows('select location, category from incident where number = $1', [
      incident.number,
    ]);
    expect(rows).toEqual([{ location: 'Second floor, east stairs', category: 'Power' }]);
  });
});

async function writeSample(): Promise<string> {
  const file = join(world.server.dataFolder, 'sample-log.csv');
  await writeFile(file, sampleLog());
  return file;
}
