// Who may do what to which record, in JS. The server compiles the same rules to SQL for sets of rows; both follow this table:
//   own           the owner is the person (of a record owned by a team: one of the person's teams)
//   team          own, or the owner is a member of one of the person's teams
//   unit          team, or the owner's business unit is the person's or below it
// Where the organisation has a hierarchy, each of these three reaches besides, for reading, what people below own or the teams they belong to; for
// updating, what those just one level below do.
//   organisation  every record; the only depth that reaches entities owned by the organisation as a whole
import type { UserContext } from './directory.ts';
import type { Entity } from './entity.ts';
import { personalPrivileges } from './personal.ts';
import { deeper, type Depth, type Privileges } from './role.ts';
import type { Row } from './value.ts';

export type Action = keyof Privileges;

/** What must be known of a record's owner. 'unknown' on a device that does not carry the owner: then it is allowed here and the server decides. */
export type OwnerFacts =
  { readonly businessUnit: string | null; readonly teams: readonly string[] } | 'unknown';

/**
 * What a person's roles allow together on each entity; links of many-to-many relationships included where no role names them, and what the engine
 * keeps for each person who has any role.
 */
export function effectivePrivileges(
  united: Readonly<Record<string, Privileges>>,
  entities: readonly Entity[],
): Readonly<Record<string, Privileges>> {
  const links = entities.filter((entity) => entity.intersect && united[entity.name] === undefined);
  const personal = Object.keys(united).length === 0 ? [] : entities.filter((entity) => entity.personal);
  return {
    ...united,
    ...Object.fromEntries(links.map((link) => [link.name, linkPrivileges(united, link)])),
    ...Object.fromEntries(personal.map(({ name }) => [name, personalPrivileges[name] ?? nothing])),
  };
}

/** How far the person may read an entity. A link is readable by whoever may read both its ends to any depth. */
export function readDepth(privileges: Readonly<Record<string, Privileges>>, entity: Entity): Depth {
  const own = privileges[entity.name];
  if (own !== undefined) return own.read;
  return entity.intersect ? linkPrivileges(privileges, entity).read : 'none';
}

/** May this person do this to this record? For an update ask twice: of the row before and of the row after. */
export function permits(
  privileges: Readonly<Record<string, Privileges>>,
  action: Action,
  entity: Entity,
  row: Row,
  user: UserContext,
  owner: OwnerFacts,
): boolean {
  const depth =
    action === 'read'
      ? readDepth(privileges, entity)
      : (privileges[entity.name] ?? linkOrNone(privileges, entity))[action];
  if (depth === 'none') return false;
  if (depth === 'organisation') return true;
  if (entity.ownership === 'organisation') return false;
  const ownerId = row['owner'] ?? null;
  if (typeof ownerId !== 'string') return false;
  const isOwn = entity.ownership === 'user' ? ownerId === user.id : user.teams.includes(ownerId);
  if (entity.personal) return isOwn;
  const below = action === 'read' ? user.below : action === 'update' ? user.reports : undefined;
  if (isOwn || below?.includes(ownerId)) return true;
  if (depth === 'own') return false;
  if (owner === 'unknown') return true;
  if (entity.ownership === 'user' && owner.teams.some((team) => user.teams.includes(team))) return true;
  return depth === 'unit' && owner.businessUnit !== null && user.businessUnits.includes(owner.businessUnit);
}

function linkOrNone(privileges: Readonly<Record<string, Privileges>>, entity: Entity): Privileges {
  return entity.intersect ? linkPrivileges(privileges, entity) : nothing;
}

const nothing: Privileges = { create: 'none', read: 'none', update: 'none', delete: 'none' };

/** Reading a link needs reading both ends; making or cutting one needs changing both ends to any record of theirs. */
function linkPrivileges(privileges: Readonly<Record<string, Privileges>>, link: Entity): Privileges {
  const ends = Object.values(link.fields).flatMap((field) => (field.type === 'lookup' ? field.to : []));
  const canReadBoth = ends.every((end) => (privileges[end] ?? nothing).read !== 'none');
  const write = ends.map((end) => (privileges[end] ?? nothing).update).reduce(shallower);
  const change: Depth = write === 'organisation' ? 'organisation' : 'none';
  return { create: change, read: canReadBoth ? 'organisation' : 'none', update: change, delete: change };
}

function shallower(a: Depth, b: Depth): Depth {
  return deeper(a, b) === a ? b : a;
}
