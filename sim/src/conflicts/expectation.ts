// What a case must end in, stated apart from the merge: from base, the last value the device gave each field and the last the others gave.
import type { CaseValues, ConflictCase } from './cases.ts';

export type ClashPolicy = 'ask' | 'client' | 'server';

export interface Expectation {
  /** Fields that a person must be asked about: both sides made them different from the base and from each other, and no rule settles it. */
  readonly asked: readonly string[];
  /** The record once everything is settled; a person who is asked keeps the own value. */
  readonly final: CaseValues;
}

export function expectationOf(conflict: ConflictCase, policy: ClashPolicy): Expectation {
  const mine: CaseValues = Object.assign({}, ...conflict.deviceEdits);
  const theirs: CaseValues = { ...conflict.base, ...Object.assign({}, ...conflict.serverEdits) };
  const changed = Object.keys(mine).filter((name) => mine[name] !== (conflict.base[name] ?? null));
  const clashing = changed.filter((name) => {
    const [before, now] = [conflict.base[name] ?? null, theirs[name] ?? null];
    return now !== before && now !== mine[name];
  });
  const final: Record<string, string | null> = { ...theirs };
  for (const name of changed) {
    const yields = policy === 'server' && clashing.includes(name);
    if (!yields) final[name] = mine[name] ?? null;
  }
  return { asked: policy === 'ask' ? clashing : [], final };
}
