// What a person sees at any moment: every pending change over the server's row, and none of them gone before its effect has come back. And what the
// server said of one push: nothing that stands on a refused change was done.
import { openModel, type Bundle, type Model, type Mutation, type Row } from '@satchel/model';
import type { DeviceStorage } from '@satchel/device';
import type { AnsweredPush, SimDevice } from './device.ts';
import { expectedSight } from './merge-model.ts';
import { stored } from './rows.ts';

interface Entry {
  readonly mutation: Mutation;
  readonly state: string;
}

/** Every record with pending work is shown as base and changes demand. `name` is the device's. */
export function sightFaults(name: string, device: Pick<SimDevice, 'storage'>): readonly string[] {
  const { work, cache } = device.storage();
  const entries = work
    .rows('select mutation, state from outbox order by position')
    .map(([mutation, state]): Entry => ({
      mutation: JSON.parse(String(mutation)) as Mutation,
      state: String(state),
    }));
  const text = work.rows(`select value from setting where key = 'bundle'`)[0]?.[0];
  if (entries.length === 0 || typeof text !== 'string') return [];
  const model = openModel(JSON.parse(text) as Bundle);
  const records = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = `${entry.mutation.entity}/${entry.mutation.recordId}`;
    records.set(key, [...(records.get(key) ?? []), entry]);
  }
  return [...records.values()].flatMap((mine) =>
    wrongSight(model, { work, cache }, mine).map((fault) => `${name} shows ${fault}`),
  );
}

function wrongSight(
  model: Model,
  { work, cache }: Pick<DeviceStorage, 'work' | 'cache'>,
  entries: readonly Entry[],
): readonly string[] {
  const first = entries[0]?.mutation;
  if (first === undefined || model.findEntity(first.entity) === undefined) return [];
  const { entity, recordId } = first;
  const [base] = work.rows('select row from base where entity = ? and id = ?', [entity, recordId]);
  if (base === undefined) return [`${entity} ${recordId} without the row that its changes stand on`];
  const baseRow = typeof base[0] === 'string' ? (JSON.parse(base[0]) as Row) : null;
  const taking = entries.filter(takesPart).map(({ mutation }) => mutation);
  if (taking.length === 0) return [];
  const want = expectedSight(model, baseRow, taking);
  // What a named command sets may be worked out anew over a fresh row.
  const isPlain = taking.every(({ command }) => model.command(entity, command) === undefined);
  const named = isPlain ? taking.flatMap(({ changes }) => Object.keys(changes)) : [];
  const fields = [...new Set(named)].filter((field) => model.field(entity, field) !== undefined);
  const columns = fields.map((field) => `, "${field}"`).join('');
  const [seen] = cache.rows(`select _local${columns} from "${entity}" where id = ?`, [recordId]);
  const isShown = seen !== undefined && seen[0] !== 3;
  if (want === null) return isShown ? [`${entity} ${recordId}, which is gone`] : [];
  if (!isShown || seen === undefined) return [`nothing of ${entity} ${recordId}`];
  return fields.flatMap((field, index) => {
    const [have, wish] = [seen[index + 1] ?? null, stored(want[field])];
    return have === wish
      ? []
      : [`${entity} ${recordId}.${field} as ${String(have)} instead of ${String(wish)}`];
  });
}

/** A refused change is not shown, but what it would have made is. */
function takesPart({ mutation, state }: Entry): boolean {
  return (state !== 'conflict' && state !== 'rejected') || mutation.command === 'create';
}

/** Accepted changes that left the outbox before the cache held their effects. `seen`: those asked about before. */
export function settlingFaults(
  name: string,
  device: Pick<SimDevice, 'storage'>,
  seen: Set<string>,
): readonly string[] {
  const { work, cache } = device.storage();
  const settles = cache.rows(`select value from _sync where key = 'settles'`)[0]?.[0];
  const fresh = work
    .rows(`select mutation_id, seq from history where state in ('applied', 'merged')`)
    .filter(([id]) => !seen.has(String(id)));
  for (const [id] of fresh) seen.add(String(id));
  if (settles === undefined) return [];
  return fresh
    .filter(([, seq]) => Number(seq) > Number(settles))
    .map(
      ([id, seq]) =>
        `${name} settled ${String(id)}, number ${String(seq)}, with rows up to ${String(settles)}`,
    );
}

/** In one push, what depends on a change that was not accepted waits with it. */
export function dependentFaults(name: string, { mutations, verdicts }: AnsweredPush): readonly string[] {
  const word = new Map(
    verdicts.map((verdict) => [
      verdict.id,
      verdict.outcome === 'duplicate' ? verdict.original : verdict.outcome,
    ]),
  );
  return mutations.flatMap((later, index) => {
    if (word.get(later.id) !== 'applied' && word.get(later.id) !== 'merged') return [];
    const refused = mutations
      .slice(0, index)
      .find((earlier) => isNotDone(word.get(earlier.id)) && standsOn(later, earlier));
    return refused === undefined ? [] : [`${name}: ${later.id} was done although ${refused.id} was not`];
  });
}

function isNotDone(outcome: string | undefined): boolean {
  return outcome === 'conflict' || outcome === 'rejected' || outcome === 'held';
}

function standsOn(later: Mutation, earlier: Mutation): boolean {
  if (later.supersedes === earlier.id) return false;
  if (later.recordId === earlier.recordId) return true;
  const needs = Object.values(later.changes).map(({ value }) => value);
  return earlier.command === 'create' && needs.some((value) => String(value).endsWith(earlier.recordId));
}
