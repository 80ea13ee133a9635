import { assertNever } from '../domain/assert-never';
import { readIban } from '../payee/iban';
import { readPhoneNumber } from '../payee/phone-number';

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
      const read = readIban(value);
      if (read.kind === 'iban') return `account ${read.iban}`;
      return `account ${identifier.country ?? ''} ${sameNumber(value)}`;
    }
    case 'phone':
      return `phone ${readPhoneNumber(value, identifier.country ?? '')?.e164 ?? digitsOf(value)}`;
    case 'wallet':
      return `wallet ${walletKey(value.trim())}`;
    case 'card':
      return `card ${digitsOf(value)}`;
    default:
      return assertNever(identifier, 'identifier');
  }
}

const digitsOf = (text: string): string => text.replaceAll(/\D/g, '');

/** Codes and numbers without what people put between; of digits alone, leading zeros are often lost on the way. */
export function sameNumber(text: string): string {
  const bare = text.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase();
  return /^\d+$/.test(bare) ? bare.replace(/^0+(?=\d)/, '') : bare;
}

/** Whether two codes of one country's banks are the same bank. */
export const isSameBank = (one: string, other: string): boolean => sameNumber(one) === sameNumber(other);

function walletKey(address: string): string {
  // EIP-55 puts a checksum into the case of letters; the address is the number.
  if (/^0x[0-9a-f]{40,64}$/i.test(address)) return address.toLowerCase();
  // Bech32 (BIP 173) and CashAddr are one case or the other, never mixed.
  const withoutScheme = address.replace(/^bitcoincash:/i, '');
  if (/^(?:[a-z]{1,20}1[02-9ac-hj-np-z]{20,}|[qp][02-9ac-hj-np-z]{41})$/i.test(withoutScheme)) {
    const lower = withoutScheme.toLowerCase();
    if (withoutScheme === lower || withoutScheme === withoutScheme.toUpperCase()) return lower;
  }
  return tonKey(address) ?? address;
}

/** TON writes one address as bounceable, not bounceable, for tests, or raw. */
function tonKey(address: string): string | undefined {
  const raw = /^(-?\d{1,3}):([0-9a-f]{64})$/i.exec(address);
  if (raw) return `${raw[1]}:${(raw[2] ?? '').toLowerCase()}`;
  if (!/^[A-Za-z0-9_+/-]{48}$/.test(address)) return undefined;
  const bytes = Buffer.from(address, 'base64url');
  const tag = (bytes[0] ?? 0) & 0x7f;
  return tag === 0x11 || tag === 0x51
    ? `${bytes.readInt8(1)}:${bytes.subarray(2, 34).toString('hex')}`
    : undefined;
}

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

/** A listed account at a named bank is another one at another bank. */
export function isAtAnotherBank(listed: PayeeIdentifier, asked: PayeeIdentifier): boolean {
  if (listed.kind !== 'account' || asked.kind !== 'account') return false;
  if (listed.bankCode === undefined || asked.bankCode === undefined) return false;
  return !isSameBank(listed.bankCode, asked.bankCode);
}
