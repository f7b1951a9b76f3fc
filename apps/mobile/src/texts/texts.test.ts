import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en.ts';

const source = join(import.meta.dirname, '..');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !/\.test\.|testing\/|texts\//.test(path.replaceAll('\\', '/')))
  .map((path) => readFileSync(join(source, path), 'utf8'));

function keysOf(part: unknown, prefix: string): string[] {
  if (typeof part !== 'object' || part === null) return [prefix];
  return Object.entries(part).flatMap(([name, inner]) =>
    keysOf(inner, prefix === '' ? name : `${prefix}.${name}`),
  );
}

describe('texts', () => {
  const known = new Set(keysOf(en, ''));
  const asked = files.flatMap((text) =>
    [...text.matchAll(/'([a-zA-Z]+(?:\.[a-zA-Z-]+)+)'/g)].map((match) => match[1] ?? ''),
  );
  const ours = asked.filter((key) => Object.hasOwn(en, key.split('.')[0] ?? ''));

  it('[APP-8] every text that a screen asks for exists', () => {
    expect(ours.length).toBeGreaterThan(100);
    expect(ours.filter((key) => !known.has(key) && !known.has(`${key}_other`))).toEqual([]);
  });
});
