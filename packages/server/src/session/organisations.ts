// The organisations this server serves, each opened once. A process that publishes a new solution closes and opens it anew.
import { buildWholeBundle, openModel, sql, type Model } from '@satchel/model';
import type { Database } from '../store/database.ts';
import { openOrganisation, type Organisation } from '../store/organisation.ts';

export interface ServedOrganisation {
  readonly organisation: Organisation;
  /** The whole model, nobody's privileges. */
  readonly model: Model;
}

export interface Organisations {
  /** Null where there is none of that name. */
  find(name: string): Promise<ServedOrganisation | null>;
  /** In alphabetical order. */
  names(): Promise<readonly string[]>;
}

export function serveOrganisations(database: Database): Organisations {
  const openByName = new Map<string, Promise<ServedOrganisation>>();
  const names = async () => {
    const rows = await database.read((tx) =>
      tx.rows<{ name: string }>(sql`select name from satchel.organisation order by name`),
    );
    return rows.map((row) => row.name);
  };
  return {
    names,
    async find(name) {
      const open = openByName.get(name);
      if (open !== undefined) return open;
      if (!(await names()).includes(name)) return null;
      const opening = openOrganisation(database, name).then((organisation) => ({
        organisation,
        model: openModel(buildWholeBundle(organisation.solution)),
      }));
      openByName.set(name, opening);
      opening.catch(() => openByName.delete(name));
      return opening;
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
