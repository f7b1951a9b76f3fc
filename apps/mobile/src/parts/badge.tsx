// A choice in its tone: a dot and its label, so that colour never speaks alone.
import type { Choice } from '@satchel/model';

export function Badge({ choice }: { readonly choice: Choice }) {
  return (
    <span className="badge" data-tone={choice.tone ?? 'neutral'}>
      <span className="badge-dot" aria-hidden />
      {choice.label}
    </span>
  );
}
