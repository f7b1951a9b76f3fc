// Says "Saved to outbox" after a change is durable, with a way back while it has not been sent.
import type { MutationReceipt } from '@satchel/device';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useUndo } from '../outbox/use-undo.ts';
import { useToast } from '../parts/toast.tsx';

export function useSaved(): (receipt: MutationReceipt) => void {
  const { t } = useTranslation();
  const { show } = useToast();
  const { undo } = useUndo();
  return useCallback(
    (receipt: MutationReceipt) =>
      show({
        text: t('outbox.saved'),
        action: { label: t('action.undo'), run: () => undo(receipt.mutationId) },
      }),
    [t, show, undo],
  );
}
