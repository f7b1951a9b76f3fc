// Top of a screen: back, a large title, what one can do here.
import { ChevronLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

export function AppBar(props: {
  readonly title: ReactNode;
  /** Where the arrow leads; absent on the main screens. */
  readonly back?: string;
  readonly subtitle?: ReactNode;
  readonly actions?: ReactNode;
  /** Title within the bar, for screens whose content begins with its own heading. */
  readonly isCompact?: boolean;
}) {
  const { t } = useTranslation();
  return (
    <header className="app-bar" data-compact={props.isCompact ? '' : undefined}>
      <div className="app-bar-row">
        {props.back !== undefined && (
          <Link className="icon-button app-bar-back" to={props.back} aria-label={t('nav.back')}>
            <ChevronLeft size={24} aria-hidden />
          </Link>
        )}
        {props.isCompact && <h1 className="app-bar-small">{props.title}</h1>}
        <div className="app-bar-actions">{props.actions}</div>
      </div>
      {!props.isCompact && <h1 className="app-bar-title">{props.title}</h1>}
      {props.subtitle && <div className="app-bar-subtitle">{props.subtitle}</div>}
    </header>
  );
}
