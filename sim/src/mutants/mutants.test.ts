// Each mutant must fit the sources as they are: one that has rotted would count for nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mutated } from './mutant.ts';
import { mutants } from './score.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

describe('mutants', () => {
  it('[SIM-4] every seeded fault fits the sources in exactly one place, and there are at least fifteen', () => {
    const rotten = mutants.flatMap((mutant) => {
      try {
        return mutated(mutant, read).size > 0 ? [] : [`${mutant.name} changes nothing`];
      } catch (error) {
        return [String(error)];
      }
    });
    expect(rotten).toEqual([]);
    expect(mutants.length).toBeGreaterThanOrEqual(15);
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  });
});
