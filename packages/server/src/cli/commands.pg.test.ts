// Commands on a small organisation: what goes in comes out, a backup is the whole of it, and nothing half done is left.
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '@satchel/model';
import { openWorkshop, type Workshop } from '../push/testing/workshop.ts';
import { listOrganisations, openOrganisation } from '../store/organisation.ts';
import { backup } from './backup.ts';
import { exportRecords } from './export.ts';
import { importCsv } from './import-csv.ts';
import type { CommandContext } from './open-organisation.ts';
import { exitCodeOf } from './report.ts';
import { restore } from './restore.ts';
import { manageUsers } from './user.ts';

let shop: Workshop;
let cwd: string;
let context: CommandContext;
let warned: string[];

beforeAll(async () => {
  shop = await openWorkshop();
  cwd = await mkdtemp(join(tmpdir(), 'satchel-cli-'));
  const voice = {
    say: () => undefined,
    progress: () => undefined,
    warn: (line: string) => void warned.push(line),
  };
  context = { database: shop.database, organisation: shop.organisation, voice, cwd };
  warned = [];
});
afterAll(async () => {
  await shop.close();
  await rm(cwd, { recursive: true, force: true });
});

const drop = (name: string) =>
  shop.database.write(async (tx) => {
    await tx.rows(`drop schema if exists "org_${name}" cascade`);
    await tx.rows(sql`delete from "satchel"."organisation" where name = ${name}`);
  });

describe('import and export', () => {
  it('[CLI-4] bad rows are told with their line and left out, the rest goes in, and a second import updates', async () => {
    await writeFile(
      join(cwd, 'jobs.csv.gz'),
      gzipSync(
        'key,Title,code,minutes\n1,First,A,5\n2,,B,5\n3,Third,A,5\n4,"Fourth, quoted",D,many\n5,Fifth,E,7\n',
      ),
    );
    warned = [];
    const options = { entity: 'job', map: 'id=key,title=Title,code=code,minutes=minutes' };
    const first = await importCsv(context, ['jobs.csv.gz'], options);
    expect(first).toMatchObject({ ok: true, figures: { rows: 5, inserted: 2, updated: 0, rejected: 3 } });
    expect(warned.map((line) => line.split(':')[0])).toEqual(['line 3', 'line 5', 'line 4']);
    expect(await importCsv(context, ['jobs.csv.gz'], options)).toMatchObject({
      figures: { inserted: 0, updated: 2, rejected: 3 },
    });
    expect(await shop.count('job')).toBe(2);
  });

  it('[CLI-4] rows that are imported are seen by devices like any other write', async () => {
    const rows = await shop.database.rows<{ count: number }>(
      sql`select count(*) as count from ${shop.organisation.table('_change')} c join ${shop.organisation.table('_entity')} e
          on e.number = c.entity where e.name = 'job'`,
    );
    expect(rows[0]?.count).toBe(4);
  });

  it('[CLI-5] what is exported reads as it was entered', async () => {
    expect(await exportRecords(context, ['job'], { out: 'out.csv' })).toMatchObject({
      ok: true,
      figures: { rows: 2 },
    });
    const [head, ...lines] = (await readFile(join(cwd, 'out.csv'), 'utf8')).trim().split('\r\n');
    expect(head).toMatch(/^id,number,title,place,code,/);
    expect(lines.find((line) => line.includes('Fifth'))).toMatch(/J-\d{4},Fifth,,E,Open,,7/);
  });

  it('[CLI-6] arguments that make no sense are told as such, with exit code 2', async () => {
    for (const outcome of [
      await importCsv(context, [], { entity: 'job' }),
      await importCsv(context, ['nothing.csv'], { entity: 'job' }),
      await importCsv(context, ['jobs.csv.gz'], { entity: 'ghost' }),
      await exportRecords(context, ['job'], { format: 'xml' }),
      await manageUsers(context, ['role', 'maya'], { add: 'king' }),
      await restore(context, ['nothing.gz'], {}),
    ]) {
      expect(outcome).toHaveProperty('usage');
      expect(exitCodeOf(outcome)).toBe(2);
    }
    expect(exitCodeOf({ ok: false, figures: {} })).toBe(1);
  });

  it('[CLI-7] people get roles, and a new password ends their sessions', async () => {
    expect(
      await manageUsers(context, ['role', 'otto'], { add: 'manager', remove: 'technician' }),
    ).toMatchObject({ figures: { roles: ['manager'] } });
    expect(await manageUsers(context, ['role', 'nobody'], { add: 'manager' })).toMatchObject({ ok: false });
    const device = await shop.device(shop.people.otto);
    const table = shop.organisation.table('_session');
    await shop.database.rows(
      sql`insert into ${table} (token_hash, device_id, user_id, expires_at) values ('\\x01', ${device}, ${shop.people.otto}, now() + interval '1 day')`,
    );
    process.env['SATCHEL_PASSWORD'] = 'a new password';
    expect(await manageUsers(context, ['password', 'otto'], {})).toMatchObject({ ok: true });
    process.env['SATCHEL_PASSWORD'] = 'short';
    expect(await manageUsers(context, ['password', 'otto'], {})).toHaveProperty('usage');
    delete process.env['SATCHEL_PASSWORD'];
    const [session] = await shop.database.rows<{ revoked_at: string | null }>(
      sql`select revoked_at from ${table} where user_id = ${shop.people.otto}`,
    );
    expect(session?.revoked_at).not.toBeNull();
  });
});

