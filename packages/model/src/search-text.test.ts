import { describe, expect, it } from 'vitest';
import { foldText, lowerLetters, searchBody, searchWords, upperLetters } from './search-text.ts';

describe('search text', () => {
  it('[QUERY-6] case and accents do not matter', () => {
    expect(foldText('École ÅNGSTRÖM Ørsted ΆΘΗΣ Жёлтый')).toBe('ecole angstrom ørsted αθησ желтыи');
    expect(foldText('e\u0301')).toBe(foldText('é'));
    expect([...upperLetters].length).toBe([...lowerLetters].length);
    expect(foldText(foldText('ΐ Ѐ Ї Ǻ'))).toBe(foldText('ΐ Ѐ Ї Ǻ'));
  });

  it('[QUERY-6] words are letters and digits, each once, and not too many', () => {
    expect(searchWords(' WO-0012  "pump" pump* 😀 ')).toEqual(['wo', '0012', 'pump']);
    expect(searchWords('a b c d e f g h i j k l m n o')).toHaveLength(12);
    expect(searchWords('%_"')).toEqual([]);
  });

  it('[QUERY-6] a body is the words that the searchable fields hold', () => {
    expect(searchBody(['Pümp', null, 12, ['A', 'b']])).toBe('pump 12 a b');
  });
});
