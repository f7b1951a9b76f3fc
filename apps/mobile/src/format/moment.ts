// Moments as people read them. Pure: the present is given, the language is the browser's unless named.

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** 'just now' is the caller's word: null below 45 seconds. Moments in the future within a minute count as now. */
export function relativeTime(iso: string, nowMs: number, locale?: string): string | null {
  const agoMs = nowMs - Date.parse(iso);
  if (agoMs < 45_000 && agoMs > -minuteMs) return null;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'short' });
  const size = Math.abs(agoMs);
  const sign = agoMs > 0 ? -1 : 1;
  if (size < hourMs) return format.format(sign * Math.max(1, Math.round(size / minuteMs)), 'minute');
  if (size < dayMs) return format.format(sign * Math.round(size / hourMs), 'hour');
  if (size < 30 * dayMs) return format.format(sign * Math.round(size / dayMs), 'day');
  return formatDay(iso.slice(0, 10), locale);
}

/** A day, '2026-03-09', without any shift between time zones. */
export function formatDay(day: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(
    Date.parse(`${day}T00:00:00.000Z`),
  );
}

/** A moment in the time zone of the device, with day and minute. */
export function formatMoment(iso: string, locale?: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(Date.parse(iso));
}

/** ISO UTC → what an `<input type="datetime-local">` shows in the time zone of the device. */
export function toLocalInput(iso: string): string {
  const date = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** What an `<input type="datetime-local">` gives → ISO UTC with milliseconds; null where it is no moment. */
export function fromLocalInput(text: string): string | null {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** The greeting that fits the hour of the device. */
export function partOfDay(hour: number): 'morning' | 'day' | 'evening' {
  if (hour >= 4 && hour < 11) return 'morning';
  return hour >= 18 || hour < 4 ? 'evening' : 'day';
}
