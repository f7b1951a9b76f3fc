// The laws of merging, over every rule and every type of field it fits, for any three values. What breaks one of these breaks for somebody.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildBundle } from './build-bundle.ts';
import { applyMutation, effectiveChanges } from './effect.ts';
import { defineEntity, type ConflictRule, type Entity, type Field } from './entity.ts';
import { mergeChanges } from './merge.ts';
import { openModel } from './model.ts';
import type { FieldChange } from './mutation.ts';
import { safePolicy } from './policy.ts';
import { rebase } from './rebase.ts';
import { mutation, scope } from './testing/mutations.ts';
import { ids, maya, workshop } from './testing/workshop.ts';
import { sameValue, type Row, type Value } from './value.ts';

fc.configureGlobal({ seed: 8420 });

const choices = ['a', 'b', 'c', 'd'].map((value) => ({ value, label: value }));
const label = 'Field';
const scale = 2;
const plain: Readonly<Record<string, Field>> = {
  text: { type: 'text', label },
  long: { type: 'longText', label },
  email: { type: 'email', label },
  phone: { type: 'phone', label },
  url: { type: 'url', label },
  integer: { type: 'integer', label },
  decimal: { type: 'decimal', label, scale },
  money: { type: 'money', label, scale, currency: 'EUR' },
  boolean: { type: 'boolean', label },
  date: { type: 'date', label },
  moment: { type: 'dateTime', label },
  choice: { type: 'choice', label, choices },
  choices: { type: 'multiChoice', label, choices },
  lookup: { type: 'lookup', label, to: ['user'] },
};
const rules = {
  append: ['text', 'long'],
  max: ['integer', 'decimal', 'money', 'date', 'moment'],
  min: ['integer', 'decimal', 'money', 'date', 'moment'],
  sum: ['integer', 'decimal', 'money'],
  union: ['choices'],
} as const;
const conflictRules: readonly ConflictRule[] = ['ask', 'client', 'server', 'supervisor'];

/** Every type plain, under each conflict rule, with each merge rule that fits it; and two groups. */
const fields: Readonly<Record<string, Field>> = {
  title: { type: 'text', label },
  ...plain,
  ...Object.fromEntries(
    conflictRules.flatMap((conflict) =>
      Object.entries(plain).map(([name, field]) => [`${name}_${conflict}`, { ...field, conflict }]),
    ),
  ),
  ...Object.fromEntries(
    Object.entries(rules).flatMap(([merge, types]) =>
      types.map((type) => [`${type}_${merge}`, { ...plain[type], merge }]),
    ),
  ),
  street: { type: 'text', label },
  town: { type: 'text', label },
  amount: { type: 'integer', label, conflict: 'client' },
  currency: { type: 'choice', label, choices, conflict: 'client' },
} as Readonly<Record<string, Field>>;
const groups = [
  ['street', 'town'],
  ['amount', 'currency'],
] as const;
const thing = defineEntity({
  name: 'thing',
  label: 'Thing',
  labelPlural: 'Things',
  icon: 'box',
  ownership: 'organisation',
  titleField: 'title',
  fields,
  fieldGroups: groups,
});

function valuesFor(field: Field): fc.Arbitrary<Value> {
  switch (field.type) {
    case 'integer':
    case 'decimal':
    case 'money':
      return fc.option(fc.integer({ min: -9, max: 9 }));
    case 'boolean':
      return fc.option(fc.boolean());
    case 'choice':
      return fc.option(fc.constantFrom('a', 'b', 'c', 'd'));
    case 'multiChoice':
      return fc.subarray(['a', 'b', 'c', 'd']).map((items) => (items.length === 0 ? null : items));
    case 'date':
      return fc.option(fc.constantFrom('2024-01-01', '2024-01-02', '2025-06-30'));
    case 'dateTime':
      return fc.option(fc.constantFrom('2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.001Z'));
    default:
      return fc.option(fc.constantFrom('x', 'x\ny', 'x\nz', 'y', 'y\nx'));
  }
}

interface Case {
  readonly entity: Entity;
  readonly changes: Readonly<Record<string, FieldChange>>;
  readonly theirs: Row;
}

const anyRule = fc.constantFrom(...conflictRules);
/** Some fields changed, members of groups together; any rule for those that have none of their own. */
const anyCase: fc.Arbitrary<Case> = fc
  .tuple(fc.subarray(Object.keys(fields), { minLength: 1, maxLength: 8 }), anyRule)
  .chain(([names, conflict]) => {
    const whole = groups.flatMap((group) => (group.some((name) => names.includes(name)) ? [...group] : []));
    const all = [...new Set([...names, ...whole])];
    const values = all.map((name) => {
      const value = valuesFor(fields[name] as Field);
      return fc.tuple(fc.constant(name), value, value, value);
    });
    return fc.tuple(...values).map((drawn) => ({
      entity: { ...thing, conflict },
      changes: Object.fromEntries(drawn.map(([name, base, mine]) => [name, { base, value: mine }])),
      theirs: Object.fromEntries(drawn.map(([name, , , theirs]) => [name, theirs])),
    }));
  });

