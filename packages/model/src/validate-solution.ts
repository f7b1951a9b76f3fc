// Every fault of a solution, with its exact path, before anything is made of it. What passes here can be published, compiled and opened
// without another check; what a later stage would stumble over must be found here.
import { businessUnit, team, teamMember, user } from './directory.ts';
import { intersectEntity, type Entity } from './entity.ts';
import { canonicalJson } from './canonical-json.ts';
import { expressionSites, parseContext, type ExpressionSite } from './expression-sites.ts';
import { expressionType } from './expression/check.ts';
import { parseExpression } from './expression/parse.ts';
import type { ExprType } from './expression/tree.ts';
import { limits } from './limits.ts';
import { personalEntities } from './personal.ts';
import type { Solution } from './solution.ts';
import { validateConflictRules, validateEntity } from './validate-entity.ts';
import { validateProfiles } from './validate-profile.ts';
import { validateReview } from './validate-review.ts';
import { validateRole } from './validate-role.ts';
import { validateCommand, validateForm, validateView } from './validate-screen.ts';
import {
  knownField,
  namePattern,
  reportRepeats,
  type Fault,
  type ValidationScope,
} from './validation-scope.ts';
import { validateUpgrades } from './validate-upgrades.ts';

/** All faults, in the order of the solution's parts; empty when it can be published. */
export function validateSolution(solution: Solution): readonly Fault[] {
  const faults: Fault[] = [];
  const links = solution.relations.map(intersectEntity);
  const scope: ValidationScope = {
    solution,
    entities: new Map(
      [...solution.entities, ...links, ...personalEntities(solution)].map((entity) => [entity.name, entity]),
    ),
    report: (path, message) => faults.push({ path, message }),
  };
  validateHead(scope);
  validateUpgrades(scope);
  for (const [index, entity] of solution.entities.entries())
    validateEntity(scope, entity, `entities[${index}]`);
  validateDirectory(scope);
  validateHierarchy(scope);
  for (const index of solution.relations.keys()) validateRelation(scope, index);
  for (const [index, view] of solution.views.entries()) validateView(scope, view, `views[${index}]`);
  for (const [index, form] of solution.forms.entries()) validateForm(scope, form, `forms[${index}]`);
  for (const [index, command] of solution.commands.entries())
    validateCommand(scope, command, `commands[${index}]`);
  for (const [index, role] of solution.roles.entries()) validateRole(scope, role, `roles[${index}]`);
  validateReview(scope);
  validateProfiles(scope);
  validateHome(scope);
  validateExpressions(scope);
  return faults;
}

function validateHead(scope: ValidationScope): void {
  const { solution, report } = scope;
  if (!namePattern.test(solution.name))
    report('name', `${JSON.stringify(solution.name)} is not a name: lower case, digits, underscores`);
  if (!Number.isSafeInteger(solution.schemaVersion) || solution.schemaVersion < 1)
    report('schemaVersion', 'must be a whole number from 1 on');
  if (scope.entities.size > limits.entitiesMax)
    report('entities', `more than ${limits.entitiesMax} entities`);
  const { entities, relations, views, forms, commands, roles, profiles } = solution;
  const perEntity = (part: { readonly entity: string; readonly name: string }) =>
    `${part.entity}.${part.name}`;
  reportRepeats(
    scope,
    entities.map((each) => each.name),
    (index) => `entities[${index}].name`,
    'entities',
  );
  reportRepeats(
    scope,
    relations.map((each) => each.name),
    (index) => `relations[${index}].name`,
    'relations',
  );
  reportRepeats(scope, views.map(perEntity), (index) => `views[${index}].name`, 'views');
  reportRepeats(
    scope,
    forms.map((each) => each.entity),
    (index) => `forms[${index}].entity`,
    'forms of the entity',
  );
  reportRepeats(scope, commands.map(perEntity), (index) => `commands[${index}].name`, 'commands');
  reportRepeats(
    scope,
    roles.map((each) => each.name),
    (index) => `roles[${index}].name`,
    'roles',
  );
  reportRepeats(
    scope,
    profiles.map((each) => each.name),
    (index) => `profiles[${index}].name`,
    'profiles',
  );
  const defaults = views.map((view, index) => (view.isDefault ? view.entity : `#${index}`));
  reportRepeats(scope, defaults, (index) => `views[${index}].isDefault`, 'default views of the entity');
  const { conflict, historyDays, refreshIntervalMs } = solution.policy;
  validateConflictRules(scope, 'policy.conflict', conflict);
  if (!Number.isSafeInteger(historyDays) || historyDays < 1)
    report('policy.historyDays', 'must be a whole number of days from 1 on');
  validateScopePolicy(scope);
  if (!Number.isSafeInteger(refreshIntervalMs) || refreshIntervalMs < 1_000)
    report('policy.refreshIntervalMs', 'must be at least 1000 milliseconds');
}

/** Numbers from nought on, and no entity where the engine keeps its own. */
function validateScopePolicy({ solution, report }: ValidationScope): void {
  const { scope } = solution.policy;
  if (scope === undefined) return;
  const numbers = {
    'recents.entities': scope.recents.entities,
    'recents.records': scope.recents.records,
    'pins.records': scope.pins.records,
  };
  for (const [name, number] of Object.entries(numbers))
    if (!Number.isSafeInteger(number) || number < 0)
      report(`policy.scope.${name}`, 'must be a whole number from 0 on');
  const taken = new Set([...solution.entities, ...solution.relations].map(({ name }) => name));
  for (const { name } of personalEntities(solution))
    if (taken.has(name))
      report('policy.scope', `${name} is what the engine keeps for each person: choose another name`);
}

