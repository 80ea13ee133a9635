/**
 * Any text as Markdown that shows exactly that text, on one line: a code span, in which nothing else is obeyed (no
 * links, no emphasis, no HTML), so that names of all scripts stay as they are, with their marks and apostrophes. What
 * would break the line, hide or turn its direction is written as its code point. The joiners U+200C and U+200D stay:
 * Persian and Indic names are spelled with them.
 */
export function codeSpan(text: string): string {
  const oneLine = text.replace(unshowable, (character) => `U+${hex(character)}`).trim();
  if (oneLine === '') return '(nothing)';
  const longestRun = Math.max(0, ...(oneLine.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longestRun + 1);
  const gap = oneLine.startsWith('`') || oneLine.endsWith('`') ? ' ' : '';
  return `${fence}${gap}${oneLine}${gap}${fence}`;
}

const unshowable = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

const hex = (character: string): string =>
  (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
