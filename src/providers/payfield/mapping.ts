import { z } from 'zod';
import { assertNever } from '../../domain/assert-never';
import type { EchoCheck, EchoField } from '../../domain/idempotency-contract';
import { amountProblem, sameAmount, withDecimals } from '../../domain/money';
import type { Beneficiary, PayoutRequest } from '../../domain/payout-request';
import type { ProviderStatus, StatusReading } from '../../domain/provider-status';
import { readPhoneNumber } from '../../payee/phone-number';
import type { FrozenAttempt } from '../provider';
import { printableWord } from '../send-classification';
import { payfieldCountry, payfieldCurrency } from './config';
import type { PayfieldSettings } from './config';
import type { PayfieldPayout, PayoutBody } from './wire';

/**
 * `external_id`: `dp-` and the first 40 hex digits of the attempt key (160 bits, so two keys never share one in
 * practice). Payfield states no length; its examples have 11 characters, and 43 fit the columns that hold UUIDs and
 * short references alike.
 */
export const formatKey = (digest: string): string => `dp-${digest.slice(0, 40)}`;

/** 2.1 Create PayOut. Same input, same bytes: the members are always written in this order. */
export function payoutBody(request: PayoutRequest, key: string, settings: PayfieldSettings): PayoutBody {
  const { userId, ipAddress } = request.payer ?? {};
  const cardNumber = recipientNumber(request.beneficiary, settings);
  if (cardNumber === undefined || userId === undefined || ipAddress === undefined) {
    throw new Error('a request with problems cannot be frozen');
  }
  return {
    external_id: key,
    amount: withDecimals(request.amount.value, 2),
    currency: payfieldCurrency,
    card_number: cardNumber,
    shop_code: settings.shopCode,
    ...(settings.callbackUrl === undefined ? {} : { callback_url: settings.callbackUrl }),
    merchant_user_id: userId,
    merchant_user_ip: ipAddress,
  };
}

/** "Recipient wallet, account, or card number": one field for all of them. */
export function recipientNumber(
  { method, account }: Beneficiary,
  settings: PayfieldSettings,
): string | undefined {
  switch (method) {
    case 'card':
      return account.cardNumber;
    case 'bank-account':
      return account.accountNumber;
    case 'mobile-wallet':
      // Rocket's twelve digits are no phone number: they go as they are.
      return settings.phoneFormat === 'national'
        ? (readPhoneNumber(account.phoneNumber, payfieldCountry)?.national ?? account.phoneNumber)
        : account.phoneNumber;
    case 'crypto-wallet':
    case 'saved-destination':
      return undefined;
    default:
      return assertNever(method, 'method');
  }
}

const frozenBodySchema = z.object({
  external_id: z.string(),
  amount: z.string(),
  currency: z.string(),
  card_number: z.string(),
  shop_code: z.string(),
});
type FrozenBody = z.infer<typeof frozenBodySchema>;

/** What of a frozen body is compared and looked up with. The shop is the frozen one, whatever the settings say today. */
export const readFrozenBody = (attempt: FrozenAttempt): FrozenBody =>
  frozenBodySchema.parse(JSON.parse(attempt.body));

/**
 * 2.2 Get payout status. `pending` may hide `processing`, `waiting_api`, `processing_api`, `pay_error` and
 * `polling_expired` for as long as it likes (merchant-external-documentation.pages.dev, 2.2), so it is never an end.
 */
export const statuses = {
  pending: 'accepted',
  success: 'paid',
  failed: 'failed',
  canceled: 'cancelled',
  expired: 'expired',
  // "Reversed or refunded after completion": success can still move.
  refunded: 'returned',
} as const satisfies Record<string, ProviderStatus>;

export function statusOf(status: string): {
  readonly status: ProviderStatus;
  readonly providerStatus: string;
} {
  return {
    status: Object.hasOwn(statuses, status) ? statuses[status as keyof typeof statuses] : 'unrecognised',
    providerStatus: printableWord(status),
  };
}

/** Compares what a payout repeats with what was sent; a declared field that is missing is unverified. */
export function echoOf(payout: PayfieldPayout, sent: FrozenBody, declared: readonly EchoField[]): EchoCheck {
  const answers: Readonly<Record<EchoField, boolean | undefined>> = {
    key: compare(payout.external_id, (text) => text === sent.external_id),
    amount: compare(payout.amount, (text) => sameAmount(text, sent.amount)),
    currency: compare(payout.currency, (text) => text.toUpperCase() === sent.currency),
    beneficiary: compare(payout.card_number, (text) => isSameNumber(text, sent.card_number)),
    // A shop's code is a label: its case is nobody's promise.
    'account-scope': compare(payout.shop_code, (text) => text.toLowerCase() === sent.shop_code.toLowerCase()),
  };
  const fields = Object.keys(answers) as EchoField[];
  const saying = (answer: boolean | undefined): EchoField[] =>
    fields.filter((field) => (declared.includes(field) ? answers[field] : undefined) === answer);
  return { matched: saying(true), unverified: saying(undefined), mismatched: saying(false) };
}

const compare = (value: string | null | undefined, isSame: (text: string) => boolean): boolean | undefined =>
  value === null || value === undefined ? undefined : isSame(value);

/** Exactly, or by what a mask (`411111******1111`, `****1111`) leaves visible: at least four characters. */
function isSameNumber(shown: string, sent: string): boolean {
  if (shown === sent) return true;
  const mask = /^([A-Za-z0-9]*)[*xX•.·]+([A-Za-z0-9]{4,})$/.exec(shown);
  if (!mask) return false;
  const [, head = '', tail = ''] = mask;
  return head.length + tail.length <= sent.length && sent.startsWith(head) && sent.endsWith(tail);
}

/** A payout as read by its key. */
export function statusReading(
  payout: PayfieldPayout,
  attempt: FrozenAttempt,
  declared: readonly EchoField[],
): StatusReading {
  const { amount, currency } = payout;
  const told =
    typeof amount === 'string' &&
    currency === payfieldCurrency &&
    amountProblem(amount, currency) === undefined
      ? { amounts: { destination: { value: amount, currency } } }
      : {};
  return {
    providerPayoutId: payout.id,
    ...statusOf(payout.status),
    echo: echoOf(payout, readFrozenBody(attempt), declared),
    ...told,
  };
}
