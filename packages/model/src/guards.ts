// Which guard stands against a change: asked by the device before it writes, and again by the server with authority. A guard that closes a record
// lets through what the closed-record rule allows, on the record itself and on records that are parts of it.
import type { ClosedRule, Entity, Guard } from './entity.ts';
import { isTrue } from './expression/evaluate.ts';
import type { EffectScope } from './effect.ts';
import type { Model } from './model.ts';
import type { FieldChange, Mutation } from './mutation.ts';
import type { Policy } from './policy.ts';
import { sameValue, parseReference, type RecordId, type Row, type Value } from './value.ts';

/** A record that the changed one becomes a part of. */
export interface Whole {
  /** The lookup by which it does. */
  readonly field: string;
  readonly entity: string;
  readonly row: Row;
  readonly follow: EffectScope['follow'];
}

type Changes = Readonly<Record<string, FieldChange>>;

/** The first guard of the record that refuses the command. `changes`: what it comes to; members of a group that came along unchanged do not count. */
export function standingGuard(
  model: Model,
  mutation: Pick<Mutation, 'entity' | 'command'>,
  changes: Changes,
  row: Row,
  scope: EffectScope,
): Guard | null {
  const entity = model.entity(mutation.entity);
  for (const { guard, when } of model.guards(mutation.entity)) {
    const isMeant = guard.refuses.includes(mutation.command) || isAnyBut(guard, mutation.command);
    if (!isMeant || passes(entity, guard, model.bundle.policy, changes)) continue;
    if (isTrue(when, { ...scope, record: row })) return guard;
  }
  return null;
}

/** The guard of a closed record that refuses to get this one as a part. `wholes`: as `wholesOf` names them, those that are at hand. */
export function guardOfWhole(
  model: Model,
  entity: string,
  wholes: readonly Whole[],
  scope: EffectScope,
): Guard | null {
  for (const whole of wholes) {
    const rule = closedRule(model.entity(whole.entity), model.bundle.policy);
    const isNote = model
      .form(whole.entity)
      .related.some(
        (list) => list.notesField !== undefined && list.entity === entity && list.via === whole.field,
      );
    if (rule === 'allow' || (rule === 'allow-append-only' && isNote)) continue;
    for (const { guard, when } of model.guards(whole.entity))
      if (guard.closes && isTrue(when, { ...scope, record: whole.row, follow: whole.follow })) return guard;
  }
  return null;
}

/** The records of which a create, or a change of lookups, makes this one a part: those whose deletion takes it along and that can be closed. */
export function wholesOf(
  model: Model,
  mutation: Pick<Mutation, 'entity' | 'changes'>,
): readonly { readonly field: string; readonly entity: string; readonly id: RecordId }[] {
  // A pin points to a record without being a part of it.
  if (model.findEntity(mutation.entity)?.personal) return [];
  return model.lookups(mutation.entity).flatMap(({ name, field }) => {
    const change = mutation.changes[name];
    if (field.onDelete !== 'cascade' || change === undefined || sameValue(change.base, change.value))
      return [];
    const target = targetOf(field.to, change.value);
    const canClose =
      target !== null && (model.findEntity(target.entity)?.guards ?? []).some((guard) => guard.closes);
    return target !== null && canClose ? [{ field: name, ...target }] : [];
  });
}

/** Fields that may change while the guard holds; 'all' where it then refuses nothing. */
export function fieldsLeftOpen(
  entity: Entity,
  guard: Guard,
  policy: Pick<Policy, 'conflict'>,
): 'all' | ReadonlySet<string> {
  const excepted = new Set(guard.exceptFields ?? []);
  if (!guard.closes) return excepted;
  switch (closedRule(entity, policy)) {
    case 'allow':
      return 'all';
    case 'reject':
      return excepted;
    case 'allow-append-only':
      return new Set([...excepted, ...appendFields(entity)]);
  }
}

function passes(entity: Entity, guard: Guard, policy: Pick<Policy, 'conflict'>, changes: Changes): boolean {
  const open = fieldsLeftOpen(entity, guard, policy);
  if (open === 'all') return true;
  const real = Object.entries(changes).filter(([, { base, value }]) => !sameValue(base, value));
  const isOpen = (name: string, change: FieldChange) =>
    guard.exceptFields?.includes(name) || (open.has(name) && isAddition(change));
  return real.length > 0 && real.every(([name, change]) => isOpen(name, change));
}

function isAddition({ base, value }: FieldChange): boolean {
  return typeof value === 'string' && value.startsWith(typeof base === 'string' ? base : '');
}

function appendFields(entity: Entity): readonly string[] {
  return Object.entries(entity.fields).flatMap(([name, field]) => (field.merge === 'append' ? [name] : []));
}

function isAnyBut(guard: Guard, command: string): boolean {
  return guard.refuses.includes('*') && command !== 'create';
}

function closedRule(entity: Entity, policy: Pick<Policy, 'conflict'>): ClosedRule {
  return entity.closedRecord ?? policy.conflict.closedRecord;
}

function targetOf(
  to: readonly string[],
  value: Value,
): { readonly entity: string; readonly id: RecordId } | null {
  if (typeof value !== 'string') return null;
  const [only] = to;
  return to.length === 1 && only !== undefined ? { entity: only, id: value } : parseReference(value);
}
