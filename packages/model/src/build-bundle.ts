// From what an organisation publishes to what one person's roles get of it. Pure, so that the same roles always give the same bytes and hash.
// The solution was validated before; a fault here is a programmer's error and throws.
import type { Entity } from './entity.ts';
import { expressionSites, parseContext } from './expression-sites.ts';
import { parseExpression } from './expression/parse.ts';
import type { Expr } from './expression/tree.ts';
import type { BundleContent } from './model.ts';
import { effectivePrivileges, readDepth } from './permission.ts';
import { expandProfile } from './expand-profile.ts';
import type { CarriedProfile, ProfileEntity, StepRule } from './profile.ts';
import { limitCommand, limitEntity, limitForm, limitView } from './limit-fields.ts';
import { uniteFieldLimits, unitePrivileges } from './role.ts';
import { tableEntities, type Solution } from './solution.ts';
import { cellsAfter, upcastRow, type Upgrade } from './upcast.ts';
import type { Command } from './view.ts';

/** The bundle of a person with these roles, without its hash: SHA-256 of `canonicalJson` of it. */
export function buildBundle(solution: Solution, roleNames: readonly string[]): BundleContent {
  const all = tableEntities(solution);
  const roles = solution.roles.filter((role) => roleNames.includes(role.name));
  const privileges = effectivePrivileges(unitePrivileges(roles), all);
  const fieldLimits = uniteFieldLimits(roles);
  const readable = all
    .filter((entity) => readDepth(privileges, entity) !== 'none')
    .map((entity) => limitEntity(entity, fieldLimits[entity.name]));
  const byName = new Map(readable.map((entity) => [entity.name, entity]));
  const names = new Set(byName.keys());
  // A condition that reads what the person may not cannot run on the device; what hangs on it stays with the server.
  const canRun = (entity: string, texts: readonly (string | undefined)[], params: Command['params'] = {}) =>
    names.has(entity) &&
    texts.every(
      (text) => text === undefined || parseExpression(text, { entities: readable, entity, params }).ok,
    );
  const entities = readable.map((entity) =>
    entity.guards === undefined
      ? entity
      : { ...entity, guards: entity.guards.filter((guard) => canRun(entity.name, [guard.when])) },
  );
  const limited = solution.commands.flatMap((command) => {
    const entity = byName.get(command.entity);
    return entity === undefined ? [] : [limitCommand(command, entity)];
  });
  const commands = limited.filter((command) => {
    const values = Object.values(command.set).map((source) =>
      'expression' in source ? source.expression : undefined,
    );
    return canRun(command.entity, [command.when, ...values], command.params);
  });
  const profile = uniteProfiles(carriedProfiles(solution), roleNames, names);
  const content = {
    entities,
    views: solution.views.flatMap((view) => {
      const entity = byName.get(view.entity);
      return entity === undefined || !canRun(view.entity, [view.where]) ? [] : [limitView(view, entity)];
    }),
    commands,
  };
  return {
    schemaVersion: solution.schemaVersion,
    ...(solution.upgrades === undefined ? {} : { upgrades: readableUpgrades(solution.upgrades, byName) }),
    solution: { name: solution.name, label: solution.label },
    ...content,
    forms: solution.forms.filter((form) => names.has(form.entity)).map((form) => limitForm(form, byName)),
    home: solution.home.filter((entity) => names.has(entity)),
    privileges: Object.fromEntries(Object.entries(privileges).filter(([entity]) => names.has(entity))),
    profile,
    policy: solution.policy,
    expressions: parseAll({ ...content, profiles: profile === null ? [] : [profile] }, all),
  };
}

/** The whole model, as the server opens it: every entity, command and guard, nobody's privileges, no profile. Never sent to a device. */
export function buildWholeBundle(solution: Solution): BundleContent {
  const entities = tableEntities(solution);
  const { views, forms, commands, home, policy, schemaVersion } = solution;
  return {
    schemaVersion,
    solution: { name: solution.name, label: solution.label },
    entities,
    views,
    forms,
    commands,
    home,
    privileges: {},
    profile: null,
    policy,
    expressions: parseAll({ entities, views, commands, profiles: carriedProfiles(solution) }, entities),
  };
}

