// Replays cases on a real server and a real device: everybody's bases downloaded, the network gone, the device's edits, the others' edits in SQL,
// the network back. Then each record, each change and the ledger are compared with what was expected.
import { defineSolution, safePolicy, type Entity, type Row, type Solution } from '@satchel/model';
import { seededChance, seededIds } from '../chance.ts';
import { openDevice, openSimServer, type SimDevice, type SimServer } from '../world.ts';
import { fairWire } from '../wire.ts';
import type { CaseValues, ConflictCase } from './cases.ts';
import { expectationOf, type ClashPolicy, type Expectation } from './expectation.ts';

export interface KindFigures {
  readonly cases: number;
  /** Settled without asking anybody. */
  readonly merged: number;
  /** Put before the person. */
  readonly conflicts: number;
  /** Changes that are neither in effect nor before a person nor in the history. */
  readonly lost: number;
  /** Changes with more than one effect. */
  readonly doubled: number;
  /** Records that differ from the expectation, and conflicts that should not be or should be and are not. */
  readonly wrong: number;
}

export interface ReplayReport extends KindFigures {
  readonly byKind: Readonly<Record<string, KindFigures>>;
  /** The first wrong ones, in words. */
  readonly stories: readonly string[];
}

interface Played {
  readonly conflict: ConflictCase;
  readonly id: string;
  readonly expectation: Expectation;
  mutationIds: string[];
  clashes: readonly string[];
}

const storiesMax = 10;
const roundsMax = 200;

/** Plays all cases at once: as many records as there are cases, on one device. */
export async function replay(
  cases: readonly ConflictCase[],
  policy: ClashPolicy,
  name: string,
): Promise<ReplayReport> {
  const chance = seededChance(cases.length);
  const ids = seededIds(chance.fork());
  const server = await openSimServer(name, solutionFor(cases, policy), ids);
  try {
    const agent = { id: ids.next(), login: 'agent', role: 'agent' };
    await server.sql('insert into "user" (id, name, login, active) values ($1, $2, $2, true)', [
      agent.id,
      agent.login,
    ]);
    await server.admit(agent.id, agent.role);
    const played = cases.map((conflict): Played => ({
      conflict,
      id: ids.next(),
      expectation: expectationOf(conflict, policy),
      mutationIds: [],
      clashes: [],
    }));
    for (const each of played)
      await write(server, each.id, { ...each.conflict.base, case_name: each.conflict.name }, true);
    const device = await openDevice(agent, `agent@${name}`, server.transport, chance.fork());
    await device.engine().download();
    device.wire.set('cut');
    for (const each of played) await editOnDevice(device, each);
    for (const each of played)
      for (const edit of each.conflict.serverEdits) await write(server, each.id, edit, false);
    device.wire.set(fairWire);
    await bringHome(device, played);
    const report = await judge(server, device, played);
    device.engine().close();
    device.storage().close();
    return report;
  } finally {
    await server.close();
  }
}

async function editOnDevice(device: SimDevice, each: Played): Promise<void> {
  for (const values of each.conflict.deviceEdits) {
    const seen = await device.engine().get('incident_case', each.id);
    const changed = Object.entries(values).filter(([field, value]) => (seen?.row[field] ?? null) !== value);
    if (changed.length === 0) continue;
    const receipt = await device.engine().mutate({
      entity: 'incident_case',
      recordId: each.id,
      command: 'update',
      values: Object.fromEntries(changed),
    });
    if (!each.mutationIds.includes(receipt.mutationId)) each.mutationIds.push(receipt.mutationId);
  }
}

/** Syncs until nothing moves; whoever is asked keeps the own values. */
async function bringHome(device: SimDevice, played: readonly Played[]): Promise<void> {
  const byRecord = new Map(played.map((each) => [each.id, each]));
  const engine = device.engine();
  for (let round = 0; round < roundsMax; round += 1) {
    await engine.sync();
    const problems = (await engine.outbox()).filter((entry) => entry.state === 'conflict');
    for (const { mutation, verdict } of problems) {
      const each = byRecord.get(mutation.recordId);
      const clashes = verdict?.clashes ?? {};
      const values = Object.fromEntries(Object.entries(clashes).map(([field, clash]) => [field, clash.mine]));
      await engine.resolve(mutation.id, { kind: 'keep', values });
      if (each !== undefined) each.clashes = [...each.clashes, ...Object.keys(clashes)];
    }
    const { synced } = await engine.status();
    if (synced) return;
    device.clock.advance(device.clock.nextDueMs() ?? 1_000);
  }
}

