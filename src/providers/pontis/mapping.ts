import type { Mode } from '../../domain/attempt-key';
import type { EchoCheck, EchoField } from '../../domain/idempotency-contract';
import { withDecimals } from '../../domain/money';
import type { Beneficiary, PayoutRequest } from '../../domain/payout-request';
import type { ProviderStatus } from '../../domain/provider-status';
import { printableWord } from '../send-classification';
import { standardPaymentMethods } from './config';
import type { PaymentMethodRow, PontisSettings, RecipientFields } from './config';
import type { SendPayoutBody } from './wire';

/** docs.pontisglobe.com/api-reference/get-payout-status, "Status". */
const statuses = {
  pending_approval: 'provider-approval',
  pending: 'accepted',
  processing: 'processing',
  completed: 'paid',
  failed: 'failed',
  rejected: 'rejected',
  reversed: 'returned',
  canceled: 'cancelled',
} as const satisfies Readonly<Record<string, ProviderStatus>>;

export type PontisStatus = keyof typeof statuses;

/** Our word for a status, and a printable token of theirs. A reply without a readable one is `unrecognised`. */
export function statusOf(word: string | undefined): {
  readonly status: ProviderStatus;
  readonly providerStatus: string;
} {
  if (word === undefined) return { status: 'unrecognised', providerStatus: 'unreadable' };
  const status = Object.hasOwn(statuses, word) ? statuses[word as PontisStatus] : 'unrecognised';
  return { status, providerStatus: printableWord(word) };
}

/**
 * The texts of `status_message` that docs.pontisglobe.com/sandbox names, as codes. The message itself is free text and is
 * neither parsed nor kept.
 */
const knownMessages: ReadonlyMap<string, string> = new Map([
  ['Insufficient funds', 'insufficient_funds'],
  ['Recipient not found', 'recipient_not_found'],
  ['Network error', 'network_error'],
]);

export const messageCode = (message: string | null | undefined): string | undefined =>
  message ? (knownMessages.get(message) ?? 'other') : undefined;

const allFields: readonly EchoField[] = ['key', 'amount', 'currency', 'beneficiary', 'account-scope'];

/**
 * Pontis repeats nothing of what was sent, so everything stays unverified, but an id betrays its environment: sandbox and
 * live differ by the host alone, and a payout booked in the wrong one must not be adopted (docs.pontisglobe.com/sandbox).
 */
export function echoOf(transactionId: string, mode: Mode, settings: PontisSettings): EchoCheck {
  return isForeign(transactionId, mode, settings)
    ? {
        matched: [],
        unverified: allFields.filter((field) => field !== 'account-scope'),
        mismatched: ['account-scope'],
      }
    : { matched: [], unverified: allFields, mismatched: [] };
}

/** Whether an id comes from the environment that this account is not for. */
export function isForeign(transactionId: string, mode: Mode, settings: PontisSettings): boolean {
  const ofSandbox = transactionId.toLowerCase().startsWith('sb_');
  return mode === 'live' ? ofSandbox : settings.sandboxIds === 'sb-prefixed' && !ofSandbox;
}

/** What is paid by which `payment_method`: the account's rows first, then the standard ones. */
export function paymentMethodRow(
  request: PayoutRequest,
  settings: PontisSettings,
): PaymentMethodRow | undefined {
  const rows = [...settings.paymentMethods, ...standardPaymentMethods];
  return rows.find((row) => rowFits(row, request)) ?? rowOfRail(request);
}

function rowFits(row: PaymentMethodRow, { beneficiary, destination }: PayoutRequest): boolean {
  if (beneficiary.method !== row.method) return false;
  const account: Readonly<Record<string, string | undefined>> = beneficiary.account;
  return (
    (row.countries === undefined || row.countries.includes(destination.country)) &&
    row.rail === account['rail'] &&
    (row.operators === undefined || row.operators.includes(account['operator'] ?? '')) &&
    (row.withFields ?? []).every((field) => account[field] !== undefined)
  );
}

/** A rail that the request names and no row knows is the provider's own word: it wins over every default. */
function rowOfRail({ beneficiary }: PayoutRequest): PaymentMethodRow | undefined {
  if (beneficiary.method !== 'bank-account') return undefined;
  const { rail } = beneficiary.account;
  return rail === undefined ? undefined : { method: 'bank-account', paymentMethod: rail };
}

/** What is debited where the request names no currency. */
export const sourceCurrencyOf = (request: PayoutRequest, settings: PontisSettings): string =>
  request.source.currency ?? settings.sourceCurrencies[0] ?? 'USDT';

/** The payload of `sendPayoutRequest` for a request without `requestProblems`. */
export function payoutBody(request: PayoutRequest, key: string, settings: PontisSettings): SendPayoutBody {
  const row = paymentMethodRow(request, settings);
  if (row === undefined) throw new Error('a request without a payment method has no body');
  const network = row.paymentNetwork ?? settings.paymentNetwork;
  const purpose = request.purpose ?? settings.purposeOfPayment;
  const sourceOfFunds = request.sourceOfFunds ?? settings.sourceOfFunds;
  return {
    idempotency_key: key,
    country_code: request.destination.country,
    currency_code: request.destination.currency,
    payment_method: row.paymentMethod,
    ...(network === undefined ? {} : { payment_network: network }),
    source_amount: withDecimals(request.amount.value, 2),
    source_currency: sourceCurrencyOf(request, settings),
    recipient_details: recipientDetails(request.beneficiary, settings.recipientFields),
    ...(purpose === undefined ? {} : { purpose_of_payment: purpose }),
    ...(sourceOfFunds === undefined ? {} : { source_of_funds: sourceOfFunds }),
  };
}

function recipientDetails(
  beneficiary: Beneficiary,
  names: RecipientFields,
): Readonly<Record<string, string>> {
  if (beneficiary.method === 'bank-account') {
    const { account } = beneficiary;
    return named([
      ['name', beneficiary.name],
      ['account_number', account.accountNumber],
      ['ifsc', account.ifsc],
      [names.bankCode, account.bankCode],
      [names.bic, account.bic],
      [names.bankName, account.bankName],
      [names.branchCode, account.branchCode],
    ]);
  }
  if (beneficiary.method === 'mobile-wallet') {
    const { account } = beneficiary;
    return named([
      ['name', beneficiary.name],
      [names.phoneNumber, account.phoneNumber],
      [names.operator, account.operator],
    ]);
  }
  throw new Error(`Pontis pays no ${beneficiary.method}`);
}

/** Fields with a name and a value, in the order given. */
const named = (
  fields: readonly (readonly [string | null, string | undefined])[],
): Readonly<Record<string, string>> =>
  Object.fromEntries(fields.filter(([name, value]) => name !== null && value !== undefined)) as Record<
    string,
    string
  >;

/**
 * An attempt key in the shape of a UUID v4 (send-payout: `idempotency_key`): the first 16 bytes of the digest with the
 * version nibble 4 and the variant bits 10, which leaves 122 bits of it.
 *
 * Vector: `8e1849b1b1ce516af6d453a884f3ec6945448e7abf8427c0312f0c8a520a0e8f` gives
 * `8e1849b1-b1ce-416a-b6d4-53a884f3ec69`.
 */
export function formatKey(digest: string): string {
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new Error('an attempt key digest has 64 hex digits');
  const bytes = Buffer.from(digest.slice(0, 32), 'hex');
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
