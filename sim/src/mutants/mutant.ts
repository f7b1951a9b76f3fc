// A seeded fault as data: which words of which files become others. Applied to a copy of the sources only; the product knows nothing of it.
export interface Edit {
  /** Path from the root of the repository. */
  readonly file: string;
  /** Must occur exactly once; otherwise the mutant is rotten and says nothing. */
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  readonly name: string;
  /** What goes wrong with it, in one sentence. */
  readonly story: string;
  /** Where it is looked for: days on the small server in memory, or on PostgreSQL. */
  readonly server: 'memory' | 'postgres';
  readonly edits: readonly Edit[];
}

/** Texts of files, by path. Throws where an edit does not fit. */
export function mutated(
  { name, edits }: Mutant,
  read: (file: string) => string,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { file, find, replace } of edits) {
    const text = texts.get(file) ?? read(file);
    const places = text.split(find).length - 1;
    if (places !== 1) throw new Error(`${name}: found ${places} times in ${file}: ${find}`);
    texts.set(
      file,
      text.replace(find, () => replace),
    );
  }
  return texts;
}
