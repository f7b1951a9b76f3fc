// After a failed save: how many fields need attention, each a way to its input. Takes the focus so that it is seen and heard.
import type { ErrorCode } from '@satchel/model';
import { CircleAlert } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useErrorWords } from '../words/error-words.ts';
import { inputId } from './field-control.tsx';
import type { Fields } from './form-state.ts';

export function FaultSummary({
  faults,
  fields,
}: {
  readonly faults: Readonly<Record<string, ErrorCode>>;
  readonly fields: Fields;
}) {
  const { t } = useTranslation();
  const words = useErrorWords();
  const names = Object.keys(faults);
  const first = useRef<HTMLElement>(null);
  useEffect(() => {
    const [name] = Object.keys(faults);
    if (name === undefined) return;
    const input = document.getElementById(inputId(name));
    (input ?? first.current)?.focus();
  }, [faults]);
  if (names.length === 0) return null;
  return (
    <section
      className="problem"
      ref={first}
      tabIndex={-1}
      aria-label={t('form.faults', { count: names.length })}
    >
      <h2 className="problem-title">
        <CircleAlert size={18} aria-hidden /> {t('form.faults', { count: names.length })}
      </h2>
      <ul>
        {names.map((name) => (
          <li key={name}>
            <a
              href={`#${inputId(name)}`}
              onClick={(event) => {
                event.preventDefault();
                document.getElementById(inputId(name))?.focus();
              }}
            >
              {t('form.fault', {
                field: fields[name]?.label ?? name,
                what: words(faults[name] ?? 'unexpected').title,
              })}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
