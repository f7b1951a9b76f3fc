// Does what `decide.ts` decided about one mutation, inside the caller's transaction. The effect stands behind a savepoint, so that what the
// database refuses (a value taken, a target gone) becomes a verdict and not a failure.
import {
  ident,
  joinSql,
  param,
  pinEntity,
  reviewEntity,
  sql,
  type Entity,
  type ErrorCode,
  type Expr,
  type Model,
  type Row,
  type SealedMutation,
  type SettledClash,
  type SqlParam,
  type Value,
  type Verdict,
  type Whole,
  wholesOf,
} from '@satchel/model';
import { codeOf } from '../errors.ts';
import type { Tx } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';
import {
  checkShape,
  decide,
  newRow,
  targetsOf,
  type Caller,
  type Decision,
  type Facts,
  type Refused,
} from './decide.ts';
import { isReachedBy, ownSteps, type RevStep } from './ledger.ts';
import {
  lastWriter,
  lockRow,
  missingTargets,
  readLookThrough,
  readOwners,
  readRow,
  takenFields,
} from './records.ts';
import { closeReview, openReview, renewReview, settlingOf } from './review.ts';
import { keepLostRow, keepSuperseded, wasDeleted } from './traces.ts';

export interface ApplyInput {
  readonly organisation: Organisation;
  readonly caller: Caller;
  readonly deviceId: string;
  readonly mutation: SealedMutation;
  /** Server time, ISO. */
  readonly now: string;
}

export interface Ruling {
  readonly verdict: Verdict;
  readonly step: RevStep;
}

const noStep: RevStep = { from: null, to: null };

/** The verdict on a mutation, its effect done. Throws only what nobody foresaw, and then nothing of it may be committed. */
export async function applyMutation(tx: Tx, input: ApplyInput): Promise<Ruling> {
  const { mutation } = input;
  const { model } = input.organisation;
  const fault = checkShape(model, input.caller.model, mutation);
  if (fault !== null) return { verdict: await refusal(tx, input, fault, null), step: noStep };
  const facts = await readFacts(tx, input);
  const decision = decide(facts);
  if (decision.kind === 'refused') {
    if (decision.code === 'needs_supervisor') await openReview(tx, input, facts, decision.clashes ?? {});
    return { verdict: await refusal(tx, input, decision, facts.theirs), step: noStep };
  }
  if (decision.kind === 'nothing') return nothingDone(tx, input, decision, facts.theirs);
  if (decision.kind === 'insert' && (await hasAllPins(tx, input)))
    return { verdict: await refusal(tx, input, plainRefusal('too_many_pins'), null), step: noStep };
  const unsettled = decision.kind === 'update' ? await settleReview(tx, input, facts.theirs ?? {}) : null;
  if (unsettled !== null) return { verdict: await refusal(tx, input, unsettled, null), step: noStep };
  const refused = await perform(tx, input, decision);
  if (refused.kind === 'refused')
    return { verdict: await refusal(tx, input, refused, facts.theirs), step: noStep };
  const from = revOf(facts.theirs);
  const step = { from, to: refused.rev };
  if (decision.kind === 'insert') return { verdict: said(mutation, 'applied'), step };
  if (decision.kind === 'delete') {
    if (decision.over === null) return { verdict: said(mutation, 'applied'), step };
    await keepLostRow(tx, input.organisation, mutation, decision.over);
    const by = await lastWriter(tx, input.organisation, decision.over);
    return { verdict: { ...said(mutation, 'merged'), rule: 'delete-wins', ...(by && { by }) }, step };
  }
  await keepSuperseded(tx, input.organisation, mutation, decision.settled);
  const isMerged = mutation.baseRev !== null && !facts.isUntouched;
  const verdict = settledVerdict(mutation, decision.settled);
  const by =
    facts.theirs === null || !isMerged ? null : await lastWriter(tx, input.organisation, facts.theirs);
  return {
    verdict:
      isMerged || verdict.settled !== undefined
        ? { ...verdict, outcome: 'merged', ...(by && { by }) }
        : verdict,
    step,
  };
}

