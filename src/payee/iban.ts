import { countrySpecs, ValidationErrorsIBAN, validateIBAN } from 'ibantools';
import { asciiUpperCase } from './ascii-case';
import { remainderOf } from './check-digits';

/** What a text is as an IBAN (ISO 13616). `not-an-iban`: it does not begin like one of a country that has them. */
export type IbanReading =
  | {
      readonly kind: 'iban';
      readonly iban: string;
      readonly country: string;
      /** The IBAN's check digits fit, the country's own inside it do not: some banks are exceptions that no list has. */
      readonly nationalCheckFails?: true;
    }
  | {
      readonly kind: 'broken';
      readonly country: string;
      /** The country's length. */
      readonly length: number;
      readonly fault: 'length' | 'form' | 'check-digits';
    }
  | { readonly kind: 'not-an-iban' };

/**
 * Reads an IBAN however people write it: in groups, with hyphens, in lower case. The structure of each country is the
 * library's (SWIFT's IBAN registry, and countries that use IBANs without standing in it); so are national check digits.
 * Outside the registry nobody says where letters are: there length and check digits decide.
 */
export function readIban(text: string): IbanReading {
  const iban = compactIban(text);
  const country = iban.slice(0, 2);
  const length = ibanLength(country);
  if (length === undefined || !/^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(iban)) return { kind: 'not-an-iban' };
  const { valid, errorCodes } = validateIBAN(iban);
  if (valid) return { kind: 'iban', iban, country };
  const onlyFails = (error: ValidationErrorsIBAN): boolean => errorCodes.every((code) => code === error);
  if (onlyFails(ValidationErrorsIBAN.WrongAccountBankBranchChecksum)) {
    return { kind: 'iban', iban, country, nationalCheckFails: true };
  }
  if (!isInIbanRegistry(country) && iban.length === length && checkDigitsFit(iban)) {
    return { kind: 'iban', iban, country };
  }
  const fault =
    iban.length !== length
      ? 'length'
      : errorCodes.includes(ValidationErrorsIBAN.WrongBBANFormat)
        ? 'form'
        : 'check-digits';
  return { kind: 'broken', country, length, fault };
}

/** ISO 7064, modulo 97-10: the first four characters go to the end, letters are 10 to 35, and 1 is left. */
function checkDigitsFit(iban: string): boolean {
  const digits = Array.from(iban.slice(4) + iban.slice(0, 4), (letter) => parseInt(letter, 36).toString());
  return remainderOf(digits.join(''), 97) === 1;
}

/** Without the spaces and hyphens between groups and the word in front, in upper case. Says nothing about validity. */
export const compactIban = (text: string): string =>
  asciiUpperCase(text.replaceAll(/[\p{Zs}\p{Pd}]/gu, '')).replace(/^IBAN:?/, '');

/** How long a country's IBANs are, or undefined where it has none. */
export function ibanLength(country: string): number | undefined {
  return Object.hasOwn(countrySpecs, country) ? (countrySpecs[country]?.chars ?? undefined) : undefined;
}

/** Whether SWIFT's registry holds the country's IBANs: there they are what banks expect. */
export const isInIbanRegistry = (country: string): boolean =>
  Object.hasOwn(countrySpecs, country) && countrySpecs[country]?.IBANRegistry === true;

/** Territories whose accounts have their state's IBANs. Source: SWIFT, IBAN registry (countries "included in"). */
const territories: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['BL', 'GF', 'GP', 'MF', 'MQ', 'NC', 'PF', 'PM', 'RE', 'TF', 'WF', 'YT'].map((code) => [code, 'FR']),
  ),
  ...Object.fromEntries(['GG', 'IM', 'JE'].map((code) => [code, 'GB'])),
  AX: 'FI',
  SJ: 'NO',
};

/** The country whose IBANs a country's accounts have: its own, or its state's. */
export const countryOfIbans = (country: string): string =>
  Object.hasOwn(territories, country) ? (territories[country] ?? country) : country;

/** Where the bank and the branch stand behind the first four characters. Source: SWIFT, IBAN registry; what the library lacks. */
const bankParts: Readonly<Record<string, readonly [from: number, to: number]>> = {
  SK: [0, 4],
  SM: [1, 11],
  SV: [0, 4],
  TL: [0, 3],
  TN: [0, 5],
  TR: [0, 5],
  UA: [0, 6],
  VA: [0, 3],
  VG: [0, 4],
  XK: [0, 4],
};

/** The bank and the branch inside an IBAN, or an empty text where nobody says where they are. */
export function bankPartOfIban(iban: string): string {
  const country = iban.slice(0, 2);
  const inside = iban.slice(4);
  const own = Object.hasOwn(bankParts, country) ? bankParts[country] : undefined;
  if (own !== undefined) return inside.slice(...own);
  const spec = Object.hasOwn(countrySpecs, country) ? countrySpecs[country] : undefined;
  const ends = [spec?.bank_identifier, spec?.branch_indentifier]
    .flatMap((range) => (range === undefined ? [] : [range.split('-').map(Number)]))
    .map(([from = 0, to = 0]) => [from, to] as const);
  if (ends.length === 0) return '';
  return inside.slice(Math.min(...ends.map(([from]) => from)), Math.max(...ends.map(([, to]) => to)) + 1);
}
