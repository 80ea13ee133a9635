import { canonicalJson } from '../canonical-json';
import type { PayoutRequest } from '../payout-request';
import { durationInWords } from './policy-words';

/** Another payout of the tenant to the same payee over the same amount, which was paid or may yet be. */
export type EarlierPayout = {
  readonly reference: string;
  /** How long before this one it was asked for; milliseconds. */
  readonly agoMs: number;
};

export const hourMs = 3_600_000;
/** What `sameAs` looks back where it names no time. */
export const usualHoursBack = 24;
/** A week: further back two payments of one amount to one payee are no accident. */
export const mostHoursBack = 168;

/** In which hour before this payout it was asked for, from 1: what `withinHours` is compared with. */
export const hoursBack = ({ agoMs }: EarlierPayout): number => Math.max(1, Math.ceil(agoMs / hourMs));

/** `5 minutes before`, for a reason: nobody compares seconds. */
export function agoInWords(agoMs: number): string {
  const minute = 60_000;
  if (agoMs < minute) return 'less than a minute before';
  const unit = agoMs < 2 * hourMs ? minute : hourMs;
  return `${durationInWords(Math.floor(agoMs / unit) * unit)} before`;
}

/**
 * What makes two payees the same, as the text of which a digest is made: the identifiers in their normal form, and where
 * they mean something. Names, banks' names and routes may be written in many ways and do not count: this asks people, so
 * finding too much is cheaper than too little.
 */
export function payeeIdentity({ beneficiary, destination, tenant }: PayoutRequest): string {
  return canonicalJson({
    version: 1,
    tenant,
    country: destination.country,
    method: beneficiary.method,
    account: identifiersOf(beneficiary),
  });
}

function identifiersOf(beneficiary: PayoutRequest['beneficiary']): Readonly<Record<string, string>> {
  switch (beneficiary.method) {
    case 'bank-account':
      return { accountNumber: beneficiary.account.accountNumber };
    case 'mobile-wallet':
      return { phoneNumber: beneficiary.account.phoneNumber };
    case 'card':
      return { cardNumber: beneficiary.account.cardNumber };
    case 'crypto-wallet': {
      // Exchanges give many customers one address, and each a memo.
      const { address, memo } = beneficiary.account;
      return { address, ...(memo === undefined ? {} : { memo }) };
    }
    case 'saved-destination':
      return { destinationId: beneficiary.account.destinationId };
    default:
      // Without the value, unlike `assertNever`: it holds account numbers.
      throw new Error('a beneficiary of an unknown method');
  }
}
