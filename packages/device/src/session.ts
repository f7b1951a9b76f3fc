// Who is signed in on this device. One person's outbox is never shown to or sent for another: while it holds unsettled work, only the same person
// may sign in again. Everything a sign-in brings is written in one transaction, so an interruption leaves the device as it was.
import { SyncError, type SessionAnswer } from '@satchel/model';
import { installBundle } from './bundle-update.ts';
import type { Local } from './local.ts';
import { openBundle } from './open-bundle.ts';
import type { Ids, Transport } from './ports.ts';
import { createProtocolClient } from './protocol-client.ts';
import { unseal } from './push.ts';
import { noteServerSeq } from './set-back.ts';
import type { WorkStore } from './work-store.ts';

export interface SignInContext {
  readonly local: Local;
  readonly transport: Transport;
  readonly ids: Ids;
  readonly deviceName: string;
  /** Drops cache.db and opens an empty one. */
  readonly resetCache: () => Promise<void>;
}

/** Throws `wrong_credentials`, `account_disabled`, `waits_for_other` where another person's unsent work is kept here, `bundle_broken`, or what the way there throws. */
export async function signIn(context: SignInContext, login: string, password: string): Promise<void> {
  const { local, transport, ids } = context;
  const known = local.work.get('deviceId') ?? ids.next();
  const { answer, deviceId } = await openSession(context, login, password, known);
  const client = createProtocolClient(transport, () => answer.token);
  const keeper = local.work.get('keeper');
  const isSame = keeper?.userId === answer.user.id && keeper.organisationId === answer.organisation.id;
  if (!isSame && hasUnsettled(local)) {
    await client.signOut();
    throw new SyncError('waits_for_other');
  }
  const bundle =
    isSame && local.bundle?.hash === answer.bundle ? local.bundle : await client.bundle(answer.bundle);
  openBundle(bundle);
  if (keeper !== null && !isSame) await context.resetCache();
  local.work.transaction(() => {
    if (!isSame) local.work.wipe();
    if (deviceId !== known) unseal(local.work, 0);
    else if (isSame) noteServerSeq(local.work, answer.lastSeq);
    const lastSeq = local.work.get('lastSeq') ?? 0;
    const hasSealed = local.work.entries().some((entry) => entry.seq !== null);
    local.work.set('lastSeq', hasSealed ? lastSeq : Math.max(lastSeq, answer.lastSeq));
    local.work.set('deviceId', deviceId);
    local.work.set('keeper', { userId: answer.user.id, organisationId: answer.organisation.id });
    local.work.set('session', sessionFrom(answer));
  });
  local.session = sessionFrom(answer);
  installBundle(local, bundle);
}

/** Anything that a person made and that has not come home. */
export function hasUnsettled(local: Local): boolean {
  return Object.keys(local.work.countsByState()).length > 0;
}

/** The token died: what is here stays readable, and work goes on. */
export function expireSession(local: Local): void {
  if (local.session === null) return;
  const session = { ...local.session, isExpired: true };
  local.work.transaction(() => local.work.set('session', session));
  local.session = session;
}

/**
 * Two devices answer to one id, as after a copied profile: this one takes another, and sends what is open under new numbers. `mutationId` names the change
 * that the other one sent with another content, where that is what the server found: both were made, so this one becomes a change of its own.
 */
export function leaveClonedId(work: WorkStore, ids: Ids, mutationId: string | null): void {
  work.transaction(() => {
    work.set('deviceId', ids.next());
    const entry = mutationId === null ? null : work.entry(mutationId);
    if (entry !== null) {
      work.remove(entry.mutation.id);
      work.append({ ...entry.mutation, id: ids.next() }, entry.position);
    }
    unseal(work, 0);
  });
}

/** A device id is of one person: where the server knows it as another's, a fresh one is tried once. */
async function openSession(
  { transport, ids, deviceName }: SignInContext,
  login: string,
  password: string,
  known: string,
): Promise<{ readonly answer: SessionAnswer; readonly deviceId: string }> {
  const client = createProtocolClient(transport, () => null);
  const open = (id: string) => client.signIn({ login, password, device: { id, name: deviceName } });
  try {
    return { answer: await open(known), deviceId: known };
  } catch (error) {
    if (!(error instanceof SyncError) || error.code !== 'device_cloned') throw error;
    const deviceId = ids.next();
    return { answer: await open(deviceId), deviceId };
  }
}

function sessionFrom(answer: SessionAnswer) {
  return { token: answer.token, user: answer.user, organisation: answer.organisation, isExpired: false };
}
