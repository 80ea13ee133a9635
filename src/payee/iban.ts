import { countrySpecs, ValidationErrorsIBAN, validateIBAN } from 'ibantools';
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
  text
    .replaceAll(/[\p{Zs}\p{Pd}]/gu, '')
    .toUpperCase()
    .replace(/^IBAN:?/, '');

/** How long a country's IBANs are, or undefined where it has none. */
export function ibanLength(country: string): number | undefined {
  return Object.hasOwn(countrySpecs, country) ? (countrySpecs[country]?.chars ?? undefined) : undefined;
}

/** Whether SWIFT's registry holds the country's IBANs: there they are what banks expect. */
export const isInIbanRegistry = (country: string): boolean =>
  Object.hasOwn(countrySpecs, country) && countrySpecs[country]?.IBANRegistry === true;
