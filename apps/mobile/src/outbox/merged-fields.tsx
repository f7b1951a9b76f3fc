// Fields that a rule settled without asking: what was kept, what was not, by which rule, and a way to have the other value.
import type { OutboxEntry } from '@satchel/device';
import { losingValue, sameValue, type SettledClash, type Value } from '@satchel/model';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { useAction } from '../hooks/use-action.ts';
import { useModel } from '../hooks/use-session.tsx';
import { useWords } from '../hooks/use-words.ts';
import { useToast } from '../parts/toast.tsx';
import { useTitles } from './change-list.tsx';
import { mergedLine } from './merged-words.ts';

export function MergedLine({ entry }: { readonly entry: OutboxEntry }) {
  const { t } = useTranslation();
  const line = mergedLine(entry);
  if (line === null) return null;
  return (
    <p className="entry-why" data-tone="neutral">
      {'name' in line ? t(line.key, { name: line.name }) : t(line.key)}
    </p>
  );
}

export function MergedFields({ entry }: { readonly entry: OutboxEntry }) {
  const { t } = useTranslation();
  const settled = Object.entries(entry.verdict?.settled ?? {});
  if (settled.length === 0) return null;
  return (
    <section className="merged" aria-label={t('merged.title')}>
      <h2>{t('merged.title')}</h2>
      {settled.map(([name, clash]) => (
        <MergedField key={name} entry={entry} name={name} clash={clash} />
      ))}
      {entry.verdict?.rule === undefined && <p className="section-empty">{t('merged.undoable')}</p>}
    </section>
  );
}

function MergedField(props: {
  readonly entry: OutboxEntry;
  readonly name: string;
  readonly clash: SettledClash;
}) {
  const { t } = useTranslation();
  const { engine } = useApp();
  const { show } = useToast();
  const { isBusy, run } = useAction();
  const model = useModel();
  const words = useWords();
  const titles = useTitles(props.entry);
  const { entry, name, clash } = props;
  const field = model.field(entry.mutation.entity, name);
  if (field === undefined) return null;
  const text = (value: Value) => words.value(field, value, titles) || t('value.empty');
  const lost = losingValue(clash);
  const isMineAlone = !sameValue(clash.result, clash.mine) && !sameValue(clash.result, clash.theirs);
  const canUse = entry.verdict?.rule === undefined && !field.readOnly && !sameValue(lost, clash.result);
  const takeOther = async () => {
    if (await run(() => engine.undoMerge(entry.mutation.id, [name]))) show({ text: t('merged.used') });
  };
  return (
    <div className="group merged-field" data-field={name}>
      <h3>{field.label}</h3>
      <p className="entry-meta">{t(`merged.rule.${clash.rule}`)}</p>
      <dl className="changes">
        <div className="change">
          <dt>{t('merged.kept')}</dt>
          <dd>
            <ins>{text(clash.result)}</ins>
          </dd>
        </div>
        <div className="change">
          <dt>{t(isMineAlone ? 'merged.mineAlone' : 'merged.lost')}</dt>
          <dd>{text(lost)}</dd>
        </div>
      </dl>
      {canUse && (
        <Button className="button small" isDisabled={isBusy} onPress={() => void takeOther()}>
          {t('merged.use', { value: text(lost).slice(0, 60) })}
        </Button>
      )}
    </div>
  );
}
