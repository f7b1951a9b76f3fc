// cache.db: what the server told, with the person's pending changes laid over it; may be lost at any time and is then fetched again.
// A row with `_rev` is one the server counts as ours: only those make up the digest. `_local`: 0 as told, 1 changed here, 2 made here,
// 3 deleted here and hidden. Indexes of lists and the words of a page are made after a download, piece by piece (`catchUp`).
import { searchBody, type Model, type PageColumn, type RecordId, type Row, type wire } from '@satchel/model';
import { missingIndexes, prepareCache, quoted } from './cache-schema.ts';
import { fillColumns, type Stretch } from './fill-columns.ts';
import { fitTables, type AddedByEntity } from './fit-tables.ts';
import type { Database, SqlValue } from './ports.ts';
import { decodeRow, toSql } from './row-codec.ts';
import { addWords, expectPage, firstKeyOf, forgetWords, wordlessEntities } from './search-index.ts';

export type LocalMark = 0 | 1 | 2 | 3;

/** How far the device has come with an entity it carries. */
export interface Progress {
  /** All pages of a download are in. */
  readonly isComplete: boolean;
  /** The last download or delta finished and its digest matched. */
  readonly isProven: boolean;
  /** Id of the last row of the last page; null before the first. */
  readonly position: RecordId | null;
  readonly rowCount: number;
  readonly rowsExpected: number;
  readonly fault: 'error' | 'missed-update' | 'over-limit' | 'permission' | null;
}

/** A record that the person looked at. */
export interface OpenedRecord {
  readonly entity: string;
  readonly id: RecordId;
}

/** What the cache remembers about syncing, by key. */
export interface SyncFacts {
  /** Where the next pull starts. */
  cursor: string;
  /** A download is under way; the cursor of its very first page once that is known. */
  download: { readonly cursor: string | null };
  /** Every change of this device up to this number has its effect in these rows. */
  settles: number;
  /** Records looked at that the server was not told of, the latest last. */
  opened: readonly OpenedRecord[];
  /** Columns whose values are still to be fetched, by entity. */
  added: AddedByEntity;
  /** Server time of the last proven sync. */
  checkpointAt: string;
  /** How far a delta that comes in parts has come; its rows lie in the stage. */
  stage: StageFacts;
}

export interface StageFacts {
  /** The cursor that the present round of parts is told from: the cache's own, or after a round the snapshot of its first part. */
  readonly since: string;
  /** The snapshot of this round's first part; null: a round is over, and the pull that closes it comes next. */
  readonly at: string | null;
  /** Where this round's next part begins. */
  readonly after: string | null;
  /** Hash of the bundle under which it was told. */
  readonly bundle: string;
}

export interface CachedRow {
  /** With `_rev` where the row is ours. */
  readonly row: Row;
  readonly local: LocalMark;
}

export interface StagedRow {
  readonly id: RecordId;
  readonly row: Row | null;
}

export interface CacheStore {
  transaction<T>(work: () => T extends PromiseLike<unknown> ? never : T): T;
  get<K extends keyof SyncFacts>(key: K): SyncFacts[K] | null;
  set<K extends keyof SyncFacts>(key: K, value: SyncFacts[K]): void;
  unset(key: keyof SyncFacts): void;
  /** Makes the tables fit the model; call inside a transaction. Rows of pending records must be derived again afterwards. */
  applyModel(model: Model): void;
  progress(entity: string): Progress | null;
  setProgress(entity: string, change: Partial<Progress>): void;

  row(entity: string, id: RecordId): CachedRow | null;
  put(entity: string, row: Row, local: LocalMark): void;
  remove(entity: string, id: RecordId): void;
  insertPage(entity: string, columns: readonly PageColumn[], count: number): void;
  /** Lays `columns` of a page between `id` and `_rev` into the rows at the same revision; others of the stretch get revision 0. */
  fillColumns(entity: string, columns: readonly PageColumn[], count: number, stretch: Stretch): void;
  /** The search words of all rows of an entity are made anew. */
  forgetWords(entity: string): void;
  /** One piece of what makes complete entities faster to read: an index, or the words of some rows. False: nothing is left to do. */
  catchUp(): boolean;
  /** Is anything left for `catchUp`? */
  isBehind(): boolean;
  /** Puts all words of an entity into the search index: before it is searched. */
  completeWords(entity: string): void;
  /** Records whose row is not as the server told it. */
  localRows(): readonly { readonly entity: string; readonly id: RecordId }[];

