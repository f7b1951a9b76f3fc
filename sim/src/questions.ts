// What is asked of a run. All along: is what a device calls proven its scope in the snapshot of its cursor, and are its refusals the server's? In the
// end: does it hold its scope, was every confirmed change done once or is it still in the person's hands, is the ledger dense, is every effect what
// base, theirs and mine demand? Every answer is a list of faults in words, empty when the promise held.
import type { Bundle, Model } from '@satchel/model';
import { died, type SimDevice } from './device.ts';
import { asksForNothing, wrongsOfWrite } from './merge-model.ts';
import { differences, heldBy, type RowsByEntity } from './oracle.ts';
import type { LedgerLine, Stage, Write } from './stage.ts';
import { dependentFaults, settlingFaults, sightFaults } from './sight.ts';
import type { View } from './view.ts';

/** One device of a run and what its person was told. */
export interface Traveller {
  readonly name: string;
  readonly device: SimDevice;
  /** Changes that the engine confirmed and the person has not taken back. */
  readonly confirmed: Set<string>;
  /** Confirmed changes that went with their storage before the server had answered for them. */
  readonly lost: Set<string>;
  /** Changes that were taken back, and may never take effect. */
  readonly takenBack: Set<string>;
  /** Accepted changes about whose leaving of the outbox was asked. */
  readonly settled: Set<string>;
}

/** What the person sees now, and what was heard of the own pushes. */
export function sightAndPushFaults({ name, device, settled }: Traveller): readonly string[] {
  return [
    ...sightFaults(name, device),
    ...settlingFaults(name, device, settled),
    ...device.takePushes().flatMap((push) => dependentFaults(name, push)),
  ];
}

/** The atomic view: at each cursor taken, every proven entity was the person's scope in that snapshot, value by value. */
export async function viewFaults(stage: Stage, { name, device }: Traveller): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const view of device.takeViews()) {
    const scope = await stage.scopeAt(device.person, view.cursor, view.model);
    if (scope === null) continue;
    const [held, wanted] = [provenPart(view, view.held), provenPart(view, scope)];
    faults.push(
      ...differences(held, wanted, view.model).map((each) => `${name}, at the moment of its cursor: ${each}`),
    );
  }
  return faults;
}

/** What a device shows as refused was refused, in the same words, by the server. */
export async function refusalFaults(
  stage: Stage,
  { name, device }: Traveller,
  wasSetBack: boolean,
): Promise<readonly string[]> {
  const entries = await device.during((engine) => engine.outbox());
  if (entries === died) return [];
  const refused = entries.filter(({ state }) => state === 'conflict' || state === 'rejected');
  if (refused.length === 0) return [];
  const ledger = await stage.ledger();
  return refused.flatMap(({ mutation, state, seq }) => {
    const word = ledger.find((line) => line.mutation.id === mutation.id && line.seq === seq)?.verdict;
    const said = word?.outcome === 'duplicate' ? word.original : word?.outcome;
    // A server that was set back has forgotten what it refused; the person still has to decide.
    return said === state || (said === undefined && wasSetBack)
      ? []
      : [`${name} calls ${mutation.id} ${state}, the server said ${said}`];
  });
}

/**
 * A device that calls itself synced after a sync that met no trouble holds exactly its scope. Asked only where nobody wrote meanwhile: devices
 * send by themselves, and a sync may join one that began before.
 */
export async function lies(stage: Stage, { name, device }: Traveller): Promise<readonly string[]> {
  const before = await stage.scopeOf(device.person);
  const told = await device.during(async (engine) => {
    await engine.sync();
    return { status: await engine.status(), bundle: await engine.bundle() };
  });
  if (told === died || !told.status.synced || told.status.problem !== null) return [];
  const { scope, model } = await stage.scopeOf(device.person);
  const isStill =
    hashOf(before.model) === hashOf(model) && differences(before.scope, scope, model).length === 0;
  if (!isStill) return [];
  if (told.bundle?.hash !== hashOf(model)) return [`${name} says synced, by an old model`];
  return differences(heldBy(device, model), scope, model).map((each) => `${name} says synced: ${each}`);
}

/** After a fair network and everybody's decisions nothing is left to do. */
export async function restFaults({ name, device }: Traveller): Promise<readonly string[]> {
  const status = await device.engine().status();
  const left = await device.engine().outbox();
  return [
    ...(status.synced
      ? []
      : [`${name} is not synced: ${JSON.stringify(status.outbox)} ${status.cache} ${status.problem}`]),
    ...left.map(
      (entry) =>
        `${name} keeps ${entry.state} ${entry.mutation.command} ${entry.lastError} ${JSON.stringify(entry.verdict)}`,
    ),
  ];
}

