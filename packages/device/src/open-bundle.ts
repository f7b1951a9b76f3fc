// Can this engine work with a bundle? Asked before a bundle replaces the one in use: a broken or hostile one must not take the place of what works.
import { openModel, SyncError, type Bundle, type Model } from '@satchel/model';
import { createTable, shapeOf } from './cache-schema.ts';

/** The bundle's model, with all that its tables need. Throws SyncError `bundle_broken`. */
export function openBundle(bundle: Bundle): Model {
  try {
    const model = openModel(bundle);
    for (const entity of bundle.entities) {
      createTable(model, entity);
      shapeOf(model, entity.name);
      model.guards(entity.name);
    }
    for (const { entity, where } of bundle.views) if (where !== undefined) model.expression(entity, where);
    for (const { entity, when } of bundle.commands) if (when !== undefined) model.expression(entity, when);
    model.carriedEntities();
    if (!Number.isSafeInteger(bundle.policy.refreshIntervalMs)) throw new TypeError('a policy without times');
    return model;
  } catch (cause) {
    throw new SyncError('bundle_broken', { bundle: bundle.hash }, { cause });
  }
}