  /** Keeps what a part says of a record out of sight; null: it is gone. The last word counts. */
  stageRow(entity: string, id: RecordId, row: Row | null): void;
  stagedEntities(): readonly string[];
  staged(entity: string): readonly StagedRow[];
  /** Forgets all parts. */
  clearStage(): void;

  digest(entity: string): wire.Digest;
  digestsByBucket(entity: string): ReadonlyMap<string, wire.Digest>;
  revsInBucket(entity: string, bucket: string): ReadonlyMap<RecordId, number>;
  select(text: string, params: readonly SqlValue[]): SqlValue[][];
  sizeBytes(): number;
}

/** Opens the store in a database that may be new. Nothing but the engine's own tables is there before `applyModel`. */
export function openCacheStore(db: Database): CacheStore {
  prepareCache(db);
  const numbersByEntity = new Map<string, number>();
  let current: Model | null = null;
  const modelOf = (): Model => {
    if (current === null) throw new Error('the cache has no model yet');
    return current;
  };
  const numberOf = (entity: string): number => {
    const known = numbersByEntity.get(entity);
    if (known !== undefined) return known;
    const number = Number(db.rows('select number from _entity where entity = ?', [entity])[0]?.[0] ?? 0);
    numbersByEntity.set(entity, number);
    return number;
  };
  return {
    transaction: (work) => db.transaction(work),
    ...syncFacts(db),
    ...progress(db),
    ...digests(db),
    ...stage(db),
    ...rows(db, modelOf, numberOf),
    applyModel: (model) => {
      current = model;
      numbersByEntity.clear();
      const { get, set, unset } = syncFacts(db);
      const added = fitTables(db, model, get('added') ?? {});
      if (Object.keys(added).length > 0) set('added', added);
      else unset('added');
    },
    ...catchingUp(db, modelOf, numberOf),
    localRows: () =>
      (current?.bundle.entities ?? []).flatMap(({ name }) =>
        db
          .rows(`select id from ${quoted(name)} where _local <> 0`)
          .map(([id]) => ({ entity: name, id: String(id) })),
      ),
    select: (text, params) => db.rows(text, params),
    sizeBytes: () => db.sizeBytes(),
  };
}

function syncFacts(db: Database): Pick<CacheStore, 'get' | 'set' | 'unset'> {
  return {
    get: <K extends keyof SyncFacts>(key: K) => {
      const text = db.rows('select value from _sync where key = ?', [key])[0]?.[0];
      return text === undefined ? null : (JSON.parse(String(text)) as SyncFacts[K]);
    },
    set: (key, value) =>
      db.run('insert into _sync values (?, ?) on conflict (key) do update set value = excluded.value', [
        key,
        JSON.stringify(value),
      ]),
    unset: (key) => db.run('delete from _sync where key = ?', [key]),
  };
}

function progress(db: Database): Pick<CacheStore, 'progress' | 'setProgress'> {
  const read = (entity: string): Progress | null => {
    const cells = db.rows(
      'select is_complete, is_proven, position, row_count, rows_expected, fault from _entity where entity = ?',
      [entity],
    )[0];
    if (cells === undefined) return null;
    return {
      isComplete: cells[0] === 1,
      isProven: cells[1] === 1,
      position: cells[2] as RecordId | null,
      rowCount: Number(cells[3]),
      rowsExpected: Number(cells[4]),
      fault: cells[5] as Progress['fault'],
    };
  };
  return {
    progress: read,
    setProgress: (entity, change) => {
      const next = { ...(read(entity) as Progress), ...change };
      db.run(
        'update _entity set is_complete = ?, is_proven = ?, position = ?, row_count = ?, rows_expected = ?, fault = ? where entity = ?',
        [
          next.isComplete ? 1 : 0,
          next.isProven ? 1 : 0,
          next.position,
          next.rowCount,
          next.rowsExpected,
          next.fault,
          entity,
        ],
      );
    },
  };
}

function stage(db: Database): Pick<CacheStore, 'stageRow' | 'stagedEntities' | 'staged' | 'clearStage'> {
  return {
    stageRow: (entity, id, row) =>
      db.run(
        'insert into _stage values (?, ?, ?) on conflict (entity, id) do update set row = excluded.row',
        [entity, id, row === null ? null : JSON.stringify(row)],
      ),
    stagedEntities: () => db.rows('select distinct entity from _stage').map(([entity]) => String(entity)),
    staged: (entity) =>
      db.rows('select id, row from _stage where entity = ?', [entity]).map(([id, row]) => ({
        id: String(id),
        row: row === null ? null : (JSON.parse(String(row)) as Row),
      })),
    clearStage: () => {
      db.run('delete from _stage');
      db.run(`delete from _sync where key = 'stage'`);
    },
  };
}

