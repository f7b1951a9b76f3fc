// Taking a new bundle into use: tables are made to fit, pending records derived again, and what is missing is marked to be downloaded.
import { limitVerdict, type Bundle, type Identity, type Model } from '@satchel/model';
import { bringUp } from './bring-up.ts';
import { sessionOf, useBundle, type Local } from './local.ts';
import { openBundle } from './open-bundle.ts';
import type { SyncContext } from './sync-context.ts';
import { deriveEverything } from './visible.ts';

/** Makes a bundle the one in use. Safe to repeat: the same bundle changes nothing. Throws `bundle_broken`, and the one before stays in use. */
export function installBundle(local: Local, bundle: Bundle): void {
  const model = openBundle(bundle);
  local.work.transaction(() => {
    bringUp(local.work, local.bundle ?? local.work.get('bundle'), bundle);
    local.work.set('bundle', bundle);
    forgetHidden(local, model);
  });
  useBundle(local, bundle);
  fitCache(local);
  deriveEverything(local);
}

/** Fields that the person may no longer see leave the bases and verdicts of pending work too. What the person wrote stays as it was written. */
function forgetHidden({ work }: Local, model: Model): void {
  for (const { entity, id, row } of work.bases()) {
    if (row === null || model.findEntity(entity) === undefined) continue;
    const kept = Object.entries(row).filter(
      ([name]) => name === '_rev' || model.field(entity, name) !== undefined,
    );
    if (kept.length < Object.keys(row).length) work.setBase(entity, id, Object.fromEntries(kept));
  }
  for (const { mutation, verdict } of work.entries())
    if (verdict !== null && model.findEntity(mutation.entity) !== undefined)
      work.update(mutation.id, { verdict: limitVerdict(model, mutation.entity, verdict) });
}

/** Makes the cache's tables fit the model in use; an entity that lost or never had its rows is downloaded if anything was before, and so are columns that are new. */
export function fitCache(local: Local): void {
  const { model, cache } = local;
  if (model === null) return;
  cache.transaction(() => {
    // Parts of a delta that were told under another bundle have other columns, and perhaps rows that are no longer to be seen.
    if (cache.get('stage') !== null && cache.get('stage')?.bundle !== local.bundle?.hash) cache.clearStage();
    cache.applyModel(model);
    const isCaching = cache.get('cursor') !== null;
    const isIncomplete = model.carriedEntities().some(({ name }) => !cache.progress(name)?.isComplete);
    const isToFill = cache.get('added') !== null;
    if (isCaching && (isIncomplete || isToFill) && cache.get('download') === null)
      cache.set('download', { cursor: null });
  });
}

/** The person's roles, teams or bundle are other than they were. */
export async function takeIdentity(context: SyncContext, identity: Identity): Promise<void> {
  const { local, client, signal, tell } = context;
  const { user, organisation } = identity;
  const session = { ...sessionOf(local), user, organisation };
  local.work.transaction(() => local.work.set('session', session));
  local.session = session;
  if (identity.bundle === local.bundle?.hash) return;
  const bundle = await client.bundle(identity.bundle, signal);
  installBundle(local, bundle);
  tell.bundle(bundle.hash);
}

/** The server says our bundle is old: asks for the present one. */
export async function refreshBundle(context: SyncContext): Promise<void> {
  await takeIdentity(context, await context.client.whoAmI(context.signal));
}
