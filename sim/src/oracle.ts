// What a person may hold, worked out the slow and plain way: all rows of all tables, every condition evaluated in JS. It shares nothing with
// the server's compiled scope but the model and the evaluator.
import {
  evaluate,
  permits,
  type Model,
  type OwnerFacts,
  type RecordId,
  type StepRule,
  type Row,
  type Solution,
  type UserContext,
} from '@satchel/model';
import { stored, toldRows, type RowsByEntity } from './rows.ts';
import type { Character, SimDevice, SimWorld } from './world.ts';

export type { RowsByEntity } from './rows.ts';

/** The rows that the person's profile and rights give now, by entity and id; only the columns of the model, and `_rev`. */
export async function scopeOf(world: SimWorld, person: Character): Promise<RowsByEntity> {
  const { user, model } = await world.whois(person);
  const all = await readEverything(world, model);
  return scopeIn(all, model, user, world.organisation.solution.hierarchy);
}

/** The same over these rows of all entities, whenever they stood so. */
export function scopeIn(
  all: RowsByEntity,
  model: Model,
  user: UserContext,
  hierarchy: Solution['hierarchy'],
): RowsByEntity {
  const asked = { ...user, ...ownersBelow(hierarchy, all, user.id) };
  const scope = new Map<string, Map<RecordId, Row>>();
  for (const { name } of model.carriedEntities()) scope.set(name, new Map());
  // Related rules may build on each other: repeated until nothing is added, which is slow and needs no order.
  for (let isGrowing = true; isGrowing;) {
    isGrowing = false;
    for (const [entity, held] of scope) {
      for (const [id, row] of all.get(entity) ?? []) {
        if (held.has(id) || !isMeant(model, asked, all, scope, entity, row)) continue;
        held.set(id, row);
        isGrowing = true;
      }
    }
  }
  return scope;
}

/** What the device has of the server's rows, as it stands in its cache. Records with pending work are left out. */
export function heldBy(device: SimDevice, model: Model): RowsByEntity {
  return toldRows(device.storage().cache, model);
}

/** Every difference, in words; empty when the device holds exactly the scope. */
export function differences(held: RowsByEntity, scope: RowsByEntity, model: Model): readonly string[] {
  const found: string[] = [];
  for (const [entity, wanted] of scope) {
    const had = held.get(entity) ?? new Map<RecordId, Row>();
    for (const id of had.keys()) if (!wanted.has(id)) found.push(`${entity} ${id}: held, not in scope`);
    for (const [id, row] of wanted) {
      const mine = had.get(id);
      if (mine === undefined) found.push(`${entity} ${id}: in scope, not held`);
      else found.push(...fieldDifferences(entity, id, mine, row, model));
    }
  }
  return found;
}

function fieldDifferences(
  entity: string,
  id: RecordId,
  mine: Row,
  row: Row,
  model: Model,
): readonly string[] {
  return [...Object.keys(model.fields(entity)), '_rev'].flatMap((name) => {
    const [have, want] = [stored(mine[name]), stored(row[name])];
    return have === want ? [] : [`${entity} ${id}.${name}: ${String(have)}, the server has ${String(want)}`];
  });
}

async function readEverything(world: SimWorld, model: Model): Promise<Map<string, Map<RecordId, Row>>> {
  const all = new Map<string, Map<RecordId, Row>>();
  await world.database.read(async (tx) => {
    for (const { name } of model.bundle.entities) {
      const columns = [...Object.keys(model.fields(name)), '_rev'].map((column) => `"${column}"`).join(', ');
      const rows = await tx.rows<Row>(`select ${columns} from "${world.organisation.schema}"."${name}"`);
      all.set(name, new Map(rows.map((row) => [String(row['id']), row])));
    }
  });
  return all;
}

