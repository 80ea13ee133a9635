import { assertNever } from '../domain/assert-never';
import { readIban } from '../payee/iban';
import { areDifferentInstitutions, withoutLeadingZeros } from '../payee/institutions';
import { phoneOfWallet } from '../payee/mobile-wallet';
import { readPhoneNumber } from '../payee/phone-number';
import { holderOf } from '../payee/wallet-holder';

/** What identifies an account, as a request or a list gives it. */
export type PayeeIdentifier =
  | {
      readonly kind: 'account';
      /** An IBAN, or the country's own number. */
      readonly value: string;
      readonly country?: string;
      readonly bankCode?: string;
    }
  | { readonly kind: 'phone'; readonly value: string; readonly country?: string }
  | { readonly kind: 'wallet'; readonly value: string; readonly network?: string }
  | { readonly kind: 'card'; readonly value: string };

/**
 * The form in which identifiers are compared: whatever is written in several ways comes out in one. The network of a wallet
 * is not in it: an address is a key, and whoever holds it on one network holds it on the others.
 */
export function identifierKey(identifier: PayeeIdentifier): string {
  const { kind, value } = identifier;
  switch (kind) {
    case 'account': {
      const { country, number } = placeOf(identifier);
      return `account ${country} ${number}`;
    }
    case 'phone': {
      const { country = '' } = identifier;
      const phone = readPhoneNumber(value, country) ?? phoneOfWallet(value, country);
      return `phone ${phone?.e164 ?? digitsOf(value)}`;
    }
    case 'wallet':
      return `wallet ${holderOf(value)}`;
    case 'card':
      return `card ${digitsOf(value)}`;
    default:
      return assertNever(identifier, 'identifier');
  }
}

const digitsOf = (text: string): string => text.replaceAll(/\D/g, '');

/**
 * An identifier as a list writes it: `wallet:TRC20:T…`, `wallet:0x…`, `account:DE89…` (an IBAN), `account:NG:0123456789`,
 * `account:NG/058:0123456789`, `phone:+234…`, `card:…`. Undefined when it is none of these.
 */
export function readListedIdentifier(text: string): PayeeIdentifier | undefined {
  const [, kind, scope, value] =
    /^([a-z]+):(?:([A-Z][A-Z0-9]+(?:\/[A-Za-z0-9-]+)?):)?(\S(?:.*\S)?)$/.exec(text.trim()) ?? [];
  return kind === undefined || value === undefined ? undefined : listedIdentifier(kind, value, scope);
}

/** The same from its parts. `scope` is the network of a wallet; the country of an account, with the bank's code. */
export function listedIdentifier(kind: string, value: string, scope?: string): PayeeIdentifier | undefined {
  if (value.trim() === '' || value.length > 128) return undefined;
  switch (kind) {
    case 'wallet':
      return /^[\x21-\x7e]{10,128}$/.test(value) && (scope === undefined || /^[A-Z0-9]{2,12}$/.test(scope))
        ? { kind, value, ...(scope === undefined ? {} : { network: scope }) }
        : undefined;
    case 'account': {
      const read = readIban(value);
      if (read.kind === 'iban')
        return scope === undefined || scope === read.country ? { kind, value } : undefined;
      // The same number is somebody else's account in another country.
      const [country, bankCode] = (scope ?? '').split('/');
      if (
        country === undefined ||
        !/^[A-Z]{2}$/.test(country) ||
        !/^[A-Za-z0-9][A-Za-z0-9 -]{3,40}$/.test(value)
      )
        return undefined;
      return { kind, value, country, ...(bankCode === undefined ? {} : { bankCode }) };
    }
    case 'phone':
      return scope === undefined && value.startsWith('+') && readPhoneNumber(value, '') !== undefined
        ? { kind, value }
        : undefined;
    case 'card':
      return scope === undefined && /^[\d -]{12,30}$/.test(value) && /^\d{12,19}$/.test(digitsOf(value))
        ? { kind, value }
        : undefined;
    default:
      return undefined;
  }
}

/** A listed account at a named bank is another one at another bank, where nobody can doubt that these are two. */
export function isAtAnotherBank(listed: PayeeIdentifier, asked: PayeeIdentifier): boolean {
  if (listed.kind !== 'account' || asked.kind !== 'account') return false;
  const [one, other] = [placeOf(listed), placeOf(asked)];
  if (one.bankCode === undefined || other.bankCode === undefined) return false;
  return one.country === other.country && areDifferentInstitutions(one.country, one.bankCode, other.bankCode);
}

type Account = Extract<PayeeIdentifier, { kind: 'account' }>;

/** Accounts in the islands of the Crown are numbered as in the United Kingdom, and have its IBANs. */
const ofUnitedKingdom: ReadonlySet<string> = new Set(['GB', 'GG', 'IM', 'JE']);

/** An account by country, bank and number. A British IBAN is the sort code and the number, written otherwise. */
function placeOf({ value, country = '', bankCode }: Account): {
  readonly country: string;
  readonly bankCode: string | undefined;
  readonly number: string;
} {
  const read = readIban(value);
  if (read.kind === 'iban') {
    return read.country === 'GB'
      ? { country: 'GB', bankCode: read.iban.slice(8, 14), number: withoutLeadingZeros(read.iban.slice(14)) }
      : { country: '', bankCode: undefined, number: read.iban };
  }
  const of = ofUnitedKingdom.has(country) ? 'GB' : country;
  return { country: of, bankCode, number: withoutLeadingZeros(value) };
}
