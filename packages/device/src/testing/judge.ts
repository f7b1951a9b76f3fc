// The fake server's ruling on one mutation, by the model's own rules: pure, the server obeys it. No permissions, no references.
import {
  applyMutation,
  deleteRule,
  effectiveChanges,
  mergeChanges,
  standingGuard,
  type Model,
  type Row,
  type SealedMutation,
  type UserContext,
  type Verdict,
} from '@satchel/model';

export interface CaseFacts {
  /** As it is, `_rev` included; null where there is none. */
  readonly row: Row | null;
  readonly wasDeleted: boolean;
  /** Somebody else wrote it since the person saw it. */
  readonly isOvertaken: boolean;
  readonly user: UserContext;
  readonly now: string;
}

export interface Judgement {
  readonly verdict: Omit<Verdict, 'id' | 'seq'>;
  /** What becomes of the row; null: it goes. Absent: nothing. */
  readonly effect?: Row | null;
}

export function judge(model: Model, mutation: SealedMutation, facts: CaseFacts): Judgement {
  const { row, user, now, isOvertaken } = facts;
  const scope = { user, now, follow: () => null };
  const by = { name: 'Dana', at: now };
  const entity = model.entity(mutation.entity);
  const onDelete = deleteRule(entity, model.bundle.policy);
  if (mutation.command === 'create') {
    if (row !== null) return { verdict: { outcome: 'rejected', code: 'already_exists' } };
    if (mutation.changes['title']?.value === 'refuse me')
      return { verdict: { outcome: 'rejected', code: 'validation' } };
    if (mutation.changes['title']?.value === 'crash me')
      return { verdict: { outcome: 'rejected', code: 'quarantined', reference: 'r-1' } };
    return { verdict: { outcome: 'applied' }, effect: applyMutation(model, mutation, null, scope) };
  }
  if (row === null) {
    if (mutation.command === 'delete') return { verdict: { outcome: 'applied' } };
    if (!facts.wasDeleted) return { verdict: { outcome: 'rejected', code: 'record_gone' } };
    if (onDelete === 'delete-wins') return { verdict: { outcome: 'merged', rule: 'delete-wins', by } };
    return { verdict: { outcome: 'conflict', code: 'record_deleted', theirs: null, by } };
  }
  const changes = effectiveChanges(model, mutation, row, scope);
  const guard = standingGuard(model, mutation, changes, row, scope);
  if (guard !== null)
    return { verdict: { outcome: 'rejected', code: 'guarded', reason: guard.message, theirs: row } };
  if (mutation.command === 'delete') {
    if (!isOvertaken) return { verdict: { outcome: 'applied' }, effect: null };
    if (onDelete === 'ask')
      return { verdict: { outcome: 'conflict', code: 'record_changed', theirs: row, by } };
    const verdict = { outcome: 'merged', rule: onDelete, by } as const;
    return onDelete === 'delete-wins' ? { verdict, effect: null } : { verdict };
  }
  const merged = mergeChanges({ entity, changes, theirs: row, policy: model.bundle.policy });
  if (merged.kind === 'conflict') {
    const { clashes } = merged;
    const code = merged.settledBy === 'supervisor' ? 'needs_supervisor' : 'field_conflict';
    return { verdict: { outcome: 'conflict', code, clashes, theirs: row, by } };
  }
  const { settled } = merged;
  const effect = { ...row, ...merged.values };
  if (row['_rev'] === mutation.baseRev) return { verdict: { outcome: 'applied' }, effect };
  const told = Object.keys(settled).length === 0 ? {} : { settled };
  return { verdict: { outcome: 'merged', by, ...told }, effect };
}
