import { isIP } from 'node:net';

/** A submit that passed validation. */
export type PayfieldSubmit = {
  readonly externalId: string;
  readonly amount: string;
  readonly currency: string;
  readonly cardNumber: string;
  readonly shopCodeGiven?: string;
  readonly callbackUrl?: string;
  readonly merchantUserId: string;
  readonly merchantUserIp: string;
};

export type FieldError = { readonly field: string; readonly message: string };

export type SubmitReading =
  | { readonly ok: true; readonly submit: PayfieldSubmit }
  | { readonly ok: false; readonly errors: readonly [FieldError, ...FieldError[]] };

type Body = Readonly<Record<string, unknown>>;
type Rule = {
  readonly field: string;
  readonly required: boolean;
  readonly message: string;
  readonly accepts: (value: string) => boolean;
};

/** Positive, at most two decimals, no sign, exponent or leading zeros. */
const positiveDecimal = /^(?!0+(\.0+)?$)(0|[1-9]\d{0,15})(\.\d{1,2})?$/;

/** The fields of the request body with their documented messages (Payfield, 2.1 Create PayOut and 5. Errors). */
const rules: readonly Rule[] = [
  { field: 'external_id', required: true, message: 'external_id must be a string', accepts: () => true },
  {
    field: 'amount',
    required: true,
    message: 'amount must be a positive decimal string',
    accepts: (value) => positiveDecimal.test(value),
  },
  {
    field: 'currency',
    required: true,
    message: 'currency must be a string of 3 characters',
    accepts: (value) => value.length === 3,
  },
  { field: 'card_number', required: true, message: 'card_number must be a string', accepts: () => true },
  { field: 'shop_code', required: false, message: 'shop_code must be a string', accepts: () => true },
  {
    field: 'callback_url',
    required: false,
    message: 'callback_url must be a valid URL',
    accepts: isWebUrl,
  },
  {
    field: 'merchant_user_id',
    required: true,
    message: 'merchant_user_id must be a string',
    accepts: () => true,
  },
  {
    field: 'merchant_user_ip',
    required: true,
    message: 'merchant_user_ip must be a valid IP address',
    accepts: (value) => isIP(value) !== 0,
  },
];

/** Validates a submit against every documented rule and reports all the fields that break one. */
export function readPayfieldSubmit(body: Body): SubmitReading {
  const errors = rules.flatMap((rule) => check(rule, body[rule.field]));
  const [first, ...rest] = errors;
  if (first) return { ok: false, errors: [first, ...rest] };
  const shopCodeGiven = optionalText(body['shop_code']);
  const callbackUrl = optionalText(body['callback_url']);
  return {
    ok: true,
    submit: {
      externalId: text(body['external_id']),
      amount: text(body['amount']),
      currency: text(body['currency']),
      cardNumber: text(body['card_number']),
      merchantUserId: text(body['merchant_user_id']),
      merchantUserIp: text(body['merchant_user_ip']),
      ...(shopCodeGiven !== undefined && { shopCodeGiven }),
      ...(callbackUrl !== undefined && { callbackUrl }),
    },
  };
}

function check({ field, required, message, accepts }: Rule, value: unknown): FieldError[] {
  const absent = value === undefined || value === null || (required && value === '');
  if (absent) return required ? [{ field, message: `${field} is required` }] : [];
  return typeof value === 'string' && accepts(value) ? [] : [{ field, message }];
}

function isWebUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

function text(value: unknown): string {
  return optionalText(value) ?? '';
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
