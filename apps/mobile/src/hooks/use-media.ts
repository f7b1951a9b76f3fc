// Does the window have room for two panes?
import { useSyncExternalStore } from 'react';

const wide = '(min-width: 960px)';

/** True on a desk or a tablet held sideways: list and record stand side by side. */
export function useIsWide(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(wide);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => matchMedia(wide).matches,
  );
}
