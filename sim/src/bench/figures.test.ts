import { expect, it } from 'vitest';
import { inLines, median, percentile, rounded } from './figures.ts';

it('[BENCH-1] percentiles are values that were measured, whatever their order and number', () => {
  const hundred = Array.from({ length: 100 }, (_value, index) => 100 - index);
  expect(median(hundred)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile([7], 0.99)).toBe(7);
  expect(median([3, 1, 2])).toBe(2);
  expect(percentile([], 0.5)).toBeNaN();
});

it('[BENCH-2] a report names every figure and says of every aim whether it was met', () => {
  const lines = inLines({
    figures: { rows: 10_000, ratio: rounded(1.23456) },
    aims: { 'fast enough': true, 'small enough': false },
  });
  expect(lines).toContain('rows   10,000');
  expect(lines).toContain('ratio  1.23');
  expect(lines).toContain('met     fast enough');
  expect(lines).toContain('missed  small enough');
});
