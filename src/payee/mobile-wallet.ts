import type { MobileWallet } from '../domain/payout-request';
import type { FieldFinding } from './payee-finding';
import { callingCodeOf, readPhoneNumber } from './phone-number';
import type { PhoneNumber } from './phone-number';
import { looksLikeSpreadsheetDamage, spreadsheetHint } from './spreadsheet-damage';

/** What is known about mobile money in a country beyond its numbering plan. */
type WalletRule = {
  /** Operators take no number of another country. */
  readonly ownNumbersOnly?: boolean;
  /** Wallets that are numbered by the phone and a digit more, by operator (lower case, letters only). */
  readonly longerBy?: { readonly digits: 1; readonly operators: readonly string[]; readonly name: string };
};

const rules: Readonly<Record<string, WalletRule | undefined>> = {
  /**
   * Bangladesh Bank, Mobile Financial Services Regulations 2022: wallets belong to registered numbers of Bangladesh.
   * bKash and Nagad are numbered by the phone (01…, eleven digits), Dutch-Bangla Bank's Rocket by the phone and a check
   * digit, whose rule is not published.
   */
  BD: {
    ownNumbersOnly: true,
    longerBy: { digits: 1, operators: ['rocket', 'dbbl', 'dutchbangla', 'dbblrocket'], name: 'Rocket' },
  },
};

const ruleOf = (country: string): WalletRule | undefined =>
  Object.hasOwn(rules, country) ? rules[country] : undefined;

type Finding = FieldFinding<keyof MobileWallet>;
const refused = (message: string): Finding => ({ field: 'phoneNumber', severity: 'refused', message });
const doubtful = (message: string): Finding => ({ field: 'phoneNumber', severity: 'doubtful', message });

export type MobileWalletReading = { readonly account: MobileWallet; readonly findings: readonly Finding[] };

/** Reads a wallet's number: E.164, or (Rocket) the national digits with one more. */
export function readMobileWallet(given: MobileWallet, country: string): MobileWalletReading {
  const text = given.phoneNumber.trim();
  const phone = readPhoneNumber(text, country);
  const longer = readLonger(text, country);
  if (phone === undefined && longer !== undefined) {
    const { longerBy } = ruleOf(country) ?? {};
    return isOperator(given.operator, longerBy?.operators)
      ? { account: { ...given, phoneNumber: longer }, findings: [] }
      : {
          account: given,
          findings: [refused(`has a digit too many: only ${longerBy?.name} (operator) has such numbers`)],
        };
  }
  if (phone === undefined) {
    const expected =
      'must be one phone number that can exist: E.164 (+ and the country code), or as dialled in the country';
    return {
      account: given,
      findings: [refused(looksLikeSpreadsheetDamage(text) ? `${expected}; it ${spreadsheetHint}` : expected)],
    };
  }
  return {
    account: { ...given, phoneNumber: phone.e164 },
    findings: [
      ...lineFindings(phone),
      ...countryFindings(phone, country),
      ...operatorFindings(given, country),
    ],
  };
}

/** The phone inside a wallet's number that is longer by a digit. */
export const phoneOfWallet = (text: string, country: string): PhoneNumber | undefined =>
  splitLonger(text, country)?.phone;

/** Twelve digits where the phone has eleven. */
function readLonger(text: string, country: string): string | undefined {
  const split = splitLonger(text, country);
  return split === undefined ? undefined : split.phone.national + split.more;
}

function splitLonger(
  text: string,
  country: string,
): { readonly phone: PhoneNumber; readonly more: string } | undefined {
  const { longerBy } = ruleOf(country) ?? {};
  const digits = text.replaceAll(/[\p{Zs}\p{Pd}()]/gu, '');
  if (longerBy === undefined || !/^\+?\d+$/.test(digits)) return undefined;
  const phone = readPhoneNumber(digits.slice(0, -longerBy.digits), country);
  const isWallet = phone?.countries.includes(country) === true && phone.line === 'mobile';
  return isWallet ? { phone, more: digits.slice(-longerBy.digits) } : undefined;
}

const isOperator = (operator: string | undefined, names: readonly string[] = []): boolean =>
  operator !== undefined && names.includes(operator.toLowerCase().replaceAll(/[^a-z]/g, ''));

function lineFindings({ line }: PhoneNumber): readonly Finding[] {
  if (line === 'fixed') return [refused('must be a mobile number: it is a landline')];
  if (line === 'service') return [refused('must be a mobile number: it is a service number')];
  return line === 'uncertain' ? [doubtful('is not known to be a mobile number')] : [];
}

/** A wallet stays with its owner abroad, so another country's number is doubtful, where no operator excludes it. */
function countryFindings(phone: PhoneNumber, country: string): readonly Finding[] {
  if (phone.countries.includes(country)) return [];
  if (ruleOf(country)?.ownNumbersOnly === true && phone.callingCode !== callingCodeOf(country)) {
    return [refused('must be a number of the destination country: its operators take no other')];
  }
  return [doubtful('is a number of another country than the destination')];
}

function operatorFindings({ operator }: MobileWallet, country: string): readonly Finding[] {
  const { longerBy } = ruleOf(country) ?? {};
  return isOperator(operator, longerBy?.operators)
    ? [doubtful(`lacks the check digit that numbers of ${longerBy?.name} end in`)]
    : [];
}
