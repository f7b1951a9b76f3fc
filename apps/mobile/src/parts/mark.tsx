// How a record stands with the server: an icon and words, never colour alone.
import type { RecordMark } from '@satchel/device';
import {
  CircleAlert,
  CirclePlus,
  CloudUpload,
  GitMerge,
  Hourglass,
  Trash2,
  type LucideIcon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';

const icons: Readonly<Record<RecordMark, LucideIcon>> = {
  waiting: CloudUpload,
  held: Hourglass,
  conflict: GitMerge,
  rejected: CircleAlert,
  'created-here': CirclePlus,
  'deleted-here': Trash2,
};

export function Mark({ mark }: { readonly mark: RecordMark }) {
  const { t } = useTranslation();
  const Icon = icons[mark];
  const isProblem = mark === 'conflict' || mark === 'rejected';
  return (
    <span className="mark" data-tone={isProblem ? 'danger' : 'pending'} data-mark={mark}>
      <Icon size={14} aria-hidden />
      {t(`mark.${mark}`)}
    </span>
  );
}
