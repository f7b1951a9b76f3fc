// The hierarchy on random organisations, circles included: who is below whom, what that lets people read in SQL and in JS, and that a change of it
// reaches a device.
import { randomUUID } from 'node:crypto';
import {
  ident,
  permits,
  positionField,
  position,
  sql,
  user as plainUser,
  type Depth,
  type Entity,
  type Hierarchy,
  type OwnerFacts,
  type Row,
  type Solution,
} from '@satchel/model';
import { afterEach, describe, expect, it } from 'vitest';
import { depot } from '../testing/depot.ts';
import { makeDevice, makeWorld, people, tableRows, type World } from '../testing/world.ts';
import { readable } from './read-permission.ts';

const now = '2026-11-21T09:00:00.000Z';
const depths: readonly Depth[] = ['own', 'team', 'unit', 'organisation'];
const levels = 2;
let world: World;
afterEach(() => world.close());

/** The depot with vans, which teams own, one role for each depth, and this hierarchy. */
function ranked(hierarchy: Hierarchy): Solution {
  const van: Entity = {
    name: 'van',
    label: 'Van',
    labelPlural: 'Vans',
    icon: 'car',
    ownership: 'team',
    titleField: 'name',
    fields: { name: { type: 'text', label: 'Name' } },
  };
  const isByPosition = hierarchy.kind === 'position';
  const placed: Entity = { ...plainUser, fields: { ...plainUser.fields, position: positionField } };
  const all = { create: 'none', read: 'organisation', update: 'none', delete: 'none' } as const;
  const directory = { user: all, team: all, business_unit: all };
  return {
    ...depot,
    hierarchy,
    entities: [
      ...depot.entities.map((entity) => (entity.name === 'user' && isByPosition ? placed : entity)),
      ...(isByPosition ? [position] : []),
      van,
    ],
    roles: [
      ...depot.roles,
      ...depths.map((depth) => ({
        name: `to_${depth}`,
        label: depth,
        privileges: {
          ...directory,
          job: { create: depth, read: depth, update: depth, delete: depth },
          van: { create: depth, read: depth, update: depth, delete: depth },
        },
      })),
    ],
  };
}

function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Who stands under whom at how many steps, by walking up from each person: the way the statement does not go. */
function levelsAbove(up: ReadonlyMap<string, string | null>, from: string | null): readonly string[] {
  const trail: string[] = [];
  let at = from === null ? null : (up.get(from) ?? null);
  while (at !== null && trail.length < levels) {
    trail.push(at);
    at = up.get(at) ?? null;
  }
  return trail;
}

async function random(kind: Hierarchy['kind'], seed: number) {
  world = await makeWorld(ranked({ kind, levels }));
  const roll = dice(seed);
  const of = <T>(items: readonly T[]): T => items[roll(items.length)] as T;
  const count = 14;
  const ids = Array.from({ length: count }, () => randomUUID());
  const places = Array.from({ length: 6 }, () => randomUUID());
  for (const id of kind === 'position' ? places : [])
    await world.sql(`insert into {s}.position (id, name) values ('${id}', 'P')`);
  for (const id of kind === 'position' ? places : [])
    if (roll(5) > 0) await world.sql(`update {s}.position set parent = '${of(places)}' where id = '${id}'`);
  for (const [index, id] of ids.entries()) {
    await world.sql(
      `insert into {s}."user" (id, name, login, business_unit) values ('${id}', 'N', 'n${index}', '${of([people.north, people.northEnd])}');
       insert into {s}._user_role (user_id, role) values ('${id}', 'to_${String(depths[index % depths.length])}')`,
    );
    if (roll(2) === 0)
      await world.sql(
        `insert into {s}.team_member (team, "user") values ('${of([people.red, people.blue])}', '${id}')`,
      );
  }
  for (const id of ids) {
    const [field, value] = kind === 'manager' ? ['manager', of(ids)] : ['position', of(places)];
    if (roll(5) > 0) await world.sql(`update {s}."user" set ${field} = '${value}' where id = '${id}'`);
    await world.sql(`insert into {s}.job (title, owner) values ('t', '${id}')`);
  }
  await world.sql(
    `insert into {s}.van (name, owner) select 'v', id from {s}.team; insert into {s}.job (title) values ('nobody')`,
  );
  return ids;
}

