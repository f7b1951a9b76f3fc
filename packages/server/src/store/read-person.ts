// Who a person is at this moment: units, teams, roles, and who stands below. One statement whose text is the same for everybody in an organisation.
import { sql, type Hierarchy, type Sql, type UserContext } from '@satchel/model';

export interface Person {
  readonly user: UserContext;
  readonly isActive: boolean;
}

/** Whatever runs one statement; its text is the same for everybody. */
export interface Reader {
  rows<T extends object>(statement: Sql): Promise<T[]>;
}

type Table = (name: string) => Sql;

/** Null where there is no such person. */
export async function readPerson(
  tx: Reader,
  table: Table,
  hierarchy: Hierarchy | undefined,
  userId: string,
): Promise<Person | null> {
  const [row] = await tx.rows<UserRow>(
    sql`with recursive units as (
          select u."business_unit" as id from ${table('user')} u where u.id = ${userId}::uuid and u."business_unit" is not null
          union select b.id from ${table('business_unit')} b join units on b."parent" = units.id),
        ${peopleBelow(table, hierarchy, userId)},
        owners_below as (
          select id, level from people_below
          union select m."team", p.level from people_below p join ${table('team_member')} m on m."user" = p.id)
        select u.id, u."login", u."name", u."business_unit" as unit, u."active",
          array(select id::text from units order by 1) as units,
          array(select m."team"::text from ${table('team_member')} m where m."user" = u.id order by 1) as teams,
          array(select r.role from ${table('_user_role')} r where r.user_id = u.id order by 1) as roles,
          array(select distinct id::text from owners_below order by 1) as below,
          array(select distinct id::text from owners_below where level = 1 order by 1) as reports
        from ${table('user')} u where u.id = ${userId}::uuid`,
  );
  if (row === undefined) return null;
  const { id, login, name, unit, units, teams, roles, active, below, reports } = row;
  const known = { id, login: login ?? '', name: name ?? '' };
  const hasBelow = below.length > 0;
  return {
    user: {
      ...known,
      businessUnit: unit,
      businessUnits: units,
      teams,
      roles,
      ...(hasBelow ? { below, reports } : {}),
    },
    isActive: active !== false,
  };
}

/**
 * `people_below (id, level)`, for a `with recursive`. Levels are counted, so that a circle in the data ends; whoever stands in one has the others of
 * it below, and never himself.
 */
function peopleBelow(table: Table, hierarchy: Hierarchy | undefined, userId: string): Sql {
  if (hierarchy === undefined) return sql`people_below as (select null::uuid as id, 0 as level where false)`;
  const { kind, levels } = hierarchy;
  if (kind === 'manager')
    return sql`people_below as (
      select r.id, 1 as level from ${table('user')} r where r."manager" = ${userId}::uuid and r.id <> ${userId}::uuid
      union select r.id, p.level + 1 from people_below p join ${table('user')} r on r."manager" = p.id
        where p.level < ${levels}::int and r.id <> ${userId}::uuid)`;
  const mine = sql`(select u."position" from ${table('user')} u where u.id = ${userId}::uuid)`;
  return sql`places_below as (
      select p.id, 1 as level from ${table('position')} p where p."parent" = ${mine} and p.id <> ${mine}
      union select p.id, b.level + 1 from places_below b join ${table('position')} p on p."parent" = b.id
        where b.level < ${levels}::int and p.id <> ${mine}),
    people_below as (
      select r.id, b.level from places_below b join ${table('user')} r on r."position" = b.id)`;
}

interface UserRow {
  readonly id: string;
  readonly active: boolean | null;
  readonly login: string | null;
  readonly name: string | null;
  readonly unit: string | null;
  readonly units: string[];
  readonly teams: string[];
  readonly roles: string[];
  readonly below: string[];
  readonly reports: string[];
}
