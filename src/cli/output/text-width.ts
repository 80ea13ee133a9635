/** How many columns of a terminal a text takes: marks take none, and characters of East Asian scripts and pictures two. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += isMark.test(character) ? 0 : isWide.test(character) ? 2 : 1;
  return columns;
}

const isMark = /^[\p{Mn}\p{Me}]$/u;
const isWide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\p{Emoji_Presentation}\u{20000}-\u{3fffd}]$/u;

/**
 * The text in lines of at most so many columns, broken at spaces only; a word that is longer stays whole on a line of its own, so
 * that it can be copied. What follows the first line is indented.
 */
export function wrapped(text: string, columns: number, indent = ''): readonly string[] {
  if (columnsOf(text) <= columns) return [text];
  const [, lead = ''] = /^( *)/.exec(text) ?? [];
  const lines: string[] = [];
  let line = lead;
  let isEmpty = true;
  for (const word of text.slice(lead.length).split(' ')) {
    const gap = isEmpty ? '' : ' ';
    if (!isEmpty && columnsOf(line) + gap.length + columnsOf(word) > columns) {
      lines.push(line.trimEnd());
      line = indent + word;
    } else line += gap + word;
    isEmpty = false;
  }
  return [...lines, line];
}

/** The text, or as much of its beginning as fits, with an ellipsis. */
export function shortened(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let short = '';
  let taken = 0;
  for (const character of text) {
    taken += columnsOf(character);
    if (taken > columns - 1) break;
    short += character;
  }
  return `${short}…`;
}

export const padded = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
