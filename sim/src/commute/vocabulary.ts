// Words of a technician's day, so that what is sent packs about as well as what people write.
import type { Chance } from '../chance.ts';

const words =
  'pump valve seal pressure bar leak replaced checked customer says since Monday noise bearing motor filter cleaned belt worn ordered part arrives tomorrow access roof key office floor second room control panel error code reset works again test run ten minutes no fault found cable loose terminal tightened temperature sensor reading high fan blocked dust removed oil level low topped up photo taken please call before next visit safety switch guard missing temporary fix needs two people ladder spare stock van returned old unit label unreadable serial copied from plate isolated main supply locked out'.split(
    ' ',
  );

/** So many words in a row. */
export function wordsOf(chance: Chance, count: number): string {
  return Array.from({ length: count }, () => chance.pick(words)).join(' ');
}
