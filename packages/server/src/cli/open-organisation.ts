// Which organisation a command is about: the one named, or the only one there is.
import type { Database } from '../store/database.ts';
import { listOrganisations, openOrganisation, type Organisation } from '../store/organisation.ts';
import type { CommandResult, UsageFault, Voice } from './report.ts';

/** What every command gets. */
export interface CommandContext {
  readonly organisation: Organisation;
  readonly database: Database;
  readonly voice: Voice;
  /** Folder that relative paths of arguments begin in. */
  readonly cwd: string;
}

export type CommandOutcome = CommandResult | UsageFault;

/** The organisation, or what stands in the way. */
export async function chooseOrganisation(
  database: Database,
  name: string | undefined,
): Promise<Organisation | UsageFault> {
  const names = await listOrganisations(database);
  const chosen = name ?? (names.length === 1 ? names[0] : undefined);
  if (names.length === 0)
    return { usage: 'There is no organisation yet: npm start makes the demo, restore brings a backup.' };
  if (chosen === undefined) return { usage: `Name one with --organisation: ${names.join(', ')}.` };
  if (!names.includes(chosen))
    return { usage: `There is no organisation "${chosen}". There are: ${names.join(', ')}.` };
  return openOrganisation(database, chosen);
}
