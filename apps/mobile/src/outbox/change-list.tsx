// What a change changes: field by field, old value and new.
import type { OutboxEntry } from '@satchel/device';
import { ArrowRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { sameValue, type RecordId } from '@satchel/model';
import { useApp } from '../app-context.tsx';
import { useLive } from '../hooks/use-live.ts';
import { useModel } from '../hooks/use-session.tsx';
import { useWords } from '../hooks/use-words.ts';
import { targetOf } from '../format/value-text.ts';

export function ChangeList({ entry }: { readonly entry: OutboxEntry }) {
  const { t } = useTranslation();
  const model = useModel();
  const words = useWords();
  const { entity, changes, command } = entry.mutation;
  const titles = useTitles(entry);
  const shown = Object.entries(changes).filter(([, change]) =>
    command === 'create' ? change.value !== null : !sameValue(change.base, change.value),
  );
  if (shown.length === 0) return null;
  return (
    <dl className="changes">
      {shown.map(([name, change]) => {
        const field = model.field(entity, name);
        const text = (value: typeof change.base) =>
          (field === undefined ? String(value ?? '') : words.value(field, value, titles)) || t('value.empty');
        return (
          <div className="change" key={name}>
            <dt>{field?.label ?? name}</dt>
            <dd>
              {command !== 'create' && (
                <>
                  <del>{text(change.base)}</del>
                  <ArrowRight size={14} aria-hidden />
                </>
              )}
              <ins>{text(change.value)}</ins>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** Names of the records that an entry's lookups point to, before and after. */
export function useTitles(entry: OutboxEntry): Readonly<Record<RecordId, string>> {
  const { engine } = useApp();
  const model = useModel();
  const { entity, changes, id } = entry.mutation;
  const { value } = useLive({
    subject: `titles ${id}`,
    key: '',
    read: async () => {
      const targets = Object.entries(changes).flatMap(([name, change]) => {
        const field = model.field(entity, name);
        if (field === undefined) return [];
        return [targetOf(field, change.base), targetOf(field, change.value)].filter(
          (target) => target !== null,
        );
      });
      const found: Record<RecordId, string> = {};
      for (const target of targets) {
        if (model.findEntity(target.entity) === undefined || found[target.id] !== undefined) continue;
        const view = await engine.get(target.entity, target.id);
        if (view !== null) found[target.id] = String(view.row[model.titleField(target.entity)] ?? '');
      }
      return found;
    },
    concerns: () => false,
  });
  return value ?? {};
}
