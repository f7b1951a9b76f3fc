// Takes a change back while it has not been sent, and says so; one that is on its way is told in those words and stays.
import { SyncError } from '@satchel/model';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { useAction } from '../hooks/use-action.ts';
import { useToast } from '../parts/toast.tsx';

export function useUndo(): { readonly isBusy: boolean; readonly undo: (mutationId: string) => void } {
  const { t } = useTranslation();
  const { engine } = useApp();
  const { show } = useToast();
  const { isBusy, run } = useAction();
  const undo = useCallback(
    (mutationId: string) =>
      void run(async () => {
        try {
          await engine.undo(mutationId);
          show({ text: t('outbox.undone') });
        } catch (error) {
          const isOnItsWay = error instanceof SyncError && ['bad_request', 'not_found'].includes(error.code);
          if (!isOnItsWay) throw error;
          show({ text: t('outbox.sentAlready') });
        }
      }),
    [t, engine, show, run],
  );
  return { isBusy, undo };
}
