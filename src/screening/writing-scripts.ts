import { Converter } from 'opencc-js/t2cn';

/**
 * A script, and whether a name in it can be compared by its Latin letters. Where vowels are not written, where one sign is
 * read in several languages, or where transliteration has gaps, nothing found by Latin letters means nothing.
 */
export type WritingScript = {
  /** ISO 15924, lower case. */
  readonly code: string;
  readonly letters: RegExp;
  /** Transliteration finds names as lists spell them. */
  readonly comparesInLatin: boolean;
};

const script = (code: string, letters: RegExp, comparesInLatin = false): WritingScript => ({
  code,
  letters,
  comparesInLatin,
});

const scripts: readonly WritingScript[] = [
  script('latn', /\p{Script=Latin}/u, true),
  script('cyrl', /\p{Script=Cyrillic}/u, true),
  script('grek', /\p{Script=Greek}/u, true),
  script('armn', /\p{Script=Armenian}/u, true),
  script('geor', /\p{Script=Georgian}/u, true),
  // Vowels are not written, or only sometimes.
  script('arab', /\p{Script=Arabic}/u),
  script('hebr', /\p{Script=Hebrew}/u),
  script('syrc', /\p{Script=Syriac}/u),
  script('thaa', /\p{Script=Thaana}/u),
  // Read as Chinese, Japanese or Korean: 金 is Jin, Kane or Kim.
  script('hani', /\p{Script=Han}/u),
  script('kana', /[\p{Script=Hiragana}\p{Script=Katakana}\u30fc]/u),
  script('bopo', /\p{Script=Bopomofo}/u),
  // Families spell themselves in their own ways: 이 is Lee, Yi or Rhee.
  script('hang', /\p{Script=Hangul}/u),
  // Vowels are marks, which the transliteration drops or doubles; silent letters are kept.
  script('thai', /\p{Script=Thai}/u),
  script('laoo', /\p{Script=Lao}/u),
  script('khmr', /\p{Script=Khmer}/u),
  script('mymr', /\p{Script=Myanmar}/u),
  script('deva', /\p{Script=Devanagari}/u),
  script('beng', /\p{Script=Bengali}/u),
  script('guru', /\p{Script=Gurmukhi}/u),
  script('gujr', /\p{Script=Gujarati}/u),
  script('orya', /\p{Script=Oriya}/u),
  script('taml', /\p{Script=Tamil}/u),
  script('telu', /\p{Script=Telugu}/u),
  script('knda', /\p{Script=Kannada}/u),
  script('mlym', /\p{Script=Malayalam}/u),
  script('sinh', /\p{Script=Sinhala}/u),
  script('tibt', /\p{Script=Tibetan}/u),
  script('ethi', /\p{Script=Ethiopic}/u),
  script('mong', /\p{Script=Mongolian}/u),
  script('tfng', /\p{Script=Tifinagh}/u),
  script('nkoo', /\p{Script=Nko}/u),
  script('cher', /\p{Script=Cherokee}/u),
  script('cans', /\p{Script=Canadian_Aboriginal}/u),
  script('yiii', /\p{Script=Yi}/u),
];

/** A letter of a script that stands in no row: ISO 15924 calls it uncoded. */
export const unknownScript = script('zzzz', /(?!)/u);

/** Letters that every script uses (ʼ, ª) tell nothing; digits and punctuation are none. */
const shared = /[\p{Script=Common}\p{Script=Inherited}]/u;

/** The script of one character, or undefined when it belongs to none: digits, punctuation, marks, signs. */
export function scriptOf(character: string): WritingScript | undefined {
  if (character < '\u0080') return /[A-Za-z]/.test(character) ? scripts[0] : undefined;
  const known = scripts.find(({ letters }) => letters.test(character));
  if (known !== undefined) return known;
  return /\p{L}/u.test(character) && !shared.test(character) ? unknownScript : undefined;
}

/** Chinese characters, kana and bopomofo stand in one name without a gap; every other script keeps to itself. */
const familyOf = (code: string): string => (['hani', 'kana', 'bopo'].includes(code) ? 'cjk' : code);

/** A name's part in one script (or family of scripts), evened out. */
export type OwnPart = {
  readonly words: readonly string[];
  /** One sign is a syllable or a word: gaps mean nothing, and two signs are a name. */
  readonly isDense: boolean;
};

/**
 * The parts of a name in scripts that Latin letters do not serve, each evened out within its script: optional marks,
 * variants of letters and gaps that writers use as they like. `text` is in NFKC.
 */
export function ownParts(text: string): readonly OwnPart[] {
  const parts = new Map<string, string>();
  let before: string | undefined;
  for (const character of text) {
    const found = scriptOf(character);
    // A mark belongs to the letter before it.
    const isMark = found === undefined && /\p{M}/u.test(character);
    const family = isMark ? before : found?.comparesInLatin === false ? familyOf(found.code) : undefined;
    for (const known of parts.keys()) {
      if (known !== family && !/\p{Cf}/u.test(character)) parts.set(known, `${parts.get(known)} `);
    }
    if (family !== undefined) parts.set(family, (parts.get(family) ?? '') + character);
    before = family;
  }
  return [...parts].flatMap(([family, part]) => {
    const isDense = family === 'cjk' || family === 'hang';
    const words = (foldings[family] ?? foldOther)(part)
      .split(/\s+/)
      .filter((word) => word !== '');
    return words.length === 0 ? [] : [{ words, isDense }];
  });
}

const withoutMarks = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}+/gu, '');

/** Hebrew letters have other forms at the end of a word. */
const hebrewFinals: Readonly<Record<string, string>> = { ך: 'כ', ם: 'מ', ן: 'נ', ף: 'פ', ץ: 'צ' };

/** Persian and Urdu letters, and the forms that Arabic spelling mixes up. */
const arabicVariants: Readonly<Record<string, string>> = {
  ٱ: 'ا',
  ى: 'ي',
  ی: 'ي',
  ې: 'ي',
  ے: 'ي',
  ک: 'ك',
  ة: 'ه',
  ۀ: 'ه',
  ە: 'ه',
  ہ: 'ه',
  ھ: 'ه',
  ۃ: 'ه',
};

const simplified: (text: string) => string = Converter({ from: 't', to: 'cn' });

const foldings: Readonly<Record<string, (part: string) => string>> = {
  // NFKD takes the hamza off alef, waw and yeh, as it takes the vowel signs.
  arab: (part) =>
    withoutMarks(part)
      .replaceAll(/[ـء]/g, '')
      .replaceAll(/./gu, (letter) => arabicVariants[letter] ?? letter),
  hebr: (part) => withoutMarks(part).replaceAll(/[ךםןףץ]/g, (letter) => hebrewFinals[letter] ?? letter),
  syrc: withoutMarks,
  cjk: (part) =>
    simplified(part.normalize('NFKC')).replaceAll(/[\u3041-\u3096]/g, (sign) =>
      String.fromCharCode(sign.charCodeAt(0) + 0x60),
    ),
  hang: (part) => part.normalize('NFC'),
};

/** A nukta tells loan sounds apart, and is often left out. */
const nuktas = /[\u093c\u09bc\u0a3c\u0abc\u0b3c\u0cbc]/g;
const foldOther = (part: string): string =>
  part
    .normalize('NFKD')
    .replaceAll(nuktas, '')
    .normalize('NFC')
    .replaceAll(/\p{Cf}/gu, '');
