// A rejected change opened again: its fields as inputs, the server's faults beside them, sent as a new change.
import { SyncError, type ErrorCode } from '@satchel/model';
import type { OutboxEntry } from '@satchel/device';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useApp } from '../app-context.tsx';
import { FieldInput } from '../form/field-control.tsx';
import { toInput } from '../form/field-input.ts';
import { readForm, type Inputs } from '../form/form-state.ts';
import { useAction } from '../hooks/use-action.ts';
import { useModel } from '../hooks/use-session.tsx';
import { useToast } from '../parts/toast.tsx';
import { useTitles } from './change-list.tsx';

export function ResubmitForm({ entry }: { readonly entry: OutboxEntry }) {
  const { t } = useTranslation();
  const { engine } = useApp();
  const { show } = useToast();
  const model = useModel();
  const navigate = useNavigate();
  const titles = useTitles(entry);
  const { isBusy, run } = useAction();
  const { entity, changes } = entry.mutation;
  const fields = model.fields(entity);
  const told = entry.verdict?.fields ?? {};
  const names = [...new Set([...Object.keys(told), ...Object.keys(changes)])].filter(
    (name) => fields[name] !== undefined,
  );
  const [inputs, setInputs] = useState<Inputs>(() =>
    Object.fromEntries(
      names.flatMap((name) => {
        const field = fields[name];
        return field === undefined ? [] : [[name, toInput(field, changes[name]?.value)]];
      }),
    ),
  );
  const [refused, setRefused] = useState<Readonly<Record<string, ErrorCode>>>(told);
  const mine = Object.fromEntries(Object.entries(changes).map(([name, change]) => [name, change.value]));
  const { values, faults } = readForm(fields, inputs, mine);
  const shown = { ...refused, ...faults };
  const send = () =>
    void run(async () => {
      try {
        await engine.resubmit(entry.mutation.id, values);
      } catch (error) {
        const again =
          error instanceof SyncError && error.code === 'validation' ? error.detail['fields'] : null;
        if (typeof again === 'object' && again !== null)
          setRefused(again as Readonly<Record<string, ErrorCode>>);
        throw error;
      }
      await navigate('/outbox', { replace: true });
      show({ text: t('outbox.resent') });
    });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (Object.keys(faults).length === 0) send();
      }}
    >
      <div className="group fields">
        {names.map((name) => {
          const field = fields[name];
          return (
            field && (
              <FieldInput
                key={name}
                name={name}
                field={field}
                input={inputs[name] ?? ''}
                fault={shown[name]}
                titles={titles}
                onChange={(input) => {
                  setInputs((before) => ({ ...before, [name]: input }));
                  setRefused(({ [name]: _, ...rest }) => rest);
                }}
                onLeave={() => undefined}
              />
            )
          );
        })}
      </div>
      <div className="form-foot">
        <Button className="button wide" data-tone="primary" type="submit" isDisabled={isBusy}>
          {t('conflict.send')}
        </Button>
      </div>
    </form>
  );
}