const merge = ({ entity, changes, theirs }: Case) =>
  mergeChanges({ entity, changes, theirs, policy: safePolicy });
/** The row after the merge; null where somebody must be asked. */
function rowAfter(input: Case): Row | null {
  const result = merge(input);
  return result.kind === 'conflict' ? null : { ...input.theirs, ...result.values };
}
const each = (from: Case, make: (change: FieldChange, theirs: Value) => FieldChange): Case['changes'] =>
  Object.fromEntries(
    Object.entries(from.changes).map(([name, change]) => [name, make(change, from.theirs[name] ?? null)]),
  );
const holds = (check: (input: Case) => void) => fc.assert(fc.property(anyCase, check), { numRuns: 1_000 });
const isSum = (name: string) => fields[name]?.merge === 'sum';
const groupOf = (name: string): readonly string[] =>
  groups.find((group) => (group as readonly string[]).includes(name)) ?? [name];

describe('laws of merging', () => {
  it('[MERGE-1] merge(b, b, t) = t: what I did not change stays theirs, under every rule and in every type', () => {
    holds((input) => {
      const untouched = each(input, ({ base }) => ({ base, value: base }));
      expect(rowAfter({ ...input, changes: untouched })).toEqual(input.theirs);
    });
  });

  it('[MERGE-2] merge(b, m, b) = m: what they did not change becomes mine', () => {
    holds((input) => {
      const mine = each(input, ({ value }, theirs) => ({ base: theirs, value }));
      const row = rowAfter({ ...input, changes: mine });
      for (const [name, { value }] of Object.entries(mine)) expect(row?.[name] ?? null).toEqual(value);
    });
  });

  it('[MERGE-3] merge(b, m, m) = m, but for a sum, where both count', () => {
    holds((input) => {
      const same = each(input, ({ base }, theirs) => ({ base, value: theirs }));
      const row = rowAfter({ ...input, changes: same });
      for (const name of Object.keys(same)) if (!isSum(name)) expect(row?.[name]).toEqual(input.theirs[name]);
    });
  });

  it('[MERGE-16] fields commute: merged together or one after the other, in any order, the row is the same', () => {
    fc.assert(
      fc.property(anyCase, fc.infiniteStream(fc.nat()), (input, draws) => {
        const together = rowAfter(input);
        if (together === null) return;
        const parts = [...new Set(Object.keys(input.changes).map((name) => groupOf(name).join()))]
          .map((part) => ({ part, at: draws.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at);
        let row: Row = input.theirs;
        for (const { part } of parts) {
          const changes = Object.entries(input.changes).filter(([name]) => part.split(',').includes(name));
          row = rowAfter({ ...input, theirs: row, changes: Object.fromEntries(changes) }) ?? {};
        }
        expect(row).toEqual(together);
      }),
    );
  });

  it('[MERGE-12] replayed into its own result, a change comes to the same, but for a sum, which the ledger keeps from running twice', () => {
    holds((input) => {
      const once = rowAfter(input);
      if (once === null || Object.keys(input.changes).some(isSum)) return;
      const twice = rowAfter({ ...input, theirs: once });
      // An addition made to a text that now begins otherwise has no answer but a person's; it is never doubled.
      if (twice !== null) expect(twice).toEqual(once);
    });
  });

  it('[MERGE-5] fields outside the mutation never change', () => {
    holds((input) => {
      const [left = ''] = Object.keys(input.changes);
      const group = groupOf(left);
      const rest = Object.entries(input.changes).filter(([name]) => !group.includes(name));
      const row = rowAfter({ ...input, changes: Object.fromEntries(rest) });
      if (row !== null) for (const name of group) expect(row[name]).toEqual(input.theirs[name]);
    });
  });

  it('[MERGE-10] a group is all mine or all theirs, or somebody is asked', () => {
    holds((input) => {
      const row = rowAfter(input);
      if (row === null) return;
      for (const group of groups) {
        if (input.changes[group[0]] === undefined) continue;
        const isMine = group.every((name) => sameValue(row[name], input.changes[name]?.value));
        const isTheirs = group.every((name) => sameValue(row[name], input.theirs[name]));
        expect(isMine || isTheirs).toBe(true);
      }
    });
  });

  it('[MERGE-14] where any clash is a supervisor’s, the mutation is a supervisor’s to settle; else it is the author’s', () => {
    holds((input) => {
      const result = merge(input);
      if (result.kind !== 'conflict') return;
      const ruleOf = (name: string) =>
        groupOf(name).map((each) => fields[each]?.conflict ?? input.entity.conflict);
      const isSupervisors = Object.keys(result.clashes).some((name) => ruleOf(name).includes('supervisor'));
      expect(result.settledBy).toBe(isSupervisors ? 'supervisor' : 'person');
    });
  });

  it('[MERGE-17] every settled field tells base, theirs, mine, the result and the rule; nothing else is called settled', () => {
    holds((input) => {
      const result = merge(input);
      if (result.kind !== 'merged') return;
      for (const [name, clash] of Object.entries(result.settled)) {
        const { base, value } = input.changes[name] as FieldChange;
        const row = { ...input.theirs, ...result.values };
        expect(clash).toMatchObject({ base, theirs: input.theirs[name], mine: value, result: row[name] });
      }
    });
  });
});

describe('sums', () => {
  const step = fc.record({
    device: fc.nat({ max: 3 }),
    add: fc.option(fc.integer({ min: -20, max: 20 })),
  });
  it('[MERGE-8] a sum is the sum of all differences, however edits and syncs of several devices interleave', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const entity: Entity = thing;
        const name = 'integer_sum';
        let server = 100;
        const devices = Array.from({ length: 4 }, () => ({ base: server, pending: [] as FieldChange[] }));
        const laidOver = (theirs: number, change: FieldChange) =>
          Number(rowAfter({ entity, changes: { [name]: change }, theirs: { [name]: theirs } })?.[name]);
        const sync = (index: number) => {
          const device = devices[index];
          if (device === undefined) return;
          for (const change of device.pending) server = laidOver(server, change);
          device.base = server;
          device.pending.length = 0;
        };
        for (const { device: index, add } of steps) {
          const device = devices[index];
          if (device === undefined) continue;
          if (add === null) {
            sync(index);
            continue;
          }
          const seen = device.pending.reduce(laidOver, device.base);
          device.pending.push({ base: seen, value: seen + add });
        }
        for (const index of devices.keys()) sync(index);
        expect(server).toBe(steps.reduce((sum, { add }) => sum + (add ?? 0), 100));
      }),
    );
  });
});

