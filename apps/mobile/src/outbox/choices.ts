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

/** Only what was decided is sent along: the engine keeps the person's other changes in the same mutation as they were asked. */
export function resolutionOf(
  mutation: Mutation,
  clashes: Readonly<Record<string, FieldClash>>,
  choices: Readonly<Record<string, Choice>>,
): Resolution {
  const values: Record<string, Value> = {};
  for (const [name, clash] of Object.entries(clashes)) {
    const value = chosenValue(choices[name] ?? { kind: 'mine' }, clash);
    if (!sameValue(value, clash.theirs)) values[name] = value;
  }
  const hasOthers = Object.entries(mutation.changes).some(
    ([name, change]) => clashes[name] === undefined && !sameValue(change.base, change.value),
  );
  return Object.keys(values).length === 0 && !hasOthers ? { kind: 'take-theirs' } : { kind: 'keep', values };
}
