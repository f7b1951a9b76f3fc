import { afterAll, beforeAll, expect, it } from 'vitest';
import { mutation } from '../push/testing/workshop.ts';
import { openPushing, type Pushing } from '../push/testing/pushing.ts';
import { serverLimits } from '../limits.ts';
import { clearAway } from './housekeeping.ts';

let at: Pushing;
beforeAll(async () => {
  at = await openPushing();
});
afterAll(() => at.shop.close());

const run = <T extends object>(text: string, values: readonly unknown[] = []) =>
  at.shop.database.write((tx) =>
    tx.rows<T>(text.replaceAll('{s}', `"${at.shop.organisation.schema}"`), values),
  );
const round = () => clearAway(at.shop.database, at.shop.organisation);

it('[HOUSE-3] what was asked is forgotten when the device has its outcome and much time went by; a repeat still gets the first outcome, however old', async () => {
  const me = await at.pusherOf(at.shop.people.maya);
  const { recordId, baseRev } = await at.aJob(me);
  const seen = (value: string, base: string | null) => ({ set: { place: value }, saw: { place: base } });
  const second = mutation({ seq: 2, recordId, baseRev, ...seen('Hall', null) });
  const third = mutation({ seq: 3, recordId, baseRev, ...seen('Yard', 'Hall') });
  await at.send(me, second, third);
  await run(`update {s}._ledger set received_at = now() - interval '1 year' where device_id = $1`, [
    me.deviceId,
  ]);
  expect((await round()).payloads).toBe(0);
  await run(`update {s}._device set settled_seq = 2 where id = $1`, [me.deviceId]);
  expect((await round()).payloads).toBe(2);
  expect((await round()).payloads).toBe(0);
  const kept = await run<{ payload: { changes?: object; recordId: string } }>(
    `select payload from {s}._ledger where device_id = $1 order by seq`,
    [me.deviceId],
  );
  expect(kept.map(({ payload }) => payload.changes !== undefined)).toEqual([false, false, true]);
  expect(kept.every(({ payload }) => payload.recordId === recordId)).toBe(true);
  const again = await at.send(me, second);
  expect(again.verdicts).toMatchObject([{ id: second.id, outcome: 'duplicate', original: 'applied' }]);
  expect((await at.shop.row('job', recordId))?.['place']).toBe('Yard');
  // Its own steps are still known: this is neither a merge nor a conflict.
  const fourth = mutation({ seq: 4, recordId, baseRev, ...seen('Roof', 'Yard') });
  expect((await at.send(me, fourth)).verdicts).toMatchObject([{ outcome: 'applied' }]);
});

it('[HOUSE-4] losing values, dead sessions and attempts of long ago are cleared away, those of late and living sessions are not', async () => {
  const device = await at.shop.device(at.shop.people.maya);
  const [old, late] = [serverLimits.traceDays + 1, serverLimits.traceDays - 1];
  for (const [index, [expires, revoked]] of [
    [late, null],
    [-old, null],
    [late, -old],
    [late, -late],
    [-late, null],
  ].entries())
    await run(
      `insert into {s}._session (token_hash, device_id, user_id, expires_at, revoked_at)
       values (decode(lpad($1::text, 2, '0'), 'hex'), $2, $3, now() + make_interval(days => $4), now() + make_interval(days => $5))`,
      [String(index), device, at.shop.people.maya, expires, revoked],
    );
  for (const days of [old, late]) {
    await run(
      `insert into {s}._attempt (mutation_id, last_at) values (gen_random_uuid(), now() - make_interval(days => $1))`,
      [days],
    );
    await run(
      `insert into {s}._superseded (mutation_id, entity, record_id, field, rule, at)
       values (gen_random_uuid(), 'job', gen_random_uuid(), 'place', 'mine', now() - make_interval(days => $1))`,
      [days],
    );
  }
  expect(await round()).toMatchObject({ sessions: 2, attempts: 1, superseded: 1 });
  expect(await round()).toMatchObject({ sessions: 0, attempts: 0, superseded: 0 });
  expect(await at.shop.count('_session')).toBe(3);
});

it('[HOUSE-5] the change log is kept for its days: what a mark of that age had behind it goes, and the horizon with it', async () => {
  await run('delete from {s}._log_mark');
  await round();
  await run(`insert into {s}.customer (name) values ('After the mark')`);
  expect((await round()).changes).toBe(0);
  // A transaction of another test file may have been under way at the mark: then it lies lower.
  const [behind] = await run<{ count: number }>(
    'select count(*) as count from {s}._change where xid < (select min(xid) from {s}._log_mark)',
  );
  const all = await at.shop.count('_change');
  expect(behind?.count).toBeLessThan(all);
  await run(
    `update {s}._log_mark set at = now() - make_interval(days => $1) where xid = (select min(xid) from {s}._log_mark)`,
    [serverLimits.changeLogDays + 1],
  );
  expect((await round()).changes).toBe(behind?.count);
  const [left] = await run<{ isAbove: boolean; count: number }>(
    `select bool_and(c.xid >= o.horizon) as "isAbove", count(*) as count from {s}._change c cross join {s}._organisation o`,
  );
  expect(left).toEqual({ isAbove: true, count: all - (behind?.count ?? 0) });
});