/** Where the mutation decides on a review: does to the record what was decided, with the rights of who decides. What refuses it; null where nothing does. */
async function settleReview(tx: Tx, input: ApplyInput, row: Row): Promise<Refused | null> {
  const { organisation, mutation, caller, now } = input;
  if (mutation.entity !== reviewEntity) return null;
  const settling = settlingOf(organisation, mutation, row);
  if (settling.kind === 'unknown') return plainRefusal('unknown_field');
  let step = noStep;
  if (settling.kind === 'apply') {
    const inner = { ...input, mutation: settling.mutation };
    const facts = await readFacts(tx, inner);
    const decision = decide(facts);
    if (decision.kind === 'refused' && decision.clashes !== undefined) {
      await renewReview(tx, organisation, row, settling, decision.clashes, facts.theirs ?? {});
      return plainRefusal('review_outdated');
    }
    if (decision.kind === 'refused') return { ...decision, outcome: 'rejected', showsTheirs: false };
    if (decision.kind !== 'update') return plainRefusal('record_gone');
    const done = await perform(tx, inner, decision);
    if (done.kind === 'refused') return done;
    await keepSuperseded(tx, organisation, settling.mutation, decision.settled);
    step = { from: revOf(facts.theirs), to: done.rev };
  }
  const by = { name: caller.user.name, at: now };
  return (await closeReview(tx, organisation, mutation, step, by)) ? null : plainRefusal('record_gone');
}

/** Nothing is written to the record: it is gone, or a rule gave way to the other side. What lost is kept. */
async function nothingDone(
  tx: Tx,
  { organisation, mutation }: ApplyInput,
  { rule, settled }: Extract<Decision, { kind: 'nothing' }>,
  theirs: Row | null,
): Promise<Ruling> {
  if (rule === null) return { verdict: said(mutation, 'applied'), step: noStep };
  await keepSuperseded(tx, organisation, mutation, settled);
  const by = theirs === null ? null : await lastWriter(tx, organisation, theirs);
  const verdict: Verdict = {
    ...settledVerdict(mutation, settled),
    outcome: 'merged',
    rule,
    ...(by && { by }),
  };
  return { verdict, step: noStep };
}

function settledVerdict(mutation: SealedMutation, settled: Readonly<Record<string, SettledClash>>): Verdict {
  return { ...said(mutation, 'applied'), ...(Object.keys(settled).length > 0 ? { settled } : {}) };
}

async function readFacts(tx: Tx, input: ApplyInput): Promise<Facts> {
  const { organisation, mutation, caller, now } = input;
  const { model } = organisation;
  const entity = model.entity(mutation.entity);
  const theirs = await lockRow(tx, organisation, entity, mutation.recordId);
  const plainScope = { user: caller.user, now, follow: () => null };
  const row = theirs ?? (mutation.command === 'create' ? newRow(model, mutation, plainScope) : null);
  const bases: Row = Object.fromEntries(
    Object.entries(mutation.changes).map(([name, change]) => [name, change.base]),
  );
  const follow = await readLookThrough(
    tx,
    organisation,
    model,
    entity,
    row === null ? [] : [row, bases],
    expressionsOf(model, mutation.entity, mutation.command),
  );
  const owners = await readOwners(tx, organisation, entity, possibleOwners(input, row));
  return {
    model,
    caller,
    mutation,
    theirs,
    wasDeleted:
      theirs === null &&
      mutation.command !== 'create' &&
      (await wasDeleted(tx, organisation, caller, entity, mutation.recordId)),
    wholes: await readWholes(tx, input),
    isUntouched: theirs !== null && (await isUntouched(tx, input, theirs)),
    ownerFacts: (id) => owners.get(id) ?? { businessUnit: null, teams: [] },
    scope: { user: caller.user, now, follow },
  };
}

