// Below a list: where its rows come from and how old they are, and that there are more than fit.
import { limits } from '@satchel/model';
import { useTranslation } from 'react-i18next';
import { useStatus } from '../hooks/use-session.tsx';
import { useWords } from '../hooks/use-words.ts';

export function ListFoot({
  source,
  isAtEnd,
}: {
  readonly source: 'device' | 'server';
  readonly isAtEnd: boolean;
}) {
  const { t } = useTranslation();
  const words = useWords();
  const checkpointAt = useStatus()?.checkpointAt ?? null;
  return (
    <div className="list-foot">
      {isAtEnd && <p>{t('list.first', { count: limits.queryRowsMax })}</p>}
      {source === 'server' ? (
        <p>{t('list.live')}</p>
      ) : (
        checkpointAt !== null && (
          <p title={words.moment(checkpointAt)}>{t('list.asOf', { when: words.ago(checkpointAt) })}</p>
        )
      )}
    </div>
  );
}
