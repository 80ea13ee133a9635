import { differByOneEdit } from './edit-distance';
import { nameForms } from './name-forms';
import type { NameForm } from './name-forms';
import { nameSimilarity, weighWords, wordOf, wordSimilarity } from './name-similarity';
import type { WeighedWords, WordPair } from './name-similarity';
import type { ListEntry } from './parse-list';

/** The names of one list, ready to be looked up. */
export type NameIndex = {
  /** How many entries; each may have several names. */
  readonly size: number;
  /** The entries whose best name scores at least `from`, each once. */
  find(forms: readonly NameForm[], from: number): readonly FoundEntry[];
};

export type FoundEntry = {
  /** The list's id. */
  readonly entry: string;
  /** 1: the same words, or the same letters in other words. Below 1: similar. */
  readonly score: number;
  /** Found by one of the entry's other names. */
  readonly byAlias: boolean;
};

/** Two long names that are one edit apart, wherever their words end. */
const nearLetters = 0.95;
const longJoined = 9;

type ListedName = {
  readonly entry: string;
  readonly isAlias: boolean;
  readonly words: WeighedWords;
};

/** A name of the list, and the place of the word it was found by. */
type Place = { readonly listed: ListedName; readonly right: number };

/** `unreadable` is the id of the first entry with a name that cannot be compared: a list with one is no use. */
export function createNameIndex(entries: readonly ListEntry[]): NameIndex | { readonly unreadable: string } {
  const bySorted = new Map<string, ListedName[]>();
  const byJoined = new Map<string, ListedName[]>();
  const byLength = new Map<number, Set<string>>();
  const byWord = new Map<string, Place[]>();
  for (const entry of entries) {
    for (const [position, name] of entry.names.entries()) {
      const forms = nameForms(name);
      if (forms === undefined) return { unreadable: entry.id };
      for (const form of forms) {
        const listed = { entry: entry.id, isAlias: position > 0, words: weighWords(form.words) };
        push(bySorted, form.sorted, listed);
        push(byJoined, form.joined, listed);
        const joinedOfLength = byLength.get(form.joined.length) ?? new Set();
        byLength.set(form.joined.length, joinedOfLength.add(form.joined));
        for (const [right, word] of form.words.entries()) push(byWord, word, { listed, right });
      }
    }
  }
  const vocabulary = [...byWord].map(([text, places]) => ({ word: wordOf(text), places }));

  function* equal(form: NameForm): Generator<ListedName> {
    yield* bySorted.get(form.sorted) ?? [];
    yield* byJoined.get(form.joined) ?? [];
  }

  function* oneEditAway({ joined }: NameForm): Generator<ListedName> {
    if (joined.length < longJoined) return;
    for (const more of [-1, 0, 1]) {
      for (const other of byLength.get(joined.length + more) ?? []) {
        if (differByOneEdit(joined, other)) yield* byJoined.get(other) ?? [];
      }
    }
  }

  /** Names with at least one word that is alike, and their scores. */
  function* alike({ words }: NameForm): Generator<readonly [ListedName, number]> {
    const pairsOf = new Map<ListedName, WordPair[]>();
    for (const [left, text] of words.entries()) {
      const asked = wordOf(text);
      for (const { word, places } of vocabulary) {
        const similarity = wordSimilarity(asked, word);
        if (similarity === 0) continue;
        for (const { listed, right } of places) push(pairsOf, listed, { left, right, similarity });
      }
    }
    const weighed = weighWords(words);
    for (const [listed, pairs] of pairsOf)
      yield [listed, nameSimilarity(weighed, listed.words, pairs)] as const;
  }

  return {
    size: entries.length,
    find(forms, from) {
      const best = new Map<string, FoundEntry>();
      const note = ({ entry, isAlias }: ListedName, score: number): void => {
        const known = best.get(entry);
        if (score < from || (known !== undefined && known.score >= score)) return;
        best.set(entry, { entry, score, byAlias: isAlias });
      };
      for (const form of forms) {
        for (const listed of equal(form)) note(listed, 1);
        for (const listed of oneEditAway(form)) note(listed, nearLetters);
        for (const [listed, score] of alike(form)) note(listed, score);
      }
      return [...best.values()];
    },
  };
}

function push<K, T>(map: Map<K, T[]>, key: K, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
