// A delta in parts: what a person sees is always one state that the server really had, whatever happens between the parts.
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeServer, type FakeServer } from './testing/fake-server.ts';
import { fragileStorage } from './testing/fragile-storage.ts';
import { expectSameRows } from './testing/same-rows.ts';
import { idOf, jobRow, sampleBundle } from './testing/sample.ts';
import { readyDevice, type TestDevice } from './testing/world.ts';

const entities = ['customer', 'job', 'note'] as const;
let server: FakeServer;
let device: TestDevice;
/** Every state the server was in. */
let states: Set<string>;

const stateOf = (revsOf: (entity: string) => readonly (readonly [string, number])[]) =>
  entities.map((entity) => JSON.stringify([...revsOf(entity)].sort())).join();
const noteState = () =>
  states.add(
    stateOf((entity) => server.rows(entity).map((row) => [String(row['id']), Number(row['_rev'])] as const)),
  );
function write(entity: string, row: Parameters<FakeServer['write']>[1]): void {
  server.write(entity, row);
  noteState();
}
function erase(entity: string, id: string): void {
  server.erase(entity, id);
  noteState();
}
/** What lies in the file at this moment, read past the engine. */
const stateHere = (of = device) =>
  stateOf((entity) =>
    of.storage.cache
      .rows(`select id, _rev from "${entity}"`)
      .map(([id, rev]) => [String(id), Number(rev)] as const),
  );
const stagedHere = (of = device) => Number(of.storage.cache.rows('select count(*) from _stage')[0]?.[0]);
const pulls = () => device.road.calls.filter((call) => call.path === '/api/sync/pull');

/** More than one message holds, of every kind: new, other, deleted. */
function muchHappens(): void {
  for (let number = 1; number <= 8; number += 1) write('job', jobRow(number, { title: `Changed ${number}` }));
  for (let number = 20; number <= 26; number += 1)
    write('note', { id: idOf(number), text: 'New', job: idOf(1) });
  erase('job', idOf(9));
  erase('job', idOf(10));
}

/** Others go on writing between the parts: what was told, what is still to be told, and what is new. */
function othersWriteBetween(): void {
  let turn = 0;
  server.onPart = () => {
    turn += 1;
    if (turn > 6) return;
    write('job', jobRow(turn, { title: `Again ${turn}` }));
    write('job', jobRow(30 + turn));
    if (turn === 2) erase('job', idOf(31));
    if (turn === 3) erase('note', idOf(26));
    if (turn === 4) write('job', jobRow(9, { title: 'Made again' }));
  };
}

beforeEach(async () => {
  server = createFakeServer(sampleBundle());
  states = new Set();
  for (let number = 1; number <= 10; number += 1) server.write('job', jobRow(number));
  device = await readyDevice(server);
  noteState();
  server.partRows = 4;
});

async function syncs(of = device): Promise<void> {
  await of.settles();
  await of.engine.sync();
  await of.settles();
}

