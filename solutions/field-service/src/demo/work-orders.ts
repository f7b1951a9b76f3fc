// Work orders with their tasks, the parts used and what was noted: about half are done with, the rest is this fortnight's work.
import type { Row } from '@satchel/model';
import type { Chance } from './chance.ts';
import type { Customers, Site } from './customers.ts';
import { idOf } from './demo-data.ts';
import type { EquipmentKind } from './equipment.ts';
import type { IncidentFacts } from './incidents.ts';
import type { Crew } from './people.ts';
import { day, dayMs, hourMs, instant, workingMoment } from './times.ts';

export interface OrderFacts {
  readonly row: Row;
  readonly kind: EquipmentKind;
  readonly status: string;
  readonly startMs: number;
  readonly technicianId: string;
}

interface Given {
  readonly nowMs: number;
  readonly crew: Crew;
  readonly site: Site;
  readonly incident: IncidentFacts | null;
}

/** Two orders in three come from an incident, the open incidents first; the others are planned maintenance. */
export function makeWorkOrders(
  chance: Chance,
  nextId: () => string,
  nowMs: number,
  crew: Crew,
  customers: Customers,
  incidents: readonly IncidentFacts[],
  count: number,
): readonly OrderFacts[] {
  const sites = customers.sites.filter((site) => site.assets.length > 0 && site.contacts.length > 0);
  // Chosen by being open, ordered by age: the database numbers the orders as they stand here.
  const causes = [...incidents]
    .sort((a, b) => Number(b.isOpen) - Number(a.isOpen))
    .slice(0, Math.ceil((count * 2) / 3))
    .sort((a, b) => a.openedMs - b.openedMs);
  return Array.from({ length: count }, (_, index) => {
    const incident = index % 3 === 2 ? null : (causes[Math.floor(index / 3) * 2 + (index % 3)] ?? null);
    return makeOrder(chance, nextId, { nowMs, crew, incident, site: incident?.site ?? chance.pick(sites) });
  });
}

function makeOrder(chance: Chance, nextId: () => string, { nowMs, crew, site, incident }: Given): OrderFacts {
  const installed =
    site.assets.find(({ row }) => row['id'] === incident?.row['asset']) ?? chance.pick(site.assets);
  const { kind, row: asset } = installed;
  const team = crew.teamByKey.get(kind.team);
  if (team === undefined) throw new Error(`no team ${kind.team}`);
  const status = statusOf(chance, incident);
  const { startMs, endMs } = planOf(chance, nowMs, status, incident);
  const technicianId = chance.pick(team.technicianIds);
  const isBegun = ['in_progress', 'on_hold', 'completed', 'closed'].includes(status);
  const isDone = status === 'completed' || status === 'closed';
  const account = site.account;
  const row: Row = {
    id: nextId(),
    title:
      incident === null
        ? `${chance.pick(planned)} ${kind.name.toLowerCase()}`
        : String(incident.row['short_description']),
    status,
    priority:
      incident === null
        ? chance.weighted([
            ['3', 70],
            ['4', 30],
          ])
        : String(incident.row['priority']),
    kind:
      incident === null
        ? chance.weighted([
            ['maintenance', 7],
            ['inspection', 2],
            ['installation', 1],
          ])
        : 'repair',
    account: idOf(account),
    contact: incident === null ? idOf(chance.pick(site.contacts)) : String(incident.row['caller']),
    asset: idOf(asset),
    incident: incident === null ? null : idOf(incident.row),
    team: team.id,
    address: `${String(account['street'])}, ${String(account['postcode'])} ${String(account['city'])}`,
    description: incident === null ? plannedText(chance, kind, asset) : String(incident.row['description']),
    required_skills: kind.skills,
    scheduled_start: status === 'open' ? null : instant(startMs),
    scheduled_end: status === 'open' ? null : instant(endMs),
    due_date: day(endMs + chance.whole(0, 3) * dayMs),
    actual_start: isBegun ? instant(startMs + chance.whole(0, 25) * 60_000) : null,
    actual_end: isDone ? instant(endMs) : null,
    labour_minutes: isDone ? chance.whole(4, 32) * 5 : 0,
    hold_reason: status === 'on_hold' ? chance.pick(holdReasons) : null,
    resolution: isDone ? `${chance.pick(kind.fixes)}. Found ${chance.pick(kind.causes)}.` : null,
    customer_reference: chance.isTrue(0.3) ? `PO ${chance.digits(5)}` : null,
    // Nobody's yet: with a dispatcher, who is a member of every team, so that each technician of the team can see and take it.
    owner: status === 'open' ? chance.pick(crew.dispatcherIds) : technicianId,
  };
  return { row, kind, status, startMs, technicianId };
}

function statusOf(chance: Chance, incident: IncidentFacts | null): string {
  if (incident !== null && !incident.isOpen)
    return chance.weighted([
      ['closed', 80],
      ['completed', 20],
    ]);
  if (incident !== null)
    return chance.weighted([
      ['open', 28],
      ['scheduled', 34],
      ['in_progress', 20],
      ['on_hold', 12],
      ['completed', 6],
    ]);
  return chance.weighted([
    ['open', 10],
    ['scheduled', 26],
    ['in_progress', 4],
    ['on_hold', 4],
    ['completed', 8],
    ['closed', 48],
  ]);
}

/** Planned work lies ahead, running work is today's or yesterday's, finished work lies behind. */
function planOf(chance: Chance, nowMs: number, status: string, incident: IncidentFacts | null) {
  const hours = chance.whole(1, 4);
  const startMs = startOf(chance, nowMs, status, incident);
  return { startMs, endMs: startMs + hours * hourMs };
}

function startOf(chance: Chance, nowMs: number, status: string, incident: IncidentFacts | null): number {
  switch (status) {
    case 'open':
    case 'scheduled':
      return 2 * nowMs - workingMoment(chance, nowMs, 12) + 2 * hourMs;
    case 'in_progress':
      return nowMs - chance.whole(10, 300) * 60_000;
    case 'on_hold':
      return workingMoment(chance, nowMs, 9);
    default: {
      // Finished before now, and not before the call that caused it.
      const earliest = incident?.openedMs ?? nowMs - 120 * dayMs;
      const span = Math.max(0, nowMs - 5 * hourMs - earliest);
      return Math.floor((earliest + chance.fraction() * Math.min(span, 100 * dayMs)) / 60_000) * 60_000;
    }
  }
}

const planned = [
  'Yearly service of',
  'Half-yearly service of',
  'Safety inspection of',
  'Filter and wear check of',
] as const;

const holdReasons = [
  'Part on order, expected Thursday',
  'Customer has no access before Monday',
  'Second person needed for lifting',
  'Quotation with the customer',
  'Permit for roof work',
] as const;

function plannedText(chance: Chance, kind: EquipmentKind, asset: Row): string {
  const steps = kind.checks.map((check) => check.toLowerCase()).join(', ');
  return `${kind.name} ${String(asset['model'])} at ${String(asset['location'])}: ${steps}. ${chance.pick([
    'Leave the report with the customer.',
    'Bring the service book up to date.',
    'Agree the next date before leaving.',
  ])}`;
}
