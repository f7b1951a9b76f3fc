// What hangs on work orders and incidents: tasks, parts used, notes, versions.
import type { Row } from '@satchel/model';
import { formatReference } from '@satchel/model';
import type { Chance } from './chance.ts';
import { idOf } from './demo-data.ts';
import type { IncidentFacts } from './incidents.ts';
import type { Crew } from './people.ts';
import { hourMs, instant, onMinute } from './times.ts';
import type { OrderFacts } from './work-orders.ts';

/** So many tasks, those of unfinished orders first, in the order in which they are done on site. */
export function makeTasks(
  chance: Chance,
  nextId: () => string,
  orders: readonly OrderFacts[],
  count: number,
): readonly Row[] {
  return takeFrom(unfinishedFirst(orders), count, (order) => {
    const checks = [
      'Report to the contact on site',
      ...order.kind.checks,
      'Test together with the customer',
      'Leave the place tidy',
    ];
    return chance.some(checks, chance.whole(2, 3)).map((title, index): Row => {
      const isDone =
        ['completed', 'closed'].includes(order.status) || (order.status === 'in_progress' && index < 2);
      return {
        id: nextId(),
        title,
        work_order: idOf(order.row),
        position: (index + 1) * 10,
        status: isDone
          ? chance.weighted([
              ['done', 19],
              ['skipped', 1],
            ])
          : 'to_do',
        minutes: isDone ? chance.whole(1, 9) * 5 : null,
        finding: isDone && chance.isTrue(0.2) ? chance.pick(findings) : null,
        done_at: isDone ? instant(order.startMs + (index + 1) * 12 * 60_000) : null,
      };
    });
  });
}

/** Parts of finished and running work, with the price they had. */
export function makeParts(
  chance: Chance,
  nextId: () => string,
  orders: readonly OrderFacts[],
  partsByKind: ReadonlyMap<string, readonly Row[]>,
  count: number,
): readonly Row[] {
  const users = orders.filter((order) => !['open', 'scheduled'].includes(order.status));
  return takeFrom(unfinishedFirst(users), count, (order) =>
    chance.some(partsByKind.get(order.kind.name) ?? [], chance.whole(1, 2)).map((product): Row => ({
      id: nextId(),
      description: String(product['name']),
      work_order: idOf(order.row),
      product: idOf(product),
      quantity: String(product['name']).includes('per ') ? chance.whole(30, 900) : chance.whole(1, 3) * 100,
      unit_price: Number(product['unit_price']),
      serial: chance.isTrue(0.2) ? `P${chance.digits(7)}` : null,
      under_warranty: chance.isTrue(0.12),
    })),
  );
}

/** Notes, two in three on work orders and the others on incidents, the ones still open first. */
export function makeNotes(
  chance: Chance,
  nextId: () => string,
  nowMs: number,
  crew: Crew,
  orders: readonly OrderFacts[],
  incidents: readonly IncidentFacts[],
  count: number,
): readonly Row[] {
  const note = (regarding: string, body: string, kind: string, author: string, atMs: number): Row => ({
    id: nextId(),
    body,
    regarding,
    kind,
    author,
    written_at: instant(onMinute(Math.min(atMs, nowMs - 60_000))),
  });
  const onOrders = takeFrom(unfinishedFirst(orders), Math.ceil((count * 2) / 3), (order) =>
    Array.from({ length: chance.whole(1, 2) }, (_, index) =>
      note(
        formatReference('work_order', idOf(order.row)),
        chance.pick(orderNotes),
        chance.weighted([
          ['work_note', 6],
          ['call', 2],
          ['for_customer', 2],
        ]),
        chance.isTrue(0.75) ? order.technicianId : chance.pick(crew.dispatcherIds),
        Math.min(order.startMs, nowMs) - hourMs + index * 2 * hourMs,
      ),
    ),
  );
  const onIncidents = takeFrom(
    openFirst(incidents, (incident) => incident.isOpen),
    count - onOrders.length,
    (incident) => [
      note(
        formatReference('incident', idOf(incident.row)),
        chance.pick(incidentNotes),
        chance.weighted([
          ['work_note', 6],
          ['call', 4],
        ]),
        chance.isTrue(0.5) ? chance.pick(crew.dispatcherIds) : String(incident.row['owner']),
        incident.openedMs + chance.whole(5, 300) * 60_000,
      ),
    ],
  );
  return [...onOrders, ...onIncidents];
}

/** Versions of the latest open incidents: a median of five each, half of them a change of state. */
export function makeVersions(
  chance: Chance,
  nextId: () => string,
  nowMs: number,
  incidents: readonly IncidentFacts[],
  count: number,
): readonly Row[] {
  const latest = [...incidents].reverse().filter((incident) => incident.isOpen);
  return takeFrom(latest, count, (incident) => {
    const versions = chance.weighted([
      [2, 10],
      [3, 15],
      [4, 18],
      [5, 18],
      [7, 20],
      [10, 12],
      [19, 4],
    ]);
    const stepMs = Math.max(60_000, (nowMs - incident.openedMs) / (versions + 1));
    return Array.from({ length: versions }, (_, version): Row => ({
      id: nextId(),
      incident: idOf(incident.row),
      version,
      changed_at: instant(onMinute(Math.min(incident.openedMs + version * stepMs, nowMs))),
      changed_by: chance.pick(['Dana Whitfield', 'Omar Benali', 'Monitoring', 'Customer portal']),
      summary:
        version === 0
          ? 'Opened'
          : chance.weighted([
              ['State: New → Active', 30],
              ['State: Active → Awaiting caller', 14],
              ['State: Awaiting caller → Active', 11],
              ['Team: changed', 20],
              ['Owner: changed', 12],
              ['Comment', 24],
            ]),
    }));
  });
}

function unfinishedFirst(orders: readonly OrderFacts[]): readonly OrderFacts[] {
  return openFirst(orders, (order) => order.status !== 'closed');
}

function openFirst<T>(from: readonly T[], isOpen: (item: T) => boolean): readonly T[] {
  return [...from.filter(isOpen), ...from.filter((item) => !isOpen(item))];
}

/** Rows of one source after the other until there are enough. */
function takeFrom<T>(from: readonly T[], count: number, make: (item: T) => readonly Row[]): readonly Row[] {
  const rows: Row[] = [];
  for (const item of from) {
    if (rows.length >= count) break;
    rows.push(...make(item));
  }
  return rows.slice(0, count);
}

const findings = [
  'Wear within limits, look again next year.',
  'Slightly loose, tightened.',
  'Reading 4 % above last year.',
  'Label missing, replaced.',
  'Dust up to the second grille.',
] as const;

const orderNotes = [
  'Customer asks to be rung half an hour before.',
  'Key collected from reception, return it tonight.',
  'Photographed the rating plate, the one in the book is wrong.',
  'Part is in the van, bin 12.',
  'Rang the contact, no answer, left a message.',
  'Roof ladder is locked, the caretaker has the code.',
  'Second visit needed: the bracket does not fit this model.',
  'Explained to the staff what to look for, they were happy.',
  'Left it running in manual until the sensor arrives.',
  'Site is closed on Friday afternoon.',
] as const;

const incidentNotes = [
  'Caller confirms it is still happening.',
  'Asked for a photograph of the display.',
  'Same fault as last spring, see the asset.',
  'Caller will try after closing time and report back.',
  'Passed on: needs a visit, not a telephone call.',
  'Vendor says the part ships tomorrow.',
  'No answer on either number, will try at four.',
] as const;