/** The engine reads people, teams and units by these fields: more may be added, none left out or made into something else. */
function validateDirectory(scope: ValidationScope): void {
  for (const standard of [businessUnit, user, team] as readonly Entity[]) {
    const index = scope.solution.entities.findIndex((entity) => entity.name === standard.name);
    const entity = scope.solution.entities[index];
    if (entity === undefined) {
      scope.report('entities', `the entity ${standard.name} is missing; defineSolution adds it`);
      continue;
    }
    if (entity.ownership !== 'organisation')
      scope.report(`entities[${index}].ownership`, `${standard.name} belongs to the organisation`);
    for (const [name, field] of Object.entries(standard.fields)) {
      const have = Object.hasOwn(entity.fields, name) ? entity.fields[name] : undefined;
      if (have?.type !== field.type)
        scope.report(
          `entities[${index}].fields.${name}`,
          `${standard.name} needs the field ${name} of type ${field.type}`,
        );
    }
  }
  const members = scope.solution.relations.find((relation) => relation.name === teamMember.name);
  if (
    members?.fields.join() !== teamMember.fields.join() ||
    members.between.join() !== teamMember.between.join()
  ) {
    scope.report(
      'relations',
      'the relation team_member between team and user is missing; defineSolution adds it',
    );
  }
}

/** Levels within bounds; a tree of positions where it goes by them. */
function validateHierarchy(scope: ValidationScope): void {
  const { hierarchy } = scope.solution;
  if (hierarchy === undefined) return;
  const { kind, levels } = hierarchy;
  if (!Number.isSafeInteger(levels) || levels < 1 || levels > limits.hierarchyLevelsMax)
    scope.report('hierarchy.levels', `must be a whole number from 1 to ${limits.hierarchyLevelsMax}`);
  if (kind !== 'position') return;
  for (const [name, field] of [
    ['position', 'parent'],
    ['user', 'position'],
  ] as const) {
    const found = knownField(scope, name, field);
    if (found?.type !== 'lookup' || found.to.join() !== 'position')
      scope.report(
        'hierarchy.kind',
        `${name} needs the lookup ${field} to position; defineSolution adds it to plain people`,
      );
  }
}

function validateRelation(scope: ValidationScope, index: number): void {
  const relation = scope.solution.relations[index];
  if (relation === undefined) return;
  const path = `relations[${index}]`;
  const entities = new Set(scope.solution.entities.map((entity) => entity.name));
  if (!namePattern.test(relation.name))
    scope.report(
      `${path}.name`,
      `${JSON.stringify(relation.name)} is not a name: lower case, digits, underscores`,
    );
  if (entities.has(relation.name)) scope.report(`${path}.name`, `${relation.name} is an entity already`);
  relation.between.forEach((end, side) => {
    if (!entities.has(end)) scope.report(`${path}.between[${side}]`, `no entity ${end}`);
  });
  relation.fields.forEach((field, side) => {
    if (!namePattern.test(field) || field === 'id')
      scope.report(`${path}.fields[${side}]`, `${JSON.stringify(field)} cannot be a field's name`);
  });
  if (relation.fields[0] === relation.fields[1])
    scope.report(`${path}.fields[1]`, 'the two fields need different names');
}

function validateHome(scope: ValidationScope): void {
  const { home } = scope.solution;
  reportRepeats(scope, home, (index) => `home[${index}]`, 'entities');
  home.forEach((name, index) => {
    const entity = scope.entities.get(name);
    if (entity === undefined) scope.report(`home[${index}]`, `no entity ${name}`);
    else if (entity.intersect)
      scope.report(`home[${index}]`, `${name} holds links and has no screen of its own`);
  });
}

function validateExpressions(scope: ValidationScope): void {
  const entities = [...scope.entities.values()];
  const treesByText = new Map<string, string>();
  for (const site of expressionSites(scope.solution)) {
    if (site.entity !== null && !scope.entities.has(site.entity)) continue;
    const result = parseExpression(site.text, parseContext(site, entities));
    if (!result.ok) {
      for (const fault of result.faults) scope.report(site.path, fault.message);
      continue;
    }
    if (!fits(result.tree.type, site))
      scope.report(site.path, `yields ${result.tree.type.kind}, which is not ${wantedOf(site)}`);
    // A bundle finds the tree by entity and text, so one text must not mean two things.
    const key = `${site.entity ?? ''} ${site.text}`;
    const tree = canonicalJson(result.tree);
    if ((treesByText.get(key) ?? tree) !== tree)
      scope.report(site.path, 'the same text means something else in another command with other parameters');
    treesByText.set(key, tree);
  }
}

function fits(type: ExprType, site: ExpressionSite): boolean {
  if (type.kind === 'null') return site.yields !== 'condition';
  if (site.yields === 'condition') return type.kind === 'boolean';
  return canonicalJson(type) === canonicalJson(expressionType(site.yields));
}

function wantedOf(site: ExpressionSite): string {
  return site.yields === 'condition' ? 'a condition' : `a value of a ${site.yields.type} field`;
}
