// Instants as text and as milliseconds. The clock is a port; this only converts.

/** ISO 8601 UTC with milliseconds. */
export function isoOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** Milliseconds since 1970. */
export function epochMsOf(iso: string): number {
  return Date.parse(iso);
}
