import { scriptOf, unknownScript } from './writing-scripts';

/** A word in letters of several alphabets that look alike. */
export const mixedScripts = 'mixed';
/** Letters that are drawn as signs, and have no reading; ISO 15924 has this code for symbols. */
export const symbolLetters = 'zsym';

/** Alphabets whose letters pass for those of another. Of others, a mixed word is an ordinary one (Tシャツ). */
const alphabets: ReadonlySet<string> = new Set([
  'latn',
  'cyrl',
  'grek',
  'armn',
  'geor',
  'cher',
  'cans',
  'tfng',
  unknownScript.code,
]);

/** Letters of other alphabets beside the Latin ones they look like (Unicode, UTS 39, and what passes in small print). */
const lookalikes: ReadonlyMap<string, string> = new Map(
  (
    [
      // Cyrillic.
      [
        'АВЕЅІЈКМНОРСТУХҮԚԜҺԁԛԝһаеѕіјкмнорстухүгвпиьѵӏӀғҝҫ',
        'ABESIJKMHOPCTYXYQWHdqwhaesijkmhopctyxyrbnubvllfkc',
      ],
      // Greek.
      ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧΛΣαβγεηικμνοπρςστυχω', 'ABEZHIKMNOPTYXAEabyenikuvonpcotuxw'],
      // Armenian.
      ['ՍՏՕԼՈահյոռսցքօզգւլ', 'USOLnwhjnnugfoqqil'],
      // Cherokee, and its small letters.
      ['ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃᎩᎡ', 'ABCDEGHiJKLMPRSTVWZyR'],
      // Latin capitals in the size of small letters.
      ['ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡʋ', 'abcdefghijklmnoprstuvwyzagv'],
    ] as const
  ).flatMap(([letters, latin]) =>
    Array.from(letters, (letter, place) => [letter, latin[place] ?? ''] as const),
  ),
);

/** Digits that stand for letters; what looks like an i looks like an l as well. */
const digitLetters: readonly Readonly<Record<string, string>>[] = ['i', 'l'].map((one) => ({
  0: 'o',
  1: one,
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  8: 'b',
}));

/** Negative circled and squared letters; and flags' letters, of which two are a flag. */
const signs =
  /[\u{1F150}-\u{1F169}\u{1F170}-\u{1F189}]|(?<![\u{1F1E6}-\u{1F1FF}])(?![\u{1F1E6}-\u{1F1FF}]{2}(?![\u{1F1E6}-\u{1F1FF}]))[\u{1F1E6}-\u{1F1FF}]+/gu;
const firstSigns = [0x1f1e6, 0x1f170, 0x1f150];

const asLetters = (text: string): string =>
  text.replaceAll(signs, (run) =>
    Array.from(run, (sign) => {
      const code = sign.codePointAt(0) ?? 0;
      return String.fromCharCode(0x41 + code - (firstSigns.find((first) => code >= first) ?? code));
    }).join(''),
  );

export type Appearance = {
  /** The name as it looks: in Latin letters where letters look like them. Empty when it looks as it is written. */
  readonly texts: readonly string[];
  /** Why nobody may call it clear, as a code in the place of a script's. */
  readonly doubts: readonly string[];
};

const writtenAsIs: Appearance = { texts: [], doubts: [] };

/**
 * What a reader sees, where that may be another name than what the letters say: look-alikes of other alphabets (Хіng for
 * Xing), letters drawn as signs, digits for letters (V1ktor). `text` is in NFKC. A word that is wholly in one other alphabet
 * is read by its look as well, and is no doubt: it may be an ordinary one.
 */
export function appearanceOf(text: string): Appearance {
  if (!/[^\p{ASCII}]|\d/u.test(text)) return writtenAsIs;
  const seen = asLetters(text);
  const drawn = seen !== text || /[\u2801-\u28ff]/.test(text);
  const bare = seen.normalize('NFKD').replaceAll(/[\p{M}\p{Cf}]+/gu, '');
  let isMixed = false;
  const looks = digitLetters.map((digits) =>
    bare.replaceAll(/[\p{L}\p{N}]+/gu, (word) => {
      const letters = Array.from(word);
      const scripts = new Set(
        letters.map((letter) => scriptOf(letter)?.code).filter((code) => code !== undefined),
      );
      const mixed = scripts.size > 1 && [...scripts].filter((code) => alphabets.has(code)).length > 1;
      isMixed ||= mixed;
      const look = letters.map(
        (letter) => lookalikes.get(letter) ?? lookalikes.get(letter.toUpperCase()) ?? letter,
      );
      const isLatin = look.every((letter) => /[A-Za-z\d]/.test(letter));
      return mixed || isLatin ? withDigits(look.join(''), digits) : word;
    }),
  );
  return {
    texts: [...new Set(looks)].filter((look) => look !== text && (drawn || look !== bare)),
    doubts: [...(isMixed ? [mixedScripts] : []), ...(drawn ? [symbolLetters] : [])],
  };
}

/** A word of letters in which some are digits; where most are digits, it is a number. */
function withDigits(word: string, digits: Readonly<Record<string, string>>): string {
  const count = word.replaceAll(/\D/g, '').length;
  return count === 0 || 2 * count > word.length
    ? word
    : word.replaceAll(/\d/g, (digit) => digits[digit] ?? digit);
}
