import { transliterate } from 'transliteration';
import { appearanceOf } from './appearance';
import { asSpoken } from './spoken-letters';
import { ownParts, scriptOf, unknownScript } from './writing-scripts';
import type { WritingScript } from './writing-scripts';

/** A name made comparable. */
export type NameForm = {
  /** Words in the name's own order: lower-case ASCII, or letters of one other script. */
  readonly words: readonly string[];
  /** The words, sorted: word order does not matter. */
  readonly sorted: string;
  /** The words without gaps: "Abdul Rahman" and "Abdulrahman" meet here. */
  readonly joined: string;
  /**
   * - `whole`: the same form is the same name.
   * - `part`: it leaves out what the name holds in another script.
   * - `guess`: Latin letters of a script that they do not serve. 山田 is Shan Tian, and somebody else.
   */
  readonly standing: 'whole' | 'part' | 'guess';
  /** In a script where one sign is a syllable or a word: two signs are a name, and gaps mean nothing. */
  readonly isDense: boolean;
};

/** Everything that can be compared of one name. */
export type NameReading = {
  /** Empty when the name holds no letter and no digit: then nobody may call it clear. */
  readonly forms: readonly NameForm[];
  /**
   * ISO 15924 codes of scripts whose Latin reading says nothing about who is not found: such a name is clear only where a
   * list was compared in that script.
   */
  readonly doubtful: readonly string[];
  /** A letter has no Latin reading at all. The rest is compared, and the part in its own script. */
  readonly hasUnreadLetters: boolean;
  /** Neither Latin letters nor a script that is known here: it is compared letter by letter, and finds only itself. */
  readonly isUnreadable: boolean;
};

/**
 * Reads a name in every way in which it is compared:
 *
 * - in Latin letters. There are two readings where the script gives two usual ones: with its marks transliterated (Yuriy
 *   for Юрий) and without them; one as it is spoken where letters are read together; and each has another one where particles may as well be written in one word with the next
 *   (Al Huwaysh, Alhuwaysh), or where capitals show words that were run together (SanctionedTestperson);
 * - each part in a script that Latin letters do not serve, in that script;
 * - the rest without those parts, because lists and payers write one name in two scripts side by side;
 * - as it looks, where letters pass for others: a guess.
 */
export function readName(name: string): NameReading {
  const reading = readListedName(name);
  const { texts, doubts } = appearanceOf(name.normalize('NFKC'));
  return {
    ...reading,
    forms: distinct([
      ...reading.forms,
      ...texts.flatMap((look) => latinTexts(look).texts).flatMap((one) => formsOfText(one, 'guess')),
    ]),
    doubtful: [...new Set([...reading.doubtful, ...doubts])].toSorted(),
  };
}

/** The same for a name on a list: nobody disguises those. */
export function readListedName(name: string): NameReading {
  const text = name.normalize('NFKC');
  const latin = latinTexts(text);
  const parts = isAscii(text) ? [] : ownParts(text);
  const isMixed = parts.length > 1 || (parts.length === 1 && Array.from(text).some(isOfLatinServed));
  const standing = isMixed ? 'part' : 'whole';
  const rest = isMixed ? latinTexts(withoutOwnParts(text)).texts : [];
  const all = [
    ...parts.map(({ words, isDense }) => formOfWords(words, { standing, isDense })),
    ...rest.flatMap((one) => formsOfText(one, 'part')),
    ...latin.texts.flatMap((one) => formsOfText(one, parts.length === 0 ? 'whole' : 'guess')),
  ];
  const scripts = scriptsIn(text);
  const known = scripts.filter((script) => script !== unknownScript);
  return {
    forms: distinct(all),
    doubtful: [
      ...new Set([
        ...scripts.filter(({ comparesInLatin }) => !comparesInLatin).map(({ code }) => code),
        ...latin.unread.map(({ code }) => code),
      ]),
    ].toSorted(),
    hasUnreadLetters: latin.unread.length > 0,
    isUnreadable:
      all.length === 0 ||
      known.length < scripts.length ||
      latin.unread.some(({ comparesInLatin }) => comparesInLatin),
  };
}

/** The first of each counts: what is told best stands first. */
const distinct = (forms: readonly NameForm[]): readonly NameForm[] =>
  [
    ...new Map(forms.toReversed().map((form) => [`${form.sorted}\n${form.joined}`, form])).values(),
  ].toReversed();

const isAscii = (text: string): boolean => !/[^\p{ASCII}]/u.test(text);

function scriptsIn(text: string): readonly WritingScript[] {
  const found = new Set<WritingScript>();
  for (const character of text) {
    const script = scriptOf(character);
    if (script !== undefined) found.add(script);
  }
  return [...found];
}

const isOfLatinServed = (character: string): boolean => scriptOf(character)?.comparesInLatin === true;

const withoutOwnParts = (text: string): string =>
  Array.from(text, (character) => (scriptOf(character)?.comparesInLatin === false ? ' ' : character)).join(
    '',
  );

/** Longer ones are names of their own. */
const longestParticle = 2;

function withParticlesJoined({ words, standing }: NameForm): readonly NameForm[] {
  if (words.every((word) => word.length > longestParticle)) return [];
  const joined: string[] = [];
  let before = '';
  for (const [index, word] of words.entries()) {
    const isParticle = word.length <= longestParticle && index < words.length - 1;
    if (isParticle) {
      before += word;
      continue;
    }
    joined.push(before + word);
    before = '';
  }
  return joined.length === words.length ? [] : [formOfWords(joined, { standing, isDense: false })];
}

