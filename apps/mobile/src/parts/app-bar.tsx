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
  // A large title has its own line below the arrow, or stands beside the actions where there is no arrow.
  const isBelow = !props.isCompact && props.back !== undefined;
  const title = <h1 className={props.isCompact ? 'app-bar-small' : 'app-bar-title'}>{props.title}</h1>;
  return (
    <header className="app-bar" data-compact={props.isCompact ? '' : undefined}>
      <div className="app-bar-row" data-large={isBelow || props.isCompact ? undefined : ''}>
        {props.back !== undefined && (
          <Link className="icon-button app-bar-back" to={props.back} aria-label={t('nav.back')}>
            <ChevronLeft size={24} aria-hidden />
          </Link>
        )}
        {!isBelow && title}
        <div className="app-bar-actions">{props.actions}</div>
      </div>
      {isBelow && title}
      {props.subtitle && <div className="app-bar-subtitle">{props.subtitle}</div>}
    </header>
  );
}
