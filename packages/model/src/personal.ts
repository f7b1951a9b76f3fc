// What the engine keeps for each person besides what an organisation models: the records they pinned and those they used last. Two entities like any
// other, so that they sync, settle and merge as records do; related rules from them bring the records themselves along.
import { defineEntity, type Entity, type LookupField } from './entity.ts';
import type { Policy, ScopePolicy } from './policy.ts';
import type { ProfileEntity, StepRule } from './profile.ts';
import type { Privileges } from './role.ts';

export const pinEntity = 'pin';
export const recentEntity = 'recent';

/** What of a solution decides it. */
interface Source {
  readonly entities: readonly Entity[];
  readonly policy: Policy;
}

/** None where the policy says nothing of what joins scopes. A record of any modelled entity may be pinned; what the profile carries comes along. */
export function personalEntities({ entities, policy }: Source): readonly Entity[] {
  if (policy.scope === undefined) return [];
  const record: LookupField = {
    type: 'lookup',
    label: 'Record',
    to: entities.map((entity) => entity.name),
    required: true,
    onDelete: 'cascade',
    indexed: true,
  };
  const kept = { ownership: 'user', titleField: 'id', personal: true } as const;
  return [
    defineEntity({
      ...kept,
      name: pinEntity,
      label: 'Pin',
      labelPlural: 'Pins',
      icon: 'pin',
      fields: { record },
    }),
    defineEntity({
      ...kept,
      name: recentEntity,
      label: 'Record used lately',
      labelPlural: 'Records used lately',
      icon: 'history',
      fields: { record, used_at: { type: 'dateTime', label: 'Used', readOnly: true } },
    }),
  ];
}

/** What everybody may do with their own: pin and unpin, and read what the server noted. */
export const personalPrivileges: Readonly<Record<string, Privileges>> = {
  [pinEntity]: { create: 'own', read: 'own', update: 'none', delete: 'own' },
  [recentEntity]: { create: 'none', read: 'own', update: 'none', delete: 'none' },
};

/** Rules that bring records along which the person pinned or used. */
export function personalRules(scope: ScopePolicy | undefined): readonly StepRule[] {
  if (scope === undefined) return [];
  const rule = (entity: string): StepRule => ({ kind: 'target', entity, field: 'record' });
  const hasRecents = keepsRecents(scope);
  return [...(scope.pins.records > 0 ? [rule(pinEntity)] : []), ...(hasRecents ? [rule(recentEntity)] : [])];
}

/** Does the policy have the server note what people use? */
export function keepsRecents(scope: ScopePolicy): boolean {
  return scope.addOnAccess || (scope.recents.entities > 0 && scope.recents.records > 0);
}

/** Carried whole, first of all: they are small, and others hang on them. */
export function personalParts(
  rules: readonly StepRule[],
  priority: number,
): readonly ProfileEntity<StepRule>[] {
  return rules.map(({ entity }) => ({
    entity,
    rows: 'all',
    related: [],
    offline: entity === pinEntity ? ['create', 'delete'] : [],
    priority,
  }));
}