async function judge(server: SimServer, device: SimDevice, played: readonly Played[]): Promise<ReplayReport> {
  const rows = new Map(
    (await server.sql('select * from incident_case')).map((row) => [String(row['id']), row as Row]),
  );
  const effects = new Map(
    (
      await server.sql(
        `select mutation_id as id, count(*)::int as count from _ledger where verdict->>'outcome' in ('applied', 'merged') group by 1`,
      )
    ).map((row) => [String(row['id']), Number(row['count'])]),
  );
  const kept = new Set([
    ...(await device.engine().outbox()).map((entry) => entry.mutation.id),
    ...(await device.engine().history(1_000_000)).map((entry) => entry.mutation.id),
  ]);
  const stories: string[] = [];
  const byKind = new Map<string, KindFigures>();
  for (const each of played) {
    const faults = faultsOf(each, rows.get(each.id));
    if (faults.length > 0 && stories.length < storiesMax)
      stories.push(`${each.conflict.name}: ${faults.join('; ')}`);
    const isConflict = each.clashes.length > 0;
    add(byKind, each.conflict.kind, {
      cases: 1,
      merged: isConflict ? 0 : 1,
      conflicts: isConflict ? 1 : 0,
      lost: each.mutationIds.filter((id) => !effects.has(id) && !kept.has(id)).length,
      doubled: each.mutationIds.filter((id) => (effects.get(id) ?? 0) > 1).length,
      wrong: faults.length > 0 ? 1 : 0,
    });
  }
  const total = new Map<string, KindFigures>();
  for (const figures of byKind.values()) add(total, '', figures);
  const none: KindFigures = { cases: 0, merged: 0, conflicts: 0, lost: 0, doubled: 0, wrong: 0 };
  return { ...(total.get('') ?? none), byKind: Object.fromEntries(byKind), stories };
}

function faultsOf({ expectation, clashes }: Played, row: Row | undefined): readonly string[] {
  if (row === undefined) return ['the record is gone'];
  const faults = Object.entries(expectation.final)
    .filter(([field, value]) => (row[field] ?? null) !== value)
    .map(([field, value]) => `${field} is ${String(row[field])}, expected ${String(value)}`);
  const wanted = [...expectation.asked].sort().join();
  const had = [...new Set(clashes)].sort().join();
  return had === wanted ? faults : [...faults, `asked about [${had}], expected [${wanted}]`];
}

/** An entity with a field for whatever the cases name; choices and numbers are text here, as in the log. */
function solutionFor(cases: readonly ConflictCase[], policy: ClashPolicy): Solution {
  const names = new Set(
    cases.flatMap((each) =>
      [each.base, ...each.deviceEdits, ...each.serverEdits].flatMap((values) => Object.keys(values)),
    ),
  );
  const entity: Entity = {
    name: 'incident_case',
    label: 'Case',
    labelPlural: 'Cases',
    icon: 'alert-triangle',
    ownership: 'organisation',
    titleField: 'case_name',
    fields: {
      case_name: { type: 'text', label: 'Case', maxLength: 200 },
      ...Object.fromEntries(
        [...names].sort().map((name) => [name, { type: 'text', label: name, maxLength: 200 } as const]),
      ),
    },
  };
  const all = {
    create: 'organisation',
    read: 'organisation',
    update: 'organisation',
    delete: 'none',
  } as const;
  const read = { ...all, create: 'none', update: 'none' } as const;
  return defineSolution({
    name: 'conflicts',
    label: 'Conflicts',
    schemaVersion: 1,
    entities: [entity],
    relations: [],
    views: [],
    forms: [],
    commands: [],
    roles: [{ name: 'agent', label: 'Agent', privileges: { incident_case: all, user: read } }],
    profiles: [
      {
        name: 'agent',
        label: 'Agent',
        roles: ['agent'],
        entities: [{ entity: 'incident_case', rows: 'all', offline: ['update'], priority: 1 }],
      },
    ],
    policy: { ...safePolicy, conflict: { ...safePolicy.conflict, overlapping: policy } },
    home: ['incident_case'],
  });
}

async function write(server: SimServer, id: string, values: CaseValues, isNew: boolean): Promise<void> {
  const names = Object.keys(values);
  if (names.length === 0) return;
  const given = names.map((name) => values[name]);
  const columns = names.map((name) => `"${name}"`);
  const places = names.map((_, index) => `$${index + 2}`);
  if (isNew)
    await server.sql(
      `insert into incident_case (id, ${columns.join(', ')}) values ($1, ${places.join(', ')})`,
      [id, ...given],
    );
  else {
    const sets = columns.map((column, index) => `${column} = ${places[index]}`);
    await server.sql(`update incident_case set ${sets.join(', ')} where id = $1`, [id, ...given]);
  }
}

function add(into: Map<string, KindFigures>, key: string, more: KindFigures): void {
  const have = into.get(key);
  into.set(
    key,
    have === undefined
      ? more
      : {
          cases: have.cases + more.cases,
          merged: have.merged + more.merged,
          conflicts: have.conflicts + more.conflicts,
          lost: have.lost + more.lost,
          doubled: have.doubled + more.doubled,
          wrong: have.wrong + more.wrong,
        },
  );
}
