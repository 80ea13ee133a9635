import { differByOneEdit } from './edit-distance';
import { nameForms } from './name-forms';
import type { NameForm } from './name-forms';

/** The names of one list, ready to be looked up. */
export type NameIndex = {
  readonly size: number;
  matches(forms: readonly NameForm[]): boolean;
};

/** Words shorter than this must be equal: one edit makes another name of a short one. */
const longWord = 5;
const longJoined = 9;

/** `unreadable` is the position (from 0) of the first name that cannot be compared: a list with one is no use. */
export function createNameIndex(names: readonly string[]): NameIndex | { readonly unreadable: number } {
  const exact = new Set<string>();
  const joined = new Set<string>();
  const byWords = new Map<number, string[][]>();
  const byLength = new Map<number, string[]>();
  for (const [position, name] of names.entries()) {
    const forms = nameForms(name);
    if (forms === undefined) return { unreadable: position };
    for (const form of forms) {
      if (exact.has(form.sorted) && joined.has(form.joined)) continue;
      exact.add(form.sorted);
      joined.add(form.joined);
      push(byWords, form.words.length, [...form.words]);
      push(byLength, form.joined.length, form.joined);
    }
  }
  const isNear = ({ words, joined: letters }: NameForm): boolean =>
    (byWords.get(words.length) ?? []).some((listed) => sameWords(words, listed)) ||
    (letters.length >= longJoined &&
      [-1, 0, 1].some((more) =>
        (byLength.get(letters.length + more) ?? []).some((listed) => differByOneEdit(letters, listed)),
      ));
  return {
    size: names.length,
    matches: (forms) =>
      forms.some((form) => exact.has(form.sorted) || joined.has(form.joined)) || forms.some(isNear),
  };
}

function push<T>(map: Map<number, T[]>, key: number, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

const sameWord = (left: string, right: string): boolean =>
  left === right || (Math.min(left.length, right.length) >= longWord && differByOneEdit(left, right));

/** Whether the words of two names can be paired so that each pair is the same word, or nearly. Order does not matter. */
function sameWords(left: readonly string[], right: readonly string[]): boolean {
  const [first, ...rest] = left;
  if (first === undefined) return right.length === 0;
  return right.some(
    (word, index) => sameWord(first, word) && sameWords(rest, [...right.slice(0, index), ...right.slice(index + 1)]),
  );
}
