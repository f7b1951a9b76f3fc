// A working day on the way: along each measured trace a person edits and others write, and at its end everything must have arrived, once. What is
// in the tables is compared with what the person was told is saved; the ledger says how often each change had an effect.
import type { Row } from '@satchel/model';
import { seededChance, type Chance } from '../chance.ts';
import { openSimWorld, password, type SimWorld } from '../world.ts';
import { openCommuter, type Commuter } from './commuter.ts';
import type { Trace } from './traces.ts';
import { wordsOf } from './vocabulary.ts';

export interface Figures {
  readonly traces: number;
  /** Changes that were confirmed; saves of one record that were joined before they were sent count once. */
  readonly edits: number;
  readonly arrived: number;
  readonly lost: number;
  readonly doubled: number;
  /** JSON of the changes as first sealed. */
  readonly payloadBytes: number;
  /** Everything the device sent while changes were on their way home: request lines, headers and bodies of pushes, probes and pulls, repeats included. */
  readonly sentBytes: number;
  readonly ratio: number;
  /** From the return of coverage until what waited then had its verdict, if coverage lasted that long. */
  readonly longestToSentSeconds: number;
  /** Bytes of requests that only asked for news. */
  readonly askedBytes: number;
  readonly pushes: number;
  readonly failedCalls: number;
}

export interface CommuteReport {
  readonly byTrace: Readonly<Record<string, Figures>>;
  readonly sum: Figures;
}

const orders = 20;
/** Mean times between saves of the person, and between writes of others. */
const saveEveryMs = 40_000;
const othersEveryMs = 60_000;
const wakeAfterMs = 500;
/** An outage that the platform notices is told after so long, and its end. */
const hintAfterMs = 2_000;
/** After a trace the road is open; by then everything must be home. */
const homeWithinMs = 3_600_000;

/** What the person was told is saved, to be looked for in the tables. */
interface Saved {
  readonly mutationIds: Set<string>;
  /** Texts that stand in exactly one row each. */
  readonly texts: { readonly table: string; readonly column: string; readonly text: string }[];
  /** By order: minutes added. */
  readonly minutes: Map<string, number>;
}

/** Rides along every trace on one device; `tell` hears the figures of each as it ends. */
export async function commute(
  traces: readonly Trace[],
  name: string,
  tell: (trace: string, figures: Figures) => void = () => undefined,
): Promise<CommuteReport> {
  const chance = seededChance(1);
  const world = await openSimWorld(name, chance.fork());
  try {
    await stock(world);
    const commuter = await openCommuter(world, `ann@${name}`, password, chance.fork());
    const byTrace: Record<string, Figures> = {};
    for (const trace of traces) {
      byTrace[trace.name] = await ride(world, commuter, trace, seededChance(seedOf(trace.name)));
      tell(trace.name, byTrace[trace.name] as Figures);
    }
    commuter.engine.close();
    return { byTrace, sum: sumOf(Object.values(byTrace)) };
  } finally {
    await world.close();
  }
}

async function ride(world: SimWorld, commuter: Commuter, trace: Trace, chance: Chance): Promise<Figures> {
  const { books, clock, road, engine } = commuter;
  books.sealedBytes.clear();
  Object.assign(books, { sentBytes: 0, askedBytes: 0, pushes: 0, failures: 0, longestToSentMs: 0 });
  const saved: Saved = { mutationIds: new Set(), texts: [], minutes: new Map() };
  const minutesBefore = await minutesByOrder(world);
  const enteredMs = clock.monotonic();
  road.enter(trace);
  for (const moment of timeline(trace, chance)) {
    await commuter.passes(enteredMs + moment.atMs - clock.monotonic());
    await live(world, commuter, moment, saved, chance);
  }
  for (let waitedMs = 0; waitedMs < homeWithinMs; waitedMs += 1_000) {
    const { outbox } = await engine.status();
    if (outbox.waiting + outbox.settling + outbox.held === 0) break;
    await commuter.passes(1_000);
  }
  return judge(world, commuter, saved, minutesBefore);
}

type Moment =
  | { readonly kind: 'save' | 'others' | 'covered' | 'lost'; readonly atMs: number }
  | { readonly kind: 'hint'; readonly atMs: number; readonly hint: 'network-up' | 'network-down' };

