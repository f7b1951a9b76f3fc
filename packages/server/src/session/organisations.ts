// The organisations this server serves, each opened once, and again when what is published has become something else.
import type { Database } from '../store/database.ts';
import { listOrganisations, openOrganisation, type Organisation } from '../store/organisation.ts';

export interface Organisations {
  /** Null where there is none of that name. */
  find(name: string): Promise<Organisation | null>;
  /** In alphabetical order. */
  names(): Promise<readonly string[]>;
  /** Opened anew, after another process has published or restored it. */
  refresh(name: string): Promise<Organisation>;
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
    refresh: open,
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