/** By owner: the person's unit and teams, and the owners two above and one above, told from the rows alone. */
async function facts(kind: Hierarchy['kind']) {
  const users = [...(await tableRows(world, 'user')).values()];
  const members = [...(await tableRows(world, 'team_member')).values()];
  const text = (row: Row, name: string) => (typeof row[name] === 'string' ? row[name] : null);
  const places = kind === 'position' ? [...(await tableRows(world, 'position')).values()] : users;
  const up = new Map(
    places.map((row) => [String(row['id']), text(row, kind === 'manager' ? 'manager' : 'parent')]),
  );
  const placeOf = new Map(
    users.map((row) => [String(row['id']), kind === 'manager' ? String(row['id']) : text(row, 'position')]),
  );
  const below = (me: string, most: number) => {
    const mine = placeOf.get(me) ?? null;
    if (mine === null) return new Set<string>();
    const under = users
      .map((row) => String(row['id']))
      .filter((id) => {
        const place = placeOf.get(id) ?? null;
        const trail = levelsAbove(up, place).slice(0, most);
        return id !== me && place !== mine && trail.includes(mine);
      });
    const teams = members
      .filter((link) => under.includes(String(link['user'])))
      .map((link) => String(link['team']));
    return new Set([...under, ...teams]);
  };
  const owner = (id: string): OwnerFacts => {
    const unit = users.find((row) => row['id'] === id)?.['business_unit'];
    const teams = members.filter((link) => link['user'] === id).map((link) => String(link['team']));
    return { businessUnit: typeof unit === 'string' ? unit : null, teams };
  };
  return { below, owner };
}

describe('hierarchy', () => {
  it.each([
    ['manager', 1],
    ['manager', 2],
    ['position', 3],
    ['position', 4],
  ] as const)(
    '[PERM-7] by %s: SQL and JS let the same people read the same records, circles or not (seed %i)',
    async (kind, seed) => {
      const ids = await random(kind, seed);
      const { below, owner } = await facts(kind);
      for (const id of ids) {
        const user = await world.person(id);
        expect(new Set(user.below)).toEqual(below(id, levels));
        expect(new Set(user.reports)).toEqual(below(id, 1));
        const bundle = world.organisation.bundleFor(user.roles);
        for (const name of ['job', 'van']) {
          const entity = world.organisation.model.entity(name);
          const condition = readable(world.organisation, bundle, user, name, ident('r'));
          const rows = await world.database.rows<{ id: string }>(
            sql`select r.id from ${world.organisation.table(name)} r where ${condition} order by r.id`,
          );
          const allowed = [...(await tableRows(world, name)).values()].filter((row) =>
            permits(bundle.privileges, 'read', entity, row, user, owner(String(row['owner']))),
          );
          expect(rows.map((row) => row.id)).toEqual(allowed.map((row) => row['id']));
        }
      }
    },
  );

  it.each([
    ['manager', `update {s}."user" set manager = $2 where id = $1`],
    ['position', `update {s}."user" set position = $2 where id = $1`],
  ] as const)(
    '[SCOPE-7] by %s: a change of it reaches devices with one sync, both ways',
    async (kind, change) => {
      world = await makeWorld(ranked({ kind, levels }));
      const [top, low] = [randomUUID(), randomUUID()];
      if (kind === 'position') {
        await world.sql(`insert into {s}.position (id, name) values ('${top}', 'Top')`);
        await world.sql(`insert into {s}.position (id, name, parent) values ('${low}', 'Low', '${top}')`);
        await world.sql(change, [people.dan, top]);
      }
      const job = randomUUID();
      await world.sql(`insert into {s}.job (id, title, owner) values ('${job}', 't', '${people.ada}')`);
      const device = await makeDevice(world, people.dan);
      await device.download(now);
      const holds = () => device.rows.get('job')?.has(job) ?? false;
      expect(holds()).toBe(false);
      await world.sql(change, [people.ada, kind === 'manager' ? people.dan : low]);
      await device.sync(now);
      expect(holds()).toBe(true);
      await world.sql(`update {s}.job set title = 'u' where id = '${job}'`);
      expect((await device.pull(now)).differing).toEqual([]);
      expect(device.rows.get('job')?.get(job)?.['title']).toBe('u');
      await world.sql(change, [people.ada, null]);
      await device.sync(now);
      expect(holds()).toBe(false);
    },
  );
});
