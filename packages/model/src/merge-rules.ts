// The rules by which two values of one field that both sides changed become one. Each is symmetric where the world is: the result does not
// depend on who came first, except for the order of appended texts. `undefined` means the rule has no answer for these values: then the conflict rule decides.
import type { MergeRule } from './entity.ts';
import type { Value } from './value.ts';

/** The merged value, or undefined. Called only when both sides differ from the base. */
export function mergeByRule(rule: MergeRule, base: Value, theirs: Value, mine: Value): Value | undefined {
  switch (rule) {
    case 'append':
      return append(base, theirs, mine);
    case 'max':
      return extreme(theirs, mine, (a, b) => a > b);
    case 'min':
      return extreme(theirs, mine, (a, b) => a < b);
    case 'sum':
      return sum(base, theirs, mine);
    case 'union':
      return union(base, theirs, mine);
  }
}

/** Their text with my addition on a new line. No answer where I did more than add; the same addition on both sides is kept once. */
function append(base: Value, theirs: Value, mine: Value): Value | undefined {
  const before = base ?? '';
  const now = theirs ?? '';
  if (
    typeof before !== 'string' ||
    typeof now !== 'string' ||
    typeof mine !== 'string' ||
    !mine.startsWith(before)
  )
    return undefined;
  const addition = mine.slice(before.length).replace(/^\n+/, '');
  if (addition === '') return now;
  if (now === addition || now === mine || now.endsWith(`\n${addition}`)) return now;
  return now === '' ? addition : `${now}\n${addition}`;
}

/** Numbers and fixed-width times; whoever entered one wins over nothing. */
function extreme(
  theirs: Value,
  mine: Value,
  beats: (a: string | number, b: string | number) => boolean,
): Value | undefined {
  if (theirs === null) return mine;
  if (mine === null) return theirs;
  const isComparable =
    typeof theirs === typeof mine && (typeof theirs === 'number' || typeof theirs === 'string');
  return isComparable
    ? beats(mine as string | number, theirs as string | number)
      ? mine
      : theirs
    : undefined;
}

/** Both differences count, equal ones too: two people who each added five added ten. Nothing entered counts as nought. */
function sum(base: Value, theirs: Value, mine: Value): Value | undefined {
  const [from, now, wanted] = [base ?? 0, theirs ?? 0, mine ?? 0];
  if (typeof from !== 'number' || typeof now !== 'number' || typeof wanted !== 'number') return undefined;
  const total = now + (wanted - from);
  return Number.isSafeInteger(total) && Number.isSafeInteger(wanted - from) ? total : undefined;
}

/** What either side added, without what either side took away. */
function union(base: Value, theirs: Value, mine: Value): Value | undefined {
  const [before, now, wanted] = [setOf(base), setOf(theirs), setOf(mine)];
  if (before === undefined || now === undefined || wanted === undefined) return undefined;
  const kept = [...now].filter((item) => wanted.has(item) || !before.has(item));
  const added = [...wanted].filter((item) => !before.has(item));
  const items = [...new Set([...kept, ...added])].sort();
  return items.length === 0 ? null : items;
}

function setOf(value: Value): ReadonlySet<string> | undefined {
  if (value === null) return new Set();
  return Array.isArray(value) ? new Set(value as readonly string[]) : undefined;
}
