// Settling a conflict: for each field that both sides changed, whose value it shall be, and what that comes to. Pure.
import type { Resolution } from '@satchel/device';
import { sameValue, type Field, type FieldClash, type Mutation, type Value } from '@satchel/model';

export type Choice =
  { readonly kind: 'mine' | 'theirs' | 'both' } | { readonly kind: 'edit'; readonly value: Value };

/** Both texts, theirs first: what was there stays where it was. */
export function bothTexts(clash: FieldClash): string {
  const [theirs, mine] = [String(clash.theirs ?? ''), String(clash.mine ?? '')];
  if (theirs.includes(mine)) return theirs;
  return mine.includes(theirs) ? mine : `${theirs}\n${mine}`;
}

export function canKeepBoth(field: Field, clash: FieldClash): boolean {
  return field.type === 'longText' && clash.theirs !== null && clash.mine !== null;
}

export function chosenValue(choice: Choice, clash: FieldClash): Value {
  switch (choice.kind) {
    case 'mine':
      return clash.mine;
    case 'theirs':
      return clash.theirs;
    case 'both':
      return bothTexts(clash);
    case 'edit':
      return choice.value;
  }
}

/** The person's other changes in the same mutation are kept, whatever is chosen for the fields that clash. */
export function resolutionOf(
  mutation: Mutation,
  clashes: Readonly<Record<string, FieldClash>>,
  choices: Readonly<Record<string, Choice>>,
): Resolution {
  const values: Record<string, Value> = {};
  for (const [name, change] of Object.entries(mutation.changes)) {
    const clash = clashes[name];
    if (clash === undefined && !sameValue(change.base, change.value)) values[name] = change.value;
    if (clash !== undefined) {
      const value = chosenValue(choices[name] ?? { kind: 'mine' }, clash);
      if (!sameValue(value, clash.theirs)) values[name] = value;
    }
  }
  return Object.keys(values).length === 0 ? { kind: 'take-theirs' } : { kind: 'keep', values };
}
