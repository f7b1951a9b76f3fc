// work.db: what must not be lost. The outbox (unsettled changes), the base row of every record that has some, the history and the settings.
// Only a settled verdict or a person's decision takes a row out of `outbox`, and it then stands in `history`. Callers group statements
// with `transaction`; each transaction is durable when it returns.
import type { Bundle, ErrorCode, Heal, Mutation, RecordId, Row, UserContext, Verdict } from '@satchel/model';
import type { EntryState } from './api.ts';
import type { Database, SqlValue } from './ports.ts';

export interface StoredEntry {
  /** In the words of the model in use. */
  readonly mutation: Mutation;
  /** As it was put on the wire under an earlier version of the model, and is sent again; null where that is `mutation`. */
  readonly payload: Mutation | null;
  readonly state: EntryState;
  readonly position: number;
  /** Given when first put on the wire; null before. */
  readonly seq: number | null;
  readonly attempts: number;
  readonly lastError: ErrorCode | null;
  readonly verdict: Verdict | null;
  readonly waitsFor: string | null;
}

export interface StoredSession {
  readonly token: string;
  readonly user: UserContext;
  readonly organisation: { readonly id: string; readonly label: string };
  readonly isExpired: boolean;
}

/** What the device remembers, by key. */
export interface Settings {
  deviceId: string;
  session: StoredSession | null;
  /** Whose outbox this is, kept over sign-out. */
  keeper: { readonly userId: string; readonly organisationId: string };
  bundle: Bundle;
  /** Highest sequence number ever given on this device id. */
  lastSeq: number;
  /** Highest number up to which every outcome was known when the oldest entry on the wire got its number. */
  heardSeq: number;
  forcedOffline: boolean;
  /** Device wall clock minus server clock at the last contact. */
  clockOffsetMs: number;
  /** Rows repaired so far that nothing explains. */
  heals: number;
  /** Repairs that the server has not recorded. */
  openHeals: readonly Heal[];
  /** Number of the last repair. */
  lastHeal: number;
  /** Highest number of this device id whose outcome the server has told. */
  confirmedSeq: number;
  /** The server came back with a lower number than that. `replayed`: mutations sent again because of it; null: they are still to be put back. */
  setBack: { readonly lastSeq: number; readonly replayed: readonly string[] | null };
}

export interface WorkStore {
  transaction<T>(work: () => T extends PromiseLike<unknown> ? never : T): T;
  get<K extends keyof Settings>(key: K): Settings[K] | null;
  set<K extends keyof Settings>(key: K, value: Settings[K]): void;
  unset(key: keyof Settings): void;

  entries(): readonly StoredEntry[];
  entriesOf(recordId: RecordId): readonly StoredEntry[];
  entry(mutationId: string): StoredEntry | null;
  countsByState(): Readonly<Partial<Record<EntryState, number>>>;
  /** At the end, or in the place of one that it replaces. */
  append(mutation: Mutation, position?: number): void;
  /** Another `mutation` is also what will be sent, unless a `payload` comes with it. */
  update(mutationId: string, change: Partial<Omit<StoredEntry, 'position'>>): void;
  /** Takes an entry back as if it had never been made; only for one that was never sent. */
  remove(mutationId: string): void;
  /** Moves an entry out of the outbox into the history. `at` is server time by a contact, ISO; null: there was none yet. */
  archive(mutationId: string, state: EntryState, at: string | null): void;
  /** Moves an entry of the history back into the outbox, in its old place, without its number. */
  unarchive(mutationId: string): void;
  history(limit: number): readonly StoredEntry[];
  /** Of the outbox or of the history. */
  entryEver(mutationId: string): StoredEntry | null;
  /** Entries of the history that the server accepted under a number above this one. */
  acceptedAfter(seq: number): readonly StoredEntry[];
  wasKnown(mutationId: string): boolean;
  /** What was archived at an unknown time counts from now on. */
  dateHistory(now: string): void;
  forgetHistoryBefore(at: string): void;

  /** Undefined: nothing is pending on it. A null row: the server has none. */
  base(entity: string, id: RecordId): { readonly row: Row | null } | undefined;
  bases(): readonly { readonly entity: string; readonly id: RecordId; readonly row: Row | null }[];
  /** Ids of the entity's records that have a base row. */
  baseIds(entity: string): ReadonlySet<RecordId>;
  setBase(entity: string, id: RecordId, row: Row | null): void;
  removeBase(entity: string, id: RecordId): void;
  /** Forgets everything of a person; the device id stays. */
  wipe(): void;
}

