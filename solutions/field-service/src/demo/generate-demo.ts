// A believable field-service company from one seed: about six thousand records around a given now. Same seed and now, same data.
import type { Row } from '@satchel/model';
import { createChance, createIds } from './chance.ts';
import { makeCustomers } from './customers.ts';
import type { DemoData } from './demo-data.ts';
import { makeIncidents } from './incidents.ts';
import { makeCrew } from './people.ts';
import { dayMs } from './times.ts';
import { makeNotes, makeParts, makeTasks, makeVersions } from './work-details.ts';
import { makeWorkOrders } from './work-orders.ts';

export interface DemoOptions {
  /** ISO UTC; everything is dated relative to it. A fixed day where absent, so that tests need none. */
  readonly now?: string;
}

const counts = {
  accounts: 160,
  contacts: 350,
  assets: 700,
  products: 70,
  incidents: 1_500,
  workOrders: 1_100,
  tasks: 1_000,
  parts: 400,
  notes: 650,
  versions: 230,
} as const;

/** The demo organisation: rows to insert in order, who may sign in and with what roles. Autonumbers and stamps are left to the database. */
export function generateDemo(seed: number, options: DemoOptions = {}): DemoData {
  const nowMs = Date.parse(options.now ?? '2026-03-04T10:30:00.000Z');
  if (Number.isNaN(nowMs)) throw new Error('now is not a time');
  const chance = createChance(seed);
  const nextId = createIds(chance, nowMs - 120 * dayMs);
  const crew = makeCrew(chance, nextId);
  const customers = makeCustomers(chance, nextId, nowMs, counts);
  const incidents = makeIncidents(chance, nextId, nowMs, crew, customers, counts.incidents);
  const orders = makeWorkOrders(chance, nextId, nowMs, crew, customers, incidents, counts.workOrders);
  const table = (entity: string, rows: readonly Row[]) => ({ entity, rows });
  return {
    organisation: { name: 'demo', label: 'Northlight Field Services' },
    tables: [
      table('business_unit', crew.units),
      table('user', crew.users),
      table('team', crew.teams),
      table('team_member', crew.members),
      table('product', customers.products),
      table(
        'account',
        customers.sites.map((site) => site.account),
      ),
      table(
        'contact',
        customers.sites.flatMap((site) => site.contacts),
      ),
      table(
        'asset',
        customers.sites.flatMap((site) => site.assets.map((asset) => asset.row)),
      ),
      table(
        'incident',
        incidents.map((incident) => incident.row),
      ),
      table(
        'work_order',
        orders.map((order) => order.row),
      ),
      table('work_order_task', makeTasks(chance, nextId, orders, counts.tasks)),
      table('work_order_part', makeParts(chance, nextId, orders, customers.partsByKind, counts.parts)),
      table('note', makeNotes(chance, nextId, nowMs, crew, orders, incidents, counts.notes)),
      table('incident_history', makeVersions(chance, nextId, nowMs, incidents, counts.versions)),
    ],
    logIns: crew.logIns,
    password: 'satchel',
  };
}
