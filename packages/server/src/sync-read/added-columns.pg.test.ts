// What a new field costs a device: a page of its values alone, beside one of whole rows, on a real PostgreSQL.
import { gzipSync } from 'node:zlib';
import type { Field, PageAnswer, Solution, Value } from '@satchel/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publish, type Organisation } from '../store/organisation.ts';
import { depot } from '../testing/depot.ts';
import { makeWorld, people, tableRows, type World } from '../testing/world.ts';
import { page } from './page.ts';

const now = '2026-11-21T09:00:00.000Z';
const floor: Field = { type: 'integer', label: 'Floor' };
const place: Field = { type: 'text', label: 'Place', required: true };

let world: World;
let organisation: Organisation;
let before: ReadonlyMap<string, Readonly<Record<string, Value>>>;

/** The depot with a floor and a place for jobs; rows that are there get a place without a new revision. */
const wider: Solution = {
  ...depot,
  schemaVersion: 2,
  upgrades: [{ to: 2, steps: [{ kind: 'setDefault', entity: 'job', field: 'place', value: 'Store' }] }],
  entities: depot.entities.map((entity) =>
    entity.name === 'job' ? { ...entity, fields: { ...entity.fields, floor, place } } : entity,
  ),
};

beforeAll(async () => {
  world = await makeWorld();
  await world.sql(`
    insert into {s}.site (name) select 'Site ' || n from generate_series(1, 40) n;
    insert into {s}.job (title, owner, site, due, tools)
      select 'Pump ' || n || ' ' || md5('a' || n) || md5('b' || n) || md5('c' || n), '${people.ada}'::uuid,
        (select id from {s}.site order by name offset n % 40 limit 1), date '2026-01-01' + n % 300,
        case when n % 2 = 0 then '{saw,drill}'::text[] end
      from generate_series(1, 6000) n;`);
  before = await tableRows(world, 'job');
  organisation = await publish(world.database, world.organisation.name, wider);
  await world.sql(`update {s}.job set floor = 3 where title like 'Pump %7 %'`);
});
afterAll(() => world.close());

async function download(columns?: string[]) {
  const user = await world.person(people.ada);
  const { hash } = organisation.bundleFor(user.roles);
  const pages: PageAnswer[] = [];
  let bytes = 0;
  let after: string | null = null;
  do {
    const request = { bundle: hash, entity: 'job', after, ...(columns === undefined ? {} : { columns }) };
    const text = await page(world.database, organisation, user, request, now);
    bytes += gzipSync(text, { level: 1 }).length;
    const answer = JSON.parse(text) as PageAnswer;
    pages.push(answer);
    after = answer.next;
  } while (after !== null);
  return { pages, bytes };
}

function cellsOf(pages: readonly PageAnswer[], name: string): readonly Value[] {
  return pages.flatMap(({ columns }) => {
    const column = columns.find((each) => each.name === name);
    if (column === undefined) return [];
    return 'values' in column ? column.values : column.codes.map((code) => column.dictionary[code] ?? null);
  });
}

describe('a page of columns', () => {
  // Ids and revisions are most of such a page: the rows here are small, with 110 characters of text.
  it('[PAGE-7] has id, what was asked for and _rev, for each row of the scope once, and is a part of the bytes of whole rows', async () => {
    const whole = await download();
    const added = await download(['floor', 'place']);
    expect(added.pages.map(({ rows }) => rows)).toEqual(whole.pages.map(({ rows }) => rows));
    expect(added.pages[0]?.columns.map(({ name }) => name)).toEqual(['id', 'floor', 'place', '_rev']);
    for (const name of ['id', 'floor', 'place', '_rev'])
      expect(cellsOf(added.pages, name)).toEqual(cellsOf(whole.pages, name));
    console.info(`6,000 jobs: ${whole.bytes} bytes whole, ${added.bytes} of two new columns, gzip 1`);
    expect(added.bytes).toBeLessThan(whole.bytes / 2);
  });

  it('[PAGE-7] has the filled value of rows whose revision the publish left alone, and another revision for those written since', async () => {
    const { pages } = await download(['floor', 'place']);
    const [ids, revs] = [cellsOf(pages, 'id'), cellsOf(pages, '_rev')];
    const floors = cellsOf(pages, 'floor');
    expect(new Set(cellsOf(pages, 'place'))).toEqual(new Set(['Store']));
    for (const [index, id] of ids.entries())
      expect(before.get(String(id))?.['_rev'] === revs[index]).toBe(floors[index] === null);
  });

  it('[PAGE-7] refuses a column that the reader may not see or that there is not', async () => {
    await expect(download(['floor', 'nothing'])).rejects.toMatchObject({ code: 'unknown_field' });
  });
});
