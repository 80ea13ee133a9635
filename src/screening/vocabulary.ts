import { doubleMetaphone } from 'double-metaphone';
import { jaroWinkler } from '@skyra/jaro-winkler';
import { differByOneEdit } from './edit-distance';
import {
  bitCount,
  comparable,
  leastOfAll,
  oneEditSimilarity,
  wordOf,
  wordSimilarity,
} from './name-similarity';
import type { Word } from './name-similarity';

/** The distinct words of a list, each with a number, and which of them are alike. */
export type Vocabulary = {
  /** The word's number; given when it is new. */
  add(text: string): number;
  numberOf(text: string): number | undefined;
  readonly longest: () => number;
  /** Every word that is alike in letters or in sound, and how much. */
  similar(text: string): readonly SimilarWord[];
  /** Only those that are the same but for one edit. */
  oneEditAway(text: string): readonly SimilarWord[];
};

export type SimilarWord = { readonly word: number; readonly similarity: number };

/** Words that sound alike count as much as the least alike of long words. */
export const soundSimilarity = 0.87;
/** A code of one consonant is shared by words that have nothing in common. */
const leastSounds = 2;
/** Below it, words of the same code are other words: Hassan and Hussein. */
const leastLettersAlike = 0.8;
const soundsFrom = 4;

export function createVocabulary(): Vocabulary {
  const words: Word[] = [];
  const numbers = new Map<string, number>();
  const bySound = new Map<string, number[]>();
  const byLength = new Map<number, number[]>();
  let longest = 0;
  let columns: Columns | undefined;
  const wordAt = (number: number): Word => words[number] ?? nothing;
  return {
    add(text) {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      columns = undefined;
      const number = words.push(wordOf(text)) - 1;
      numbers.set(text, number);
      longest = Math.max(longest, text.length);
      push(byLength, text.length, number);
      for (const code of soundCodes(text)) push(bySound, code, number);
      return number;
    },
    numberOf: (text) => numbers.get(text),
    longest: () => longest,
    similar(text) {
      const asked = wordOf(text);
      const found: SimilarWord[] = [];
      const equal = numbers.get(text);
      if (equal !== undefined) found.push({ word: equal, similarity: 1 });
      if (text.length >= comparable) {
        const { occurring, lengths, firsts } = (columns ??= columnsOf(words));
        const first = text.charCodeAt(0);
        for (let number = 0; number < lengths.length; number += 1) {
          const length = lengths[number] ?? 0;
          if (length < comparable || number === equal) continue;
          const letters = occurring[number] ?? 0;
          const onlyAsked = bitCount(asked.occurring & ~letters);
          const onlyListed = bitCount(letters & ~asked.occurring);
          if (onlyAsked > 1 || onlyListed > 1) {
            // As wordSimilarity would begin; here it costs no look at the words themselves.
            const common = Math.min(text.length - onlyAsked, length - onlyListed);
            const jaro = (common / text.length + common / length + 1) / 3;
            if (jaro + (first === firsts[number] ? 0.4 * (1 - jaro) : 0) < leastOfAll) continue;
          }
          const similarity = wordSimilarity(asked, wordAt(number));
          if (similarity > 0) found.push({ word: number, similarity });
        }
      }
      const alike = new Set(found.map(({ word }) => word));
      for (const number of soundCodes(text).flatMap((code) => bySound.get(code) ?? [])) {
        if (alike.has(number)) continue;
        alike.add(number);
        if (jaroWinkler(asked.letters, wordAt(number).letters) >= leastLettersAlike)
          found.push({ word: number, similarity: soundSimilarity });
      }
      return found;
    },
    oneEditAway(text) {
      const asked = wordOf(text);
      const found: SimilarWord[] = [];
      for (const more of [-1, 0, 1]) {
        for (const number of byLength.get(text.length + more) ?? []) {
          const { text: other, occurring } = wordAt(number);
          if (bitCount(occurring & ~asked.occurring) > 1 || bitCount(asked.occurring & ~occurring) > 1)
            continue;
          if (differByOneEdit(text, other))
            found.push({ word: number, similarity: other === text ? 1 : oneEditSimilarity });
        }
      }
      return found;
    },
  };
}

const nothing = wordOf('');

/** What decides about most words, side by side in memory: a list has tens of thousands, and each is looked at. */
type Columns = {
  readonly occurring: Int32Array;
  readonly lengths: Uint16Array;
  /** The first letters. */
  readonly firsts: Uint16Array;
};

const columnsOf = (words: readonly Word[]): Columns => ({
  occurring: Int32Array.from(words, ({ occurring }) => occurring),
  lengths: Uint16Array.from(words, ({ text }) => text.length),
  firsts: Uint16Array.from(words, ({ text }) => text.charCodeAt(0)),
});

function push<K>(map: Map<K, number[]>, key: K, value: number): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** How a word in Latin letters sounds; empty where that says nothing. */
function soundCodes(text: string): readonly string[] {
  if (text.length < soundsFrom || !/^[a-z]+$/.test(text)) return [];
  const [first, second] = doubleMetaphone(text);
  return [...new Set([first, second])].filter((code) => code.length >= leastSounds);
}
