import { openModel, type Bundle, type Field } from '@satchel/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { openNodeDatabase } from './adapters/node-storage.ts';
import { openCacheStore, type CacheStore } from './cache-store.ts';
import { deviceLimits } from './limits.ts';
import type { Database } from './ports.ts';
import { cleanRow } from './row-codec.ts';
import { idOf, jobRow, sampleBundle } from './testing/sample.ts';

const model = openModel(sampleBundle());
const full = (number: number, values = {}) => cleanRow(model, 'job', jobRow(number, values));
let database: Database;
let cache: CacheStore;

beforeEach(async () => {
  database = await openNodeDatabase();
  cache = openCacheStore(database);
  cache.transaction(() => cache.applyModel(model));
});

function changed(edit: (fields: Record<string, Field>) => void): Bundle {
  const bundle = sampleBundle();
  const entities = bundle.entities.map((entity) => {
    if (entity.name !== 'job') return entity;
    const fields: Record<string, Field> = { ...entity.fields };
    edit(fields);
    return { ...entity, fields };
  });
  return { ...bundle, entities };
}

describe('the cache', () => {
  it('[CACHE-2] a row comes back as it was put, every kind of value and odd text included', () => {
    const row = full(1, {
      title: `Odd " ' % _ \\ 🛠 ẞ`,
      tools: ['drill', 'pump'],
      minutes: Number.MAX_SAFE_INTEGER,
      due: '2026-02-28',
    });
    const customer = cleanRow(model, 'customer', { id: idOf(9), name: 'No', vip: false, _rev: 5 });
    cache.transaction(() => {
      cache.put('job', { ...row, _rev: 2 ** 40 - 1 }, 0);
      cache.put('customer', customer, 0);
    });
    expect(cache.row('job', idOf(1))).toEqual({ row: { ...row, _rev: 2 ** 40 - 1 }, local: 0 });
    expect(cache.row('customer', idOf(9))?.row).toEqual(customer);
  });

  it('[CACHE-3] the digest counts what the server told, exactly, and nothing made here', () => {
    const rev = 2 ** 40 - 1;
    cache.transaction(() => {
      for (let number = 1; number <= 9_000; number += 1) cache.put('job', { ...full(number), _rev: rev }, 0);
      cache.put('job', full(9_999), 2);
    });
    expect(cache.digest('job')).toEqual({ count: 9_000, sum: (BigInt(rev) * 9_000n).toString() });
    const buckets = [...cache.digestsByBucket('job').values()];
    expect(buckets.reduce((sum, each) => sum + each.count, 0)).toBe(9_000);
    expect(buckets.reduce((sum, each) => sum + BigInt(each.sum), 0n)).toBe(BigInt(rev) * 9_000n);
  });

  it('[CACHE-4] a new field keeps the rows and asks for its values alone; a field that is gone leaves the rows; one of another kind drops its table', () => {
    cache.transaction(() => {
      cache.put('job', { ...full(1), _rev: 1 }, 0);
      cache.put('note', cleanRow(model, 'note', { id: idOf(2), text: 'Kept', job: idOf(1), _rev: 2 }), 0);
      for (const entity of ['job', 'note']) cache.setProgress(entity, { isComplete: true, isProven: true });
    });
    const more = openModel(changed((fields) => (fields['floor'] = { type: 'integer', label: 'Floor' })));
    cache.transaction(() => cache.applyModel(more));
    expect(cache.row('job', idOf(1))?.row['floor']).toBeNull();
    expect(cache.progress('job')).toMatchObject({ isComplete: true, isProven: false });
    expect(cache.get('added')).toEqual({ job: { columns: ['floor'], after: null } });
    expect(cache.progress('note')).toMatchObject({ isComplete: true, isProven: true });
    const less = openModel(changed((fields) => delete fields['remarks']));
    cache.transaction(() => cache.applyModel(less));
    expect(cache.row('job', idOf(1))?.row).toMatchObject({ title: full(1)['title'], _rev: 1 });
    expect(cache.row('job', idOf(1))?.row).not.toHaveProperty('remarks');
    expect(
      database.rows(`select name from pragma_table_info('job') where name in ('remarks', 'floor')`),
    ).toEqual([]);
    expect(cache.get('added')).toBeNull();
    const other = openModel(changed((fields) => (fields['minutes'] = { type: 'text', label: 'Minutes' })));
    cache.transaction(() => cache.applyModel(other));
    expect(cache.row('job', idOf(1))).toBeNull();
    expect(cache.progress('job')).toMatchObject({ isComplete: false });
    expect(cache.row('note', idOf(2))?.row['text']).toBe('Kept');
  });

  it('[CACHE-4] a name that an upgrade gave to another field drops the table: what lies under it is something else at the same revision', () => {
    cache.transaction(() => {
      cache.put('job', { ...full(1), _rev: 1 }, 0);
      cache.setProgress('job', { isComplete: true, isProven: true });
    });
    const swapped = changed((fields) => {
      if (fields['due'] !== undefined) fields['until'] = fields['due'];
    });
    const rename = { kind: 'renameField', entity: 'job', field: 'due', to: 'until' } as const;
    const upgraded = { ...swapped, schemaVersion: 2, upgrades: [{ to: 2, steps: [rename] }] };
    cache.transaction(() => cache.applyModel(openModel(upgraded)));
    expect(cache.row('job', idOf(1))).toBeNull();
    // The same upgrade is no news to a cache of that version.
    cache.transaction(() => cache.put('job', { ...full(1), _rev: 1 }, 0));
    const later = { ...upgraded, schemaVersion: 3 };
    cache.transaction(() => cache.applyModel(openModel(later)));
    expect(cache.row('job', idOf(1))?.row['_rev']).toBe(1);
  });

  it('[CACHE-5] an entity that leaves the profile takes its rows and its search words along, but not what is pending', () => {
    cache.transaction(() => {
      cache.put('job', { ...full(1, { title: 'Gone' }), _rev: 1 }, 0);
      cache.put('job', { ...full(2, { title: 'Pending' }), _rev: 2 }, 1);
    });
    const bundle = sampleBundle();
    const { profile } = bundle;
    const smaller = profile && {
      ...profile,
      entities: profile.entities.filter(({ entity }) => entity !== 'job'),
    };
    cache.transaction(() => cache.applyModel(openModel({ ...bundle, profile: smaller })));
    expect(cache.row('job', idOf(1))).toBeNull();
    expect(cache.row('job', idOf(2))?.row).toMatchObject({ title: 'Pending' });
    expect(cache.digest('job').count).toBe(0);
    cache.completeWords('job');
    expect(found(database, 'gone')).toBe(0);
    expect(found(database, 'pending')).toBe(1);
  });

  const page = (title: string, ...numbers: readonly number[]) => [
    { name: 'id', values: numbers.map(idOf) },
    { name: 'title', dictionary: [title], codes: numbers.map(() => 0) },
  ];
  const insert = (title: string, ...numbers: readonly number[]) =>
    cache.transaction(() => cache.insertPage('job', page(title, ...numbers), numbers.length));

  it('[CACHE-7] rows are found by the words of their page once these are asked for, and by no earlier ones', () => {
    cache.transaction(() => cache.put('job', full(1, { title: 'Mine' }), 2));
    insert('Early', 1, 2);
    cache.completeWords('job');
    expect([found(database, 'mine'), found(database, 'early')]).toEqual([0, 2]);
    insert('Later', 1, 2);
    expect(found(database, 'early')).toBe(0);
    cache.completeWords('job');
    expect([found(database, 'early'), found(database, 'later')]).toEqual([0, 2]);
  });

  it('[CACHE-7] a row that is written or removed while words are missing is found as it is, once', () => {
    insert('Paged', 1, 2, 3);
    cache.transaction(() => {
      cache.put('job', full(1, { title: 'Changed' }), 1);
      cache.put('job', full(4, { title: 'Changed' }), 2);
      cache.put('job', full(2, { title: 'Hidden' }), 3);
      cache.remove('job', idOf(3));
    });
    expect([found(database, 'changed'), found(database, 'paged')]).toEqual([2, 0]);
    cache.completeWords('job');
    const words = ['changed', 'paged', 'hidden'].map((word) => found(database, word));
    expect(words).toEqual([2, 0, 0]);
  });

  it('[CACHE-9] what was made ready stays so when the process ends, and the rest is made afterwards', () => {
    const count = deviceLimits.searchBatchRows + 1;
    insert('Many', ...Array.from({ length: count }, (_, index) => index + 1));
    cache.transaction(() => cache.setProgress('job', { isComplete: true }));
    expect(cache.isBehind()).toBe(true);
    let pieces = 0;
    for (; found(database, 'many') === 0; pieces += 1) expect(cache.catchUp()).toBe(true);
    expect(pieces).toBeGreaterThan(1);
    expect(found(database, 'many')).toBe(count - 1);
    const reopened = openCacheStore(database);
    reopened.transaction(() => reopened.applyModel(model));
    expect(reopened.catchUp()).toBe(true);
    expect(found(database, 'many')).toBe(count);
    expect([reopened.catchUp(), reopened.isBehind()]).toEqual([false, false]);
  });

  it('[CACHE-6] lists have their indexes after a download, and the default list walks one', () => {
    cache.transaction(() => cache.setProgress('job', { isComplete: true }));
    while (cache.catchUp());
    const plan = database.rows(
      'explain query plan select id from job r where r._local <> 3 order by r.title nulls last, r.id limit 50',
    );
    expect(JSON.stringify(plan)).toContain('USING INDEX');
  });

  it('[CACHE-8] a cache in the form of another version of the engine is emptied and works', () => {
    cache.transaction(() => {
      cache.put('job', full(1), 0);
      cache.set('cursor', 'old');
    });
    database.run('pragma user_version = 99');
    const reopened = openCacheStore(database);
    reopened.transaction(() => reopened.applyModel(model));
    expect(reopened.get('cursor')).toBeNull();
    expect(reopened.row('job', idOf(1))).toBeNull();
    reopened.transaction(() => reopened.put('job', full(2), 0));
    expect(openCacheStore(database).get('cursor')).toBeNull();
  });
});

const found = (database: Database, word: string): number =>
  database.rows('select rowid from _search where _search match ?', [word]).length;
