// Calls one verb of the engine for a button: busy while it runs, and what went wrong told in words.
import { useCallback, useState } from 'react';
import { useApp } from '../app-context.tsx';
import { useToast } from '../parts/toast.tsx';
import { codeOf, useErrorWords } from '../words/error-words.ts';

/** `run` resolves to true when the verb succeeded; a failure has been shown by then. */
export function useAction(): {
  readonly isBusy: boolean;
  readonly run: (verb: () => Promise<unknown>) => Promise<boolean>;
} {
  const { log } = useApp();
  const { show } = useToast();
  const words = useErrorWords();
  const [isBusy, setBusy] = useState(false);
  const run = useCallback(
    async (verb: () => Promise<unknown>) => {
      setBusy(true);
      try {
        await verb();
        return true;
      } catch (error) {
        const code = codeOf(error);
        if (code === 'unexpected') log('a button', error);
        const { title, advice } = words(code);
        show({ text: `${title} ${advice}`, tone: 'danger' });
        return false;
      } finally {
        setBusy(false);
      }
    },
    [log, show, words],
  );
  return { isBusy, run };
}