/** All that happens along a trace, in order. */
function timeline({ samples }: Trace, chance: Chance): readonly Moment[] {
  const endMs = samples.at(-1)?.untilMs ?? 0;
  const moments: Moment[] = [
    ...timesUntil(endMs, saveEveryMs, chance).map((atMs) => ({ kind: 'save', atMs }) as const),
    ...timesUntil(endMs, othersEveryMs, chance).map((atMs) => ({ kind: 'others', atMs }) as const),
  ];
  samples.forEach(({ fromMs, kbps }, index) => {
    const isCovered = kbps > 0;
    if (isCovered === (samples[index - 1]?.kbps ?? 1) > 0) return;
    moments.push({ kind: isCovered ? 'covered' : 'lost', atMs: fromMs });
    // Half of the outages go unnoticed by the platform: the bars are there, and nothing comes through.
    if (isCovered || chance.happens(0.5)) return;
    const end = samples.slice(index).find((later) => later.kbps > 0)?.fromMs ?? endMs;
    if (end - fromMs <= hintAfterMs) return;
    moments.push({ kind: 'hint', atMs: fromMs + hintAfterMs, hint: 'network-down' });
    moments.push({ kind: 'hint', atMs: end + 1, hint: 'network-up' });
  });
  if (samples.at(-1)?.kbps === 0) moments.push({ kind: 'covered', atMs: endMs });
  return moments.sort((a, b) => a.atMs - b.atMs);
}

/** At least one, soon, whatever the length of the trace; then by chance. */
function timesUntil(endMs: number, everyMs: number, chance: Chance): readonly number[] {
  const times = [chance.next() * Math.min(endMs, everyMs)];
  for (let last = times[0] as number; ; times.push(last)) {
    last -= Math.log(1 - chance.next()) * everyMs;
    if (last >= endMs) return times;
  }
}

async function live(
  world: SimWorld,
  commuter: Commuter,
  moment: Moment,
  saved: Saved,
  chance: Chance,
): Promise<void> {
  switch (moment.kind) {
    case 'save':
      return save(commuter, saved, chance);
    case 'others':
      await world.sql('update work_order set priority = $1 where id = md5($2)::uuid', [
        String(1 + chance.below(4)),
        `order${chance.below(orders)}`,
      ]);
      if (commuter.road.isCovered()) commuter.clock.after(wakeAfterMs, () => commuter.wake());
      return;
    case 'covered':
      return commuter.coverageReturned();
    case 'lost':
      return commuter.coverageLost();
    case 'hint':
      return commuter.hint(moment.hint);
  }
}

/** What a technician does between two stops: a note, a task, minutes of labour. */
async function save({ engine }: Commuter, saved: Saved, chance: Chance): Promise<void> {
  const { rows } = await engine.query({ entity: 'work_order', limit: orders });
  const order = chance.pick(rows);
  const id = String(order['id']);
  const mark = chance.below(1e9).toString(36);
  const act = chance.pick(['note', 'note', 'task', 'minutes'] as const);
  const request = requestFor(act, order, `${wordsOf(chance, act === 'task' ? 6 : 25)} ${mark}`, chance);
  const { mutationId } = await engine.mutate(request);
  saved.mutationIds.add(mutationId);
  const { body, title, labour_minutes: minutes } = request.values;
  if (body !== undefined) saved.texts.push({ table: 'note', column: 'body', text: String(body) });
  if (title !== undefined)
    saved.texts.push({ table: 'work_order_task', column: 'title', text: String(title) });
  if (minutes !== undefined) {
    const added = Number(minutes) - Number(order['labour_minutes'] ?? 0);
    saved.minutes.set(id, (saved.minutes.get(id) ?? 0) + added);
  }
}

function requestFor(act: 'note' | 'task' | 'minutes', order: Row, text: string, chance: Chance) {
  const id = String(order['id']);
  switch (act) {
    case 'note': {
      const values: Row = { body: text, regarding: `work_order/${id}` };
      return { entity: 'note', command: 'create', values };
    }
    case 'task': {
      const values: Row = { title: text.slice(-160), work_order: id };
      return { entity: 'work_order_task', command: 'create', values };
    }
    case 'minutes': {
      const values: Row = { labour_minutes: Number(order['labour_minutes'] ?? 0) + 1 + chance.below(30) };
      return { entity: 'work_order', recordId: id, command: 'update', values };
    }
  }
}

