import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildBundle, buildWholeBundle } from './build-bundle.ts';
import { applyMutation, checkMutation } from './effect.ts';
import { openModel, type Model } from './model.ts';
import type { Mutation, Verdict } from './mutation.ts';
import type { Solution } from './solution.ts';
import { ids, maya, workshop } from './testing/workshop.ts';
import { solutionAfter } from './upgrade-solution.ts';
import { upcastMutation, upcastRow, upcastToPresent, upcastVerdict, type UpgradeStep } from './upcast.ts';
import { upgradeFaults } from './validate-upgrades.ts';
import { validateSolution } from './validate-solution.ts';
import type { Row, Value } from './value.ts';

/** The workshop without what is text: expressions are not rewritten by steps. */
const before: Solution = {
  ...workshop,
  views: [],
  forms: [],
  profiles: [],
  entities: workshop.entities.map(({ guards: _guards, ...entity }) => entity),
  commands: workshop.commands
    .filter(({ name }) => name === 'close')
    .map(({ when: _when, ...command }) => command),
};
const never = (step: number, message: string): never => {
  throw new Error(`step ${step}: ${message}`);
};
const after = (steps: readonly UpgradeStep[]): Solution => ({
  ...before,
  ...solutionAfter(before, steps, never),
});
const modelOf = (solution: Solution): Model => openModel(buildWholeBundle(solution));
const scope = { user: maya, now: '2026-06-01T10:00:00.000Z', follow: () => null };
const references = [{ entity: 'job', field: 'regarding' }];

/** One step of each kind that keeps what a change did; those that come later speak in the names the earlier ones gave. */
const chain: readonly UpgradeStep[] = [
  { kind: 'renameField', entity: 'job', field: 'minutes', to: 'spent' },
  { kind: 'mapChoices', entity: 'job', field: 'tools', values: { drill: 'borer', saw: 'handsaw' } },
  { kind: 'mapChoices', entity: 'job', field: 'state', values: { open: 'planned' } },
  { kind: 'setDefault', entity: 'job', field: 'contact', value: 'office@example.com' },
  { kind: 'splitField', entity: 'job', field: 'street', separator: ' ', into: ['way', 'house'] },
  { kind: 'widenChoice', entity: 'job', field: 'state' },
  { kind: 'widenLookup', entity: 'job', field: 'customer', target: 'customer' },
  { kind: 'dropField', entity: 'job', field: 'price' },
  { kind: 'renameParam', entity: 'job', command: 'close', param: 'spent', to: 'done' },
  { kind: 'renameCommand', entity: 'job', command: 'close', to: 'finish' },
  {
    kind: 'renameEntity',
    entity: 'job',
    to: 'assignment',
    references,
  },
  { kind: 'renameField', entity: 'assignment', field: 'log', to: 'journal' },
];
/** Some of them, in their order, as far as they can still be taken. */
const someSteps = fc.subarray([...chain]).map((some) => {
  const taken: UpgradeStep[] = [];
  for (const step of some) {
    let isFaulty = false;
    solutionAfter(before, [...taken, step], () => (isFaulty = true));
    if (!isFaulty) taken.push(step);
  }
  return taken;
});

const text = fc.option(fc.constantFrom('a', 'Main street 12', 'x y z', 'Hill'));
const values: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  title: fc.constantFrom('One', 'Two', 'Three'),
  minutes: fc.option(fc.integer({ min: 0, max: 90 })),
  tools: fc
    .subarray(['drill', 'hammer', 'ladder', 'saw'])
    .map((some) => (some.length === 0 ? null : [...some].sort())),
  street: text,
  town: text,
  contact: fc.option(fc.constantFrom('a@example.com', 'b@example.com')),
  customer: fc.option(fc.constant(ids.customer)),
  regarding: fc.option(fc.constantFrom(`customer/${ids.customer}`, `job/${ids.otherJob}`, `job/${ids.job}`)),
  price: fc.option(fc.integer({ min: 0, max: 9_999 })),
  log: fc.option(fc.constantFrom('Began.', 'Began.\nWaited.')),
};
const rows: fc.Arbitrary<Row> = fc
  .record({ ...values, state: fc.constantFrom('open', 'closed') })
  .map((some) => ({ ...fullRow, ...some }));
const fullRow: Row = {
  ...Object.fromEntries(Object.keys(modelOf(before).fields('job')).map((name) => [name, null])),
  id: ids.job,
  owner: ids.maya,
};
const mutations: fc.Arbitrary<Mutation> = fc
  .tuple(
    fc.constantFrom('create', 'update', 'update', 'delete', 'close'),
    fc.record({ ...values }, { requiredKeys: ['title'] }),
    fc.record(values),
  )
  .map(([command, wanted, seen]) => ({
    id: ids.part,
    entity: 'job',
    recordId: ids.job,
    command,
    ...(command === 'close' ? { params: { spent: 'All done.' } } : {}),
    changes: changesOf(command, wanted as Row, seen),
    baseRev: 4,
    schemaVersion: 3,
    at: { device: scope.now, corrected: null },
  }));

