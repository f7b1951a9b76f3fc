// Clashes that a supervisor settles. The review is made in the transaction that refuses the author's change; deciding on it applies or gives up that
// change and rewrites its verdict in the transaction of the decision, so that there is one effect however many decide, withdraw or repeat.
import {
  effectiveChanges,
  formatReference,
  reviewCommands,
  reviewEntity,
  sql,
  upcastToPresent,
  type EffectScope,
  type Entity,
  type Field,
  type FieldChange,
  type FieldClash,
  type Model,
  type Row,
  type SealedMutation,
  type Value,
  type Verdict,
} from '@satchel/model';
import type { Tx } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';
import type { Caller } from './decide.ts';
import { asDuplicate, type RevStep } from './ledger.ts';
import { readRow } from './records.ts';

type Clashes = Readonly<Record<string, FieldClash>>;
type Changes = Readonly<Record<string, FieldChange>>;

interface Asked {
  readonly organisation: Organisation;
  readonly caller: Caller;
  readonly mutation: SealedMutation;
}

/** What a decision on a review is to do to the record. */
export type Settling =
  /** The command decides nothing, or only that the change is not made. */
  | { readonly kind: 'nothing' }
  /** As an update of the supervisor's, over what the author's change met. */
  | { readonly kind: 'apply'; readonly mutation: SealedMutation; readonly clashes: Clashes }
  /** The model of today has no such entity or field any more. */
  | { readonly kind: 'unknown' };

/** Makes the review of a change that clashed. */
export async function openReview(
  tx: Tx,
  { organisation, caller, mutation }: Asked,
  facts: { readonly theirs: Row | null; readonly scope: EffectScope },
  clashes: Clashes,
): Promise<void> {
  const { model } = organisation;
  const theirs = facts.theirs ?? {};
  const changes = effectiveChanges(model, mutation, theirs, facts.scope);
  const texts = await textsOf(tx, organisation, mutation, changes, clashes, theirs);
  const to = model.field(reviewEntity, 'record');
  const isOnly = to?.type === 'lookup' && to.to.length === 1;
  const record = isOnly ? mutation.recordId : formatReference(mutation.entity, mutation.recordId);
  await tx.rows(
    sql`insert into ${organisation.table(reviewEntity)}
          ("id", "owner", "state", "record", "title", "summary", "clashes", "asked")
        values (${mutation.id}, ${caller.user.id}, 'open', ${record}, ${texts.title}, ${texts.summary}, ${texts.clashes}, ${texts.asked})`,
  );
}

/** The record changed again in a field that the change wants: the supervisor must look at it anew. */
export async function renewReview(
  tx: Tx,
  organisation: Organisation,
  review: Row,
  { mutation, clashes }: Extract<Settling, { kind: 'apply' }>,
  again: Clashes,
  theirs: Row,
): Promise<void> {
  const entries = Object.entries({ ...clashes, ...again }).map(([name, clash]): [string, FieldClash] => [
    name,
    { base: (clashes[name] ?? clash).base, theirs: theirs[name] ?? null, mine: clash.mine },
  ]);
  const texts = await textsOf(
    tx,
    organisation,
    mutation,
    mutation.changes,
    Object.fromEntries(entries),
    theirs,
  );
  await tx.rows(
    sql`update ${organisation.table(reviewEntity)}
        set "title" = ${texts.title}, "summary" = ${texts.summary}, "clashes" = ${texts.clashes}, "asked" = ${texts.asked}
        where "id" = ${review['id'] as string}`,
  );
}

/** What a command on this review means for the record. */
export function settlingOf(organisation: Organisation, mutation: SealedMutation, review: Row): Settling {
  if (mutation.command !== reviewCommands.accept) return { kind: 'nothing' };
  const asked = JSON.parse(review['asked'] as string) as SealedMutation;
  const clashes = JSON.parse(review['clashes'] as string) as Clashes;
  const present = upcastToPresent(organisation.solution, asked);
  const { model } = organisation;
  const isKnown =
    model.findEntity(present.entity) !== undefined &&
    Object.keys(present.changes).every((name) => model.field(present.entity, name) !== undefined);
  return isKnown ? { kind: 'apply', mutation: present, clashes } : { kind: 'unknown' };
}

/**
 * Writes the decision into the author's ledger, also where the change came a second time under another number. A withdrawn one keeps its verdict: its
 * author gave it up and knows. False where nothing waits under this id.
 */
