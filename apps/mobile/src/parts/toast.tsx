// A short word after an act, with a way back where there is one. Also the one polite voice of the app for screen readers.
import { X } from 'lucide-react';
import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';

export interface ToastContent {
  readonly text: string;
  readonly tone?: 'neutral' | 'danger';
  readonly action?: { readonly label: string; readonly run: () => void };
}

interface Toasts {
  /** Returns a function that withdraws the action, once it can no longer work. */
  show(content: ToastContent): () => void;
  /** Said once to screen readers, shown nowhere. */
  announce(text: string): void;
}

const shownMs = 6_000;
const Context = createContext<Toasts>({ show: () => () => undefined, announce: () => undefined });

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<(ToastContent & { readonly key: number }) | null>(null);
  const [spoken, setSpoken] = useState('');
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const count = useRef(0);
  const hide = useCallback(() => setShown(null), []);
  const show = useCallback((content: ToastContent) => {
    clearTimeout(timer.current);
    count.current += 1;
    const key = count.current;
    setShown({ ...content, key });
    setSpoken(content.text);
    timer.current = setTimeout(() => setShown(null), shownMs);
    return () =>
      setShown((now) =>
        now === null || now.key !== key ? now : { key, text: now.text, tone: now.tone ?? 'neutral' },
      );
  }, []);
  const toasts = useMemo(() => ({ show, announce: setSpoken }), [show]);
  return (
    <Context.Provider value={toasts}>
      {children}
      <div className="visually-hidden" role="status" aria-live="polite">
        {spoken}
      </div>
      {shown && (
        <aside
          aria-label={t('app.message')}
          className="toast"
          data-tone={shown.tone ?? 'neutral'}
          key={shown.key}
          data-testid="toast"
        >
          <span className="toast-text">{shown.text}</span>
          {shown.action && (
            <Button
              className="toast-action"
              onPress={() => {
                shown.action?.run();
                hide();
              }}
            >
              {shown.action.label}
            </Button>
          )}
          <Button className="icon-button" aria-label={t('action.dismiss')} onPress={hide}>
            <X size={18} aria-hidden />
          </Button>
        </aside>
      )}
    </Context.Provider>
  );
}

export function useToast(): Toasts {
  return useContext(Context);
}
