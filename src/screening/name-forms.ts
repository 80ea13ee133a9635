import { transliterate } from 'transliteration';

/** A name made comparable. */
export type NameForm = {
  /** Lower-case ASCII words in the name's own order. */
  readonly words: readonly string[];
  /** The words, sorted: word order does not matter. */
  readonly sorted: string;
  /** The words without gaps: "Abdul Rahman" and "Abdulrahman" meet here. */
  readonly joined: string;
};

/**
 * The forms under which a name is compared, or undefined when it cannot be read (then nobody may call it clear). There
 * are two where the script gives two usual readings: with its marks transliterated (Yuriy for Юрий) and without them; and
 * each has another one where particles may as well be written in one word with the next (Al Huwaysh, Alhuwaysh).
 */
export function nameForms(name: string): readonly NameForm[] | undefined {
  const composed = readable(name.normalize('NFKC'));
  const stripped = readable(name.normalize('NFKD').replaceAll(/\p{M}+/gu, ''));
  if (composed === undefined || stripped === undefined) return undefined;
  const forms = [formOf(composed), formOf(stripped)].filter((form) => form !== undefined);
  if (forms.length < 2) return undefined;
  const all = forms.flatMap((form) => [form, ...withParticlesJoined(form)]);
  return [...new Map(all.map((form) => [form.sorted, form])).values()];
}

/** Longer ones are names of their own. */
const longestParticle = 2;

function withParticlesJoined({ words }: NameForm): readonly NameForm[] {
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
  return joined.length === words.length ? [] : [formOfWords(joined)];
}

/**
 * The same readings as texts, for a service that compares Latin letters only: as written, and as words without titles and
 * company forms. Undefined where `nameForms` is.
 */
export function latinReadings(name: string): readonly string[] | undefined {
  const forms = nameForms(name);
  const composed = readable(name.normalize('NFKC'));
  const stripped = readable(name.normalize('NFKD').replaceAll(/\p{M}+/gu, ''));
  if (forms === undefined || composed === undefined || stripped === undefined) return undefined;
  const texts = [composed, stripped]
    .map((text) => text.replaceAll(/\s+/g, ' ').trim().toLowerCase())
    .concat(forms.map(({ words }) => words.join(' ')));
  return [...new Set(texts)];
}

/** Stands for a character that the transliteration does not know. It occurs in no name: control characters are refused. */
const unknown = '\u0000';

/** In ASCII, or undefined when a letter or digit could not be transliterated. */
function readable(name: string): string | undefined {
  const ascii = transliterate(name, { unknown });
  if (!ascii.includes(unknown)) return ascii;
  // Unknown signs (an emoji) carry no name; an unknown letter does.
  for (const character of name) {
    if (/[\p{L}\p{N}]/u.test(character) && transliterate(character, { unknown }).includes(unknown))
      return undefined;
  }
  return ascii.replaceAll(unknown, ' ');
}

function formOf(ascii: string): NameForm | undefined {
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
  return formOfWords(kept);
}

const formOfWords = (words: readonly string[]): NameForm => ({
  words,
  sorted: words.toSorted().join(' '),
  joined: words.join(''),
});

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
