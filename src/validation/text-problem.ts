/**
 * Why a text cannot stand in a name or a note, or undefined when it can. People compare these texts with each other on
 * screens and screening compares them with lists, so nothing may hide in them: no control, direction-changing,
 * invisible or unassignable characters. Never quotes the text.
 */
export function textProblem(text: string, maxLength: number): string | undefined {
  if (text.length === 0) return 'must not be empty';
  // Before any regular expression: the text may be megabytes long.
  if (text.length > maxLength * 4) return `must be at most ${maxLength} characters`;
  if (hasLoneSurrogate(text)) return 'holds a broken character (half a surrogate pair)';
  const normal = text.normalize('NFC');
  if (Array.from(normal).length > maxLength) return `must be at most ${maxLength} characters`;
  const forbidden = forbiddenCharacters.find(({ pattern }) => pattern.test(normal));
  if (forbidden) return forbidden.problem;
  if (normal !== normal.trim()) return 'must not begin or end with white space';
  return undefined;
}

const forbiddenCharacters: readonly { readonly pattern: RegExp; readonly problem: string }[] = [
  { pattern: /[\p{Cc}\p{Zl}\p{Zp}]/u, problem: 'holds a control character or line break' },
  {
    // U+202A–202E and U+2066–2069 reorder what follows; U+200E, U+200F and U+061C are their invisible marks.
    pattern: /\p{Bidi_Control}/u,
    problem: 'holds a character that changes the writing direction',
  },
  { pattern: /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u, problem: 'holds an invisible character' },
  { pattern: /[\p{Co}\p{Noncharacter_Code_Point}]/u, problem: 'holds a character without a public meaning' },
];

/** `isWellFormed` is in Node 20, but not in the `es2023` library that the compiler is told to assume. */
const hasLoneSurrogate = (text: string): boolean => /\p{Surrogate}/u.test(text);
