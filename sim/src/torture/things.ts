// The least that the real server serves: one kind of record that everybody carries, one person, and the app as a function. Who reads does so as a device
// would, by POST /api/sync/pull.
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import {
  defineEntity,
  defineSolution,
  safePolicy,
  type Privileges,
  type PullAnswer,
  type PullRequest,
  type SessionAnswer,
  type wire,
} from '@satchel/model';
import {
  addRole,
  buildApp,
  createOrganisation,
  openDatabase,
  serveOrganisations,
  setPassword,
  type Database,
  type Organisation,
  type Replica,
} from '@satchel/server';

const password = 'a word for tests';
const login = 'pol';
const personId = '01900000-0000-7000-8000-0000000000aa';

const thing = defineEntity({
  name: 'thing',
  label: 'Thing',
  labelPlural: 'Things',
  icon: 'box',
  ownership: 'organisation',
  titleField: 'name',
  fields: { name: { type: 'text', label: 'Name', required: true } },
});

const all: Privileges = {
  create: 'organisation',
  read: 'organisation',
  update: 'organisation',
  delete: 'organisation',
};

export const things = defineSolution({
  name: 'things',
  label: 'Things',
  schemaVersion: 1,
  entities: [thing],
  relations: [],
  views: [
    { name: 'by_name', entity: 'thing', label: 'Things', order: [{ field: 'name' }], columns: ['name'] },
  ],
  forms: [],
  commands: [],
  roles: [
    { name: 'reader', label: 'Reader', privileges: { thing: all, user: all, team: all, business_unit: all } },
  ],
  profiles: [
    {
      name: 'everything',
      label: 'Everything',
      roles: ['reader'],
      entities: [{ entity: 'thing', rows: 'all', offline: ['create', 'update', 'delete'], priority: 1 }],
    },
  ],
  policy: safePolicy,
  home: ['thing'],
});

/** Makes an organisation of things with one person in it. */
export async function makeThings(database: Database, name: string): Promise<Organisation> {
  const organisation = await createOrganisation(database, { name, label: 'Things', solution: things });
  await database.write(async (tx) => {
    await tx.rows(
      `insert into "${organisation.schema}"."user" (id, name, login, active) values ($1, $2, $2, true)`,
      [personId, login],
    );
    await setPassword(tx, organisation, personId, password);
    await addRole(tx, organisation, personId, 'reader');
  });
  return organisation;
}

/** An answer that is no success. */
export class Refused extends Error {
  readonly status: number;
  constructor(path: string, status: number, body: string) {
    super(`${path} answered ${status}: ${body}`);
    this.name = 'Refused';
    this.status = status;
  }
}

export type Post = <T>(path: string, body: object, token?: string) => Promise<T>;

export interface ThingServer {
  /** Throws unless it succeeds. */
  readonly post: Post;
  close(): Promise<void>;
}

/** The server on this database; it reads at the replica where there is one. */
export async function serveThings(database: Database, replica: Replica | null = null): Promise<ThingServer> {
  const app = await buildApp({
    database,
    replica,
    organisations: serveOrganisations(database),
    onChange: () => () => undefined,
    appFolder: null,
    logger: pino({ level: 'silent' }),
    now: () => new Date().toISOString(),
    reference: () => randomUUID(),
    trustedProxies: [],
    https: null,
  });
  return {
    post: async <T>(path: string, body: object, token = '') => {
      const answer = await app.inject({
        method: 'POST',
        url: path,
        payload: body,
        headers: { authorization: `Bearer ${token}` },
      });
      if (answer.statusCode !== 200) throw new Refused(path, answer.statusCode, answer.body);
      return answer.json() as T;
    },
    close: () => app.close(),
  };
}

/** Opens a pool, for as many connections as are named. */
export function openPool(url: string, connections: number): Promise<Database> {
  return openDatabase(url, { connections });
}

/** What a device knows of its server. */
export type WholeAnswer = Exclude<PullAnswer, { kind: 'part' }>;

export interface ThingSession {
  readonly token: string;
  readonly bundle: string;
  /** Of a moment in which nothing was there yet. */
  readonly cursor: string;
}

export async function signInToThings(post: Post, organisation: string): Promise<ThingSession> {
  const device = { id: randomUUID(), name: 'Poller' };
  const who = { login: `${login}@${organisation}`, password, device };
  const { token, bundle } = await post<SessionAnswer>('/api/session', who);
  const page = { bundle, entity: 'thing', after: null };
  const { cursor } = await post<{ cursor: string }>('/api/sync/page', page, token);
  return { token, bundle, cursor };
}

/** One pull with all its parts, which count only together with the answer that closes them. */
export async function pullThings(
  post: Post,
  { token, bundle }: ThingSession,
  cursor: string,
  settledSeq = 0,
): Promise<WholeAnswer> {
  const ask = (more: Partial<PullRequest>) =>
    post<PullAnswer>('/api/sync/pull', { bundle, cursor, settledSeq, ...more }, token);
  let since = cursor;
  let at: string | null = null;
  let staged: wire.EntityChanges[] = [];
  let answer = await ask({});
  while (answer.kind === 'part') {
    // Another snapshot than that of the part before: the server began anew.
    if (at !== null && answer.at !== at) [since, staged] = [cursor, []];
    staged.push(...answer.changes);
    const { after } = answer;
    at = after === null ? null : answer.at;
    if (after === null) since = answer.at;
    answer = await ask(
      after === null ? { cursor: since, prove: true } : { cursor: since, part: { at: answer.at, after } },
    );
  }
  return answer.kind === 'delta' ? { ...answer, changes: [...staged, ...answer.changes] } : answer;
}
