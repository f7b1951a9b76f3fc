// Faults of a solution's upgrades: that they are in order, and that nothing a device of a version still served may have queued is left without a
// word on what becomes of it. What is missing is told as the step to write.
import type { Field } from './entity.ts';
import { tableEntities, type Solution } from './solution.ts';
import { solutionAfter, type Named } from './upgrade-solution.ts';
import { stepsSince } from './upcast.ts';
import { namePattern, type Fault, type ValidationScope } from './validation-scope.ts';

/** Faults that show in the solution alone. */
export function validateUpgrades({ solution, report }: ValidationScope): void {
  let last = 1;
  for (const [index, { to, steps }] of (solution.upgrades ?? []).entries()) {
    const path = `upgrades[${index}]`;
    if (!Number.isSafeInteger(to) || to <= last) report(`${path}.to`, `must be a version above ${last}`);
    if (to > solution.schemaVersion)
      report(`${path}.to`, `is above schemaVersion, which is ${solution.schemaVersion}`);
    last = Math.max(last, to);
    steps.forEach((step, at) => {
      const names =
        step.kind === 'splitField'
          ? step.into
          : 'to' in step && step.kind !== 'renameCommand'
            ? [step.to]
            : [];
      for (const name of names)
        if (!namePattern.test(name) || name === 'id')
          report(
            `${path}.steps[${at}]`,
            `${JSON.stringify(name)} is not a name: lower case, digits, underscores`,
          );
    });
  }
}

/**
 * Faults of publishing `next` after these solutions, the present one first: steps that cannot be taken, and, where devices may have queued changes
 * (`hasDevices`), what they may speak of and the next version does not know.
 */
export function upgradeFaults(
  published: readonly Solution[],
  next: Solution,
  hasDevices: boolean,
): readonly Fault[] {
  const faults = new Map<string, Fault>();
  const report = (path: string, message: string): void => {
    faults.set(`${path} ${message}`, { path, message });
  };
  const present = published[0]?.schemaVersion ?? 0;
  if (next.schemaVersion < present) report('schemaVersion', `devices have version ${present} already`);
  for (const before of published) {
    const paths = pathsSince(next, before.schemaVersion);
    const after = solutionAfter(before, stepsSince(next, before.schemaVersion), (step, message) =>
      report(paths[step] ?? 'upgrades', `${message}, as of version ${before.schemaVersion}`),
    );
    if (!hasDevices) continue;
    const isRaised = next.schemaVersion > before.schemaVersion;
    const where = isRaised
      ? `in the upgrade to version ${next.schemaVersion}`
      : `in an upgrade to version ${before.schemaVersion + 1}, with schemaVersion raised to it`;
    const missing = new Set(missingSteps(after, next, new Set(defaulted(next, before.schemaVersion))));
    for (const step of missing)
      report(
        'upgrades',
        `devices of version ${before.schemaVersion} may have changes waiting: write ${step} ${where}`,
      );
  }
  return [...faults.values()];
}

/** Steps, as JSON to complete, for what `after` has and `next` has not. */
function missingSteps(after: Named, next: Solution, filled: ReadonlySet<string>): readonly string[] {
  const nextEntities = new Map(tableEntities(next).map((entity) => [entity.name, entity]));
  const had = tableEntities({ ...next, ...after });
  const wanted: string[] = [];
  const write = (...ways: readonly object[]): void => void wanted.push(either(...ways));
  for (const { name: entity, fields } of had) {
    const now = nextEntities.get(entity);
    if (now === undefined) {
      write({ kind: 'renameEntity', entity, to: '…' }, { kind: 'dropEntity', entity });
      continue;
    }
    for (const [field, was] of Object.entries(fields)) {
      const is = Object.hasOwn(now.fields, field) ? now.fields[field] : undefined;
      if (was.readOnly || was.type === 'autonumber') continue;
      if (is === undefined)
        write({ kind: 'renameField', entity, field, to: '…' }, { kind: 'dropField', entity, field });
      else for (const part of fieldSteps(was, is)) write({ ...part, entity, field });
    }
    for (const [field, is] of Object.entries(now.fields)) {
      const isAsked = is.required && is.type !== 'autonumber' && is.default === undefined;
      const was = fields[field];
      if (isAsked && !was?.required && !now.intersect && !filled.has(`${entity}.${field}`))
        write({ kind: 'setDefault', entity, field, value: '…' });
    }
  }
  return [...wanted, ...missingCommandSteps(after, next, nextEntities)];
}

function fieldSteps(was: Field, is: Field): readonly object[] {
  const steps: object[] = [];
  if (was.type === 'choice' && is.type === 'multiChoice') steps.push({ kind: 'widenChoice' });
  if (was.type === 'lookup' && is.type === 'lookup' && was.to.length === 1 && is.to.length > 1)
    steps.push({ kind: 'widenLookup', target: was.to[0] });
  const gone = goneChoices(was, is);
  if (gone.length > 0)
    steps.push({ kind: 'mapChoices', values: Object.fromEntries(gone.map((value) => [value, '…'])) });
  return steps;
}

function goneChoices(was: Field, is: Field): readonly string[] {
  if (!('choices' in was) || !('choices' in is)) return [];
  const known = new Set(is.choices.map(({ value }) => value));
  return was.choices.map(({ value }) => value).filter((value) => !known.has(value));
}

function missingCommandSteps(
  after: Named,
  next: Solution,
  nextEntities: ReadonlyMap<string, unknown>,
): readonly string[] {
  return after.commands.flatMap(({ entity, name: command, params }) => {
    if (!nextEntities.has(entity)) return [];
    const now = next.commands.find((each) => each.entity === entity && each.name === command);
    if (now === undefined)
      return [
        either({ kind: 'renameCommand', entity, command, to: '…' }, { kind: 'dropCommand', entity, command }),
      ];
    return Object.entries(params ?? {}).flatMap(([param, was]) => {
      const is = now.params?.[param];
      if (is === undefined)
        return [
          either(
            { kind: 'renameParam', entity, command, param, to: '…' },
            { kind: 'dropParam', entity, command, param },
          ),
        ];
      const gone = goneChoices(was, is);
      const values = Object.fromEntries(gone.map((value) => [value, '…']));
      return gone.length === 0
        ? []
        : [JSON.stringify({ kind: 'mapParamChoices', entity, command, param, values })];
    });
  });
}

function either(...ways: readonly object[]): string {
  return ways.map((way) => JSON.stringify(way)).join(' or ');
}

/** 'entity.field' of every default that steps since a version set. */
function defaulted(next: Solution, version: number): readonly string[] {
  return stepsSince(next, version).flatMap((step) =>
    step.kind === 'setDefault' ? [`${step.entity}.${step.field}`] : [],
  );
}

function pathsSince(next: Solution, version: number): readonly string[] {
  return (next.upgrades ?? []).flatMap(({ to, steps }, index) =>
    to > version ? steps.map((_step, at) => `upgrades[${index}].steps[${at}]`) : [],
  );
}
