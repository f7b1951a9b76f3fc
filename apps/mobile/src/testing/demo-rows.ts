// A few dozen believable rows for the demo bundle, always the same for the same moment.
import type { Row } from '@satchel/model';

const places = [
  ['Harbour View Hotel', 'Bergen'],
  ['Linden Clinic', 'Lund'],
  ['Old Mill Bakery', 'Aarhus'],
  ['Polar Logistics', 'Tromsø'],
  ['Sankt Erik School', 'Uppsala'],
  ['Café Müller', 'Kiel'],
  ['Northgate Mall', 'Malmö'],
  ['Fjord Ferries', 'Stavanger'],
  ['Birch & Sons', 'Odense'],
  ['City Library', 'Turku'],
] as const;
const faults = [
  'Heat pump trips on start',
  'Walk-in cooler at 9 °C',
  'Lift door reopens',
  'No hot water on floor 3',
  'Till printer feeds blank paper',
  'Boiler pressure drops overnight',
  'Air handling unit rattles',
  'Access reader ignores cards',
] as const;
const notes = [
  'Called the caretaker, key is at the desk. Compressor sounds rough when it starts.',
  'Replaced the start capacitor, current is back to 6.2 A. Watch it for a day.',
  'Customer asks to come before ten, breakfast service until then.',
] as const;
const statuses = ['scheduled', 'in_progress', 'scheduled', 'on_hold', 'scheduled', 'closed'] as const;
const priorities = ['normal', 'high', 'low', 'normal'] as const;
const dayMs = 86_400_000;

/** A UUID that is easy to tell apart. */
export function demoId(kind: number, index: number): string {
  return `01930000-${String(kind).padStart(4, '0')}-7000-8000-${index.toString(16).padStart(12, '0')}`;
}

export const maya = { id: demoId(9, 1), name: 'Maya Lindqvist', login: 'maya' } as const;
const dana = { id: demoId(9, 2), name: 'Dana Okafor', login: 'dana' } as const;

/** Rows by entity as a server would tell them at this moment. */
export function demoRows(nowMs: number): Readonly<Record<string, readonly Row[]>> {
  const at = (days: number) => new Date(nowMs + days * dayMs).toISOString();
  const stamps = (days: number) => ({
    created_at: at(days - 3),
    created_by: dana.id,
    modified_at: at(days),
    modified_by: dana.id,
    _rev: 100 + Math.abs(Math.round(days * 10)),
  });
  const user = [maya, dana].map((person) => ({
    ...stamps(-90),
    id: person.id,
    name: person.name,
    login: person.login,
    email: null,
    phone: null,
    job_title: null,
    business_unit: null,
    manager: null,
    active: true,
  }));
  const account = places.map(([name, city], index) => ({
    ...stamps(-20 - index),
    id: demoId(1, index),
    name,
    city,
    phone: `+47 55 01 2${index} 40`,
    email: `desk${index}@example.com`,
    website: 'https://example.com',
  }));
  const work_order = Array.from({ length: 44 }, (_, index) => ({
    ...stamps(-index / 4),
    id: demoId(2, index),
    number: `WO-${String(10_412 + index)}`,
    title: faults[index % faults.length] ?? '',
    status: statuses[index % statuses.length] ?? '',
    priority: priorities[index % priorities.length] ?? '',
    account: demoId(1, (index * 7) % places.length),
    owner: index % 3 === 2 ? dana.id : maya.id,
    due: at((index % 9) - 1).slice(0, 10),
    scheduled_start: at((index % 9) - 1),
    labour_minutes: (index % 5) * 25,
    estimate: 12_500 + index * 730,
    equipment: index % 2 === 0 ? ['ladder', 'multimeter'] : null,
    under_warranty: index % 4 === 0,
    description:
      'Reported by the front desk this morning. It runs for a minute, then the breaker goes. Reset twice without luck.',
    resolution: null,
  }));
  const note = work_order.slice(0, 12).flatMap((order, index) =>
    notes.map((text, part) => ({
      ...stamps(-index / 6 - part / 3),
      id: demoId(3, index * 10 + part),
      text,
      work_order: order.id,
    })),
  );
  return { user, account, work_order, note, team: [], business_unit: [] };
}
