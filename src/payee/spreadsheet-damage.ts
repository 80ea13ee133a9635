/**
 * What a spreadsheet leaves of an identifier that it took for a number: 1.23E+15, 12345.0, 1,234,567, an apostrophe or a
 * formula around it, or an error. Digits are lost then, and nobody can tell which.
 */
const damages: readonly RegExp[] = [
  /^[+-]?\d([.,]\d+)?E[+-]?\d{1,3}$/i,
  /^[+-]?\d+[.,]0+$/,
  /^[+-]?\d{1,3}([.,]\d{3})+([.,]\d+)?$/,
  /^['"=]/,
  /^#(N\/A|REF!|VALUE!|NUM!|NAME\?|DIV\/0!|NULL!|#+)/i,
];

export const looksLikeSpreadsheetDamage = (text: string): boolean =>
  damages.some((damage) => damage.test(text.trim()));

/** The hint behind what was expected. */
export const spreadsheetHint = 'looks like spreadsheet damage: export the column as text';

/** A spreadsheet keeps fifteen digits of a number; longer ones end in zeros that it made up. */
export const mayHaveLostLastDigits = (text: string): boolean => /^[1-9]\d{14}0{2,}$/.test(text);
