// What an author says of a profile in one line, as the single steps that scopes are made of: the records that rows are linked to become the links of
// those rows and the records that the links point to. Whatever works out scopes sees steps only.
import type { ManyToMany } from './entity.ts';
import { personalParts, personalRules } from './personal.ts';
import type { CarriedProfile, OfflineProfile, ProfileEntity, RelatedRule, StepRule } from './profile.ts';
import type { Solution } from './solution.ts';

/** The two steps of a `linked` rule of `entity`. Null where the relation is not between the two. */
export function stepsOfLinked(
  relations: readonly ManyToMany[],
  entity: string,
  rule: Extract<RelatedRule, { kind: 'linked' }>,
): { readonly link: StepRule; readonly target: StepRule } | null {
  const relation = relations.find((each) => each.name === rule.through);
  if (relation === undefined) return null;
  const { between, fields, name } = relation;
  const from = between[0] === rule.entity && between[1] === entity ? 0 : 1;
  if (between[from] !== rule.entity || between[1 - from] !== entity) return null;
  return {
    link: { kind: 'child', entity: rule.entity, field: fields[from] },
    target: { kind: 'target', entity: name, field: fields[from === 0 ? 1 : 0] },
  };
}

type Source = Pick<Solution, 'entities' | 'relations' | 'policy'>;

/**
 * The profile in single steps. A link that the profile has no part for gets one: it comes just with the records it leads to. What is not carried
 * whole is also brought along by the person's pins and recents.
 */
export function expandProfile(solution: Source, profile: OfflineProfile): CarriedProfile {
  const { relations, policy } = solution;
  const personal = personalRules(policy.scope);
  const modelled = new Set(solution.entities.map((entity) => entity.name));
  const linksByEntity = new Map<string, { readonly rules: StepRule[]; readonly priority: number }>();
  const parts = profile.entities.map((part): ProfileEntity<StepRule> => {
    const related = (part.related ?? []).flatMap((rule): readonly StepRule[] => {
      if (rule.kind !== 'linked') return [rule];
      const steps = stepsOfLinked(relations, part.entity, rule);
      if (steps === null) return [];
      const { rules } = linksByEntity.get(rule.through) ?? { rules: [] };
      linksByEntity.set(rule.through, { rules: [...rules, steps.link], priority: part.priority });
      return [steps.target];
    });
    const isWhole = part.rows === 'all' || !modelled.has(part.entity);
    return { ...part, related: isWhole ? related : [...related, ...personal] };
  });
  const named = parts.map((part) => {
    const links = linksByEntity.get(part.entity);
    linksByEntity.delete(part.entity);
    return links === undefined ? part : { ...part, related: [...(part.related ?? []), ...links.rules] };
  });
  const added = [...linksByEntity].map(([entity, { rules, priority }]): ProfileEntity<StepRule> => ({
    entity,
    rows: 'related',
    related: rules,
    offline: [],
    priority,
  }));
  const first = Math.min(...profile.entities.map((part) => part.priority)) - 1;
  const own = profile.entities.length === 0 ? [] : personalParts(personal, first);
  return { ...profile, entities: [...named, ...added, ...own] };
}