describe('what the device shows', () => {
  const solution = { ...workshop, entities: [...workshop.entities, thing] };
  const modelUnder = (conflict: ConflictRule) => {
    const all = {
      create: 'organisation',
      read: 'organisation',
      update: 'organisation',
      delete: 'organisation',
    } as const;
    const roles = workshop.roles.map((role) => ({ ...role, privileges: { ...role.privileges, thing: all } }));
    const policy = { ...safePolicy, conflict: { ...safePolicy.conflict, overlapping: conflict } };
    return openModel(buildBundle({ ...solution, roles, policy }, ['technician']));
  };
  const models = new Map(conflictRules.map((rule) => [rule, modelUnder(rule)]));

  it('[MERGE-15] a pending change over a fresh row reads as the server will merge it, whenever nobody is asked, groups included', () => {
    fc.assert(
      fc.property(anyCase, anyRule, (input, conflict) => {
        const model = models.get(conflict);
        if (model === undefined) return;
        const entity = model.entity('thing');
        const result = mergeChanges({ ...input, entity, policy: model.bundle.policy });
        const sent = {
          ...mutation(1, 'update'),
          entity: 'thing',
          recordId: ids.part,
          changes: input.changes,
        };
        const base: Row = { id: ids.part, ...input.theirs };
        const effect = applyMutation(model, sent, base, scope);
        const shown = rebase(model, base, [{ mutation: sent, state: 'queued' }], { user: maya }).row;
        expect(shown).toEqual(effect);
        for (const [name, { value }] of Object.entries(input.changes)) {
          const isAsked = result.kind === 'conflict' && result.clashes[name] !== undefined;
          if (isAsked) expect(shown?.[name] ?? null).toEqual(value);
          else if (result.kind === 'merged')
            expect(shown?.[name] ?? null).toEqual(
              Object.hasOwn(result.values, name) ? result.values[name] : input.theirs[name],
            );
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('[MERGE-15] what a named command works out is worked out from the fresh row, as the server does', () => {
    const model = openModel(buildBundle(workshop, ['technician']));
    const sent = { ...mutation(1, 'addHour', { minutes: [30, 90] }), params: {} };
    const fresh: Row = { id: ids.job, title: 'Door', state: 'open', minutes: 45, due: null };
    const changes = effectiveChanges(model, sent, fresh, scope);
    const { policy } = model.bundle;
    const merged = mergeChanges({ entity: model.entity('job'), changes, theirs: fresh, policy });
    expect(merged).toMatchObject({ kind: 'merged', values: { minutes: 105 } });
    expect(applyMutation(model, sent, fresh, scope)).toMatchObject({ minutes: 105 });
  });
});
