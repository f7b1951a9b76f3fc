// "Your change was not applied": on the record itself, with the reason, the values and the way to settle it.
import type { OutboxEntry } from '@satchel/device';
import { CircleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ChangeList } from '../outbox/change-list.tsx';
import { waitsForSupervisor } from '../outbox/entry-words.ts';
import { useErrorWords } from '../words/error-words.ts';

export function ProblemPanel({
  entries,
}: {
  readonly entries: readonly OutboxEntry[];
  readonly entity: string;
}) {
  const { t } = useTranslation();
  const words = useErrorWords();
  const problems = entries.filter((entry) => entry.state === 'conflict' || entry.state === 'rejected');
  return problems.map((entry) => {
    const isSupervisors = waitsForSupervisor(entry);
    const title = t(isSupervisors ? 'record.supervised' : 'record.problem');
    const way = entry.state === 'conflict' ? 'record.resolve' : 'record.fix';
    const code = entry.verdict?.code ?? entry.lastError ?? 'unexpected';
    return (
      <section className="problem" key={entry.mutation.id} aria-label={title} data-testid="problem">
        <h3 className="problem-title">
          <CircleAlert size={18} aria-hidden /> {title}
        </h3>
        <p>{entry.verdict?.reason ?? `${words(code).title} ${words(code).advice}`}</p>
        <ChangeList entry={entry} />
        <Link className="button" data-tone="primary" to={`/outbox/${entry.mutation.id}`}>
          {t(isSupervisors ? 'record.lookAtChange' : way)}
        </Link>
      </section>
    );
  });
}
