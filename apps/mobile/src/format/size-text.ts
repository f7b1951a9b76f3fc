// Bytes and durations as a person compares them: two figures, the unit that fits.

/** The unit's name in texts `size` and the rounded figure. */
export function byteSize(
  bytes: number,
  locale?: string,
): { readonly unit: 'kilobytes' | 'megabytes' | 'gigabytes'; readonly value: string } {
  const [unit, divisor] =
    bytes < 1_000_000
      ? (['kilobytes', 1_000] as const)
      : bytes < 1_000_000_000
        ? (['megabytes', 1_000_000] as const)
        : (['gigabytes', 1_000_000_000] as const);
  const value = bytes / divisor;
  return {
    unit,
    value: new Intl.NumberFormat(locale, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value),
  };
}

/** Whole seconds below a minute and a half, whole minutes above; never zero. */
export function roughDuration(seconds: number): {
  readonly unit: 'seconds' | 'minutes';
  readonly count: number;
} {
  if (seconds < 90) return { unit: 'seconds', count: Math.max(1, Math.round(seconds)) };
  return { unit: 'minutes', count: Math.round(seconds / 60) };
}