const schema = `
create table if not exists setting (key text primary key, value text not null) without rowid;
create table if not exists outbox (
  position integer primary key autoincrement, mutation_id text not null unique, record_id text not null, mutation text not null,
  state text not null, seq integer unique, attempts integer not null default 0, last_error text, verdict text, waits_for text);
create index if not exists outbox_record on outbox (record_id, position);
create table if not exists base (entity text not null, id text not null, row text, primary key (entity, id)) without rowid;
create table if not exists history (
  mutation_id text primary key, position integer not null, mutation text not null, state text not null, seq integer,
  attempts integer not null, last_error text, verdict text, waits_for text, ended_at text not null);
create index if not exists history_ended on history (ended_at);`;

/** Columns that came after the first release of a table: a work.db is never made anew. */
const added = [
  ['outbox', 'payload', 'text'],
  ['history', 'payload', 'text'],
] as const;

const entryColumns = 'mutation, state, position, seq, attempts, last_error, verdict, waits_for, payload';

/** Opens the store in a database that may be new. */
export function openWorkStore(db: Database): WorkStore {
  db.run(schema);
  for (const [table, column, type] of added) {
    const known = db.rows(`select name from pragma_table_info('${table}')`).map(([name]) => name);
    if (!known.includes(column)) db.run(`alter table ${table} add column ${column} ${type}`);
  }
  const entriesWhere = (condition: string, params: readonly SqlValue[] = []) =>
    db.rows(`select ${entryColumns} from outbox ${condition} order by position`, params).map(entryOf);
  return {
    transaction: (work) => db.transaction(work),
    ...settings(db),
    ...history(db),
    ...bases(db),
    entries: () => entriesWhere(''),
    entriesOf: (recordId) => entriesWhere('where record_id = ?', [recordId]),
    entry: (mutationId) => entriesWhere('where mutation_id = ?', [mutationId])[0] ?? null,
    countsByState: () =>
      Object.fromEntries(
        db
          .rows('select state, count(*) from outbox group by state')
          .map(([state, count]) => [String(state), Number(count)]),
      ),
    append: (mutation, position) =>
      db.run(
        `insert into outbox (position, mutation_id, record_id, mutation, state) values (?, ?, ?, ?, 'queued')`,
        [position ?? null, mutation.id, mutation.recordId, JSON.stringify(mutation)],
      ),
    update: (mutationId, change) => updateEntry(db, mutationId, change),
    remove: (mutationId) => db.run('delete from outbox where mutation_id = ?', [mutationId]),
    wipe: () =>
      db.run(
        `delete from outbox; delete from base; delete from history; delete from setting where key <> 'deviceId';`,
      ),
  };
}

function settings(db: Database): Pick<WorkStore, 'get' | 'set' | 'unset'> {
  return {
    get: <K extends keyof Settings>(key: K) => {
      const text = db.rows('select value from setting where key = ?', [key])[0]?.[0];
      return text === undefined ? null : (JSON.parse(String(text)) as Settings[K]);
    },
    set: (key, value) =>
      db.run('insert into setting values (?, ?) on conflict (key) do update set value = excluded.value', [
        key,
        JSON.stringify(value),
      ]),
    unset: (key) => db.run('delete from setting where key = ?', [key]),
  };
}

type HistoryCalls =
  | 'archive'
  | 'entryEver'
  | 'unarchive'
  | 'history'
  | 'acceptedAfter'
  | 'wasKnown'
  | 'dateHistory'
  | 'forgetHistoryBefore';

