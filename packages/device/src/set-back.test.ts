import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeServer, type FakeServer } from './testing/fake-server.ts';
import { expectSameRows } from './testing/same-rows.ts';
import { idOf, jobRow, sampleBundle } from './testing/sample.ts';
import { readyDevice, type TestDevice } from './testing/world.ts';

let server: FakeServer;
let device: TestDevice;
const [first, second, third] = [idOf(1), idOf(2), idOf(3)] as const;

const edits = (of: TestDevice, recordId: string, values: Record<string, string | number>) =>
  of.engine.mutate({ entity: 'job', recordId, command: 'update', values });
async function syncs(of: TestDevice): Promise<void> {
  await of.settles();
  await of.engine.sync();
  await of.settles();
}
async function pushes(of: TestDevice, recordId: string, values: Record<string, string | number>) {
  await edits(of, recordId, values);
  await syncs(of);
}
/** A restored server knows no sessions: the person signs in again. */
async function comesBack(of: TestDevice): Promise<void> {
  await syncs(of);
  await of.engine.signIn('maya', 'satchel');
  await syncs(of);
}
const pushesOf = (of: TestDevice) => of.road.calls.filter((call) => call.path === '/api/sync/push');
const pagesOf = (of: TestDevice) => of.road.calls.filter((call) => call.path === '/api/sync/page').length;

beforeEach(async () => {
  server = createFakeServer(sampleBundle());
  for (let number = 1; number <= 9; number += 1) server.write('job', jobRow(number));
  device = await readyDevice(server);
});

