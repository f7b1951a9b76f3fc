// One record in a list: title, badge, details, and how it stands with the server.
import type { RecordMark } from '@satchel/device';
import type { RecordId, Row } from '@satchel/model';
import { ChevronRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';
import { useModel } from '../hooks/use-session.tsx';
import { useWords } from '../hooks/use-words.ts';
import { Badge } from '../parts/badge.tsx';
import { Mark } from '../parts/mark.tsx';
import { rowContent } from './row-content.ts';

export function ListRow(props: {
  readonly entity: string;
  readonly columns: readonly string[];
  readonly row: Row;
  readonly titles: Readonly<Record<RecordId, string>>;
  readonly mark: RecordMark | null;
  /** Where back leads from the record; absent: the list. */
  readonly from?: string;
}) {
  const { t } = useTranslation();
  const model = useModel();
  const words = useWords();
  const content = rowContent(
    props.columns,
    model.titleField(props.entity),
    model.fields(props.entity),
    props.row,
    props.titles,
    {
      value: words.value,
      untitled: t('list.untitled'),
      numberPending: t('value.numberPending'),
    },
  );
  return (
    <NavLink
      className="row"
      to={`/e/${props.entity}/${String(props.row['id'])}`}
      state={props.from === undefined ? undefined : { from: props.from }}
      data-pending={props.mark === null ? undefined : props.mark}
    >
      <span className="row-main">
        <span className="row-top">
          <span className="row-title">{content.title}</span>
          {content.badge && <Badge choice={content.badge} />}
        </span>
        {content.details.length > 0 && (
          <span className="row-details">
            {Array.from(content.details.entries(), ([place, detail]) => (
              <span key={place}>
                {place > 0 && ' · '}
                <span className="row-detail">{detail}</span>
              </span>
            ))}
          </span>
        )}
        {props.mark && <Mark mark={props.mark} />}
      </span>
      <ChevronRight className="row-chevron" size={18} aria-hidden />
    </NavLink>
  );
}
