// What the device has, as one value: the two stores, the model of its bundle, whose they are, and what it knows of the server's time.
// The engine owns it; pushes, pulls, downloads and saves are functions over it. It is replaced in part, never copied.
import {
  openModel,
  SyncError,
  type Bundle,
  type ErrorCode,
  type Model,
  type RecordId,
  type Row,
  type UserContext,
} from '@satchel/model';
import type { CacheStore } from './cache-store.ts';
import { epochMsOf, isoOf } from './instants.ts';
import type { Clock } from './ports.ts';
import type { StoredSession, WorkStore } from './work-store.ts';

export interface Local {
  readonly work: WorkStore;
  readonly clock: Clock;
  /** Another object after the cache was dropped. */
  cache: CacheStore;
  bundle: Bundle | null;
  model: Model | null;
  session: StoredSession | null;
  /** The server's time at the last contact of this process. */
  contact: { readonly serverMs: number; readonly monotonicMs: number } | null;
  /** The record looked at last in this process. */
  lastOpened: { readonly entity: string; readonly id: string } | null;
  /** Why the cache could not be written; it is derived again at the next open. */
  cacheFault: ErrorCode | null;
}

/** Throws `signed_out` where nobody is signed in; an expired session still counts: work goes on. */
export function sessionOf(local: Local): StoredSession {
  if (local.session === null) throw new SyncError('signed_out');
  return local.session;
}

export function modelOf(local: Local): Model {
  if (local.model === null) throw new SyncError('signed_out');
  return local.model;
}

export function bundleHashOf(local: Local): string {
  if (local.bundle === null) throw new SyncError('signed_out');
  return local.bundle.hash;
}

export function userOf(local: Local): UserContext {
  return sessionOf(local).user;
}

/** Takes a bundle into use. Its tables are made by the caller. */
export function useBundle(local: Local, bundle: Bundle): void {
  local.bundle = bundle;
  local.model = openModel(bundle);
}

/** Carried entities of which pages are still to come, in download order, and the last row of their last page. One that was refused is none of them. */
export function incompleteEntities(
  local: Local,
): readonly { readonly name: string; readonly position: RecordId | null }[] {
  return modelOf(local)
    .carriedEntities()
    .flatMap(({ name }) => {
      const progress = local.cache.progress(name);
      const isOpen = progress !== null && !progress.isComplete && progress.fault === null;
      return isOpen ? [{ name, position: progress.position }] : [];
    });
}

/** Are the rows of an entity here, with all their columns? */
export function isWhole({ cache }: Local, entity: string): boolean {
  return cache.progress(entity)?.isComplete === true && cache.get('added')?.[entity] === undefined;
}

/** Server time now as well as the device can tell: from the last contact by the monotonic clock, else the wall clock put right; for showing, not deciding. */
export function serverNow(local: Local): string {
  if (local.contact !== null)
    return isoOf(local.contact.serverMs + (local.clock.monotonic() - local.contact.monotonicMs));
  return isoOf(local.clock.wall() - (local.work.get('clockOffsetMs') ?? 0));
}

/**
 * Server time by a contact of this process, ISO; null before the first. What is kept for so many days goes by this alone: a wall clock that is
 * years off would forget it at once.
 */
export function toldNow(local: Local): string | null {
  return local.contact === null ? null : serverNow(local);
}

/** Notes the server's time of an answer. */
export function noteServerTime(local: Local, serverTime: string): void {
  const serverMs = epochMsOf(serverTime);
  local.contact = { serverMs, monotonicMs: local.clock.monotonic() };
  const offsetMs = Math.round(local.clock.wall() - serverMs);
  // Written only when it moved: a durable commit for every answer would be waste.
  const known = local.work.get('clockOffsetMs');
  if (known === null || Math.abs(known - offsetMs) > 1_000) local.work.set('clockOffsetMs', offsetMs);
}

/** The row that a lookup of this row points to, where this device has it. */
export function followIn(local: Local, entity: string): (row: Row, field: string) => Row | null {
  return (row, name) => {
    const field = local.model?.field(entity, name);
    const id = row[name];
    const target = field?.type === 'lookup' && field.to.length === 1 ? field.to[0] : undefined;
    if (target === undefined || typeof id !== 'string' || local.model?.findEntity(target) === undefined)
      return null;
    return local.cache.row(target, id)?.row ?? null;
  };
}
