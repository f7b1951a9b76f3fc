// Pinning records: a pin is a record of its own that is made and deleted through the outbox, so it works without a network and is never lost. What it
// brings along comes with the next pull.
import { formatReference, parseReference, pinEntity, SyncError, type RecordId } from '@satchel/model';
import type { Engine, Pin } from './api.ts';
import { modelOf, type Local } from './local.ts';

export function pinCalls(
  local: Local,
  engine: Pick<Engine, 'query' | 'mutate'>,
): Pick<Engine, 'pin' | 'unpin' | 'pins'> {
  const pins = async (): Promise<readonly Pin[]> => {
    if (modelOf(local).findEntity(pinEntity) === undefined) return [];
    const found = await engine.query({
      entity: pinEntity,
      order: [{ field: 'created_at' }],
      limit: modelOf(local).bundle.policy.scope?.pins.records ?? 0,
    });
    return found.rows.flatMap((row): readonly Pin[] => {
      const record = parseReference(String(row['record']));
      if (record === null) return [];
      const pinId = String(row['id']);
      const { id: recordId, entity } = record;
      const title = found.titles[recordId] ?? null;
      return [{ pinId, entity, recordId, title, mark: found.marks[pinId] ?? null }];
    });
  };
  const pinsOf = async (entity: string, recordId: RecordId) =>
    (await pins()).filter((each) => each.entity === entity && each.recordId === recordId);
  return {
    pins,
    pin: async (entity, recordId) => {
      const model = modelOf(local);
      const max = model.bundle.policy.scope?.pins.records ?? 0;
      const isPinnable = model.profileEntity(entity) !== undefined && !model.findEntity(entity)?.personal;
      if (max === 0 || !isPinnable) throw new SyncError('not_available_offline', { entity });
      const mine = await pins();
      if (mine.some((each) => each.entity === entity && each.recordId === recordId)) return;
      if (mine.length >= max) throw new SyncError('too_many_pins', { max });
      const values = { record: formatReference(entity, recordId) };
      await engine.mutate({ entity: pinEntity, command: 'create', values });
    },
    unpin: async (entity, recordId) => {
      for (const { pinId } of await pinsOf(entity, recordId))
        await engine.mutate({ entity: pinEntity, recordId: pinId, command: 'delete' });
    },
  };
}