function digests(db: Database): Pick<CacheStore, 'digest' | 'digestsByBucket' | 'revsInBucket'> {
  const digestOf = (count: SqlValue | undefined, sum: SqlValue | undefined): wire.Digest => ({
    count: Number(count ?? 0),
    sum: String(sum ?? 0),
  });
  return {
    // The sum is asked for as text: it may pass what a number holds exactly.
    digest: (entity) => {
      const cells = db.rows(
        `select count(*), cast(coalesce(sum(_rev), 0) as text) from ${quoted(entity)} where _rev is not null`,
      )[0];
      return digestOf(cells?.[0], cells?.[1]);
    },
    digestsByBucket: (entity) =>
      new Map(
        db
          .rows(
            `select substr(id, -2), count(*), cast(sum(_rev) as text) from ${quoted(entity)} where _rev is not null group by 1`,
          )
          .map(([bucket, count, sum]) => [String(bucket), digestOf(count, sum)]),
      ),
    revsInBucket: (entity, bucket) =>
      new Map(
        db
          .rows(`select id, _rev from ${quoted(entity)} where _rev is not null and substr(id, -2) = ?`, [
            bucket,
          ])
          .map(([id, rev]) => [String(id), Number(rev)]),
      ),
  };
}

function rows(
  db: Database,
  modelOf: () => Model,
  numberOf: (entity: string) => number,
): Pick<CacheStore, 'row' | 'put' | 'remove' | 'insertPage' | 'fillColumns' | 'forgetWords'> {
  const searchKey = (entity: string, key: SqlValue | undefined) => firstKeyOf(numberOf(entity)) + Number(key);
  return {
    row: (entity, id) => {
      const columns = [...Object.keys(modelOf().fields(entity)), '_rev'];
      const cells = db.rows(
        `select ${columns.map(quoted).join(', ')}, _local from ${quoted(entity)} where id = ?`,
        [id],
      )[0];
      if (cells === undefined) return null;
      return { row: decodeRow(modelOf(), entity, columns, cells), local: cells.at(-1) as LocalMark };
    },
    put: (entity, row, local) => {
      const model = modelOf();
      const names = Object.keys(model.fields(entity));
      const columns = [...names.map(quoted), '_rev', '_local'];
      const sets = columns.filter((name) => name !== '"id"').map((name) => `${name} = excluded.${name}`);
      const key = db.rows(
        `insert into ${quoted(entity)} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})
         on conflict (id) do update set ${sets.join(', ')} returning _key`,
        [...names.map((name) => toSql(row[name])), toSql(row['_rev']), local],
      )[0]?.[0];
      const rowid = searchKey(entity, key);
      db.run('delete from _search where rowid = ?', [rowid]);
      const body = searchBody(model.searchableFields(entity).map((name) => row[name] ?? null));
      if (local !== 3 && body !== '')
        db.run('insert into _search (rowid, body) values (?, ?)', [rowid, body]);
    },
    remove: (entity, id) => {
      const key = db.rows(`delete from ${quoted(entity)} where id = ? returning _key`, [id])[0]?.[0];
      if (key !== undefined) db.run('delete from _search where rowid = ?', [searchKey(entity, key)]);
    },
    insertPage: (entity, columns, count) => {
      expectPage(db, entity, numberOf(entity), columns);
      db.insertColumns(entity, columns, count);
    },
    fillColumns: (entity, columns, count, stretch) =>
      fillColumns(db, modelOf(), entity, columns, count, stretch),
    forgetWords: (entity) => forgetWords(db, entity, numberOf(entity)),
  };
}

function catchingUp(
  db: Database,
  modelOf: () => Model,
  numberOf: (entity: string) => number,
): Pick<CacheStore, 'catchUp' | 'isBehind' | 'completeWords'> {
  const addSomeWords = (entity: string) =>
    db.transaction(() => addWords(db, modelOf(), entity, numberOf(entity)));
  return {
    // Lists are read more often than anything is searched.
    catchUp: () => {
      const [index] = missingIndexes(db, modelOf());
      const [entity] = wordlessEntities(db);
      if (index !== undefined) db.run(index);
      else if (entity !== undefined) addSomeWords(entity);
      return index !== undefined || entity !== undefined;
    },
    isBehind: () => missingIndexes(db, modelOf()).length > 0 || wordlessEntities(db).length > 0,
    completeWords: (entity) => {
      while (addSomeWords(entity));
    },
  };
}
