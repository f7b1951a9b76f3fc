// Every option of every command, and what arguments mean to all of them.
import { isAbsolute, join } from 'node:path';

export const options = {
  help: { type: 'boolean' },
  json: { type: 'boolean' },
  organisation: { type: 'string' },
  entity: { type: 'string' },
  map: { type: 'string' },
  delimiter: { type: 'string' },
  'as-of': { type: 'string' },
  'assign-to': { type: 'string' },
  format: { type: 'string' },
  out: { type: 'string' },
  name: { type: 'string' },
  role: { type: 'string' },
  team: { type: 'string' },
  add: { type: 'string' },
  remove: { type: 'string' },
  record: { type: 'string' },
} as const;

/** Options as the person gave them. */
export type Options = Readonly<Partial<Record<Exclude<keyof typeof options, 'help' | 'json'>, string>>>;
/** A path of an argument, from where the person stands. */
export function pathOf(cwd: string, path: string): string {
  return isAbsolute(path) ? path : join(cwd, path);
}

/** `a,b` as a list. */
export function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