/** Every profile of the solution in single steps. */
export function carriedProfiles(solution: Solution): readonly CarriedProfile[] {
  return solution.profiles.map((profile) => expandProfile(solution, profile));
}

/** What several profiles carry together: rows of any of them, commands of any of them, the earliest priority. Null where none is meant for these roles. */
export function uniteProfiles(
  profiles: readonly CarriedProfile[],
  roleNames: readonly string[],
  readable: ReadonlySet<string>,
): CarriedProfile | null {
  const mine = profiles.filter((profile) => profile.roles.some((role) => roleNames.includes(role)));
  if (mine.length === 0) return null;
  const parts = new Map<string, Part>();
  for (const part of mine.flatMap((profile) => profile.entities)) {
    if (!readable.has(part.entity)) continue;
    const before = parts.get(part.entity);
    parts.set(part.entity, before === undefined ? part : uniteParts(before, part));
  }
  const entities = [...parts.values()]
    .map((part) => ({ ...part, related: (part.related ?? []).filter((rule) => parts.has(rule.entity)) }))
    .sort((a, b) => a.priority - b.priority || (a.entity < b.entity ? -1 : 1));
  return {
    name: mine.map((profile) => profile.name).join('+'),
    label: mine.map((profile) => profile.label).join(' + '),
    roles: [...new Set(mine.flatMap((profile) => profile.roles))],
    entities,
  };
}

type Part = ProfileEntity<StepRule>;

function uniteParts(a: Part, b: Part): Part {
  return {
    entity: a.entity,
    rows: uniteRows(a.rows, b.rows),
    related: uniqueRules([...(a.related ?? []), ...(b.related ?? [])]),
    offline: [...new Set([...a.offline, ...b.offline])],
    priority: Math.min(a.priority, b.priority),
  };
}

function uniteRows(a: Part['rows'], b: Part['rows']): Part['rows'] {
  if (a === 'all' || b === 'all') return 'all';
  if (a === 'related') return b;
  if (b === 'related' || a.where === b.where) return a;
  return { where: `(${a.where}) || (${b.where})` };
}

function uniqueRules(rules: readonly StepRule[]): readonly StepRule[] {
  const byKey = new Map(rules.map((rule) => [`${rule.kind} ${rule.entity} ${rule.field}`, rule]));
  return [...byKey.values()];
}

/** Steps for entities and fields that the person may read by the names they have now. */
function readableUpgrades(
  upgrades: readonly Upgrade[],
  readable: ReadonlyMap<string, Entity>,
): readonly Upgrade[] {
  const all = upgrades.flatMap(({ steps }) => steps);
  const isReadable = (index: number): boolean => {
    const [step, ...later] = all.slice(index);
    if (step === undefined) return false;
    const now = readable.get(upcastRow(step.entity, {}, [step, ...later]).entity);
    if (now === undefined || !('field' in step)) return now !== undefined;
    const names = Object.keys(cellsAfter(step.entity, { [step.field]: null }, [step, ...later]));
    return names.every((name) => Object.hasOwn(now.fields, name));
  };
  let index = 0;
  return upgrades.map(({ to, steps }) => ({ to, steps: steps.filter(() => isReadable(index++)) }));
}

function parseAll(
  holder: Parameters<typeof expressionSites>[0],
  entities: readonly Entity[],
): Readonly<Record<string, Readonly<Record<string, Expr>>>> {
  const parsed: Record<string, Record<string, Expr>> = {};
  for (const site of expressionSites(holder)) {
    const result = parseExpression(site.text, parseContext(site, entities));
    if (!result.ok)
      throw new Error(`${site.path}: ${result.faults.map((fault) => fault.message).join('; ')}`);
    const entity = site.entity ?? '';
    parsed[entity] = { ...parsed[entity], [site.text]: result.tree };
  }
  return parsed;
}
