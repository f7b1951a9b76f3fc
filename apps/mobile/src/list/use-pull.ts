// Pull down at the top of a list to refresh: follows the finger, lets go with a spring.
import { useEffect, useState, type RefObject } from 'react';

const armedPx = 64;

/** How far the list is pulled, in pixels, and whether letting go will refresh. */
export function usePull(
  scroller: RefObject<HTMLElement | null>,
  onRefresh: () => void,
): { readonly distancePx: number; readonly isArmed: boolean } {
  const [distancePx, setDistancePx] = useState(0);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    let startY: number | null = null;
    let pulled = 0;
    const scrolled = () => (element.querySelector('[data-virtuoso-scroller]') ?? element).scrollTop;
    const begin = (event: TouchEvent) => {
      startY = scrolled() <= 0 ? (event.touches[0]?.clientY ?? null) : null;
    };
    const move = (event: TouchEvent) => {
      if (startY === null) return;
      pulled = Math.max(0, ((event.touches[0]?.clientY ?? startY) - startY) / 2);
      setDistancePx(Math.min(pulled, armedPx * 1.5));
    };
    const end = () => {
      if (pulled >= armedPx) onRefresh();
      startY = null;
      pulled = 0;
      setDistancePx(0);
    };
    element.addEventListener('touchstart', begin, { passive: true });
    element.addEventListener('touchmove', move, { passive: true });
    element.addEventListener('touchend', end);
    element.addEventListener('touchcancel', end);
    return () => {
      element.removeEventListener('touchstart', begin);
      element.removeEventListener('touchmove', move);
      element.removeEventListener('touchend', end);
      element.removeEventListener('touchcancel', end);
    };
  }, [scroller, onRefresh]);
  return { distancePx, isArmed: distancePx >= armedPx };
}
