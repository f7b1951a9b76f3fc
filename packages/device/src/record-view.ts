// Records and entries of the outbox as screens are told of them: with titles, marks, and what is pending.
import type { Row } from '@satchel/model';
import type { OutboxEntry, RecordView } from './api.ts';
import type { Local } from './local.ts';
import { titlesOf } from './local-query.ts';
import type { StoredEntry } from './work-store.ts';

export function viewOf(
  local: Local,
  entity: string,
  row: Row,
  state: Pick<RecordView, 'mark' | 'pendingFields'> & { readonly entries: readonly StoredEntry[] },
): RecordView {
  return {
    row,
    titles: titlesOf(local, entity, [row]),
    source: 'device',
    mark: state.mark,
    pendingFields: state.pendingFields,
    entries: state.entries.map((entry) => entryView(local, entry)),
  };
}

export function entryView(local: Local, entry: StoredEntry): OutboxEntry {
  const { entity, recordId, changes } = entry.mutation;
  const isKnown = local.model?.findEntity(entity) !== undefined;
  const field = isKnown ? (local.model?.titleField(entity) ?? 'id') : 'id';
  const row = isKnown ? local.cache.row(entity, recordId)?.row : undefined;
  const title = row?.[field] ?? changes[field]?.value ?? changes[field]?.base ?? '';
  return { ...entry, title: String(title) };
}