/** Whose records the person sees by the hierarchy: everybody is asked who is above, step by step. */
function ownersBelow(
  hierarchy: Solution['hierarchy'],
  all: ReadonlyMap<string, ReadonlyMap<RecordId, Row>>,
  me: RecordId,
): Pick<UserContext, 'below' | 'reports'> {
  const users = all.get('user') ?? new Map<RecordId, Row>();
  const text = (row: Row | undefined, name: string) => (typeof row?.[name] === 'string' ? row[name] : null);
  const placeOf = (id: RecordId) => (hierarchy?.kind === 'position' ? text(users.get(id), 'position') : id);
  const above = (place: string) =>
    hierarchy?.kind === 'position'
      ? text(all.get('position')?.get(place), 'parent')
      : text(users.get(place), 'manager');
  const mine = placeOf(me);
  const within = (levels: number): readonly string[] => {
    const people = [...users.keys()].filter((id) => {
      let place = placeOf(id);
      if (mine === null || place === mine) return false;
      for (let level = 0; level < levels && place !== null; level += 1) {
        place = above(place);
        if (place === mine) return true;
      }
      return false;
    });
    const links = [...(all.get('team_member')?.values() ?? [])];
    const teams = links.filter((link) => people.includes(String(link['user'])));
    return [...people, ...teams.map((link) => String(link['team']))];
  };
  return { below: within(hierarchy?.levels ?? 0), reports: within(hierarchy === undefined ? 0 : 1) };
}

function isMeant(
  model: Model,
  user: UserContext,
  all: ReadonlyMap<string, ReadonlyMap<RecordId, Row>>,
  scope: RowsByEntity,
  entity: string,
  row: Row,
): boolean {
  const definition = model.entity(entity);
  const owner = ownerFacts(all, row);
  if (!permits(model.bundle.privileges, 'read', definition, row, user, owner)) return false;
  const part = model.profileEntity(entity);
  if (part === undefined) return false;
  if (part.rows === 'all') return true;
  if (part.rows !== 'related') {
    const follow = (from: Row, field: string) => followLookup(model, all, entity, from, field);
    const now = new Date().toISOString();
    const tree = model.expression(entity, part.rows.where);
    if (evaluate(tree, { user, now, follow, record: row }) === true) return true;
  }
  return (part.related ?? []).some((rule) => hangsOn(rule, scope, entity, row));
}

function hangsOn(rule: StepRule, scope: RowsByEntity, entity: string, row: Row): boolean {
  const others = scope.get(rule.entity) ?? new Map<RecordId, Row>();
  const id = String(row['id']);
  if (rule.kind === 'target')
    return [...others.values()].some(
      (other) => other[rule.field] === id || other[rule.field] === `${entity}/${id}`,
    );
  const to = row[rule.field];
  if (typeof to !== 'string') return false;
  const [prefix, rest] = to.includes('/') ? to.split('/') : [rule.entity, to];
  return prefix === rule.entity && others.has(String(rest));
}

function followLookup(
  model: Model,
  all: ReadonlyMap<string, ReadonlyMap<RecordId, Row>>,
  entity: string,
  row: Row,
  name: string,
): Row | null {
  const field = model.field(entity, name);
  const id = row[name];
  if (field?.type !== 'lookup' || typeof id !== 'string') return null;
  return all.get(field.to[0] ?? '')?.get(id) ?? null;
}

function ownerFacts(all: ReadonlyMap<string, ReadonlyMap<RecordId, Row>>, row: Row): OwnerFacts {
  const ownerId = row['owner'];
  if (typeof ownerId !== 'string') return { businessUnit: null, teams: [] };
  const owner = all.get('user')?.get(ownerId) ?? all.get('team')?.get(ownerId);
  const unit = owner?.['business_unit'];
  const teams = [...(all.get('team_member')?.values() ?? [])]
    .filter((link) => link['user'] === ownerId)
    .map((link) => String(link['team']));
  return { businessUnit: typeof unit === 'string' ? unit : null, teams };
}
