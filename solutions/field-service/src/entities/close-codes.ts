// How an incident ended; a field's choices and a command's question alike.
import type { Choice } from '@satchel/model';

export const closeCodes: readonly Choice[] = [
  { value: 'repaired', label: 'Repaired' },
  { value: 'replaced', label: 'Replaced' },
  { value: 'adjusted', label: 'Adjusted or reset' },
  { value: 'advice', label: 'Advice given' },
  { value: 'no_fault', label: 'No fault found' },
  { value: 'duplicate', label: 'Duplicate' },
  { value: 'other', label: 'Other' },
];
