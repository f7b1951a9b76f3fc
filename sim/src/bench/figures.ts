// Figures of benchmarks: medians, percentiles, and how they are told.

/** What a benchmark measured, by name with the unit last, and whether it reached what it aims at. */
export interface BenchReport {
  readonly figures: Readonly<Record<string, number>>;
  /** Aims in words with whether they were met: told, never failed on, because machines differ. */
  readonly aims: Readonly<Record<string, boolean>>;
}

/** The value that this share of the others does not pass; `share` in [0, 1]. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Three digits that count. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** A report as lines for people. */
export function inLines({ figures, aims }: BenchReport): string {
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  const lines = Object.entries(figures).map(
    ([name, value]) => `${name.padEnd(width)}  ${value.toLocaleString('en')}`,
  );
  const met = Object.entries(aims).map(([aim, isMet]) => `${isMet ? 'met   ' : 'missed'}  ${aim}`);
  return [...lines, '', ...met, ''].join('\n');
}
