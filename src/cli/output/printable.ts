/**
 * Neutralises what a terminal would obey and what changes the order of text on screen: control characters (with escape
 * sequences), C1, bidirectional controls, line and paragraph separators, and invisible format characters.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

const escaped = (character: string): string => {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`;
};

/** One line for a terminal or a file, whatever the value holds. */
export const printable = (text: string): string => text.replaceAll(unprintable, escaped);

/** JSON on one line, in which the same characters are escaped too: the same value, safe to print. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(unprintable, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
