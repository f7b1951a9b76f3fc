// Says "Saved to outbox" after a change is durable, with a way back while it has not been sent.
import type { MutationReceipt } from '@satchel/device';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { useAction } from '../hooks/use-action.ts';
import { useToast } from '../parts/toast.tsx';

export function useSaved(): (receipt: MutationReceipt) => void {
  const { t } = useTranslation();
  const { engine } = useApp();
  const { show } = useToast();
  const { run } = useAction();
  return useCallback(
    (receipt: MutationReceipt) =>
      show({
        text: t('outbox.saved'),
        action: {
          label: t('action.undo'),
          run: () =>
            void run(() => engine.undo(receipt.mutationId)).then((isDone) => {
              if (isDone) show({ text: t('outbox.undone') });
            }),
        },
      }),
    [t, engine, show, run],
  );
}