export async function closeReview(
  tx: Tx,
  organisation: Organisation,
  mutation: SealedMutation,
  step: RevStep,
  by: Verdict['by'],
): Promise<boolean> {
  const entries = await tx.rows<{ device_id: string; seq: number; verdict: Verdict }>(
    sql`select device_id, seq, verdict from ${organisation.table('_ledger')}
        where mutation_id = ${mutation.recordId}::uuid and verdict->>'code' = 'needs_supervisor'
        order by device_id, seq for update`,
  );
  if (mutation.command === reviewCommands.withdraw) return true;
  for (const { device_id: deviceId, seq, verdict } of entries) {
    const base = { id: verdict.id, seq, ...(by === undefined ? {} : { by }) };
    const final: Verdict =
      mutation.command === reviewCommands.accept
        ? { ...base, outcome: 'merged' }
        : { ...base, outcome: 'rejected', code: 'declined' };
    const told = verdict.outcome === 'duplicate' ? asDuplicate(final, seq) : final;
    const steps = JSON.stringify(verdict.outcome === 'duplicate' ? {} : { _from: step.from, _to: step.to });
    await tx.rows(
      sql`update ${organisation.table('_ledger')}
          set verdict = ${JSON.stringify(told)}::jsonb, payload = payload || ${steps}::jsonb
          where device_id = ${deviceId}::uuid and seq = ${seq}`,
    );
  }
  return entries.length > 0;
}

interface Texts {
  readonly title: string;
  readonly summary: string;
  readonly clashes: string;
  readonly asked: string;
}

/** What the review tells. In `asked` a field that clashed starts from what the other side made of it: only what came later still is news. */
async function textsOf(
  tx: Tx,
  organisation: Organisation,
  mutation: SealedMutation,
  changes: Changes,
  clashes: Clashes,
  theirs: Row,
): Promise<Texts> {
  const { model } = organisation;
  const entity = model.entity(mutation.entity);
  const lines: string[] = [];
  for (const [name, clash] of Object.entries(clashes)) {
    const field = model.field(entity.name, name);
    const words = async (value: Value) => valueWords(tx, organisation, field, value);
    lines.push(
      `${field?.label ?? name}: was ${await words(clash.base)}, is now ${await words(clash.theirs)}, asked for is ${await words(clash.mine)}`,
    );
  }
  const over = Object.entries(changes).map(([name, change]): [string, FieldChange] => {
    const clash = clashes[name];
    return [name, clash === undefined ? change : { base: clash.theirs, value: change.value }];
  });
  const { params: _params, supersedes: _supersedes, ...rest } = mutation;
  const asked = {
    ...rest,
    command: 'update',
    baseRev: null,
    schemaVersion: model.bundle.schemaVersion,
    changes: Object.fromEntries(over),
  };
  return {
    title: titleOf(model, entity, clashes, theirs),
    summary: lines.join('\n'),
    clashes: JSON.stringify(clashes),
    asked: JSON.stringify(asked),
  };
}

function titleOf(model: Model, entity: Entity, clashes: Clashes, theirs: Row): string {
  const labels = Object.keys(clashes).map((name) => model.field(entity.name, name)?.label ?? name);
  const name = theirs[entity.titleField];
  return `${labels.join(', ')} of ${typeof name === 'string' && name !== '' ? name : entity.label}`;
}

/** A value as a person reads it: labels of choices, names of what lookups point to. */
async function valueWords(
  tx: Tx,
  organisation: Organisation,
  field: Field | undefined,
  value: Value,
): Promise<string> {
  if (value === null || value === '') return 'nothing';
  if (field?.type === 'choice' || field?.type === 'multiChoice') {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values
      .map((each) => field.choices.find((choice) => choice.value === each)?.label ?? String(each))
      .join(', ');
  }
  if (field?.type === 'boolean') return value === true ? 'yes' : 'no';
  if ((field?.type === 'decimal' || field?.type === 'money') && typeof value === 'number')
    return (value / 10 ** field.scale).toFixed(field.scale);
  if (field?.type === 'lookup' && typeof value === 'string' && field.to.length === 1) {
    const target = organisation.model.entity(field.to[0] as string);
    const row = await readRow(tx, organisation, target, value);
    const name = row?.[target.titleField];
    if (typeof name === 'string') return name;
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