async function judge(
  world: SimWorld,
  { books }: Commuter,
  saved: Saved,
  minutesBefore: ReadonlyMap<string, number>,
): Promise<Figures> {
  const effects = new Map(
    (
      await world.sql(
        `select mutation_id::text as id, count(*)::int as count from _ledger
         where mutation_id = any($1::uuid[]) and verdict->>'outcome' in ('applied', 'merged') group by 1`,
        [[...saved.mutationIds]],
      )
    ).map((row) => [String(row['id']), Number(row['count'])]),
  );
  let [lost, doubled] = [0, 0];
  for (const { table, column, text } of saved.texts) {
    const [found] = await world.sql(`select count(*)::int as count from ${table} where ${column} = $1`, [
      text,
    ]);
    if (Number(found?.['count']) === 0) lost += 1;
    if (Number(found?.['count']) > 1) doubled += 1;
  }
  const minutesNow = await minutesByOrder(world);
  for (const [id, added] of saved.minutes) {
    const difference = (minutesNow.get(id) ?? 0) - (minutesBefore.get(id) ?? 0) - added;
    if (difference < 0) lost += 1;
    if (difference > 0) doubled += 1;
  }
  const arrived = [...saved.mutationIds].filter((id) => effects.has(id)).length;
  const payloadBytes = [...books.sealedBytes.values()].reduce((total, bytes) => total + bytes, 0);
  return {
    traces: 1,
    edits: saved.mutationIds.size,
    arrived,
    lost: Math.max(lost, saved.mutationIds.size - arrived),
    doubled: Math.max(doubled, [...effects.values()].filter((count) => count > 1).length),
    payloadBytes,
    sentBytes: books.sentBytes,
    ratio: ratioOf(books.sentBytes, payloadBytes),
    longestToSentSeconds: Math.round(books.longestToSentMs / 100) / 10,
    askedBytes: books.askedBytes,
    pushes: books.pushes,
    failedCalls: books.failures,
  };
}

async function minutesByOrder(world: SimWorld): Promise<ReadonlyMap<string, number>> {
  const rows = await world.sql('select id::text as id, labour_minutes from work_order');
  return new Map(rows.map((row) => [String(row['id']), Number(row['labour_minutes'] ?? 0)]));
}

/** Work for the person who rides. */
async function stock(world: SimWorld): Promise<void> {
  const ann = world.people.find(({ login }) => login === 'ann');
  await world.sql(
    `insert into account (id, name, status) values (md5('account')::uuid, 'Account', 'active')`,
  );
  await world.sql(
    `insert into work_order (id, title, status, priority, owner, account, labour_minutes)
     select md5('order' || n)::uuid, 'Order ' || n, 'open', '3', $1, md5('account')::uuid, 0 from generate_series(0, $2::int - 1) n`,
    [ann?.id, orders],
  );
}

function sumOf(all: readonly Figures[]): Figures {
  const total = (name: keyof Figures): number => all.reduce((sum, figures) => sum + figures[name], 0);
  return {
    traces: all.length,
    edits: total('edits'),
    arrived: total('arrived'),
    lost: total('lost'),
    doubled: total('doubled'),
    payloadBytes: total('payloadBytes'),
    sentBytes: total('sentBytes'),
    ratio: ratioOf(total('sentBytes'), total('payloadBytes')),
    longestToSentSeconds: Math.max(0, ...all.map(({ longestToSentSeconds }) => longestToSentSeconds)),
    askedBytes: total('askedBytes'),
    pushes: total('pushes'),
    failedCalls: total('failedCalls'),
  };
}

function ratioOf(sentBytes: number, payloadBytes: number): number {
  return payloadBytes === 0 ? 0 : Math.round((sentBytes / payloadBytes) * 1_000) / 1_000;
}

/** The same trace is the same ride, whichever others are ridden. */
function seedOf(name: string): number {
  return [...name].reduce((hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0, 7);
}