/** Records that can be closed and that this mutation makes its record a part of. */
async function readWholes(tx: Tx, { organisation, mutation }: ApplyInput): Promise<readonly Whole[]> {
  const { model } = organisation;
  const wholes: Whole[] = [];
  for (const { field, entity: name, id } of wholesOf(model, mutation)) {
    const entity = model.entity(name);
    const row = await readRow(tx, organisation, entity, id);
    if (row === null) continue;
    const guards = model.guards(name).map(({ when }) => when);
    const follow = await readLookThrough(tx, organisation, model, entity, [row], guards);
    wholes.push({ field, entity: name, row, follow });
  }
  return wholes;
}

/** Would this be one pin more than the person may have? */
async function hasAllPins(tx: Tx, { organisation, caller, mutation }: ApplyInput): Promise<boolean> {
  if (mutation.entity !== pinEntity || !organisation.model.entity(pinEntity).personal) return false;
  const [row] = await tx.rows<{ count: number }>(
    sql`select count(*) as count from ${organisation.table(pinEntity)} where owner = ${caller.user.id}::uuid`,
  );
  return (row?.count ?? 0) >= (organisation.solution.policy.scope?.pins.records ?? 0);
}

/** Guards, and the condition and values of the named command. */
function expressionsOf(model: Model, entity: string, name: string): readonly Expr[] {
  const command = model.command(entity, name);
  const values = Object.values(command?.set ?? {}).flatMap((source) =>
    'expression' in source ? [source.expression] : [],
  );
  const texts = command?.when === undefined ? values : [command.when, ...values];
  return [
    ...model.guards(entity).map(({ when }) => when),
    ...texts.map((text) => model.expression(entity, text)),
  ];
}

/** Everybody who could be the owner before or after. Few, and strangers to the owner's table are simply not found. */
function possibleOwners(input: ApplyInput, row: Row | null): ReadonlySet<string> {
  const { mutation, caller } = input;
  const { model } = input.organisation;
  const set = Object.values(model.command(mutation.entity, mutation.command)?.set ?? {});
  const values: readonly (Value | undefined)[] = [
    row?.['owner'],
    mutation.changes['owner']?.value,
    caller.user.id,
    ...caller.user.teams,
    ...Object.values(mutation.params ?? {}),
    ...set.flatMap((source) => ('value' in source ? [source.value] : [])),
  ];
  return new Set(
    values.filter((value) => typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value)) as string[],
  );
}

/** True while only this device has written the row since the person saw it: its own earlier changes are no news to it. */
async function isUntouched(tx: Tx, input: ApplyInput, theirs: Row): Promise<boolean> {
  const { mutation, organisation, deviceId } = input;
  const current = revOf(theirs);
  if (current === null) return false;
  if (mutation.baseRev === current) return true;
  const steps = await ownSteps(tx, organisation, deviceId, mutation.recordId, mutation.seq);
  return isReachedBy(steps, mutation.baseRev, current);
}

type Done = { readonly kind: 'done'; readonly rev: number | null } | Refused;

async function perform(
  tx: Tx,
  input: ApplyInput,
  decision: Exclude<Decision, Refused | { kind: 'nothing' }>,
): Promise<Done> {
  const { organisation, mutation } = input;
  const { model } = organisation;
  const entity = model.entity(mutation.entity);
  const written = writtenValues(decision, entity);
  const missing = await missingTargets(tx, organisation, targetsOf(model, entity.name, written));
  if (missing.length > 0) return faulty(missing, 'no_such_target');
  await tx.rows(sql`savepoint effect`);
  try {
    const rev = await write(tx, organisation, entity, mutation.recordId, decision, written);
    await tx.rows(sql`release savepoint effect`);
    return { kind: 'done', rev };
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === null || !/^(23|22)/.test(code)) throw thrown;
    await tx.rows(sql`rollback to savepoint effect`);
    return databaseRefusal(tx, input, decision, written, code, thrown);
  }
}

