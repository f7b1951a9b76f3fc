// The named things one can do with a record now, as buttons; a command that asks something opens a sheet first.
import type { RecordView } from '@satchel/device';
import type { Command } from '@satchel/model';
import { Lock } from 'lucide-react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { FieldInput } from '../form/field-control.tsx';
import { inputsOf, readForm, type Inputs } from '../form/form-state.ts';
import { useAction } from '../hooks/use-action.ts';
import { ModelIcon } from '../parts/icons.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { commandsFor, offerOf } from './offers.ts';
import { useCircumstances } from './use-circumstances.ts';
import { useSaved } from './use-saved.ts';

interface Props {
  readonly entity: string;
  readonly id: string;
  readonly view: RecordView;
}

export function CommandBar({ entity, id, view }: Props) {
  const { t } = useTranslation();
  const { engine } = useApp();
  const { isBusy, run } = useAction();
  const saved = useSaved();
  const at = useCircumstances();
  const [asking, setAsking] = useState<Command | null>(null);
  if (at === null) return null;
  const offers = commandsFor(at, entity, view.row);
  const edit = offerOf(at, entity, 'update', view.row);
  const start = (command: Command) => {
    if (Object.keys(command.params ?? {}).length > 0) return setAsking(command);
    void run(async () =>
      saved(await engine.mutate({ entity, recordId: id, command: command.name, seen: view.row })),
    );
  };
  return (
    <>
      {edit?.reason && (
        <p className="notice" data-tone="neutral">
          <Lock size={16} aria-hidden /> <span>{edit.reason}</span>
        </p>
      )}
      {offers.length > 0 && (
        <div className="commands">
          {offers.map(({ command, offer }, index) => (
            <Button
              key={command.name}
              className="button"
              data-tone={command.tone === 'danger' ? 'danger' : index === 0 ? 'primary' : undefined}
              isDisabled={isBusy || offer.refused !== null}
              onPress={() => start(command)}
            >
              <ModelIcon name={command.icon} size={18} />
              {command.label}
              {offer.refused === 'offline' && <span className="button-reason">{t('record.onlyOnline')}</span>}
            </Button>
          ))}
        </div>
      )}
      {asking && (
        <CommandSheet entity={entity} id={id} view={view} command={asking} onClose={() => setAsking(null)} />
      )}
    </>
  );
}

function CommandSheet({
  entity,
  id,
  view,
  command,
  onClose,
}: Props & { readonly command: Command; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const { engine } = useApp();
  const { isBusy, run } = useAction();
  const saved = useSaved();
  const fields = command.params ?? {};
  const names = Object.keys(fields);
  const [inputs, setInputs] = useState<Inputs>(() => inputsOf(names, fields, {}));
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const { values, faults } = readForm(fields, inputs, {});
  const submit = async () => {
    setLeft(new Set(names));
    if (Object.keys(faults).length > 0) return;
    const isDone = await run(async () =>
      saved(
        await engine.mutate({ entity, recordId: id, command: command.name, params: values, seen: view.row }),
      ),
    );
    if (isDone) onClose();
  };
  return (
    <Sheet title={command.label} isOpen onClose={onClose}>
      <form
        className="sheet-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {names.map((name) => {
          const field = fields[name];
          return (
            field && (
              <FieldInput
                key={name}
                name={name}
                field={field}
                input={inputs[name] ?? ''}
                fault={left.has(name) ? faults[name] : undefined}
                titles={view.titles}
                onChange={(input) => setInputs((before) => ({ ...before, [name]: input }))}
                onLeave={() => setLeft((before) => new Set([...before, name]))}
              />
            )
          );
        })}
        <div className="sheet-actions">
          <Button className="button" data-tone="primary" type="submit" isDisabled={isBusy}>
            {command.label}
          </Button>
          <Button className="button" onPress={onClose}>
            {t('action.cancel')}
          </Button>
        </div>
      </form>
    </Sheet>
  );
}
