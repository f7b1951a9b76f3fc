// What other people and programs do in a run on the real server, straight in SQL: they write rows, some slowly and some in vain, move people, publish,
// forget the log. Every act stands for something an organisation does.
import pg from 'pg';
import { openOrganisation, publish, pruneChangeLog } from '@satchel/server';
import type { Solution } from '@satchel/model';
import type { Chance } from './chance.ts';
import type { Weather } from './stage.ts';
import type { SimWorld } from './world.ts';

export interface Office {
  act(chance: Chance, weather: Weather): Promise<string>;
  rests(): Promise<void>;
  close(): Promise<void>;
}

type Act = (office: Desk, chance: Chance) => Promise<string>;

/** What an act has at hand. */
interface Desk {
  readonly world: SimWorld;
  sql(text: string, values: readonly unknown[]): Promise<unknown>;
}

/** How long a slow transaction stays open, milliseconds: longer than a pull takes, so that pulls fall into it. */
const slowMs = 25;

export function openOffice(world: SimWorld): Office {
  const pool = new pg.Pool({
    connectionString: world.database.url,
    max: 4,
    options: `-c search_path=${world.organisation.schema}`,
  });
  const slow = new Set<Promise<void>>();
  const deskOn = (client: pg.Pool | pg.PoolClient): Desk => ({
    world,
    sql: async (text, values) => (await client.query(text, [...values])).rows,
  });
  const takeTime = async (act: Act, chance: Chance, ends: 'commit' | 'rollback'): Promise<void> => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query('savepoint here');
      await act(deskOn(client), chance);
      await client.query('release savepoint here');
      await client.query('select pg_sleep($1)', [slowMs / 1_000]);
      await client.query(ends);
    } catch (error) {
      await client.query('rollback');
      if (!isGivingWay(error)) throw error;
    } finally {
      client.release();
    }
  };
  return {
    async act(chance, weather) {
      const acts = [
        ...rowActs,
        ...(weather.movesPeople ? moves : []),
        ...(weather.hasUpheaval ? upheavals : []),
      ];
      if (chance.happens(0.2)) {
        const ends = chance.happens(0.7) ? 'commit' : 'rollback';
        const work = takeTime(chance.pick(rowActs), chance.fork(), ends).finally(() => slow.delete(work));
        slow.add(work);
        return `slowly, in the end a ${ends}`;
      }
      try {
        return await chance.pick(acts)(deskOn(pool), chance);
      } catch (error) {
        if (!isGivingWay(error)) throw error;
        return 'gave way';
      }
    },
    rests: async () => {
      await Promise.all(slow);
    },
    close: async () => {
      await Promise.all(slow);
      await pool.end();
    },
  };
}

/** PostgreSQL chose this transaction to end a deadlock, or it waited for a lock too long. */
function isGivingWay(error: unknown): boolean {
  return ['40P01', '40001', '55P03'].includes(String((error as { code?: string }).code));
}

const anyOrder = 'select id from work_order order by md5(id::text || $1) limit 1';

const rowActs: readonly Act[] = [
  async ({ sql }, chance) => {
    const priority = String(1 + chance.below(4));
    await sql(`update work_order set priority = $2 where id = (${anyOrder})`, [salt(chance), priority]);
    return `set priority ${priority}`;
  },
  async ({ sql, world }, chance) => {
    const person = chance.pick(world.people);
    await sql(`update work_order set owner = $2 where id = (${anyOrder})`, [salt(chance), person.id]);
    return `give to ${person.login}`;
  },
  async ({ sql }, chance) => {
    await sql(
      `update work_order set team = (select id from team order by md5(id::text || $1) limit 1) where id = (${anyOrder})`,
      [salt(chance)],
    );
    return 'move to a team';
  },
  async ({ sql }, chance) => {
    await sql(
      `update work_order set labour_minutes = coalesce(labour_minutes, 0) + $2 where id = (${anyOrder})`,
      [salt(chance), 1 + chance.below(20)],
    );
    return 'add minutes';
  },
  async ({ sql }, chance) => {
    await sql(`update work_order set status = 'closed' where id = (${anyOrder})`, [salt(chance)]);
    return 'close';
  },
  async ({ sql }, chance) => {
    await sql(`delete from work_order where id = (${anyOrder})`, [salt(chance)]);
    return 'delete an order with what hangs on it';
  },
  async ({ sql }, chance) => {
    await sql(
      `insert into work_order_task (id, title, work_order, status)
       select md5(id::text || $1)::uuid, 'From the office', id, 'to_do' from (${anyOrder}) o`,
      [salt(chance)],
    );
    return 'add a task';
  },
  async ({ sql, world }, chance) => {
    await sql(
      `insert into work_order (id, title, status, priority, owner, account, team, labour_minutes)
       select md5($1)::uuid, 'New ' || $1, 'open', '3', $2,
         (select id from account order by md5(id::text || $1) limit 1), (select id from team order by md5(id::text || $1) limit 1), 0`,
      [salt(chance), chance.pick(world.people).id],
    );
    return 'a new order';
  },
  async ({ sql }, chance) => {
    await sql(
      `update work_order set account = (select id from account order by md5(id::text || $1) limit 1) where id = (${anyOrder})`,
      [salt(chance)],
    );
    return 'another account';
  },
  async ({ sql }, chance) => {
    const code = chance.pick(troubleCodes);
    await sql(
      `insert into _sim_trouble (id, code) select id, $2 from (${anyOrder}) o on conflict (id) do update set code = excluded.code`,
      [salt(chance), code],
    );
    return `an order is in trouble, ${code}`;
  },
  async ({ world }) => {
    await repairTroubles(world);
    return 'troubles pass';
  },
  async ({ sql }, chance) => {
    await sql(
      `update work_order_task set work_order = (${anyOrder}) where id = (select id from work_order_task order by md5(id::text || $1) limit 1)`,
      [salt(chance)],
    );
    return 'a task goes to another order';
  },
];

