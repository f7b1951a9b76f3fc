import type { Field } from '@satchel/model';
import { describe, expect, it } from 'vitest';
import { formatDay, fromLocalInput, partOfDay, relativeTime, toLocalInput } from './moment.ts';
import { byteSize, roughDuration } from './size-text.ts';
import { targetOf, valueText } from './value-text.ts';

const words = { yes: 'Yes', no: 'No', notOnDevice: 'Not on this device' };
const now = Date.parse('2026-03-09T10:00:00.000Z');
const ago = (iso: string) => relativeTime(iso, now, 'en');

describe('moments', () => {
  it('[F-119] ages read as a person tells them', () => {
    expect(ago('2026-03-09T09:59:40.000Z')).toBeNull();
    expect(ago('2026-03-09T10:00:20.000Z')).toBeNull();
    expect(ago('2026-03-09T09:58:00.000Z')).toBe('2 min. ago');
    expect(ago('2026-03-09T07:00:00.000Z')).toBe('3 hr. ago');
    expect(ago('2026-03-05T07:00:00.000Z')).toBe('4 days ago');
    expect(ago('2025-03-05T07:00:00.000Z')).toBe('Mar 5, 2025');
  });

  it('[APP-3] a day is the same day in every time zone, a moment survives its input to the minute', () => {
    expect(formatDay('2026-03-09', 'en')).toBe('Mar 9, 2026');
    expect(fromLocalInput(toLocalInput('2026-03-09T10:05:00.000Z'))).toBe('2026-03-09T10:05:00.000Z');
    expect(fromLocalInput('soon')).toBeNull();
  });

  it('[APP-7] the greeting fits the hour', () => {
    expect([3, 4, 10, 11, 17, 18].map(partOfDay)).toEqual([
      'evening',
      'morning',
      'morning',
      'day',
      'day',
      'evening',
    ]);
  });
});

describe('values', () => {
  const text = (field: Omit<Field, 'label'>, value: Parameters<typeof valueText>[1], titles = {}) =>
    valueText({ label: '', ...field } as Field, value, titles, words, 'en');

  it('[APP-3] amounts show the digits that are stored', () => {
    expect(
      text({ type: 'money', scale: 2, currency: 'EUR' } as Omit<Field, 'label'>, 9_007_199_254_740_991),
    ).toBe('€90,071,992,547,409.91');
    expect(text({ type: 'decimal', scale: 3 } as Omit<Field, 'label'>, -1_250)).toBe('-1.250');
  });

  it('[F-136] a lookup shows the name of its target, or that it is not on this device', () => {
    const lookup = { type: 'lookup', to: ['account'] } as unknown as Omit<Field, 'label'>;
    expect(text(lookup, 'x', { x: 'Birch & Sons' })).toBe('Birch & Sons');
    expect(text(lookup, 'y')).toBe('Not on this device');
    const many: Field = { type: 'lookup', label: '', to: ['account', 'job'] };
    expect(targetOf(many, 'job/x')).toEqual({ entity: 'job', id: 'x' });
  });
});

describe('sizes', () => {
  it('[F-020] the cost of a download reads in the unit that fits', () => {
    expect(byteSize(48_000, 'en')).toEqual({ unit: 'kilobytes', value: '48' });
    expect(byteSize(1_250_000, 'en')).toEqual({ unit: 'megabytes', value: '1.3' });
    expect(byteSize(2_400_000_000, 'en')).toEqual({ unit: 'gigabytes', value: '2.4' });
    expect([roughDuration(0.2), roughDuration(89), roughDuration(150)]).toEqual([
      { unit: 'seconds', count: 1 },
      { unit: 'seconds', count: 89 },
      { unit: 'minutes', count: 3 },
    ]);
  });
});
