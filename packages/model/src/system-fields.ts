// Fields that every record has and nobody models. The server sets them; a device shows its best guess until the server has spoken.
import type { Entity, Field } from './entity.ts';

const id: Field = { type: 'text', label: 'Id', readOnly: true };

const stamps: Readonly<Record<string, Field>> = {
  created_at: { type: 'dateTime', label: 'Created', readOnly: true },
  created_by: { type: 'lookup', label: 'Created by', to: ['user'], readOnly: true },
  modified_at: { type: 'dateTime', label: 'Changed', readOnly: true, indexed: true },
  modified_by: { type: 'lookup', label: 'Changed by', to: ['user'], readOnly: true },
};

/** All fields of an entity in column order: `id`, its own, `owner` where it has one, then the stamps. */
export function allFields(entity: Entity): Readonly<Record<string, Field>> {
  return { id, ...entity.fields, ...ownerField(entity), ...stamps };
}

function ownerField(entity: Entity): Readonly<Record<string, Field>> {
  switch (entity.ownership) {
    case 'user':
      return { owner: { type: 'lookup', label: 'Owner', to: ['user'], indexed: true } };
    case 'team':
      return { owner: { type: 'lookup', label: 'Owner', to: ['team'], indexed: true } };
    case 'organisation':
      return {};
  }
}

/** The field of that name, system fields included. */
export function fieldOf(entity: Entity, name: string): Field | undefined {
  const fields = allFields(entity);
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}
