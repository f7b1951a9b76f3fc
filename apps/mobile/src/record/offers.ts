// What a person may do with a record here and now, and why not. Pure; the server decides again when the change arrives.
import {
  fieldsLeftOpen,
  isTrue,
  permits,
  type Command,
  type Guard,
  type Model,
  type Row,
  type UserContext,
} from '@satchel/model';

export interface Offer {
  readonly command: string;
  /** Why it cannot be done now; null when it can. */
  readonly refused: 'offline' | 'guarded' | null;
  /** What the guard's author wrote. */
  readonly reason: string | null;
}

export interface Circumstances {
  readonly model: Model;
  readonly user: UserContext;
  /** ISO. */
  readonly now: string;
  /** No request can be made: only what the profile allows offline can be done. */
  readonly isOffline: boolean;
}

/** Null where the person's roles do not allow it at all: then it is not shown. */
export function offerOf(at: Circumstances, entity: string, command: string, row: Row): Offer | null {
  const action = command === 'create' || command === 'delete' ? command : 'update';
  const definition = at.model.entity(entity);
  if (!permits(at.model.bundle.privileges, action, definition, row, at.user, 'unknown')) return null;
  const scope = { record: row, user: at.user, now: at.now, follow: () => null };
  const guard = at.model
    .guards(entity)
    .find(
      ({ guard: { refuses }, when }) =>
        (refuses.includes(command) || (refuses.includes('*') && command !== 'create')) && isTrue(when, scope),
    );
  if (guard !== undefined && !mayPass(at.model, entity, command, guard.guard))
    return { command, refused: 'guarded', reason: guard.guard.message };
  const isOnlineOnly = at.model.command(entity, command)?.onlineOnly === true;
  const isAllowedOffline = at.model.profileEntity(entity)?.offline.includes(command) ?? false;
  if (at.isOffline && (isOnlineOnly || !isAllowedOffline))
    return { command, refused: 'offline', reason: null };
  return { command, refused: null, reason: null };
}

/** Named commands whose condition holds of the record. */
export function commandsFor(
  at: Circumstances,
  entity: string,
  row: Row,
): readonly { command: Command; offer: Offer }[] {
  const scope = { record: row, user: at.user, now: at.now, follow: () => null };
  return at.model.commands(entity).flatMap((command) => {
    const isOffered = command.when === undefined || isTrue(at.model.expression(entity, command.when), scope);
    const offer = isOffered ? offerOf(at, entity, command.name, row) : null;
    return offer === null ? [] : [{ command, offer }];
  });
}

/** May a new record of this entity be made? Asked without a row: whose it will be is not known yet. */
export function canCreate(model: Model, entity: string, isOffline: boolean): boolean {
  if (model.privileges(entity).create === 'none') return false;
  return !isOffline || (model.profileEntity(entity)?.offline.includes('create') ?? false);
}

// A guard that leaves some fields open refuses others one by one, when the change is saved.
function mayPass(model: Model, entity: string, command: string, guard: Guard): boolean {
  const open = fieldsLeftOpen(model.entity(entity), guard, model.bundle.policy);
  return open === 'all' || (command === 'update' && open.size > 0);
}
