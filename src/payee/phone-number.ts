import {
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import type { CountryCode, NumberType } from 'libphonenumber-js/max';

/** A number that its country's numbering plan knows. */
export type PhoneNumber = {
  /** `+` and at most 15 digits, without a trunk zero: what is compared, screened and sent. */
  readonly e164: string;
  /** As it is dialled inside its country, digits only: `08031234567`. */
  readonly national: string;
  /** `234` */
  readonly callingCode: string;
  /** Every country that the number may belong to (a calling code may be shared); none for satellites and the like. */
  readonly countries: readonly string[];
  readonly line: PhoneLine;
};

/**
 * `mobile-or-fixed`: the plan does not tell them apart (North America). `service`: toll-free, premium and the like, whose
 * subscribers are no people. `uncertain`: the plan has it, and does not say (or says: personal, internet).
 */
export type PhoneLine = 'mobile' | 'fixed' | 'mobile-or-fixed' | 'service' | 'uncertain';

/**
 * Reads a phone number as people write it; one without a country code is dialled in `country`. A trunk zero after the
 * country code (`+234 0803 …`) falls away where the plan leaves no doubt. Undefined when the plan knows no such number, or
 * when the text may hold two (`0171 1234567-8`): digits and no separators say which one is meant.
 *
 * The metadata are the library's largest set: smaller ones know lengths only, and take a number that nobody can have.
 */
export function readPhoneNumber(text: string, country: string): PhoneNumber | undefined {
  const found = parse(text, country);
  if (found === undefined || !found.isValid()) return undefined;
  return {
    e164: found.number,
    national: found.formatNational().replaceAll(/\D/g, ''),
    callingCode: found.countryCallingCode,
    countries: found.getPossibleCountries(),
    line: lines[found.getType() ?? 'UNKNOWN'] ?? 'uncertain',
  };
}

/**
 * The countries that a number may belong to, also where the plan knows no such number: then all that share its calling
 * code. None where nothing can be read; a text that may hold two numbers has the country of the first.
 */
export function phoneNumberCountries(text: string, country: string): readonly string[] {
  const found = parse(text, country) ?? (isDialled(text) ? dial(text, country) : undefined);
  if (found === undefined) return [];
  if (found.isValid()) return found.getPossibleCountries();
  return getCountries().filter((code) => getCountryCallingCode(code) === found.countryCallingCode);
}

/** `234` of `NG`, or undefined where a country has none. */
export const callingCodeOf = (country: string): string | undefined =>
  isSupportedCountry(country) ? getCountryCallingCode(country) : undefined;

const isDialled = (text: string): boolean => text.length <= 40 && /^\+?[\d\p{Zs}\p{Pd}()./]+$/u.test(text);

/** Digits and the separators that people put inside one number: nothing that joins two, no extension, no vanity number. */
const phoneText = /^\+?[\d\p{Zs}\p{Pd}().]*\d$/u;

/**
 * `-8`, `.0`, ` 23` at the end: a direct line, the second number in shorthand, a spreadsheet's decimals, or part of the
 * number. Two digits behind two others are how a number is read out in pairs.
 */
const shortLastBlock =
  /[\p{Zs}\p{Pd}().]+\d$|(?<=\d)(?<!(?:^|[\p{Zs}\p{Pd}().])\d{2})[\p{Zs}\p{Pd}().]+\d{2}$/u;

type Parsed = ReturnType<typeof parsePhoneNumberFromString>;

/** Undefined also where two numbers can be read: the whole, and what stands before a short last block. */
function parse(text: string, country: string): Parsed {
  const trimmed = text.trim();
  if (text.length > 40 || !phoneText.test(trimmed)) return undefined;
  const whole = dial(trimmed, country);
  const shorter = trimmed.replace(shortLastBlock, '');
  const isAmbiguous =
    whole?.isValid() === true && shorter !== trimmed && dial(shorter, country)?.isValid() === true;
  return isAmbiguous ? undefined : whole;
}

function dial(text: string, country: string): Parsed {
  const dialled = text.replaceAll(/[^\d+()]/g, '');
  const defaultCountry: CountryCode | undefined = isSupportedCountry(country) ? country : undefined;
  const read = parsePhoneNumberFromString(dialled, {
    extract: false,
    ...(defaultCountry && { defaultCountry }),
  });
  if (read?.isValid() === true || !dialled.startsWith('00')) return read;
  // The plan's own international prefix is read above; the ITU's (E.164 supplement, 00) is what people write anywhere.
  return parsePhoneNumberFromString(`+${dialled.slice(2)}`, { extract: false }) ?? read;
}

const lines: Readonly<Partial<Record<NonNullable<NumberType> | 'UNKNOWN', PhoneLine>>> = {
  MOBILE: 'mobile',
  FIXED_LINE: 'fixed',
  FIXED_LINE_OR_MOBILE: 'mobile-or-fixed',
  PREMIUM_RATE: 'service',
  TOLL_FREE: 'service',
  SHARED_COST: 'service',
  UAN: 'service',
  VOICEMAIL: 'service',
  PAGER: 'service',
};
