// Short ways to write mutations in tests of the model.
import type { EffectScope } from '../effect.ts';
import type { FieldChange, Mutation } from '../mutation.ts';
import type { Value } from '../value.ts';
import { ids, maya } from './workshop.ts';

export const noon = '2024-06-01T12:00:00.000Z';
export const scope: EffectScope = { user: maya, now: noon, follow: () => null };

/** The n-th mutation id. */
export const mutationId = (n: number) => `01900000-0000-7000-9000-${String(n).padStart(12, '0')}`;

/** A mutation of a job; `changes` as [base, value] by field. */
export function mutation(
  n: number,
  command: string,
  changes: Readonly<Record<string, readonly [Value, Value]>> = {},
  rest: Partial<Mutation> = {},
): Mutation {
  const pairs = Object.entries(changes).map(([name, [base, value]]): [string, FieldChange] => [
    name,
    { base, value },
  ]);
  return {
    id: mutationId(n),
    entity: 'job',
    recordId: ids.job,
    command,
    changes: Object.fromEntries(pairs),
    baseRev: null,
    schemaVersion: 3,
    at: { device: noon, corrected: null },
    ...rest,
  };
}
