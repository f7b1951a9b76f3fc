// What a person may do. Privileges add up over a person's roles; the deepest wins.

/** How far a privilege reaches: own records; also those of the person's teams; also those owned in the person's business unit and below; all. */
export type Depth = 'none' | 'own' | 'team' | 'unit' | 'organisation';

export interface Privileges {
  readonly create: Depth;
  readonly read: Depth;
  readonly update: Depth;
  readonly delete: Depth;
}

export interface Role {
  readonly name: string;
  readonly label: string;
  /** By entity; an entity not named is not accessible. */
  readonly privileges: Readonly<Record<string, Privileges>>;
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