function formsOfText(ascii: string, standing: NameForm['standing'] = 'whole'): readonly NameForm[] {
  const form = formOf(ascii, standing);
  if (form === undefined) return [];
  const parted = ascii.replaceAll(/(?<=[a-z]{2})(?=[A-Z][a-z])/g, ' ');
  const forms =
    parted === ascii ? [form] : [form, formOf(parted, standing)].filter((one) => one !== undefined);
  return forms.flatMap((one) => [one, ...withParticlesJoined(one)]);
}

/**
 * The readings in Latin letters as texts, for a service that compares nothing else: as written, and as words without titles
 * and company forms. Empty where there are none.
 */
export function latinReadings(name: string): readonly string[] {
  const text = name.normalize('NFKC');
  const texts = [text, ...appearanceOf(text).texts].flatMap((one) => latinTexts(one).texts);
  const readings = texts
    .map((text) => text.replaceAll(/\s+/g, ' ').trim().toLowerCase())
    .concat(texts.flatMap((text) => formsOfText(text)).map(({ words }) => words.join(' ')));
  return [...new Set(readings)].filter((reading) => /[a-z].*[a-z0-9]|[0-9].*[a-z]/.test(reading));
}

/** Stands for a character that the transliteration does not know. It occurs in no name: control characters are refused. */
const unknown = '\u0000';

type LatinTexts = { readonly texts: readonly string[]; readonly unread: readonly WritingScript[] };

/** A name in ASCII, with its marks and without them; and the scripts of letters that have no reading. */
function latinTexts(text: string): LatinTexts {
  if (isAscii(text)) return { texts: [text], unread: [] };
  const unread = new Set<WritingScript>();
  const bare = text.normalize('NFKD').replaceAll(/\p{M}+/gu, '');
  const spoken = asSpoken(bare);
  const texts = [text, bare, ...(spoken === undefined ? [] : [spoken])].map((variant) =>
    Array.from(variant).some(hasNoReading)
      ? transliterate(withoutUnread(variant, unread))
      : transliterate(variant),
  );
  return { texts: [...new Set(texts)], unread: [...unread] };
}

const noReading = new Map<string, boolean>();

function hasNoReading(character: string): boolean {
  if (character < '\u0080') return false;
  const known = noReading.get(character);
  if (known !== undefined) return known;
  const found = transliterate(character, { unknown }).includes(unknown);
  noReading.set(character, found);
  return found;
}

/** The hard and the soft sign: the reading of a name leaves them out. */
const silentLetters = /[ЪЬъь]/;

/** Signs without a reading (an emoji) carry no name. Letters do; those of alef's kind are silent in most names. */
function withoutUnread(text: string, unread: Set<WritingScript>): string {
  let read = '';
  let isInside = false;
  for (const character of text) {
    const script = scriptOf(character);
    if (!hasNoReading(character)) {
      read += character;
      isInside = script !== undefined && !script.comparesInLatin;
      continue;
    }
    if (silentLetters.test(character)) continue;
    const small = character.toLowerCase();
    if (small !== character && !hasNoReading(small)) {
      read += small;
      continue;
    }
    if (script !== undefined) unread.add(script);
    const isSilent = script === undefined ? isInside && /\p{M}/u.test(character) : !script.comparesInLatin;
    if (!isSilent) read += ' ';
  }
  return read;
}

function formOf(ascii: string, standing: NameForm['standing']): NameForm | undefined {
  const words = ascii
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    // O'Brien is one word; so is S.A.
    .replaceAll(/['`´’ʼ]/g, '')
    .replaceAll(/(?<=\b[a-z])\.(?=[a-z]\b)/g, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const kept = withoutTitles(withoutCompanyForms(words));
  if (kept.length === 0) return undefined;
  return formOfWords(kept, { standing, isDense: false });
}

const formOfWords = (
  words: readonly string[],
  { standing, isDense }: Pick<NameForm, 'standing' | 'isDense'>,
): NameForm => ({ words, sorted: words.toSorted().join(' '), joined: words.join(''), standing, isDense });

/** Legal forms, which registers, banks and lists write or leave out as they like. */
const companyForms: ReadonlySet<string> = new Set(
  (
    'ab ag aps as asa bhd bv co company corp corporation cv doo eood gmbh inc incorporated jsc cjsc pjsc ojsc kft kg kgaa ' +
    'limited llc llp lp ltd ltda mbh nv oao ooo zao pao oy oyj plc private pte pty pvt public sa sarl sas sdn spa spzoo srl tbk'
  ).split(' '),
);

/** Only at the ends of a name, and never the whole name: a family may be called Co. */
function withoutCompanyForms(words: readonly string[]): readonly string[] {
  let [from, to] = [0, words.length];
  while (to - from > 1 && companyForms.has(words[to - 1] ?? '')) to -= 1;
  while (to - from > 1 && leadingForms.has(words[from] ?? '')) from += 1;
  return words.slice(from, to);
}

/** Written before the name in the languages that use them. */
const leadingForms: ReadonlySet<string> = new Set(['ooo', 'oao', 'zao', 'pao', 'pt', 'the']);

const titles: ReadonlySet<string> = new Set([
  'mr',
  'mrs',
  'ms',
  'miss',
  'dr',
  'prof',
  'sir',
  'sheikh',
  'shaikh',
]);

function withoutTitles(words: readonly string[]): readonly string[] {
  const kept = words.filter((word) => !titles.has(word));
  return kept.length > 0 ? kept : words;
}
