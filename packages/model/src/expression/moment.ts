// Calendar arithmetic without a clock or a time zone: instants as milliseconds since 1970, days as 'YYYY-MM-DD'. Years 1 to 9999, as both
// databases and the one text form allow; what would leave them is null.
import { isDate } from '../field-rules.ts';

const dayMs = 86_400_000;

/** Milliseconds since 1970 of an RFC 3339 time with seconds and a zone; null where there is no such moment. At most three decimals. */
export function parseInstant(text: string): number | null {
  const parts =
    /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,3}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/.exec(
      text,
    );
  const [date = '', hours, minutes, seconds, decimals = '', sign, zoneHours, zoneMinutes] =
    parts?.slice(1) ?? [];
  if (parts === null || !isDate(date)) return null;
  const ofDay =
    ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000 + Number(decimals.padEnd(3, '0'));
  const zone = sign === undefined ? 0 : (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000;
  return dayNumber(date) * dayMs + ofDay - (sign === '-' ? -zone : zone);
}

/** 'YYYY-MM-DDTHH:MM:SS.sssZ'; null outside the years 1 to 9999. */
export function formatInstant(epochMs: number): string | null {
  const day = Math.floor(epochMs / dayMs);
  const date = formatDay(day);
  if (date === null) return null;
  const ofDay = epochMs - day * dayMs;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const time = `${two(ofDay / 3_600_000)}:${two((ofDay / 60_000) % 60)}:${two((ofDay / 1_000) % 60)}`;
  return `${date}T${time}.${String(ofDay % 1_000).padStart(3, '0')}Z`;
}

/** The instant so much later, or earlier; null outside the years 1 to 9999. */
export function addToInstant(instant: string, durationMs: number): string | null {
  const at = parseInstant(instant);
  return at === null ? null : formatInstant(at + durationMs);
}

/** The day so many whole days later, or earlier; null outside the years 1 to 9999. */
export function addToDate(date: string, durationMs: number): string | null {
  return isDate(date) ? formatDay(dayNumber(date) + Math.floor(durationMs / dayMs)) : null;
}

/** Milliseconds of a CEL duration such as '72h', '1h30m', '-1.5s', '250ms'; null where it is none, or is finer than a millisecond. */
export function parseDuration(text: string): number | null {
  if (!/^-?(\d+(\.\d+)?(h|ms|m|s))+$/.test(text)) return null;
  let total = 0;
  for (const [, number = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) {
    total += Number(number) * (unitMs[unit] ?? 0);
  }
  if (!Number.isInteger(total) || total > durationMsMax) return null;
  return text.startsWith('-') && total !== 0 ? -total : total;
}

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** A hundred years: far beyond any rule, and small enough that no database overflows. */
export const durationMsMax = 36_525 * dayMs;

export function isWholeDays(durationMs: number): boolean {
  return durationMs % dayMs === 0;
}

// Days are counted in eras of 400 years that begin on 1 March, so that the leap day is the last of its year.
function dayNumber(date: string): number {
  const [year, month, day] = [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10))];
  const fromMarch = month > 2 ? year : year - 1;
  const era = Math.floor(fromMarch / 400);
  const ofEra = fromMarch - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

function formatDay(day: number): string | null {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * ofYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const dayOfMonth = ofYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  if (year < 1 || year > 9_999) return null;
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`;
}
