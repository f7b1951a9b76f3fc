// Incidents whose mix follows what is known of a real service desk: hardly any critical ones, nearly all by telephone, a third of the open ones
// waiting for the caller, one in five handed to another team, a median of five versions each.
import type { Row } from '@satchel/model';
import type { Chance } from './chance.ts';
import type { Customers, Site } from './customers.ts';
import { idOf } from './demo-data.ts';
import type { EquipmentKind } from './equipment.ts';
import type { Crew } from './people.ts';
import { hourMs, instant, onMinute, workingMoment } from './times.ts';

export interface IncidentFacts {
  readonly row: Row;
  readonly site: Site;
  readonly kind: EquipmentKind;
  readonly openedMs: number;
  readonly isOpen: boolean;
}

export function makeIncidents(
  chance: Chance,
  nextId: () => string,
  nowMs: number,
  crew: Crew,
  customers: Customers,
  count: number,
): readonly IncidentFacts[] {
  const sites = customers.sites.filter((site) => site.assets.length > 0 && site.contacts.length > 0);
  // Whether an incident is still open depends on its age, so the moments come first.
  const moments = Array.from({ length: count }, () => workingMoment(chance, nowMs, 90)).sort((a, b) => a - b);
  return moments.map((openedMs) => makeIncident(chance, nextId, nowMs, crew, chance.pick(sites), openedMs));
}

function makeIncident(
  chance: Chance,
  nextId: () => string,
  nowMs: number,
  crew: Crew,
  site: Site,
  openedMs: number,
): IncidentFacts {
  const { row: asset, kind } = chance.pick(site.assets);
  const team = crew.teamByKey.get(kind.team);
  if (team === undefined) throw new Error(`no team ${kind.team}`);
  const course = courseOf(chance, openedMs, nowMs);
  const [priority, impact, urgency] = chance.weighted(weights);
  const isAssigned = course.state !== 'new' || chance.isTrue(0.3);
  const symptom = chance.pick(kind.symptoms);
  const place = String(asset['location']);
  const id = nextId();
  const row: Row = {
    id,
    short_description: `${kind.name} ${symptom}`,
    description: describe(chance, kind, symptom, place),
    state: course.state,
    priority,
    impact,
    urgency,
    category: kind.category,
    subcategory: kind.name,
    symptom,
    location: place,
    contact_type: chance.weighted([
      ['phone', 990],
      ['self_service', 7],
      ['email', 3],
      ['ivr', 1],
    ]),
    caller: idOf(chance.pick(site.contacts)),
    account: idOf(site.account),
    asset: idOf(asset),
    assignment_group: team.id,
    opened_at: instant(openedMs),
    resolved_at: course.resolvedMs === null ? null : instant(course.resolvedMs),
    closed_at: course.closedMs === null ? null : instant(course.closedMs),
    close_code:
      course.resolvedMs === null
        ? null
        : chance.weighted([
            ['repaired', 38],
            ['replaced', 22],
            ['adjusted', 24],
            ['advice', 8],
            ['no_fault', 6],
            ['duplicate', 2],
          ]),
    resolution:
      course.resolvedMs === null ? null : `${chance.pick(kind.fixes)}. Cause: ${chance.pick(kind.causes)}.`,
    reassignment_count: chance.weighted([
      [0, 55],
      [1, 25],
      [2, 11],
      [3, 6],
      [5, 3],
    ]),
    reopen_count: chance.isTrue(0.02) ? 1 : 0,
    made_sla: chance.isTrue(course.isOpen ? 0.7 : 0.93),
    owner: isAssigned ? chance.pick(team.technicianIds) : chance.pick(crew.dispatcherIds),
  };
  return { row, site, kind, openedMs, isOpen: course.isOpen };
}

/** Priority with the impact and urgency it follows from. */
const weights: readonly (readonly [readonly [string, string, string], number])[] = [
  [['1', '1', '1'], 11],
  [['2', '1', '2'], 17],
  [['3', '2', '2'], 930],
  [['4', '3', '3'], 32],
];

interface Course {
  readonly state: string;
  readonly isOpen: boolean;
  readonly resolvedMs: number | null;
  readonly closedMs: number | null;
}

/** Most are resolved within days, some within the hour, a few drag on; what is resolved closes by itself five days later to the minute. */
function courseOf(chance: Chance, openedMs: number, nowMs: number): Course {
  const takenMs = chance.weighted([
    [chance.whole(10, 240) / 60, 45],
    [chance.whole(5, 48), 25],
    [chance.whole(48, 240), 18],
    [chance.whole(240, 2_400), 12],
  ]);
  const resolvedMs = onMinute(openedMs + takenMs * hourMs);
  const closedMs = resolvedMs + 120 * hourMs;
  if (closedMs < nowMs) return { state: 'closed', isOpen: false, resolvedMs, closedMs };
  if (resolvedMs < nowMs) return { state: 'resolved', isOpen: false, resolvedMs, closedMs: null };
  const state = chance.weighted([
    ['new', nowMs - openedMs < 24 * hourMs ? 60 : 8],
    ['active', 52],
    ['awaiting_user', 30],
    ['awaiting_vendor', 4],
    ['awaiting_problem', 3],
    ['awaiting_evidence', 1],
  ]);
  return { state, isOpen: true, resolvedMs: null, closedMs: null };
}

function describe(chance: Chance, kind: EquipmentKind, symptom: string, place: string): string {
  const first = chance.pick([
    `Caller reports that the ${kind.name.toLowerCase()} at ${place} ${symptom}.`,
    `The ${kind.name.toLowerCase()} at ${place} ${symptom}, says the caller.`,
    `${kind.name} at ${place}: ${symptom}.`,
  ]);
  return [first, chance.pick(sinceWhen), chance.pick(soFar)].filter((part) => part !== '').join(' ');
}

const sinceWhen = [
  'Began this morning.',
  'Has been like this since the weekend.',
  'Comes and goes, worse when it is busy.',
  'Second call about it this month.',
  'First noticed by the night shift.',
  'Started after the power cut on Tuesday.',
  '',
] as const;

const soFar = [
  'Switching it off and on helped for an hour.',
  'They have put up a sign and are working round it.',
  'Stock has been moved, nothing spoiled so far.',
  'Somebody will be on site until six.',
  'Please ring before coming.',
  'They ask for a visit before the weekend.',
  '',
] as const;
