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
    const code = text.charCodeAt(index);
    const place = code - 97;
    // Digits share the bits that the letters leave; letters of other scripts share all of them.
    occurring |= 1 << (place >= 0 && place < 26 ? place : code < 128 ? 26 + (code % 6) : code % 32);
  }
  return { text, letters: text.split(''), occurring };
}

/** Below this, two words are different words. Longer ones may differ more: Mohammed and Muhammad. */
const leastSimilarity = (shorter: number): number => (shorter >= 6 ? leastOfAll : 0.88);
export const leastOfAll = 0.85;
/** Words shorter than this must be equal: one edit makes another name of a short one. */
export const comparable = 4;
/** From this length on, one edit anywhere is the same word; Jaro–Winkler is hard on a first letter. */
const longWord = 5;
export const oneEditSimilarity = 0.9;

/** How alike two words (lower-case ASCII) are: 1 the same, 0 not alike at all or not enough to count. */
export function wordSimilarity(left: Word, right: Word): number {
  if (left.text === right.text) return 1;
  const shorter = Math.min(left.text.length, right.text.length);
  if (shorter < comparable) return 0;
  // Most pairs end here: a letter that only one of the words has costs.
  const onlyLeft = bitCount(left.occurring & ~right.occurring);
  const onlyRight = bitCount(right.occurring & ~left.occurring);
  const least = leastSimilarity(shorter);
  if (bestSimilarity(left.text, right.text, onlyLeft, onlyRight) >= least) {
    const similarity = jaroWinkler(left.letters, right.letters);
    if (similarity >= least) return similarity;
  }
  const couldBeOneEdit = shorter >= longWord && onlyLeft <= 1 && onlyRight <= 1;
  return couldBeOneEdit && differByOneEdit(left.text, right.text) ? oneEditSimilarity : 0;
}

/** Jaro–Winkler is never more than this, going by the letters that occur and by how the words begin. */
function bestSimilarity(left: string, right: string, onlyLeft: number, onlyRight: number): number {
  const common = Math.min(left.length - onlyLeft, right.length - onlyRight);
  const jaro = (common / left.length + common / right.length + 1) / 3;
  let begin = 0;
  while (begin < 4 && left.charCodeAt(begin) === right.charCodeAt(begin)) begin += 1;
  return jaro + 0.1 * begin * (1 - jaro);
}

/** How many bits of a 32-bit number are set, without a loop. */
export function bitCount(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** What one pair adds: the words' places in both names, and how alike they are. Several words may stand for one. */
export type WordPair = {
  readonly lefts: readonly number[];
  readonly right: number;
  readonly similarity: number;
};

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
    if (takenRight[pair.right] || pair.lefts.some((place) => takenLeft[place])) continue;
    for (const place of pair.lefts) {
      takenLeft[place] = true;
      coveredLeft += pair.similarity * (left.weights[place] ?? 0);
    }
    takenRight[pair.right] = true;
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
