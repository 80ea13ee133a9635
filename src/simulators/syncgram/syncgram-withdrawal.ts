import { Decimal } from 'decimal.js';

export const paymentMethods = ['BANK_TRANSFER', 'MOBILE_MONEY', 'CRYPTO'] as const;
export type PaymentMethod = (typeof paymentMethods)[number];

export type AmountFormat = 'string' | 'number' | 'either';

/** A withdrawal that passed validation, before currencies, quote, destination and balance are looked at. */
export type SyncgramWithdrawal = {
  readonly fromCurrency: string;
  readonly toCurrency: string;
  readonly amount: string;
  readonly method: PaymentMethod;
  readonly reference: string;
  readonly idempotencyKey?: string;
  readonly quoteId?: string;
  readonly destinationId?: string;
  /** Account number, phone number, wallet address, or the id of the saved destination. */
  readonly beneficiary: string;
};

export type FieldError = { readonly field: string; readonly message: string };

/** 400 for what is missing and 422 for what is not valid (Syncgram Pay, Create withdrawal, Error codes). */
export type WithdrawalReading =
  | { readonly ok: true; readonly withdrawal: SyncgramWithdrawal }
  | { readonly ok: false; readonly status: 400 | 422; readonly errors: readonly FieldError[] };

type Body = Readonly<Record<string, unknown>>;

const requiredFields = ['from_currency', 'to_currency', 'amount', 'payment_method', 'reference', 'email'];
const textFields = [
  'from_currency',
  'to_currency',
  'reference',
  'email',
  'idempotency_key',
  'quote_id',
  'payout_destination_id',
  'account_number',
  'bank_code',
  'phone_number',
  'wallet_address',
  'network',
  'memo',
  'description',
  'payment_rail',
];
/** Needed without a saved destination; the first one identifies the beneficiary. */
const destinationFields: Readonly<Record<PaymentMethod, readonly [string, ...string[]]>> = {
  BANK_TRANSFER: ['account_number', 'bank_code'],
  MOBILE_MONEY: ['phone_number'],
  CRYPTO: ['wallet_address'],
};

const decimalText = /^\d{1,18}(\.\d{1,8})?$/;
const emailText = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Validates every field of a withdrawal (Syncgram Pay, Create withdrawal). */
export function readWithdrawal(body: Body, amountFormat: AmountFormat): WithdrawalReading {
  const method = paymentMethods.find((known) => known === body['payment_method']);
  const missing = missingFields(body, method);
  if (missing.length > 0) {
    return {
      ok: false,
      status: 400,
      errors: missing.map((field) => ({ field, message: `${field} is required` })),
    };
  }

  const amount = readAmount(body['amount'], amountFormat);
  const invalid = invalidFields(body);
  if (amount === undefined) invalid.push({ field: 'amount', message: 'amount must be a positive decimal' });
  if (method === undefined) {
    invalid.push({
      field: 'payment_method',
      message: `payment_method must be one of ${paymentMethods.join(', ')}`,
    });
  }
  if (amount === undefined || method === undefined || invalid.length > 0) {
    return { ok: false, status: 422, errors: invalid };
  }

  const idempotencyKey = optionalText(body, 'idempotency_key');
  const quoteId = optionalText(body, 'quote_id');
  const destinationId = optionalText(body, 'payout_destination_id');
  return {
    ok: true,
    withdrawal: {
      fromCurrency: text(body, 'from_currency'),
      toCurrency: text(body, 'to_currency'),
      amount,
      method,
      reference: text(body, 'reference'),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...(quoteId !== undefined && { quoteId }),
      ...(destinationId !== undefined && { destinationId }),
      beneficiary: destinationId ?? text(body, destinationFields[method][0]),
    },
  };
}

/** A positive decimal without exponent, as text; undefined when it is none or of the wrong JSON type. */
export function readAmount(value: unknown, format: AmountFormat): string | undefined {
  const written = typeof value === 'number' && format !== 'string' ? new Decimal(value).toFixed() : value;
  if (typeof value === 'string' && format === 'number') return undefined;
  if (typeof written !== 'string' || !decimalText.test(written)) return undefined;
  return new Decimal(written).gt(0) ? written : undefined;
}

/** The field as text; undefined when it is absent, null or empty. */
export function optionalText(body: Body, field: string): string | undefined {
  const value = body[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function missingFields(body: Body, method: PaymentMethod | undefined): string[] {
  const missing = requiredFields.filter((field) => isAbsent(body[field]));
  if (method === undefined || !isAbsent(body['payout_destination_id'])) return missing;
  missing.push(...destinationFields[method].filter((field) => isAbsent(body[field])));
  const networkImplied = text(body, 'to_currency').includes('_');
  if (method === 'CRYPTO' && !networkImplied && isAbsent(body['network'])) missing.push('network');
  return missing;
}

function invalidFields(body: Body): FieldError[] {
  const errors = textFields
    .filter((field) => !isAbsent(body[field]) && typeof body[field] !== 'string')
    .map((field) => ({ field, message: `${field} must be a string` }));
  if (!emailText.test(text(body, 'email'))) {
    errors.push({ field: 'email', message: 'email must be a valid email address' });
  }
  const { metadata } = body;
  if (!isAbsent(metadata) && (typeof metadata !== 'object' || Array.isArray(metadata))) {
    errors.push({ field: 'metadata', message: 'metadata must be an object' });
  }
  return errors;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function text(body: Body, field: string): string {
  return optionalText(body, field) ?? '';
}
