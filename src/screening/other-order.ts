/** Names of more words than this in other splits are not taken apart: of the same letters, they are taken for the same. */
const mostWords = 8;
/** So are names that need more looks than this. */
const mostSteps = 2_000;

/**
 * Whether two names are the same letters, written in words that may be joined, split and ordered otherwise: `Jin Ping Xing`
 * and `Xing Jinping`. Each word of both is used once, and stays whole inside one of the two.
 * They hold the same letters.
 */
export function isSameInOtherOrder(left: readonly string[], right: readonly string[]): boolean {
  if (left.length > mostWords || right.length > mostWords) return true;
  let steps = 0;
  /** `ahead` is what one side has placed and the other has not: it has to be begun by a word of the other. */
  const meet = (ahead: string, aheads: readonly string[], others: readonly string[]): boolean => {
    steps += 1;
    if (steps > mostSteps) return true;
    if (ahead === '' && others.length === 0) return aheads.length === 0;
    return others.some((word, at) => {
      const rest = others.toSpliced(at, 1);
      if (ahead.startsWith(word)) return meet(ahead.slice(word.length), aheads, rest);
      return word.startsWith(ahead) && meet(word.slice(ahead.length), rest, aheads);
    });
  };
  return meet('', left, right);
}