describe('backup and restore', () => {
  it('[CLI-8] a backup restored elsewhere holds the same records with the same stamps and revisions, under a history of its own', async () => {
    const manager = randomUUID();
    const { organisation, database } = shop;
    // A circle: two people who manage each other, and the later one first.
    await database.rows(
      sql`insert into ${organisation.table('user')} ("id", "login", "name") values (${manager}, 'zed', 'Zed')`,
    );
    await database.rows(
      sql`update ${organisation.table('user')} set "manager" = ${manager} where "login" = 'maya'`,
    );
    await database.rows(
      sql`update ${organisation.table('user')} set "manager" = ${shop.people.maya} where "id" = ${manager}`,
    );
    expect(await backup(context, ['whole.gz'])).toMatchObject({ ok: true });
    const name = `copy_${randomUUID().slice(0, 8)}`;
    expect(await restore(context, ['whole.gz'], { organisation: name })).toMatchObject({ ok: true });
    const copy = await openOrganisation(database, name);
    expect(copy.historyId).not.toBe(organisation.historyId);
    const content = (of: typeof copy, table: string) =>
      database.rows(sql`select to_jsonb(t) as row from ${of.table(table)} t order by 1`);
    for (const table of ['user', 'job', '_user_role', '_credential', '_device'])
      expect(await content(copy, table)).toEqual(await content(organisation, table));
    // The next write draws a revision of its own again.
    const [before] = await database.rows<{ rev: number }>(
      sql`select _rev as rev from ${copy.table('user')} where id = ${manager}`,
    );
    const [after] = await database.rows<{ rev: number }>(
      sql`update ${copy.table('user')} set "name" = 'Zoe', _rev = 1 where id = ${manager} returning _rev as rev`,
    );
    expect([before?.rev, 1]).not.toContain(after?.rev);
    await drop(name);
  });

  it('[CLI-9] a backup that is not whole, or of something there already, restores nothing', async () => {
    const whole = await readFile(join(cwd, 'whole.gz'));
    await writeFile(join(cwd, 'cut.gz'), whole.subarray(0, whole.length - 40));
    await writeFile(join(cwd, 'other.gz'), gzipSync('{"hello":1}\n'));
    const name = `cut_${randomUUID().slice(0, 8)}`;
    for (const file of ['cut.gz', 'other.gz'])
      expect(await restore(context, [file], { organisation: name })).toMatchObject({ ok: false });
    expect(await restore(context, ['whole.gz'], {})).toMatchObject({ ok: false });
    expect(await listOrganisations(shop.database)).not.toContain(name);
  });
});