describe('a server that was set back', () => {
  it('[BACK-1] accepted changes that it forgot are sent again under their ids, in order, once; nothing is downloaded anew', async () => {
    await pushes(device, first, { title: 'Kept by the backup', minutes: 5 });
    const setBack = server.backup();
    await pushes(device, first, { title: 'Forgotten', minutes: 15 });
    await pushes(device, second, { title: 'Forgotten too' });
    const made = await device.engine.mutate({ entity: 'job', command: 'create', values: { title: 'Made' } });
    await syncs(device);
    await pushes(device, made.recordId, { title: 'Made and renamed' });
    const ids = (await device.engine.history(4)).map((entry) => entry.mutation.id).reverse();
    setBack();
    expect(server.row('job', first)?.['minutes']).toBe(5);
    const [pages, before] = [pagesOf(device), pushesOf(device).length];
    await comesBack(device);
    expect(server.row('job', first)).toMatchObject({ title: 'Forgotten', minutes: 15 });
    expect(server.row('job', second)?.['title']).toBe('Forgotten too');
    expect(server.row('job', made.recordId)?.['title']).toBe('Made and renamed');
    const sent = pushesOf(device)
      .slice(before)
      .flatMap((call) => (call.body as { mutations: { id: string; seq: number }[] }).mutations);
    expect(sent.map(({ id }) => id)).toEqual(ids);
    expect(sent.map(({ seq }) => seq)).toEqual([2, 3, 4, 5]);
    expect(pagesOf(device)).toBe(pages);
    expect(await device.status()).toMatchObject({ synced: true, setBack: null });
    await expectSameRows(device, server);
    await comesBack(device);
    expect(pushesOf(device)).toHaveLength(before + 1);
  });

  it('[BACK-2] the person is told how many changes are sent again, and until when', async () => {
    const setBack = server.backup();
    await pushes(device, first, { title: 'One' });
    await pushes(device, second, { title: 'Two' });
    setBack();
    await syncs(device);
    device.road.fate = (call) => (call.path === '/api/sync/push' ? 'lost' : 'arrives');
    await device.engine.signIn('maya', 'satchel');
    await device.settles();
    expect(await device.status()).toMatchObject({ synced: false, setBack: { changes: 2, left: 2 } });
    // What the person did stays on the screen meanwhile.
    expect((await device.engine.get('job', first))?.row['title']).toBe('One');
    device.road.fate = () => 'arrives';
    await device.clock.advance(400_000);
    await syncs(device);
    expect(await device.status()).toMatchObject({ synced: true, setBack: null });
  });

  it('[BACK-3] what others did since is met like any other work of theirs: merged, or asked about', async () => {
    const setBack = server.backup();
    await pushes(device, first, { title: 'Mine', minutes: 10 });
    await pushes(device, second, { title: 'Also mine' });
    setBack();
    server.write('job', jobRow(1, { title: 'Theirs', minutes: 3 }));
    server.write('job', jobRow(2, { minutes: 7 }));
    await comesBack(device);
    const [conflict] = await device.engine.outbox();
    expect(conflict).toMatchObject({
      state: 'conflict',
      verdict: { clashes: { title: { mine: 'Mine', theirs: 'Theirs' } } },
    });
    expect(server.row('job', second)).toMatchObject({ title: 'Also mine', minutes: 7 });
    await device.engine.resolve(conflict?.mutation.id ?? '', { kind: 'keep', values: { title: 'Mine' } });
    await syncs(device);
    expect(server.row('job', first)).toMatchObject({ title: 'Mine', minutes: 13 });
    expect((await device.status()).synced).toBe(true);
  });

  it('[BACK-4] work that was never sent comes after what is sent again', async () => {
    const setBack = server.backup();
    await pushes(device, first, { title: 'Accepted, then forgotten' });
    setBack();
    await syncs(device);
    await edits(device, first, { title: 'Made meanwhile' });
    await edits(device, third, { title: 'Another' });
    await comesBack(device);
    expect(server.row('job', first)?.['title']).toBe('Made meanwhile');
    expect(server.row('job', third)?.['title']).toBe('Another');
    expect((await device.status()).synced).toBe(true);
  });

  it('[BACK-1] two devices replay what each had; a session that lives on finds out by the gap in its numbers', async () => {
    const other = await readyDevice(server, { ids: { next: otherIds() } });
    const setBack = server.backup();
    const handle = server.handle;
    // The cluster itself was set back: tokens still count.
    const tokens = new Map<string, string>();
    server.handle = (method, path, body, token) =>
      handle(method, path, body, tokens.get(token ?? '') ?? token);
    await pushes(device, first, { minutes: 10 });
    await pushes(other, first, { minutes: 30 });
    await syncs(device);
    await pushes(device, second, { title: 'By the first' });
    setBack();
    for (const each of [device, other]) {
      const old = each.road.calls.at(-1)?.token ?? '';
      const answer = handle('POST', '/api/session', signInBody(each), null).body as { token: string };
      tokens.set(old, answer.token);
    }
    await pushes(other, third, { title: 'New work' });
    await syncs(other);
    await syncs(device);
    await syncs(other);
    expect(server.row('job', first)?.['minutes']).toBe(40);
    expect(server.row('job', second)?.['title']).toBe('By the first');
    expect(server.row('job', third)?.['title']).toBe('New work');
    for (const each of [device, other]) {
      expect(await each.status()).toMatchObject({ synced: true, setBack: null });
      await expectSameRows(each, server);
    }
  });

  it('[BACK-5] a crash at any moment of it changes nothing', async () => {
    const setBack = server.backup();
    await pushes(device, first, { minutes: 10 });
    await pushes(device, second, { minutes: 20 });
    setBack();
    await syncs(device);
    await device.engine.signIn('maya', 'satchel');
    for (let crash = 0; crash < 6; crash += 1) {
      for (let turn = 0; turn < crash * 7; turn += 1) await Promise.resolve();
      device = await device.crashes();
    }
    await device.clock.advance(400_000);
    await syncs(device);
    expect(server.row('job', first)?.['minutes']).toBe(10);
    expect(server.row('job', second)?.['minutes']).toBe(20);
    expect(await device.status()).toMatchObject({ synced: true, setBack: null });
    await expectSameRows(device, server);
  });

  it('[BACK-6] a standby that lags is no set-back: nothing is sent again', async () => {
    const handle = server.handle;
    await pushes(device, first, { title: 'One' });
    server.handle = (method, path, body, token) => {
      const answer = handle(method, path, body, token);
      const pull = answer.body as { kind?: string; settles?: number };
      if (path === '/api/sync/pull') pull.settles = 0;
      return answer;
    };
    const before = pushesOf(device).length;
    await syncs(device);
    expect(pushesOf(device)).toHaveLength(before);
    expect((await device.status()).setBack).toBeNull();
  });
});

function otherIds(): () => string {
  let count = 0;
  return () => `01b00000-0000-7000-8000-${(count += 1).toString(16).padStart(12, '0')}`;
}

function signInBody(of: TestDevice) {
  const call = of.road.calls.find((each) => each.path === '/api/session' && each.method === 'POST');
  return call?.body;
}