describe('a delta in parts', () => {
  it('[PULL-13] is seen all at once: before each message what is here is one state that the server had, with writers between the parts', async () => {
    muchHappens();
    othersWriteBetween();
    let looks = 0;
    device.road.fate = () => {
      expect(states).toContain(stateHere());
      looks += 1;
      return 'arrives';
    };
    await syncs();
    expect(looks).toBeGreaterThan(6);
    await expectSameRows(device, server);
    expect(await device.status()).toMatchObject({ synced: true, heals: 0 });
    expect(stagedHere()).toBe(0);
  });

  it(
    '[PULL-14] a process that dies at any call to storage goes on, repeats one part at most, and ends proven',
    { timeout: 120_000 },
    async () => {
      let died = true;
      let number = 1;
      for (; died; number += 3) {
        server = createFakeServer(sampleBundle());
        states = new Set();
        for (let at = 1; at <= 10; at += 1) server.write('job', jobRow(at));
        const fragile = fragileStorage();
        const first = await readyDevice(server, { wrap: fragile.wrap });
        noteState();
        server.partRows = 4;
        muchHappens();
        othersWriteBetween();
        const tries = new Map<string, number>();
        first.road.fate = ({ path, body }) => {
          const { cursor, part } = (body ?? {}) as { cursor?: string; part?: { after: string } };
          const key = `${cursor} ${part?.after}`;
          if (path === '/api/sync/pull') tries.set(key, (tries.get(key) ?? 0) + 1);
          return 'arrives';
        };
        fragile.arm(number);
        await Promise.race([first.engine.sync().catch(() => undefined), first.settles()]);
        died = fragile.isDead();
        device = await first.crashes();
        expect(states).toContain(stateHere());
        await syncs();
        await expectSameRows(device, server);
        expect(await device.status()).toMatchObject({ synced: true, heals: 0, problem: null });
        // What was asked twice was asked once before the crash and once after it.
        expect([...tries.values()].filter((count) => count > 1).length).toBeLessThanOrEqual(1);
        expect(stagedHere()).toBe(0);
        device.engine.close();
      }
      expect(number).toBeGreaterThan(60);
    },
  );

  it('[PULL-14] an interruption goes on where it was: forced offline between the parts keeps them, and nothing of them is seen', async () => {
    muchHappens();
    const before = stateHere();
    let calls = 0;
    device.road.fate = ({ path }) => (path === '/api/sync/pull' && (calls += 1) > 2 ? 'lost' : 'arrives');
    await device.engine.sync();
    await device.settles();
    await device.engine.setForcedOffline(true);
    expect([stateHere(), stagedHere()]).toEqual([before, 8]);
    device.road.fate = () => 'arrives';
    const asked = pulls().length;
    await device.engine.setForcedOffline(false);
    await syncs();
    // The rest of the parts and the closing pull; none again.
    const bodies = pulls()
      .slice(asked)
      .map(({ body }) => body as { part?: object; prove?: boolean });
    expect(
      bodies.map(({ part, prove }) => (part === undefined ? (prove ?? false) : 'part')).slice(0, 4),
    ).toEqual(['part', 'part', 'part', true]);
    await expectSameRows(device, server);
    expect(await device.status()).toMatchObject({ synced: true, heals: 0 });
  });

  it('[PULL-16] settles nothing before it is whole: an accepted change stays in the outbox and on the row until then', async () => {
    muchHappens();
    await device.engine.setForcedOffline(true);
    await device.engine.mutate({
      entity: 'job',
      recordId: idOf(1),
      command: 'update',
      values: { minutes: 9 },
    });
    const seen: unknown[] = [];
    device.road.fate = () => {
      const states = device.storage.work.rows('select state from outbox').map(([state]) => state);
      const minutes = device.storage.cache.rows(`select minutes from job where id = ?`, [idOf(1)])[0]?.[0];
      if (stagedHere() > 0) seen.push([states, minutes]);
      return 'arrives';
    };
    await device.engine.setForcedOffline(false);
    await syncs();
    expect(seen.length).toBeGreaterThan(2);
    for (const each of seen) expect(each).toEqual([['merged'], 9]);
    expect(await device.engine.outbox()).toEqual([]);
    await expectSameRows(device, server);
    expect((await device.status()).heals).toBe(0);
  });

  it('[PULL-16] a delta that is still too large when it should close the parts goes on in parts', async () => {
    muchHappens();
    let wave = 0;
    server.onPart = () => {
      wave += 1;
      if (wave <= 6)
        for (let number = 1; number <= 6; number += 1)
          write('job', jobRow(number, { title: `Wave ${wave}` }));
    };
    device.road.fate = () => {
      expect(states).toContain(stateHere());
      return 'arrives';
    };
    await syncs();
    await expectSameRows(device, server);
    expect(await device.status()).toMatchObject({ synced: true, heals: 0 });
  });
});

describe('parts that must not be shown', () => {
  /** Takes two parts; then the line is dead. */
  async function twoParts(): Promise<void> {
    muchHappens();
    let calls = 0;
    device.road.fate = ({ path }) => (path === '/api/sync/pull' && (calls += 1) > 2 ? 'lost' : 'arrives');
    await device.engine.sync();
    await device.settles();
    expect(stagedHere()).toBe(8);
    device.road.fate = () => 'arrives';
  }

  it('[PULL-15] rights that change between parts drop them: what may no longer be read is never seen, and not kept', async () => {
    await twoParts();
    const hidden = idOf(2);
    const titleOfHidden = () =>
      device.storage.cache.rows('select title from job where id = ?', [hidden])[0]?.[0];
    server.inScope = (_, row) => row['id'] !== hidden;
    server.rights += 1;
    device.road.fate = () => {
      expect(titleOfHidden()).not.toBe('Changed 2');
      return 'arrives';
    };
    await syncs();
    await expectSameRows(device, server);
    expect((await device.status()).synced).toBe(true);
    expect([stagedHere(), titleOfHidden()]).toEqual([0, undefined]);
  });

  it('[PULL-15] rights that change before the closing pull drop them too', async () => {
    muchHappens();
    let calls = 0;
    device.road.fate = ({ path }) => {
      if (path === '/api/sync/pull' && (calls += 1) === 6) server.rights += 1;
      return 'arrives';
    };
    await syncs();
    await expectSameRows(device, server);
    expect((await device.status()).synced).toBe(true);
    expect(pulls().length).toBeGreaterThan(10);
  });

  it('[PULL-15] a pruned log or another bundle drops them, and comparing puts the rows right', async () => {
    await twoParts();
    server.horizon = 1_000_000;
    let calls = 0;
    device.road.fate = () => {
      calls += 1;
      if (calls > 1) server.horizon = 0;
      return 'arrives';
    };
    const pulling = device.engine.sync();
    await device.settles();
    await pulling;
    expect(device.road.calls.some(({ path }) => path === '/api/sync/reconcile')).toBe(true);
    await syncs();
    expect(stagedHere()).toBe(0);
    await expectSameRows(device, server);
    for (let number = 1; number <= 8; number += 1) write('job', jobRow(number, { title: `More ${number}` }));
    await twoParts();
    server.bundle = sampleBundle(undefined, 'b'.repeat(64));
    await syncs();
    expect(stagedHere()).toBe(0);
    await expectSameRows(device, server);
  });

  it('[PULL-15] a cleared cache and a sign-out leave nothing of them', async () => {
    await twoParts();
    await device.engine.clearCache();
    expect(stagedHere()).toBe(0);
    await device.engine.download();
    await syncs();
    await twoParts();
    await device.engine.signOut({ keepUnsent: true });
    expect(stagedHere()).toBe(0);
  });
});
