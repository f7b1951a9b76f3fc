// What a person may do. Privileges add up over a person's roles; the deepest wins.

/** How far a privilege reaches: own records; also those of the person's teams; also those owned in the person's business unit and below; all. */
export type Depth = 'none' | 'own' | 'team' | 'unit' | 'organisation';

export interface Privileges {
  readonly create: Depth;
  readonly read: Depth;
  readonly update: Depth;
  readonly delete: Depth;
}

/** What may not be done with a field of records that may be read or changed: see it at all; change it. */
export type FieldLimit = 'hidden' | 'readOnly';

export interface Role {
  readonly name: string;
  readonly label: string;
  /** By entity; an entity not named is not accessible. */
  readonly privileges: Readonly<Record<string, Privileges>>;
  /** By entity and field, what this role may not do; a field not named is as its record is. */
  readonly fields?: Readonly<Record<string, Readonly<Record<string, FieldLimit>>>>;
  /** May use the administrator's interface. */
  readonly isAdministrator?: boolean;
}

const depths: readonly Depth[] = ['none', 'own', 'team', 'unit', 'organisation'];

/** The deeper of two depths. */
export function deeper(a: Depth, b: Depth): Depth {
  return depths.indexOf(a) >= depths.indexOf(b) ? a : b;
}

const nothing: Privileges = { create: 'none', read: 'none', update: 'none', delete: 'none' };

/** What several roles allow together, by entity. */
export function unitePrivileges(roles: readonly Role[]): Readonly<Record<string, Privileges>> {
  const united: Record<string, Privileges> = {};
  for (const role of roles) {
    for (const [entity, more] of Object.entries(role.privileges)) {
      const have = united[entity] ?? nothing;
      united[entity] = {
        create: deeper(have.create, more.create),
        read: deeper(have.read, more.read),
        update: deeper(have.update, more.update),
        delete: deeper(have.delete, more.delete),
      };
    }
  }
  return united;
}

/**
 * By entity and field, what several roles together may not do: what any of them allows is allowed. A role that does not read an entity shows
 * nothing of it, and one that neither makes nor changes its records unlocks nothing.
 */
export function uniteFieldLimits(
  roles: readonly Role[],
): Readonly<Record<string, Readonly<Record<string, FieldLimit>>>> {
  const united: Record<string, Record<string, FieldLimit>> = {};
  for (const [entity, limits] of roles.flatMap((role) => Object.entries(role.fields ?? {}))) {
    for (const field of Object.keys(limits)) {
      const may = (isMeant: (role: Role) => boolean) =>
        roles.some((role) => role.privileges[entity] !== undefined && isMeant(role));
      const canSee = may(
        (role) => role.privileges[entity]?.read !== 'none' && role.fields?.[entity]?.[field] !== 'hidden',
      );
      const canChange = may((role) => writes(role, entity) && role.fields?.[entity]?.[field] === undefined);
      if (canSee && canChange) continue;
      united[entity] = { ...united[entity], [field]: canSee ? 'readOnly' : 'hidden' };
    }
  }
  return united;
}

function writes(role: Role, entity: string): boolean {
  const privileges = role.privileges[entity];
  return privileges !== undefined && (privileges.create !== 'none' || privileges.update !== 'none');
}
