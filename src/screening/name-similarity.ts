import { jaroWinkler } from '@skyra/jaro-winkler';
import { differByOneEdit } from './edit-distance';

/** A word, taken apart once: a list holds tens of thousands, and each is compared with every name that is screened. */
export type Word = {
  readonly text: string;
  readonly letters: readonly string[];
  /** Which letters occur, as bits. */
  readonly occurring: number;
};

export function wordOf(text: string): Word {
  let occurring = 0;
  for (let index = 0; index < text.length; index += 1) {
    const place = text.charCodeAt(index) - 97;
    // Digits share the bits that the letters leave.
    occurring |= 1 << (place >= 0 && place < 26 ? place : 26 + (text.charCodeAt(index) % 5));
  }
  return { text, letters: text.split(''), occurring };
}

/** Below this, two words are different words. Longer ones may differ more: Mohammed and Muhammad. */
const leastSimilarity = (shorter: number): number => (shorter >= 6 ? 0.85 : 0.88);
/** Words shorter than this must be equal: one edit makes another name of a short one. */
const comparable = 4;
/** From this length on, one edit anywhere is the same word; Jaro–Winkler is hard on a first letter. */
const longWord = 5;
const oneEditSimilarity = 0.9;

/** How alike two words (lower-case ASCII) are: 1 the same, 0 not alike at all or not enough to count. */
export function wordSimilarity(left: Word, right: Word): number {
  if (left.text === right.text) return 1;
  const [longLeft, longRight] = [left.text.length, right.text.length];
  const shorter = Math.min(longLeft, longRight);
  if (shorter < comparable) return 0;
  // Most pairs end here: a letter that only one of the words has costs.
  const onlyLeft = bitCount(left.occurring & ~right.occurring);
  const onlyRight = bitCount(right.occurring & ~left.occurring);
  const common = Math.min(longLeft - onlyLeft, longRight - onlyRight);
  const bestJaro = (common / longLeft + common / longRight + 1) / 3;
  if (bestJaro + 0.4 * (1 - bestJaro) >= leastSimilarity(shorter)) {
    const similarity = jaroWinkler(left.letters, right.letters);
    if (similarity >= leastSimilarity(shorter)) return similarity;
  }
  const couldBeOneEdit = shorter >= longWord && onlyLeft <= 1 && onlyRight <= 1;
  return couldBeOneEdit && differByOneEdit(left.text, right.text) ? oneEditSimilarity : 0;
}

/** How many bits of a 32-bit number are set, without a loop. */
function bitCount(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** What one pair of words adds: the words' places in both names, and how alike they are. */
export type WordPair = { readonly left: number; readonly right: number; readonly similarity: number };

/**
 * How alike two names are, from the words that are alike. Each word counts once, on both sides, whatever the order. What
 * the better covered name lacks weighs more than what the other has in excess: banks leave out middle names, lists do not.
 * Never quite 1, which stands for equal.
 */
export function nameSimilarity(left: WeighedWords, right: WeighedWords, pairs: readonly WordPair[]): number {
  const takenLeft: boolean[] = [];
  const takenRight: boolean[] = [];
  let [coveredLeft, coveredRight] = [0, 0];
  const best = pairs.length < 2 ? pairs : pairs.toSorted((one, other) => other.similarity - one.similarity);
  for (const pair of best) {
    if (takenLeft[pair.left] || takenRight[pair.right]) continue;
    takenLeft[pair.left] = true;
    takenRight[pair.right] = true;
    coveredLeft += pair.similarity * (left.weights[pair.left] ?? 0);
    coveredRight += pair.similarity * (right.weights[pair.right] ?? 0);
  }
  const [one, other] = [coveredLeft / left.total, coveredRight / right.total];
  return Math.min(0.99, 0.7 * Math.max(one, other) + 0.3 * Math.min(one, other));
}

/** What the words of a name tell. */
export type WeighedWords = { readonly weights: readonly number[]; readonly total: number };

/** Particles and initials (al, de, J) tell little. */
export function weighWords(words: readonly string[]): WeighedWords {
  const weights = words.map((word) => (word.length <= 2 ? 0.5 : 1));
  return { weights, total: weights.reduce((sum, weight) => sum + weight, 0) };
}
