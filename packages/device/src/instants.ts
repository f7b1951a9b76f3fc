// Instants as text and as milliseconds. The clock is a port; this only converts.

const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** ISO 8601 UTC with milliseconds and four digits of year, whatever a clock says: the wire knows no other. */
export function isoOf(epochMs: number): string {
  return new Date(Math.min(Math.max(epochMs, 0), lastMs)).toISOString();
}

/** Milliseconds since 1970. */
export function epochMsOf(iso: string): number {
  return Date.parse(iso);
}
