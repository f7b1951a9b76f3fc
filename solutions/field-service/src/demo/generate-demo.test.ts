// Generated data obeys the model, hangs together, is the same for a seed, and looks like a service desk's.
import { allFields, checkRow, parseReference, tableEntities, type Row } from '@satchel/model';
import { describe, expect, it } from 'vitest';
import { fieldService } from '../solution.ts';
import type { DemoData } from './demo-data.ts';
import { generateDemo } from './generate-demo.ts';

const seeds = [1, 2, 42, 4_000_000_000];
const entities = new Map(tableEntities(fieldService).map((entity) => [entity.name, entity]));
const rowsOf = (data: DemoData, entity: string): readonly Row[] =>
  data.tables.find((table) => table.entity === entity)?.rows ?? [];
const shareOf = (rows: readonly Row[], field: string, value: string) =>
  rows.filter((row) => row[field] === value).length / rows.length;

describe('generateDemo', () => {
  it.each(seeds)('[DEMO-4] every row of seed %i is valid by the model', (seed) => {
    const faults = generateDemo(seed).tables.flatMap(({ entity, rows }) => {
      const definition = entities.get(entity);
      if (definition === undefined) return [`no entity ${entity}`];
      return rows.flatMap((row) =>
        Object.entries(checkRow(definition, row)).map(([field, code]) => `${entity}.${field}: ${code}`),
      );
    });
    expect(faults).toEqual([]);
  });

  it.each(seeds)(
    '[DEMO-5] in seed %i every lookup points to a row that was inserted before, or in the same table',
    (seed) => {
      const known = new Map<string, Set<string>>();
      const missing: string[] = [];
      for (const { entity, rows } of generateDemo(seed).tables) {
        const definition = entities.get(entity);
        if (definition === undefined) throw new Error(entity);
        known.set(entity, new Set(rows.map((row) => String(row['id']))));
        for (const [name, field] of Object.entries(allFields(definition))) {
          if (field.type !== 'lookup') continue;
          const [only = ''] = field.to;
          for (const row of rows) {
            const value = row[name];
            if (typeof value !== 'string') continue;
            const target = field.to.length === 1 ? { entity: only, id: value } : parseReference(value);
            if (target === null || !known.get(target.entity)?.has(target.id))
              missing.push(`${entity}.${name}`);
          }
        }
      }
      expect(missing).toEqual([]);
    },
  );

  it('[DEMO-6] the same seed and now give the same data, another seed other data', () => {
    expect(generateDemo(7)).toEqual(generateDemo(7));
    expect(JSON.stringify(generateDemo(7).tables)).not.toBe(JSON.stringify(generateDemo(8).tables));
  });

  it('[DEMO-7] there are about six thousand records, ids are unique, rows of a table have the same columns', () => {
    const { tables } = generateDemo(1);
    const counts = Object.fromEntries(tables.map(({ entity, rows }) => [entity, rows.length]));
    expect(counts).toMatchObject({
      business_unit: 3,
      team: 3,
      user: 16,
      account: 160,
      contact: 350,
      asset: 700,
    });
    expect(counts).toMatchObject({ product: 70, incident: 1_500, work_order: 1_100, work_order_task: 1_000 });
    const rows = tables.flatMap((table) => table.rows);
    expect(rows.length).toBeGreaterThan(5_800);
    expect(rows.length).toBeLessThan(6_500);
    expect(new Set(rows.map((row) => row['id'])).size).toBe(rows.length);
    for (const table of tables) {
      expect(new Set(table.rows.map((row) => Object.keys(row).join())).size, table.entity).toBe(1);
      const ids = table.rows.map((row) => String(row['id']));
      expect([...ids].sort(), table.entity).toEqual(ids);
    }
  });

  it('[DEMO-8] priorities, ways of contact and open work are distributed as at a real service desk', () => {
    const data = generateDemo(1);
    const incidents = rowsOf(data, 'incident');
    expect(shareOf(incidents, 'priority', '3')).toBeGreaterThan(0.9);
    expect(shareOf(incidents, 'priority', '1')).toBeLessThan(0.03);
    expect(shareOf(incidents, 'contact_type', 'phone')).toBeGreaterThan(0.97);
    expect(shareOf(incidents, 'state', 'closed')).toBeGreaterThan(0.6);
    const handedOver = incidents.filter((row) => row['reassignment_count'] !== 0).length / incidents.length;
    expect(handedOver).toBeGreaterThan(0.35);
    for (const row of incidents) {
      expect(row['resolved_at'] === null).toBe(!['resolved', 'closed'].includes(String(row['state'])));
    }
  });

  it('[DEMO-9] everybody who may sign in has a known role, and each technician has work in hand', () => {
    const data = generateDemo(1);
    const roles = new Set(fieldService.roles.map((role) => role.name));
    expect(data.logIns.flatMap((logIn) => logIn.roles).every((role) => roles.has(role))).toBe(true);
    const technicians = data.logIns.filter((logIn) => logIn.roles.includes('technician'));
    expect(technicians).toHaveLength(12);
    const unfinished = rowsOf(data, 'work_order').filter(
      (row) => !['completed', 'closed'].includes(String(row['status'])),
    );
    for (const { userId, login } of technicians) {
      expect(unfinished.filter((row) => row['owner'] === userId).length, login).toBeGreaterThan(5);
    }
  });
});
