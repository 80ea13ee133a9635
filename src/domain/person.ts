/**
 * One person has one identity, however it is typed: width, composition, letter case, white space and invisible
 * characters do not matter. Normalised once more at the end, because lower case can compose anew (J̌ → ǰ).
 */
export const personId = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, (hidden) => (/\s/.test(hidden) ? ' ' : ''))
    .toLowerCase()
    .normalize('NFKC')
    .replace(/\s+/g, ' ')
    .trim();
