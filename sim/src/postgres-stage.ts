// The real server as a stage: a world of field service on PostgreSQL, served by several processes, with every version of every row kept.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWholeBundle, openModel, sql } from '@satchel/model';
import { fieldService } from '@satchel/field-service';
import { backup, openOrganisation, restore } from '@satchel/server';
import { fieldServiceBusiness } from './business.ts';
import type { Chance } from './chance.ts';
import { openOffice, repairTroubles, troubles } from './office.ts';
import { scopeIn, scopeOf } from './oracle.ts';
import type { Stage } from './stage.ts';
import { ledgerOf, openVersions, snapshotOf, type Versions } from './time-travel.ts';
import { openSimWorld, type SimWorld } from './world.ts';

const processes = 3;
const logins: readonly string[] = ['ann', 'ann', 'ben', 'cai', 'eva'];
const orders = 24;

/** `name` must not have been used in the database that TEST_DATABASE_URL names. */
export async function openPostgresStage(name: string, chance: Chance): Promise<Stage> {
  const world = await openSimWorld(name, chance.fork(), { count: processes });
  const versions = await openVersions(world.sql, world.organisation.schema);
  await versions.watch(entityNames(world));
  // The people were there before anybody kept versions: they are written once more.
  for (const table of ['business_unit', 'user', 'team', 'team_member'])
    await world.sql(`update "${table}" set id = id`);
  await world.sql('update _user_role set role = role');
  await troubles(world);
  const office = openOffice(world);
  const wholeModel = async () => {
    const { solution } = await openOrganisation(world.database, name);
    return openModel(buildWholeBundle(solution));
  };
  return {
    business: fieldServiceBusiness,
    people: world.people,
    logins,
    device: (person) => world.device(person),
    stock: (morning) => stock(world, morning),
    office: (when, weather) => office.act(when, weather),
    backup: () => backUp(world, versions),
    officeRests: () => office.rests(),
    repair: () => repairTroubles(world),
    scopeOf: async (person) => ({
      scope: await scopeOf(world, person),
      model: (await world.whois(person)).model,
    }),
    scopeAt: async (person, cursor, model) => {
      const { all, user } = await versions.everythingAt(snapshotOf(cursor), model, person.id);
      return user === null ? null : scopeIn(all, model, user, fieldService.hierarchy);
    },
    wholeModel,
    ledger: () => ledgerOf(world.sql),
    counters: async () =>
      new Map(
        (await world.sql('select id, last_seq from _device')).map(({ id, last_seq: last }) => [
          String(id),
          Number(last),
        ]),
      ),
    writes: async () => versions.writes(await wholeModel()),
    close: async () => {
      await office.close();
      await world.close();
    },
  };
}

function entityNames(world: SimWorld): readonly string[] {
  return world.organisation.entities.map((entity) => entity.name);
}

/** By the server's own commands, while nobody is served: into a file, and from there into a new organisation of the same name. */
async function backUp(world: SimWorld, versions: Versions): Promise<() => Promise<void>> {
  const { database } = world;
  const { name, schema } = world.organisation;
  const folder = await mkdtemp(join(tmpdir(), 'satchel-backup-'));
  const voice = { say: () => undefined, progress: () => undefined, warn: () => undefined };
  const kept = await world.alone(async () => {
    const organisation = await openOrganisation(database, name);
    await backup({ organisation, database, voice, cwd: folder }, ['backup.gz']);
    return versions.count();
  });
  return () =>
    world.alone(async () => {
      await database.write(async (tx) => {
        await tx.rows(`drop schema "${schema}" cascade`);
        await tx.rows(sql`delete from "satchel"."organisation" where name = ${name}`);
      });
      const outcome = await restore({ database, voice, cwd: folder }, ['backup.gz'], {});
      if (!('ok' in outcome) || !outcome.ok) throw new Error('the backup was not restored');
      await versions.forgetAfter(kept);
      await versions.watch(entityNames(world));
      await troubles(world);
      await rm(folder, { recursive: true, force: true });
    });
}

/** Accounts, orders with tasks. */
async function stock(world: SimWorld, chance: Chance): Promise<void> {
  await world.sql(
    `insert into account (id, name, status) select md5('account' || n)::uuid, 'Account ' || n, 'active' from generate_series(1, 8) n`,
  );
  for (let index = 0; index < orders; index += 1)
    await world.sql(
      `insert into work_order (id, title, status, priority, owner, account, team, labour_minutes)
       select md5('order' || $3)::uuid, $1, 'open', '3', $2,
         (select id from account order by md5(id::text || $3) limit 1), (select id from team order by md5(id::text || $3) limit 1), 0`,
      [`Order ${index}`, chance.pick(world.people).id, String(index)],
    );
  await world.sql(
    `insert into work_order_task (id, title, work_order, status)
     select md5(id::text || n)::uuid, 'Task ' || n, id, 'to_do' from work_order, generate_series(1, 2) n`,
  );
}
