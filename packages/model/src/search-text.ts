// What the search box compares: text without case and accents, cut into words. One folding for the device's index, the words typed, and the
// server's SQL, so that the same search finds the same records. Only Latin, Greek and Cyrillic capitals are folded; docs/spec/expressions.md, QUERY-6.
import type { Value } from './value.ts';

const range = (first: number, last: number) =>
  String.fromCodePoint(...Array.from({ length: last - first + 1 }, (_, index) => first + index));

/** Letter by letter what `lowerLetters` has in its place. Accented letters are not here: they come apart before. */
export const upperLetters = `${range(0x41, 0x5a)}ÆØÞÐĐŁŒĦŊŦ${range(0x391, 0x3a1)}${range(0x3a3, 0x3a9)}ς${range(0x400, 0x42f)}`;
export const lowerLetters = `${range(0x61, 0x7a)}æøþðđłœħŋŧ${range(0x3b1, 0x3c1)}${range(0x3c3, 0x3c9)}σ${range(0x450, 0x45f)}${range(0x430, 0x44f)}`;

const lowerByUpper = new Map(
  [...upperLetters].map((letter, index) => [letter, lowerLetters[index] ?? letter]),
);

/** Text with accents taken off and capitals made small. */
export function foldText(text: string): string {
  // Plain ASCII has no accents: most texts, and many times faster.
  if (isAscii(text)) return text.toLowerCase();
  const plain = text.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
  return plain.replace(/[A-ZÆØÞÐĐŁŒĦŊŦΑ-Ως\u0400-\u042f]/g, (letter) => lowerByUpper.get(letter) ?? letter);
}

/** The words typed into a search box, folded; each must begin a word of a record. At most `searchWordsMax`. */
export function searchWords(typed: string): readonly string[] {
  const words = foldText(typed).split(/[^\p{L}\p{N}]+/u);
  return [...new Set(words.filter((word) => word !== ''))].slice(0, searchWordsMax);
}

/** Words of one search that count. */
const searchWordsMax = 12;

/** What a record is found by: the folded words of its searchable fields, parted by spaces, as the device's index holds them. */
export function searchBody(values: readonly Value[]): string {
  const folded = foldText(values.filter((value) => value !== null).join(' '));
  return folded.replace(isAscii(folded) ? /[^a-z0-9]+/g : /[^\p{L}\p{N}]+/gu, ' ').trim();
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

/**
 * The device's full-text index. It keeps no text and no places, only which words stand in which row; `rowid` is the number of the entity in `_entity`
 * times `searchKeysPerEntity` and the row's `_key`. Bodies come folded and parted by spaces, so a word typed is always one token.
 */
export const searchIndex = `create virtual table if not exists _search using fts5(body, content = '', contentless_delete = 1,
  detail = none, tokenize = 'ascii')`;

/** Rows of one entity have search keys in a range of this size, so that they are searched and dropped together. */
export const searchKeysPerEntity = 2 ** 32;

/** Characters that part words in the server's SQL: all of ASCII, Latin-1, punctuation, symbols and emoji that is neither letter nor digit. */
export const separatorPattern = String.raw`[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u2000-\u206f\u20a0-\u20cf\u2190-\u245f\u249c-\u24e9\u2500-\u2775\u2794-\u2bff\u3000-\u3003\u3008-\u3020\ufe00-\ufe0f\U0001f000-\U0001faff]+`;