/** All that is asked in the end. */
export async function finalFaults(
  stage: Stage,
  travellers: readonly Traveller[],
): Promise<readonly string[]> {
  const faults: string[] = [];
  const ledger = await stage.ledger();
  for (const traveller of travellers) {
    const { name, device } = traveller;
    const { scope, model } = await stage.scopeOf(device.person);
    faults.push(...differences(heldBy(device, model), scope, model).map((each) => `${name}: ${each}`));
    faults.push(...(await historyFaults(traveller, ledger)));
  }
  faults.push(...ledgerFaults(ledger, await stage.counters()));
  faults.push(...(await effectFaults(stage, ledger)));
  return faults;
}

/** What a device believes of its changes is what the ledger says; and every confirmed one is somewhere. */
async function historyFaults(
  { name, device, confirmed, lost, takenBack }: Traveller,
  ledger: readonly LedgerLine[],
): Promise<readonly string[]> {
  const effects = countsOf(ledger.filter(isAccepted).map(({ mutation }) => mutation.id));
  const history = await device.engine().history(100_000);
  const known = new Set([
    ...history.map(({ mutation }) => mutation.id),
    ...(await device.engine().outbox()).map(({ mutation }) => mutation.id),
  ]);
  return [
    ...history.flatMap(({ mutation, state }) => {
      const want = state === 'discarded' ? 0 : 1;
      const have = effects.get(mutation.id) ?? 0;
      return have === want ? [] : [`${name}: ${mutation.id}, ${state}, took effect ${have} times`];
    }),
    ...[...takenBack]
      .filter((id) => effects.has(id))
      .map((id) => `${name}: ${id} was taken back and took effect`),
    ...[...confirmed]
      .filter((id) => !known.has(id) && !lost.has(id))
      .map((id) => `${name}: ${id} was confirmed and is nowhere`),
  ];
}

function ledgerFaults(
  ledger: readonly LedgerLine[],
  counters: ReadonlyMap<string, number>,
): readonly string[] {
  const seqs = new Map<string, number[]>();
  for (const { deviceId, seq } of ledger) seqs.set(deviceId, [...(seqs.get(deviceId) ?? []), seq]);
  return [...counters].flatMap(([deviceId, last]) => {
    const mine = (seqs.get(deviceId) ?? []).sort((a, b) => a - b);
    const isDense = mine.length === last && mine.every((seq, index) => seq === index + 1);
    return isDense
      ? []
      : [`the ledger of ${deviceId} is not dense up to ${last}: ${mine.slice(-8).join(', ')}`];
  });
}

/** Each accepted mutation made at most one version of its record, exactly the one that merging demands; a refused one made none. */
async function effectFaults(stage: Stage, ledger: readonly LedgerLine[]): Promise<readonly string[]> {
  const model = await stage.wholeModel();
  const writes = await stage.writes();
  const faults: string[] = [];
  const accepted = new Map<string, LedgerLine>();
  for (const line of ledger.filter(isAccepted)) {
    if (accepted.has(line.mutation.id)) faults.push(`${line.mutation.id} was accepted twice`);
    accepted.set(line.mutation.id, line);
  }
  const mutations = new Map(ledger.map((line) => [line.mutation.id, line.mutation]));
  const done = new Set<string>();
  for (const write of writes) {
    const mutation = mutations.get(write.mutationId ?? '');
    if (mutation === undefined || mutation.recordId !== write.id || mutation.entity !== write.entity)
      continue;
    if (!accepted.has(mutation.id)) faults.push(`${mutation.id} was refused and wrote all the same`);
    if (done.has(mutation.id)) faults.push(`${mutation.id} wrote twice`);
    done.add(mutation.id);
    faults.push(...wrongsOfWrite(model, mutation, write.before, write.after));
  }
  const last = lastRows(writes);
  for (const [id, { mutation }] of accepted) {
    if (done.has(id)) continue;
    // Nothing was written: right only where nothing was asked for, as when what should go had gone.
    const row = last.get(`${mutation.entity}/${mutation.recordId}`) ?? null;
    const isCreate = mutation.command === 'create';
    const isKnownToBeNothing = mutation.command !== 'update' || asksForNothing(model, mutation, row);
    if (isCreate || (!isKnownToBeNothing && !wasOverwritten(writes, mutation.recordId)))
      faults.push(`${id}, ${mutation.command}, was accepted and wrote nothing`);
  }
  return faults;
}

/** Several versions: what was asked for may have been there already when it came. */
function wasOverwritten(writes: readonly Write[], id: string): boolean {
  return writes.filter((write) => write.id === id).length > 1;
}

function lastRows(writes: readonly Write[]): ReadonlyMap<string, Write['after']> {
  return new Map(writes.map((write) => [`${write.entity}/${write.id}`, write.after]));
}

function isAccepted({ verdict }: LedgerLine): boolean {
  return verdict.outcome === 'applied' || verdict.outcome === 'merged';
}

function countsOf(ids: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** A model that a device got is of a bundle with a hash. */
function hashOf(model: Model): string {
  return (model.bundle as Bundle).hash;
}

function provenPart(view: View, rows: RowsByEntity): RowsByEntity {
  return new Map([...rows].filter(([entity]) => view.proven.has(entity)));
}
