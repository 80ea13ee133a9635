/**
 * Letters that are read together, or otherwise than letter by letter, in scripts that transliteration serves: `Γιουσούφ` is
 * Yusuf, and letter by letter Gioysoyf. Longer ones first. The rest of the name is transliterated.
 */
const spoken: readonly (readonly [RegExp, string])[] = [
  // Greek, without accents.
  [/γι(?=[αεοωυ])/g, 'y'],
  [/ου/g, 'u'],
  [/μπ/g, 'b'],
  [/ντ/g, 'd'],
  [/γκ/g, 'g'],
  [/τζ/g, 'j'],
  [/(?<=[αε])υ(?=[θκξπστφχψς]|\P{L}|$)/gu, 'f'],
  [/(?<=[αε])υ/g, 'v'],
  [/υ/g, 'i'],
  // Armenian.
  [/ու/g, 'u'],
  [/և/g, 'ev'],
  [/ւ/g, 'v'],
  [/(?<!\p{L})ո(?!վ)/gu, 'vo'],
  // Georgian has no f and no y, and ends most names with an i of its own.
  [/ფ/g, 'f'],
  [/(?<!\p{L})ი(?=[აეოუ])/gu, 'y'],
  [/(?<=\p{L}{3})ი(?!\p{L})/gu, ''],
];

/** The name as it is spoken, in part in Latin letters; undefined where nothing is read otherwise. `text` has no marks. */
export function asSpoken(text: string): string | undefined {
  if (!/[\p{Script=Greek}\p{Script=Armenian}\p{Script=Georgian}]/u.test(text)) return undefined;
  const small = text.toLowerCase();
  const read = spoken.reduce((known, [letters, sound]) => known.replaceAll(letters, sound), small);
  return read === small ? undefined : read;
}