function changesOf(command: string, wanted: Row, seen: Row): Mutation['changes'] {
  if (command === 'delete') return {};
  if (command === 'close') return { state: { base: 'open', value: 'closed' } };
  return Object.fromEntries(
    Object.entries(wanted).map(([name, value]) => [
      name,
      { base: command === 'create' ? null : (seen[name] ?? null), value },
    ]),
  );
}

/** Nobody says what a record holds in fields that only stamps differ in. */
function shown(row: Row | null): Row | null {
  if (row === null) return null;
  const kept = Object.entries(row).filter(
    ([name]) => !name.startsWith('modified') && !name.startsWith('created'),
  );
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('changes of earlier versions', () => {
  it('[UPCAST-1] a change brought up and applied gives the row applied and brought up', () => {
    fc.assert(
      fc.property(someSteps, mutations, rows, (steps, mutation, row) => {
        // The parts of a split field merge apart: the law holds where nobody else changed it meanwhile.
        const street = mutation.changes['street'] ?? { base: row['street'] ?? null };
        const seen = mutation.command === 'create' ? null : { ...row, street: street.base };
        const early = applyMutation(modelOf(before), mutation, seen, scope);
        const left = early === null ? null : upcastRow('job', early, steps).row;
        const late = upcastMutation(mutation, steps);
        const right = applyMutation(
          modelOf(after(steps)),
          late,
          seen === null ? null : upcastRow('job', seen, steps).row,
          scope,
        );
        expect(shown(right)).toEqual(shown(left));
      }),
      { seed: 27, numRuns: 400 },
    );
  });

  it('[UPCAST-2] what was a valid change is one in the present version, whatever steps came between', () => {
    fc.assert(
      fc.property(someSteps, mutations, (steps, mutation) => {
        fc.pre(Object.keys(checkMutation(modelOf(before), mutation)).length === 0);
        expect(checkMutation(modelOf(after(steps)), upcastMutation(mutation, steps))).toEqual({});
      }),
      { seed: 28, numRuns: 300 },
    );
  });

  it('[UPCAST-3] one upgrade after the other gives the same as all at once, and one of the present version is left alone', () => {
    fc.assert(
      fc.property(mutations, fc.integer({ min: 0, max: chain.length }), (mutation, cut) => {
        const [first, second] = [chain.slice(0, cut), chain.slice(cut)];
        const upgrades = [
          { to: 4, steps: first },
          { to: 5, steps: second },
        ];
        const once = upcastToPresent({ schemaVersion: 4, upgrades: upgrades.slice(0, 1) }, mutation);
        const twice = upcastToPresent({ schemaVersion: 5, upgrades }, once);
        expect(twice).toEqual({ ...upcastMutation(mutation, chain), schemaVersion: 5 });
        expect(upcastToPresent({ schemaVersion: 5, upgrades }, twice)).toBe(twice);
      }),
      { seed: 29, numRuns: 100 },
    );
  });

  it('[UPCAST-4] a verdict is told under the names that fields have now', () => {
    const verdict: Verdict = {
      id: ids.part,
      seq: 1,
      outcome: 'conflict',
      clashes: {
        minutes: { base: 1, theirs: 2, mine: 3 },
        street: { base: null, theirs: 'A 1', mine: 'B 2' },
      },
      fields: { log: 'too_long', price: 'out_of_range' },
      theirs: { id: ids.job, minutes: 2 },
    };
    expect(upcastVerdict('job', verdict, chain)).toMatchObject({
      clashes: {
        spent: { base: 1, theirs: 2, mine: 3 },
        way: { base: null, theirs: 'A', mine: 'B' },
        house: { base: null, theirs: '1', mine: '2' },
      },
      fields: { journal: 'too_long' },
      theirs: { spent: 2 },
    });
  });

  it('[UPCAST-5] a bundle brings the steps for what its reader may read, under whatever name it had', () => {
    const steps: readonly UpgradeStep[] = [
      { kind: 'renameEntity', entity: 'job', to: 'task' },
      { kind: 'renameField', entity: 'task', field: 'a', to: 'title' },
      { kind: 'renameField', entity: 'part', field: 'a', to: 'b' },
      { kind: 'renameEntity', entity: 'task', to: 'job' },
    ];
    const bundle = buildBundle({ ...workshop, upgrades: [{ to: 3, steps }] }, ['helper']);
    expect(bundle.upgrades).toEqual([{ to: 3, steps: [steps[0], steps[1], steps[3]] }]);
  });
});

describe('publishing an upgrade', () => {
  const renamed = after([{ kind: 'renameField', entity: 'job', field: 'minutes', to: 'spent' }]);
  const step: UpgradeStep = { kind: 'renameField', entity: 'job', field: 'minutes', to: 'spent' };
  const told = (next: Solution, published: readonly Solution[] = [before]) =>
    upgradeFaults(published, next, true).map(({ path, message }) => `${path}: ${message}`);

  it('[UPCAST-6] what is gone or renamed without a word is refused with the step to write', () => {
    expect(told(renamed)).toEqual([
      'upgrades: devices of version 3 may have changes waiting: write {"kind":"renameField","entity":"job","field":"minutes","to":"…"} or {"kind":"dropField","entity":"job","field":"minutes"} in an upgrade to version 4, with schemaVersion raised to it',
    ]);
    const raised = { ...renamed, schemaVersion: 4, upgrades: [{ to: 4, steps: [step] }] };
    expect(told(raised)).toEqual([]);
    // An organisation that no device knows needs none.
    expect(upgradeFaults([before], renamed, false)).toEqual([]);
  });

  it('[UPCAST-6] every kind of loss is found: entities, choices, wider types, commands, parameters, new duties', () => {
    const [customer, job, part] = ['customer', 'job', 'part'].map((name) =>
      before.entities.find((entity) => entity.name === name),
    );
    if (customer === undefined || job === undefined || part === undefined)
      throw new Error('the workshop shrank');
    const others = before.entities.filter((entity) => ![customer, job, part].includes(entity));
    const { log: _log, ...fields } = job.fields;
    const next: Solution = {
      ...before,
      schemaVersion: 4,
      relations: before.relations.filter(({ name }) => name !== 'job_helper'),
      entities: [
        ...others,
        customer,
        {
          ...job,
          fields: {
            ...fields,
            customer: { type: 'lookup', label: 'Customer', to: ['customer', 'user'] },
            tools: { type: 'multiChoice', label: 'Tools', choices: [{ value: 'drill', label: 'Drill' }] },
            room: { type: 'text', label: 'Room', required: true },
          },
        },
      ],
      commands: before.commands.map((command) => ({ ...command, params: {} })),
    };
    const steps = told(next).map(
      (line) => /write (\{"kind":"\w+"(?:,"entity":"\w+")(?:,"field":"\w+")?)/.exec(line)?.[1],
    );
    expect(steps.sort()).toEqual(
      [
        '{"kind":"renameEntity","entity":"part"',
        '{"kind":"renameEntity","entity":"job_helper"',
        '{"kind":"renameField","entity":"job","field":"log"',
        '{"kind":"widenLookup","target"',
        '{"kind":"mapChoices","values"',
        '{"kind":"setDefault","entity":"job","field":"room"',
        '{"kind":"renameParam","entity":"job"',
      ]
        .map((line) => (line.includes('"target"') || line.includes('"values"') ? undefined : line))
        .sort(),
    );
    expect(
      told(next).filter((line) => line.includes('widenLookup') || line.includes('mapChoices')),
    ).toHaveLength(2);
  });

  it('[UPCAST-7] a step that cannot be taken is told with its path; versions only rise', () => {
    const bad: Solution = {
      ...renamed,
      schemaVersion: 4,
      upgrades: [{ to: 4, steps: [step, { kind: 'dropField', entity: 'job', field: 'minutes' }] }],
    };
    expect(told(bad)).toContain('upgrades[0].steps[1]: job has no field minutes, as of version 3');
    expect(told({ ...before, schemaVersion: 2 })).toContain('schemaVersion: devices have version 3 already');
    const faults = validateSolution({
      ...workshop,
      upgrades: [
        { to: 3, steps: [] },
        { to: 3, steps: [] },
        { to: 9, steps: [] },
      ],
    });
    expect(faults.map(({ path }) => path)).toEqual(['upgrades[1].to', 'upgrades[2].to']);
    const union: UpgradeStep = {
      kind: 'mapChoices',
      entity: 'job',
      field: 'tools',
      values: { saw: 'drill' },
    };
    expect(told({ ...before, schemaVersion: 4, upgrades: [{ to: 4, steps: [union] }] }).join()).toContain(
      'stay apart',
    );
    const move: UpgradeStep = { kind: 'renameEntity', entity: 'customer', to: 'client' };
    expect(told({ ...before, schemaVersion: 4, upgrades: [{ to: 4, steps: [move] }] }).join()).toContain(
      'references must be [{"entity":"job","field":"regarding"}]',
    );
  });

  it('[UPCAST-8] steps are judged for every version that is still served', () => {
    const v4: Solution = { ...renamed, schemaVersion: 4, upgrades: [{ to: 4, steps: [step] }] };
    const again: UpgradeStep = { kind: 'renameField', entity: 'job', field: 'spent', to: 'effort' };
    const v5: Solution = {
      ...v4,
      ...solutionAfter(v4, [again], never),
      schemaVersion: 5,
      upgrades: [{ to: 5, steps: [again] }],
    };
    // The step of version 4 was thrown away too early.
    expect(told(v5, [v4, before]).some((line) => line.includes('as of version 3'))).toBe(true);
    expect(told({ ...v5, upgrades: [...(v4.upgrades ?? []), ...(v5.upgrades ?? [])] }, [v4, before])).toEqual(
      [],
    );
  });
});
