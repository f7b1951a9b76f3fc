// Which rows a person may read, as a condition in SQL. The same table of depths as packages/model/src/permission.ts, which tells it row by row.
import {
  anyOf,
  ident,
  joinSql,
  qualified,
  readDepth,
  sql,
  type Bundle,
  type Sql,
  type UserContext,
} from '@satchel/model';
import type { Organisation } from '../store/organisation.ts';

/** True of the rows of `entity` (under `alias`) that this person may read; false for an entity the bundle does not have. */
export function readable(
  organisation: Pick<Organisation, 'table'>,
  bundle: Pick<Bundle, 'entities' | 'privileges'>,
  user: UserContext,
  entityName: string,
  alias: Sql,
): Sql {
  const entity = bundle.entities.find((each) => each.name === entityName);
  if (entity === undefined) return anyOf([]);
  const depth = readDepth(bundle.privileges, entity);
  if (depth === 'organisation') return sql`true`;
  if (depth === 'none' || entity.ownership === 'organisation') return anyOf([]);
  const owner = qualified(alias, 'owner');
  if (entity.personal) return sql`${owner} = ${user.id}::uuid`;
  const table = (name: string) => organisation.table(name);
  const unitMembers = (name: string) =>
    sql`select o.${ident('id')} from ${table(name)} o where o.${ident('business_unit')} = any(${user.businessUnits}::uuid[])`;
  const below = user.below ?? [];
  if (entity.ownership === 'team') {
    const own = sql`select unnest(${[...user.teams, ...below]}::uuid[])`;
    return sql`${owner} in (${depth === 'unit' ? joinSql([own, unitMembers('team')], ' union all ') : own})`;
  }
  const teamMates = sql`select m.${ident('user')} from ${table('team_member')} m where m.${ident('team')} = any(${user.teams}::uuid[])`;
  const self =
    below.length === 0 ? sql`select ${user.id}::uuid` : sql`select unnest(${[user.id, ...below]}::uuid[])`;
  switch (depth) {
    case 'own':
      return below.length === 0
        ? sql`${owner} = ${user.id}::uuid`
        : sql`${owner} = any(${[user.id, ...below]}::uuid[])`;
    case 'team':
      return sql`${owner} in (${joinSql([self, teamMates], ' union all ')})`;
    case 'unit':
      return sql`${owner} in (${joinSql([self, teamMates, unitMembers('user')], ' union all ')})`;
  }
}
