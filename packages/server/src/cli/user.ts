// user: people who sign in, their passwords and roles. Passwords come from standard input or the environment, so that no process list shows them.
import { text } from 'node:stream/consumers';
import { sql } from '@satchel/model';
import { serverLimits } from '../limits.ts';
import { addRole, removeRole, revokeSessions, setPassword } from '../session/people.ts';
import type { Tx } from '../store/database.ts';
import type { CommandContext, CommandOutcome } from './open-organisation.ts';
import { listOf, type Options } from './options.ts';

export async function manageUsers(
  context: CommandContext,
  words: readonly string[],
  options: Options,
): Promise<CommandOutcome> {
  const [action, login] = words;
  if (action === 'list' && words.length === 1) return listUsers(context);
  if (login === undefined || words.length !== 2)
    return { usage: 'Say list, or add, password or role and a log-in.' };
  switch (action) {
    case 'add':
      return addUser(context, login, options);
    case 'password':
      return changePassword(context, login);
    case 'role':
      return changeRoles(context, login, options);
    default:
      return { usage: `There is no "user ${action ?? ''}".` };
  }
}

async function listUsers({ database, organisation, voice }: CommandContext): Promise<CommandOutcome> {
  const users = await database.rows<{
    login: string;
    name: string;
    roles: string[];
    active: boolean | null;
    can: boolean;
  }>(
    sql`select u."login", u."name", u."active", c.user_id is not null as can,
          array(select r.role from ${organisation.table('_user_role')} r where r.user_id = u."id" order by 1) as roles
        from ${organisation.table('user')} u
        left join ${organisation.table('_credential')} c on c.user_id = u."id" order by u."login"`,
  );
  for (const { login, name, roles, active, can } of users) {
    const state = active === false ? 'inactive' : can ? 'may sign in' : 'no password';
    voice.say(`${login}\t${name}\t${roles.join(',')}\t${state}`);
  }
  return { ok: true, figures: { users: users.length } };
}

async function addUser(context: CommandContext, login: string, options: Options): Promise<CommandOutcome> {
  const { database, organisation, voice } = context;
  const roles = listOf(options.role);
  const fault = unknownRole(context, roles);
  if (fault !== null) return fault;
  if (options.name === undefined) return { usage: '--name says what people call them.' };
  const password = await readPassword();
  if (password === null) return tooShort();
  const done = await database.write(async (tx) => {
    if ((await userId(tx, context, login)) !== null) return 'there';
    const teams = await teamIds(tx, context, listOf(options.team));
    if (teams === null) return 'team';
    const rows = await tx.rows<{ id: string }>(
      sql`insert into ${organisation.table('user')} ("login", "name", "active") values (${login}, ${options.name ?? login}, true)
          returning "id"`,
    );
    const id = rows[0]?.id ?? '';
    await setPassword(tx, organisation, id, password);
    for (const role of roles) await addRole(tx, organisation, id, role);
    for (const team of teams)
      await tx.rows(
        sql`insert into ${organisation.table('team_member')} ("team", "user") values (${team}, ${id})`,
      );
    return 'added';
  });
  if (done === 'there') return failed(voice, `There is somebody with the log-in "${login}" already.`);
  if (done === 'team') return { usage: '--team names a team that there is none of.' };
  voice.say(
    `${login} may sign in${roles.length === 0 ? ', but has no role yet: nothing is to be seen' : ''}.`,
  );
  return { ok: true, figures: { login, roles } };
}

async function changePassword(context: CommandContext, login: string): Promise<CommandOutcome> {
  const { database, organisation, voice } = context;
  const password = await readPassword();
  if (password === null) return tooShort();
  const isDone = await database.write(async (tx) => {
    const id = await userId(tx, context, login);
    if (id === null) return false;
    await setPassword(tx, organisation, id, password);
    await revokeSessions(tx, organisation, id);
    return true;
  });
  if (!isDone) return failed(voice, `There is nobody with the log-in "${login}".`);
  voice.say(`${login} has a new password; earlier sessions have ended.`);
  return { ok: true, figures: { login } };
}

async function changeRoles(
  context: CommandContext,
  login: string,
  options: Options,
): Promise<CommandOutcome> {
  const { database, organisation, voice } = context;
  const [adding, removing] = [listOf(options.add), listOf(options.remove)];
  const fault = unknownRole(context, adding);
  if (fault !== null) return fault;
  const roles = await database.write(async (tx) => {
    const id = await userId(tx, context, login);
    if (id === null) return null;
    for (const role of adding) await addRole(tx, organisation, id, role);
    for (const role of removing) await removeRole(tx, organisation, id, role);
    const rows = await tx.rows<{ role: string }>(
      sql`select role from ${organisation.table('_user_role')} where user_id = ${id} order by role`,
    );
    return rows.map((row) => row.role);
  });
  if (roles === null) return failed(voice, `There is nobody with the log-in "${login}".`);
  voice.say(`${login}: ${roles.length === 0 ? 'no roles' : roles.join(', ')}`);
  return { ok: true, figures: { login, roles } };
}

function unknownRole(
  { organisation }: CommandContext,
  roles: readonly string[],
): { readonly usage: string } | null {
  const known = organisation.solution.roles.map((role) => role.name);
  const unknown = roles.find((role) => !known.includes(role));
  return unknown === undefined
    ? null
    : { usage: `There is no role "${unknown}". There are: ${known.join(', ')}.` };
}

async function userId(tx: Tx, { organisation }: CommandContext, login: string): Promise<string | null> {
  const rows = await tx.rows<{ id: string }>(
    sql`select "id" from ${organisation.table('user')} where "login" = ${login}`,
  );
  return rows[0]?.id ?? null;
}

/** Null where one of the names is no team's. */
async function teamIds(
  tx: Tx,
  { organisation }: CommandContext,
  names: readonly string[],
): Promise<readonly string[] | null> {
  const rows = await tx.rows<{ id: string }>(
    sql`select "id" from ${organisation.table('team')} where "name" = any(${names}::text[])`,
  );
  return rows.length < names.length ? null : rows.map((row) => row.id);
}

/** The first line of standard input, or SATCHEL_PASSWORD; null where it is too short. */
async function readPassword(): Promise<string | null> {
  const given = process.env['SATCHEL_PASSWORD'] ?? (await text(process.stdin)).split('\n')[0] ?? '';
  const password = given.replace(/\r$/, '');
  return [...password].length < serverLimits.passwordCharsMin ? null : password;
}

function tooShort(): CommandOutcome {
  return {
    usage: `A password of at least ${serverLimits.passwordCharsMin} characters is read from standard input or SATCHEL_PASSWORD.`,
  };
}

function failed(voice: CommandContext['voice'], line: string): CommandOutcome {
  voice.warn(line);
  return { ok: false, figures: { fault: line } };
}