function history(db: Database): Pick<WorkStore, HistoryCalls> {
  return {
    archive: (mutationId, state, at) => {
      db.run(
        `insert into history (mutation_id, ended_at, ${entryColumns})
         select mutation_id, ?, mutation, ?, position, seq, attempts, last_error, verdict, waits_for, payload from outbox where mutation_id = ?`,
        [at ?? '', state, mutationId],
      );
      db.run('delete from outbox where mutation_id = ?', [mutationId]);
    },
    unarchive: (mutationId) => {
      db.run(
        `insert into outbox (position, mutation_id, record_id, mutation, state, seq, attempts, last_error, verdict, waits_for, payload)
         select case when exists (select 1 from outbox o where o.position = h.position) then null else h.position end,
           mutation_id, json_extract(mutation, '$.recordId'), mutation, state, null, attempts, last_error, verdict, waits_for, payload
         from history h where mutation_id = ?`,
        [mutationId],
      );
      db.run('delete from history where mutation_id = ?', [mutationId]);
    },
    acceptedAfter: (seq) =>
      db
        .rows(
          `select ${entryColumns} from history where seq > ? and state in ('applied', 'merged') order by seq`,
          [seq],
        )
        .map(entryOf),
    history: (limit) =>
      db
        .rows(
          `select ${entryColumns} from history order by ended_at = '' desc, ended_at desc, position desc limit ?`,
          [limit],
        )
        .map(entryOf),
    entryEver: (mutationId) =>
      db
        .rows(
          `select ${entryColumns} from outbox where mutation_id = ?1
           union all select ${entryColumns} from history where mutation_id = ?1`,
          [mutationId],
        )
        .map(entryOf)[0] ?? null,
    wasKnown: (mutationId) =>
      db.rows(
        'select 1 from outbox where mutation_id = ?1 union all select 1 from history where mutation_id = ?1',
        [mutationId],
      ).length > 0,
    dateHistory: (now) => db.run(`update history set ended_at = ? where ended_at = ''`, [now]),
    forgetHistoryBefore: (at) => db.run(`delete from history where ended_at < ? and ended_at <> ''`, [at]),
  };
}

function bases(db: Database): Pick<WorkStore, 'base' | 'bases' | 'baseIds' | 'setBase' | 'removeBase'> {
  const rowOf = (cell: SqlValue | undefined) => (typeof cell === 'string' ? (JSON.parse(cell) as Row) : null);
  return {
    base: (entity, id) => {
      const found = db.rows('select row from base where entity = ? and id = ?', [entity, id])[0];
      return found === undefined ? undefined : { row: rowOf(found[0]) };
    },
    bases: () =>
      db.rows('select entity, id, row from base').map(([entity, id, row]) => ({
        entity: String(entity),
        id: String(id),
        row: rowOf(row),
      })),
    baseIds: (entity) =>
      new Set(db.rows('select id from base where entity = ?', [entity]).map(([id]) => String(id))),
    setBase: (entity, id, row) =>
      db.run('insert into base values (?, ?, ?) on conflict (entity, id) do update set row = excluded.row', [
        entity,
        id,
        row === null ? null : JSON.stringify(row),
      ]),
    removeBase: (entity, id) => db.run('delete from base where entity = ? and id = ?', [entity, id]),
  };
}

function entryOf(cells: readonly SqlValue[]): StoredEntry {
  const [mutation, state, position, seq, attempts, lastError, verdict, waitsFor, payload] = cells;
  return {
    mutation: JSON.parse(String(mutation)) as Mutation,
    state: state as EntryState,
    position: Number(position),
    seq: seq === null ? null : Number(seq),
    attempts: Number(attempts),
    lastError: (lastError ?? null) as ErrorCode | null,
    verdict: verdict === null ? null : (JSON.parse(String(verdict)) as Verdict),
    waitsFor: (waitsFor ?? null) as string | null,
    payload: typeof payload === 'string' ? (JSON.parse(payload) as Mutation) : null,
  };
}

function updateEntry(db: Database, mutationId: string, change: Partial<Omit<StoredEntry, 'position'>>): void {
  const cells: [string, SqlValue][] = [];
  if (change.mutation !== undefined) {
    cells.push(['mutation', JSON.stringify(change.mutation)]);
    cells.push(['payload', change.payload ? JSON.stringify(change.payload) : null]);
  }
  if (change.state !== undefined) cells.push(['state', change.state]);
  if (change.seq !== undefined) cells.push(['seq', change.seq]);
  if (change.attempts !== undefined) cells.push(['attempts', change.attempts]);
  if (change.lastError !== undefined) cells.push(['last_error', change.lastError]);
  if (change.verdict !== undefined)
    cells.push(['verdict', change.verdict === null ? null : JSON.stringify(change.verdict)]);
  if (change.waitsFor !== undefined) cells.push(['waits_for', change.waitsFor]);
  if (cells.length === 0) return;
  db.run(`update outbox set ${cells.map(([name]) => `${name} = ?`).join(', ')} where mutation_id = ?`, [
    ...cells.map(([, cell]) => cell),
    mutationId,
  ]);
}
