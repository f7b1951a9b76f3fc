// Says "Saved to outbox" after a change is durable, with a way back while it has not been sent.
import type { EngineEvent, MutationReceipt } from '@satchel/device';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { useStatus } from '../hooks/use-session.tsx';
import { useUndo } from '../outbox/use-undo.ts';
import { useToast } from '../parts/toast.tsx';

export function useSaved(): (receipt: MutationReceipt) => void {
  const { t } = useTranslation();
  const { engine } = useApp();
  const { show } = useToast();
  const { undo } = useUndo();
  const status = useStatus();
  // With a connection a change is sent at once: what it said would be untrue before it could be pressed.
  const isSentAtOnce = status?.connection === 'online' && status.session.state === 'signed-in';
  return useCallback(
    ({ mutationId }: MutationReceipt) => {
      if (isSentAtOnce) return void show({ text: t('outbox.saved') });
      const withdraw = show({
        text: t('outbox.saved'),
        action: { label: t('action.undo'), run: () => undo(mutationId) },
      });
      const end = engine.subscribe((event) => {
        if (!isBeyondUndo(event, mutationId)) return;
        end();
        withdraw();
      });
    },
    [t, engine, show, undo, isSentAtOnce],
  );
}

/** The change is being sent, or has been. */
function isBeyondUndo(event: EngineEvent, mutationId: string): boolean {
  if (event.kind === 'verdict') return event.mutationId === mutationId;
  return (
    event.kind === 'status' && (event.status.activity === 'pushing' || event.status.outbox.waiting === 0)
  );
}