async function write(
  tx: Tx,
  organisation: Organisation,
  entity: Entity,
  id: string,
  decision: Exclude<Decision, Refused | { kind: 'nothing' }>,
  written: Row,
): Promise<number | null> {
  const table = organisation.table(entity.name);
  const names = Object.keys(written);
  if (decision.kind === 'delete') {
    await tx.rows(sql`delete from ${table} where "id" = ${id}`);
    return null;
  }
  if (decision.kind === 'insert') {
    const columns = joinSql(names.map(ident));
    const values = joinSql(names.map((name) => param(written[name] as SqlParam)));
    return revFrom(
      await tx.rows<Row>(sql`insert into ${table} (${columns}) values (${values}) returning _rev`),
    );
  }
  if (names.length === 0) return revOf(decision.after);
  const sets = joinSql(names.map((name) => sql`${ident(name)} = ${written[name] as SqlParam}`));
  return revFrom(await tx.rows<Row>(sql`update ${table} set ${sets} where "id" = ${id} returning _rev`));
}

/** What goes into the database: stamps and numbers are given there. */
function writtenValues(decision: Decision, entity: Entity): Row {
  if (decision.kind === 'update') return decision.values;
  if (decision.kind !== 'insert') return {};
  const stamps = new Set(['created_at', 'created_by', 'modified_at', 'modified_by', '_rev']);
  return Object.fromEntries(
    Object.entries(decision.row).filter(
      ([name, value]) => value !== null && !stamps.has(name) && entity.fields[name]?.type !== 'autonumber',
    ),
  );
}

/** A refusal of the database in our words. Unknown ones (a rule that somebody put on the table) are thrown on. */
async function databaseRefusal(
  tx: Tx,
  input: ApplyInput,
  decision: Decision,
  written: Row,
  code: string,
  thrown: unknown,
): Promise<Refused> {
  const { organisation, mutation } = input;
  const { model } = organisation;
  const entity = model.entity(mutation.entity);
  switch (code) {
    case '23505': {
      const taken = await takenFields(tx, organisation, entity, { ...written, id: mutation.recordId });
      if (taken.length > 0) return { ...faulty(taken, 'duplicate_value'), code: 'duplicate_value' };
      if (decision.kind === 'insert') return plainRefusal('already_exists');
      return plainRefusal('duplicate_value');
    }
    case '23503': {
      if (decision.kind === 'delete') return plainRefusal('still_referenced');
      return faulty(
        await missingTargets(tx, organisation, targetsOf(model, entity.name, written)),
        'no_such_target',
      );
    }
    case '23001':
      return plainRefusal('still_referenced');
    case '23502':
    case '23514':
    case '22003':
    case '22001':
      return plainRefusal('validation');
    default:
      throw thrown;
  }
}

async function refusal(tx: Tx, input: ApplyInput, refused: Refused, theirs: Row | null): Promise<Verdict> {
  const { mutation, organisation } = input;
  const by = refused.showsTheirs && theirs !== null ? await lastWriter(tx, organisation, theirs) : null;
  return {
    ...said(mutation, refused.outcome),
    code: refused.code,
    ...(refused.reason === undefined ? {} : { reason: refused.reason }),
    ...(refused.fields === undefined ? {} : { fields: refused.fields }),
    ...(refused.clashes === undefined ? {} : { clashes: refused.clashes }),
    ...(refused.code === 'record_deleted' ? { theirs: null } : {}),
    ...(refused.showsTheirs && theirs !== null ? { theirs } : {}),
    ...(by === null ? {} : { by }),
  };
}

function said(mutation: SealedMutation, outcome: Verdict['outcome']): Verdict {
  return { id: mutation.id, seq: mutation.seq, outcome };
}

function plainRefusal(code: ErrorCode): Refused {
  return { kind: 'refused', outcome: 'rejected', code, showsTheirs: false };
}

function faulty(fields: readonly string[], code: ErrorCode): Refused {
  return { ...plainRefusal('validation'), fields: Object.fromEntries(fields.map((name) => [name, code])) };
}

function revOf(row: Row | null): number | null {
  const rev = row?.['_rev'];
  return typeof rev === 'number' ? rev : null;
}

function revFrom(rows: readonly Row[]): number | null {
  return revOf(rows[0] ?? null);
}