/** The codes with which the database fails a write of an order in trouble: one that may pass, and one that nobody foresaw. */
const troubleCodes = ['40001', 'XX001'] as const;

/** Writes of devices fail as long as their order is in this table. */
export async function troubles(world: Pick<SimWorld, 'sql'>): Promise<void> {
  await world.sql(`create table _sim_trouble (id uuid primary key, code text not null);
    create function _sim_fail() returns trigger language plpgsql as $$
    declare trouble text;
    begin
      select code into trouble from _sim_trouble t where t.id = new.id;
      if trouble is not null and coalesce(current_setting('satchel.user', true), '') <> '' then raise exception using errcode = trouble, message = 'in trouble'; end if;
      return new;
    end $$;
    alter function _sim_fail() set search_path from current;
    create trigger "_sim_fail" before update on work_order for each row execute function _sim_fail()`);
}

/** What may pass has passed; what nobody foresaw goes on for ever. */
export async function repairTroubles(world: Pick<SimWorld, 'sql'>): Promise<void> {
  await world.sql('delete from _sim_trouble where code = $1', [troubleCodes[0]]);
}

const moves: readonly Act[] = [
  async ({ sql, world }, chance) => {
    const person = anyTechnician(world, chance);
    await sql(
      `update team_member m set team = t.id from (select id from team order by md5(id::text || $1) limit 1) t
       where m.id = (select id from team_member where "user" = $2 order by id limit 1)
         and not exists (select 1 from team_member o where o."user" = $2 and o.team = t.id)`,
      [salt(chance), person.id],
    );
    return `${person.login} changes team`;
  },
  async ({ sql, world }, chance) => {
    const person = anyTechnician(world, chance);
    await sql(`delete from team_member where "user" = $1`, [person.id]);
    return `${person.login} leaves the team`;
  },
  async ({ sql, world }, chance) => {
    const person = anyTechnician(world, chance);
    await sql(
      `insert into team_member (id, team, "user") select md5($1)::uuid, t.id, $2 from team t
       where not exists (select 1 from team_member m where m."user" = $2 and m.team = t.id) order by md5(t.id::text || $1) limit 1`,
      [salt(chance), person.id],
    );
    return `${person.login} joins a team`;
  },
  async ({ sql, world }, chance) => {
    const person = anyTechnician(world, chance);
    await sql(
      `update "user" set business_unit = (select id from business_unit order by md5(id::text || $1) limit 1) where id = $2`,
      [salt(chance), person.id],
    );
    return `${person.login} changes unit`;
  },
  async ({ sql, world }, chance) => {
    const person = anyTechnician(world, chance);
    const role = chance.pick(['technician', 'dispatcher']);
    const other = role === 'technician' ? 'dispatcher' : 'technician';
    await sql(
      `with gone as (delete from _user_role where user_id = $1 and role = $3) insert into _user_role values ($1, $2) on conflict do nothing`,
      [person.id, role, other],
    );
    return `${person.login} is a ${role} now`;
  },
  async ({ sql, world }, chance) => {
    const [one, two] = [anyTechnician(world, chance), chance.pick(world.people)];
    await sql('update "user" set manager = $2 where id = $1', [one.id, one.id === two.id ? null : two.id]);
    return `${one.login} has another manager`;
  },
];

const upheavals: readonly Act[] = [
  async ({ world }, chance) => {
    const { solution } = await openOrganisation(world.database, world.organisation.name);
    await publish(world.database, world.organisation.name, withField(solution, `extra_${chance.below(1e6)}`));
    return 'a new version with a new field is published';
  },
  async ({ world }, chance) => {
    const { solution } = await openOrganisation(world.database, world.organisation.name);
    const more = chance.pick(["record.priority != '4'", "record.status != 'on_hold'"]);
    await publish(world.database, world.organisation.name, withFilter(solution, more));
    return 'technicians carry other orders';
  },
  async ({ world }) => {
    const organisation = await openOrganisation(world.database, world.organisation.name);
    const forgotten = await pruneChangeLog(world.database, organisation, 10);
    return `${forgotten} changes are forgotten`;
  },
];

/** The next version: work orders have one more field. */
function withField(solution: Solution, name: string): Solution {
  const entities = solution.entities.map((entity) =>
    entity.name === 'work_order'
      ? { ...entity, fields: { ...entity.fields, [name]: { type: 'text' as const, label: 'Extra' } } }
      : entity,
  );
  return { ...solution, entities, schemaVersion: solution.schemaVersion + 1 };
}

/** The next version: the profile of technicians asks for something more of an order. */
function withFilter(solution: Solution, more: string): Solution {
  const profiles = solution.profiles.map((profile) =>
    profile.name === 'technician'
      ? {
          ...profile,
          entities: profile.entities.map((part) =>
            part.entity === 'work_order' && typeof part.rows === 'object'
              ? { ...part, rows: { where: `(${part.rows.where.split(' && record.')[0] ?? ''}) && ${more}` } }
              : part,
          ),
        }
      : profile,
  );
  return { ...solution, profiles, schemaVersion: solution.schemaVersion + 1 };
}

function anyTechnician(world: SimWorld, chance: Chance) {
  return chance.pick(world.people.filter((each) => each.role === 'technician'));
}

function salt(chance: Chance): string {
  return String(chance.below(1e9));
}
