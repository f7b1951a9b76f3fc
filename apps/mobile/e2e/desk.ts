// The database behind the server, reached as other programs reach it: with a connection of one's own and plain SQL.
import pg from 'pg';
import { readData, type RunningServer } from './world.ts';

export interface Desk {
  readonly logins: { readonly technician: string; readonly dispatcher: string };
  /** Runs SQL in the demo organisation's schema. */
  rows(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** An unfinished work order that this person owns. */
  openOrderOf(
    login: string,
  ): Promise<{ readonly id: string; readonly number: string; readonly title: string }>;
  close(): Promise<void>;
}

export async function openDesk(server: RunningServer): Promise<Desk> {
  const password = (await readData(server, 'postgres-password')).trim();
  const port = Number((await readData(server, 'postgres/postmaster.pid')).split('\n')[3]);
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'satchel', password, database: 'satchel' });
  await client.connect();
  await client.query('set search_path = org_demo');
  const rows: Desk['rows'] = async (text, values = []) => (await client.query(text, [...values])).rows;
  const loginOf = async (role: string): Promise<string> => {
    const [found] = await rows(
      `select u.login from "user" u join _user_role r on r.user_id = u.id join _credential c on c.user_id = u.id
       where r.role = $1 order by u.login limit 1`,
      [role],
    );
    if (found === undefined) throw new Error(`nobody has the role ${role}`);
    return String(found['login']);
  };
  return {
    logins: { technician: await loginOf('technician'), dispatcher: await loginOf('dispatcher') },
    rows,
    async openOrderOf(login) {
      const [found] = await rows(
        `select o.id, o.number, o.title from work_order o join "user" u on u.id = o.owner
         where u.login = $1 and o.status in ('open', 'scheduled') and o.priority in ('3', '4') order by o.created_at limit 1`,
        [login],
      );
      if (found === undefined) throw new Error(`${login} has no open work order`);
      return { id: String(found['id']), number: String(found['number']), title: String(found['title']) };
    },
    close: () => client.end(),
  };
}
