import { impliedNetwork } from '../../domain/currency';
import type { Beneficiary, PayoutMethod, PayoutRequest } from '../../domain/payout-request';
import type { ProviderStatus } from '../../domain/provider-status';
import type { Quote } from '../../domain/quote';
import { memoToSend } from '../../payee/crypto-wallet';
import { printableWord } from '../send-classification';
import type { SyncgramSettings } from './config';
import type { WirePayout } from './wire';

/**
 * Every documented word for a payout's state. Three vocabularies, compared without regard to case:
 * "Create withdrawal" (`PENDING`, `PROCESSING`, `COMPLETED`, `FAILED`: "common values", so an open list), the successor's
 * status enum, and the words of its list filter. The last two come from the events `payout.created` and `payout.paid`.
 */
export const syncgramStatuses = [
  'pending',
  'processing',
  'completed',
  'failed',
  'pending_submission',
  'pending_collection',
  'manual_review',
  'successful',
  'cancelled',
  'expired',
  'reconciled',
  'requested',
  'approved',
  'rejected',
  'created',
  'paid',
] as const;
export type SyncgramStatus = (typeof syncgramStatuses)[number];

export const canonicalStatuses: Readonly<Record<SyncgramStatus, ProviderStatus>> = {
  pending: 'accepted',
  processing: 'processing',
  completed: 'paid',
  failed: 'failed',
  pending_submission: 'accepted',
  pending_collection: 'processing',
  manual_review: 'provider-approval',
  successful: 'paid',
  cancelled: 'cancelled',
  expired: 'expired',
  reconciled: 'paid',
  requested: 'provider-approval',
  approved: 'processing',
  rejected: 'rejected',
  created: 'accepted',
  paid: 'paid',
};

const isSyncgramStatus = (word: string): word is SyncgramStatus => Object.hasOwn(canonicalStatuses, word);

export type ReadStatus = { readonly status: ProviderStatus; readonly providerStatus: string };

/** A word of Syncgram's in ours. An unknown or missing one is `unrecognised`: the list is open. */
export function readStatusWord(word: string | undefined): ReadStatus {
  if (word === undefined) return { status: 'unrecognised', providerStatus: 'absent' };
  const known = word.trim().toLowerCase();
  return {
    status: isSyncgramStatus(known) ? canonicalStatuses[known] : 'unrecognised',
    providerStatus: printableWord(word),
  };
}

/**
 * The status of a payout as shown. A part of a split payout (`parent_withdrawal_id`, `batch_total`) says nothing about
 * the whole: its word is kept behind `split:`, its status is `unrecognised`, and a person looks.
 */
export function statusOf(payout: WirePayout): ReadStatus {
  const read = readStatusWord(payout.status);
  if (!isSplit(payout)) return read;
  return { status: 'unrecognised', providerStatus: printableWord(`split:${read.providerStatus}`) };
}

function isSplit({
  providerPayoutId,
  parent_withdrawal_id: parent,
  batch_total: total,
}: WirePayout): boolean {
  if (total !== undefined && total !== '0' && total !== '1') return true;
  return total !== '1' && parent !== undefined && parent !== providerPayoutId;
}

/** `payment_method` of "Create withdrawal" and `payout_method` of quotes; undefined: not offered. */
const paymentMethods = {
  'bank-account': 'BANK_TRANSFER',
  'mobile-wallet': 'MOBILE_MONEY',
  'crypto-wallet': 'CRYPTO',
  card: undefined,
} as const satisfies Record<Exclude<PayoutMethod, 'saved-destination'>, string | undefined>;

export const paymentMethodOf = (beneficiary: Beneficiary): string | undefined =>
  paymentMethods[beneficiary.method === 'saved-destination' ? beneficiary.account.kind : beneficiary.method];

/** What the account debits: the request's own word, or the account's where it names only a funding account. */
export const sourceCurrencyOf = (request: PayoutRequest, settings: SyncgramSettings): string | undefined =>
  request.source.currency ?? settings.sourceCurrency;

/** `USDT` and `USDT_TRC20` are one currency: between them there is no rate to lock. */
export const isCrossCurrency = (source: string | undefined, destination: string): boolean =>
  source?.split('_')[0] !== destination.split('_')[0];

/**
 * The frozen body of "Create withdrawal", its members always in this order. The key goes into `idempotency_key` **and**
 * `reference`: whether a replay by one alone finds a payout that was sent with the other is not stated, and may pay twice.
 */
export function payoutBody(
  input: { readonly request: PayoutRequest; readonly key: string; readonly quote?: Quote },
  settings: SyncgramSettings,
): string {
  const { request, key, quote } = input;
  const { beneficiary } = request;
  return jsonObject([
    ['from_currency', jsonText(sourceCurrencyOf(request, settings))],
    ['to_currency', jsonText(request.destination.currency)],
    ['amount', amountJson(request.amount.value, settings)],
    ['payment_method', jsonText(paymentMethodOf(beneficiary))],
    ['reference', jsonText(key)],
    ['idempotency_key', jsonText(key)],
    ['email', jsonText(request.payer?.email ?? settings.defaultEmail)],
    ['quote_id', jsonText(quote?.quoteId)],
    ...destinationMembers(beneficiary, request.destination.currency),
    ['description', jsonText(request.purpose)],
    ['payment_rail', jsonText(railOf(beneficiary) ?? settings.paymentRail)],
  ]);
}

/** The body of "Payout quote": it says `payout_method` where "Create withdrawal" says `payment_method`. */
export function quoteBody(request: PayoutRequest, settings: SyncgramSettings): string {
  return jsonObject([
    ['from_currency', jsonText(sourceCurrencyOf(request, settings))],
    ['to_currency', jsonText(request.destination.currency)],
    ['amount', amountJson(request.amount.value, settings)],
    ['payout_method', jsonText(paymentMethodOf(request.beneficiary))],
  ]);
}

type Members = readonly (readonly [name: string, json: string | undefined])[];

function destinationMembers(beneficiary: Beneficiary, toCurrency: string): Members {
  switch (beneficiary.method) {
    case 'saved-destination':
      return [['payout_destination_id', jsonText(beneficiary.account.destinationId)]];
    case 'bank-account':
      return [
        ['account_number', jsonText(beneficiary.account.accountNumber)],
        ['bank_code', jsonText(beneficiary.account.bankCode)],
      ];
    case 'mobile-wallet':
      return [['phone_number', jsonText(beneficiary.account.phoneNumber)]];
    case 'crypto-wallet':
      return [
        ['wallet_address', jsonText(beneficiary.account.address)],
        ['network', jsonText(impliedNetwork(toCurrency) ? undefined : beneficiary.account.network)],
        ['memo', jsonText(memoToSend(beneficiary.account))],
      ];
    case 'card':
      return [];
    default:
      // Not `assertNever`: it would print the beneficiary.
      throw new Error('unhandled payout method');
  }
}

const railOf = (beneficiary: Beneficiary): string | undefined =>
  beneficiary.method === 'bank-account' ? beneficiary.account.rail : undefined;

const jsonText = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : JSON.stringify(text);

/** The digits as they are, in quotes or not. */
function amountJson(value: string, { amountFormat }: SyncgramSettings): string {
  if (!/^(0|[1-9]\d*)(\.\d+)?$/.test(value)) throw new Error('amount is no plain decimal');
  return amountFormat === 'number' ? value : JSON.stringify(value);
}

const jsonObject = (members: Members): string =>
  `{${members.flatMap(([name, json]) => (json === undefined ? [] : [`${JSON.stringify(name)}:${json}`])).join(',')}}`;
