// The organisations this server serves, each opened once and again when its published solution has become another one.
import { sql } from '@satchel/model';
import type { Database } from '../store/database.ts';
import { listOrganisations, openOrganisation, type Organisation } from '../store/organisation.ts';

export interface Organisations {
  /** Null where there is none of that name. */
  find(name: string): Promise<Organisation | null>;
  /** In alphabetical order. */
  names(): Promise<readonly string[]>;
  /** As `find`, but opened anew where another process has published since. */
  refresh(organisation: Organisation): Promise<Organisation>;
}

export function serveOrganisations(database: Database): Organisations {
  const openByName = new Map<string, Promise<Organisation>>();
  const open = (name: string) => {
    const opening = openOrganisation(database, name);
    openByName.set(name, opening);
    opening.catch(() => openByName.delete(name));
    return opening;
  };
  return {
    names: () => listOrganisations(database),
    async find(name) {
      const known = openByName.get(name);
      if (known !== undefined) return known;
      return (await listOrganisations(database)).includes(name) ? open(name) : null;
    },
    async refresh(organisation) {
      const rows = await database.rows<{ solution_hash: string }>(
        sql`select solution_hash from ${organisation.table('_organisation')}`,
      );
      return rows[0]?.solution_hash === organisation.solutionHash ? organisation : open(organisation.name);
    },
  };
}

/** Which organisation a log-in belongs to, and the log-in without its name: `maya@demo`, or just `maya` where there is only one. */
export function splitLogin(
  login: string,
  names: readonly string[],
): { readonly organisation: string; readonly login: string } | null {
  const trimmed = login.trim();
  const at = trimmed.lastIndexOf('@');
  const named = at > 0 ? trimmed.slice(at + 1).toLowerCase() : '';
  if (names.includes(named)) return { organisation: named, login: trimmed.slice(0, at) };
  const only = names.length === 1 ? names[0] : undefined;
  return only === undefined ? null : { organisation: only, login: trimmed };
}
