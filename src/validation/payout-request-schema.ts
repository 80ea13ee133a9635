import { isIP } from 'node:net';
import { z } from 'zod';
import { referencePattern, tenantPattern } from '../contract/workflow-ids';
import { canonicalJson } from '../domain/canonical-json';
import { isCountry } from '../domain/country';
import { isCurrency } from '../domain/currency';
import { amountProblem, compareAmounts } from '../domain/money';
import type { PayoutRequest, PayoutSource } from '../domain/payout-request';
import { readPayee } from '../payee/normal-payee';
import { countryMeant } from './country-meant';
import { currencyMeant } from './currency-meant';
import { didYouMean } from './nearest-name';
import { formatPath, jsonProblem } from './json-limits';
import type { JsonLimits, Problem } from './json-limits';
import { textProblem } from './text-problem';

/** The largest request, as canonical JSON in UTF-8. It is stored in several events of the history. */
export const maxRequestBytes = 16 * 1024;

const limits: JsonLimits = { depth: 6, nodes: 200, text: maxRequestBytes };

export type ParsedPayoutRequest =
  | {
      readonly ok: true;
      /** With the payee in normal form: what is digested, approved, screened and sent. */
      readonly request: PayoutRequest;
      /** With the payee as it was written: what people see who look for what was asked. */
      readonly given: PayoutRequest;
      /** Paths of what `request` has in another writing than `given`. */
      readonly changed: readonly string[];
      /** What no published rule forbids, and somebody should look at. */
      readonly warnings: readonly Problem[];
    }
  | {
      readonly ok: false;
      readonly problems: readonly Problem[];
      /** Where only the payee cannot exist: a payout from before there were tables may have been started with it. */
      readonly given?: PayoutRequest;
    };

/**
 * Reads a payout request out of anything. All problems come at once, each with its path; no message quotes a value, so
 * that problems may be logged and answered. Texts come back in Unicode NFC, and what identifies the payee in its normal
 * form (`src/payee`). Parsing what was parsed changes nothing.
 *
 * Not checked here, because only the route knows: the decimals of an amount whose currency the funding account names,
 * and what a provider needs for a country and method (`PayoutProvider.problems`).
 */
export function parsePayoutRequest(input: unknown): ParsedPayoutRequest {
  const refuse = (path: string, message: string): ParsedPayoutRequest => ({
    ok: false,
    problems: [{ path, message }],
  });
  const cheap = jsonProblem(input, limits);
  if (cheap) return refuse(cheap.path, cheap.message);
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return refuse('', 'must be a JSON object');
  }
  const schema = (input as { schema?: unknown }).schema;
  if (typeof schema === 'number' && schema > 1) {
    return refuse('schema', 'is a newer schema than this version understands (1): upgrade the reader');
  }
  const parsed = payoutRequestSchema.safeParse(input);
  if (!parsed.success) {
    return {
      ok: false,
      problems: oneForEachField([...parsed.error.issues.flatMap(problemsOf), ...problemsOfPayee(input)]),
    };
  }
  const given = parsed.data;
  const { beneficiary: payee, problems, warnings, changed } = readPayee(given);
  if (problems.length > 0) return { ok: false, problems: oneForEachField(problems), given };
  const request = changed.length === 0 ? given : { ...given, beneficiary: payee };
  if ([given, request].some((one) => Buffer.byteLength(canonicalJson(one)) > maxRequestBytes)) {
    return refuse('', `is larger than ${maxRequestBytes} bytes`);
  }
  return { ok: true, request, given, changed, warnings };
}

/** One line per problem: `beneficiary.account.ifsc: must be …`. */
export const formatProblem = ({ path, message }: Problem): string =>
  path === '' ? message : `${path}: ${message}`;

/** One fault is one problem: what is no amount at all need not hear that it is not greater than zero, too. */
const oneForEachField = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter(({ path }, index) => problems.findIndex((other) => other.path === path) === index);

/** What the payee's tables say, where the payee can be read although something else cannot. */
function problemsOfPayee(input: object): readonly Problem[] {
  const payee = payeeSchema.safeParse(input);
  return payee.success ? readPayee(payee.data).problems : [];
}

function problemsOf(issue: z.core.$ZodIssue): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: formatPath([...issue.path, key]),
      message: unknownField(key, issue.path),
    }));
  }
  return [{ path: formatPath(issue.path), message: readable(issue) }];
}

/** A name that is known elsewhere is not written wrongly: it stands in the wrong place, or belongs to another method. */
function unknownField(key: string, path: readonly PropertyKey[]): string {
  const names = fieldNames();
  if (!names.includes(key)) return `is not a known field${didYouMean(key, names)}`;
  const ofMethods = beneficiary.options
    .filter((option) => Object.hasOwn(option.shape.account.shape, key))
    .map((option) => option.shape.method.value);
  if (ofMethods.length === 0) return 'is not a known field here: it belongs elsewhere in the request';
  const isInAccount = path.join('.') === 'beneficiary.account';
  return `is not a known field here: it belongs to ${isInAccount ? '' : 'beneficiary.account of '}method ${ofMethods.join(' or ')}`;
}

function readable(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    return issue.message.endsWith('received undefined') ? 'is missing' : `must be ${article(issue.expected)}`;
  }
  if (issue.code === 'invalid_value' && issue.values.length > 1) {
    return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
  }
  if (issue.code === 'invalid_union') return `must be one of ${methods.join(', ')}`;
  return issue.message;
}

const article = (type: string): string => {
  const name = type === 'record' ? 'object' : type;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
};

/** A text for people. It is compared, screened and signed in NFC, whatever the caller's keyboard produced. */
const text = (maxLength: number) =>
  z
    .string()
    .superRefine((value, context) => {
      const problem = textProblem(value, maxLength);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .overwrite((value) => value.normalize('NFC'));

const matching = (pattern: RegExp, message: string) => z.string().regex(pattern, { error: message });
const token = (pattern: RegExp, what: string) => matching(pattern, `must be ${what}`);

/** Whether it can be a name at all is for `src/payee`. */
const name = text(140);
const currency = z.string().superRefine((code, context) => {
  if (!isCurrency(code))
    context.addIssue({
      code: 'custom',
      message: `is not a known currency code (upper case)${hint(currencyMeant(code))}`,
    });
});
const country = z.string().superRefine((code, context) => {
  if (!isCountry(code))
    context.addIssue({
      code: 'custom',
      message: `must be an ISO 3166-1 alpha-2 code (upper case)${hint(countryMeant(code))}`,
    });
});
const hint = (meant: string | undefined): string => (meant === undefined ? '' : `; did you mean ${meant}?`);
const plainAmount = matching(
  /^(0|[1-9]\d{0,17})(\.\d{1,18})?$/,
  'must be a plain decimal string such as "125.00": no sign, exponent, grouping or leading zeros',
).refine((value) => /[1-9]/.test(value), { error: 'must be greater than zero' });

/** An identifier as somebody typed or copied it. What it must be is for `src/payee`, which knows country and method. */
const typed = (maxLength: number) =>
  z
    .string()
    .superRefine((value, context) => {
      const problem = textProblem(value.replaceAll(/^\p{Zs}+|\p{Zs}+$/gu, ''), maxLength);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .overwrite((value) => value.normalize('NFC'));

const shortToken = token(
  /^[A-Za-z0-9][A-Za-z0-9 ._&-]{0,38}[A-Za-z0-9.]$|^[A-Za-z0-9]$/,
  'a short name of up to 40 letters, digits, spaces and ._&-',
);

const bankAccount = z.strictObject({
  accountNumber: typed(64),
  bankCode: typed(40).optional(),
  ifsc: typed(40).optional(),
  bic: typed(40).optional(),
  bankName: text(140).optional(),
  branchCode: typed(40).optional(),
  rail: shortToken.optional(),
});

const mobileWallet = z.strictObject({
  phoneNumber: typed(40),
  operator: shortToken.optional(),
});

// Providers also put wallet and account numbers into their "card number" field. Here they come by their own methods, so
// a card is a card: the check digit catches the mistyped one before the money does.
const card = z.strictObject({ cardNumber: typed(40) });

const cryptoWallet = z.strictObject({
  address: typed(128),
  network: typed(40).optional(),
  memo: token(
    /^[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?$/,
    'a memo of up to 64 printable ASCII characters',
  ).optional(),
});

const savedDestination = z.strictObject({
  destinationId: token(/^[A-Za-z0-9._:-]{1,128}$/, "the provider's id: up to 128 letters, digits and ._:-"),
  kind: z.enum(['bank-account', 'mobile-wallet', 'crypto-wallet']),
});

const beneficiary = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('bank-account'), name, account: bankAccount }),
  z.strictObject({ method: z.literal('mobile-wallet'), name, account: mobileWallet }),
  z.strictObject({ method: z.literal('card'), name, account: card }),
  z.strictObject({ method: z.literal('crypto-wallet'), name, account: cryptoWallet }),
  z.strictObject({ method: z.literal('saved-destination'), name, account: savedDestination }),
]);

const methods = beneficiary.options.map((option) => JSON.stringify(option.shape.method.value));

const utcTime = matching(
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/,
  'must be an RFC 3339 time in UTC such as "2026-12-31T12:00:00Z"',
).refine(isRealTime, { error: 'is no real date and time' });

/** `Date` moves 30 February to March instead of refusing it. */
function isRealTime(time: string): boolean {
  const read = new Date(time);
  return Number.isFinite(read.getTime()) && read.toISOString().slice(0, 19) === time.slice(0, 19);
}

const metadataKey = /^[A-Za-z0-9_.-]{1,40}$/;
const metadata = z.record(z.string(), z.string()).superRefine((entries, context) => {
  const keys = Object.keys(entries);
  if (keys.length > 20) context.addIssue({ code: 'custom', message: 'has more than 20 entries' });
  for (const key of keys) {
    const value = entries[key] ?? '';
    const problem = metadataKey.test(key)
      ? value === ''
        ? undefined
        : textProblem(value, 200)
      : 'needs a name of up to 40 letters, digits and _.-';
    if (problem !== undefined) context.addIssue({ code: 'custom', path: [key], message: problem });
  }
});

const destination = z.strictObject({ country, currency });

const payeeSchema = z.object({ destination, beneficiary });

/** Behind `parsePayoutRequest`, which is what callers use: it also bounds size and depth. */
export const payoutRequestSchema = z
  .strictObject({
    schema: z.literal(1, { error: 'must be 1' }),
    tenant: token(
      tenantPattern,
      '1 to 32 lower-case letters, digits and hyphens, not beginning with a hyphen',
    ),
    reference: token(referencePattern, '1 to 64 letters, digits and ._:- (it is public: no personal data)'),
    requestedBy: text(128),
    amount: z.strictObject({ value: plainAmount, side: z.enum(['source', 'destination']) }),
    source: z.strictObject({
      currency: currency.optional(),
      fundingAccount: token(
        /^[A-Za-z0-9._:-]{1,64}$/,
        'a label of up to 64 letters, digits and ._:-',
      ).optional(),
    }),
    destination,
    beneficiary,
    notAfter: utcTime.optional(),
    limits: z
      .strictObject({
        leastReceived: plainAmount.optional(),
        greatestSlippagePercent: token(
          /^(?:0|[1-9]\d?)(?:\.\d{1,4})?$/,
          'a percentage below 100 as a decimal string such as "0.5"',
        ).optional(),
      })
      .optional(),
    replaces: token(
      referencePattern,
      'the reference of another payout: 1 to 64 letters, digits and ._:-',
    ).optional(),
    purpose: text(140).optional(),
    sourceOfFunds: text(140).optional(),
    payer: z
      .strictObject({
        userId: token(
          /^[\x21-\x7e]{1,64}$/,
          'an id of up to 64 printable ASCII characters, no spaces',
        ).optional(),
        ipAddress: z
          .string()
          .refine((value) => isIP(value) !== 0 && !value.includes('%'), {
            error: 'must be an IPv4 or IPv6 address',
          })
          .optional(),
        email: z.email({ error: 'must be an email address' }).max(254, { error: 'is too long' }).optional(),
      })
      .optional(),
    metadata: metadata.optional(),
    account: token(
      /^[a-z0-9-]{1,40}$/,
      'an account id of up to 40 lower-case letters, digits and hyphens',
    ).optional(),
  })
  .superRefine((request, context) => {
    const refuse = (path: readonly string[], message: string): void =>
      context.addIssue({ code: 'custom', path: [...path], message });
    const { amount, source, destination, limits: bounds } = request;

    if (source.currency === undefined && source.fundingAccount === undefined) {
      refuse(['source'], 'needs a currency or a fundingAccount');
    }
    const amountIn = amount.side === 'destination' ? destination.currency : source.currency;
    if (amountIn !== undefined) {
      // What is wrong with the currency itself is said there.
      const problem = isCurrency(amountIn) ? amountProblem(amount.value, amountIn) : undefined;
      if (problem !== undefined) refuse(['amount', 'value'], problem);
    }
    if (bounds?.leastReceived !== undefined) {
      const problem = isCurrency(destination.currency)
        ? amountProblem(bounds.leastReceived, destination.currency)
        : undefined;
      if (problem !== undefined) refuse(['limits', 'leastReceived'], problem);
      else if (amount.side === 'destination' && compareAmounts(bounds.leastReceived, amount.value) > 0) {
        refuse(['limits', 'leastReceived'], 'is more than the amount that is to arrive');
      }
      if (bounds.greatestSlippagePercent !== undefined) {
        refuse(['limits'], 'may hold leastReceived or greatestSlippagePercent, not both');
      }
    }
  })
  // That one of the two is there was checked above; the compiler checks the rest against the domain's type.
  .transform((request): PayoutRequest => ({ ...request, source: request.source as PayoutSource }));

/** Every name that a request knows, wherever. */
const fieldNames = (): readonly string[] => (allNames ??= namesIn(payoutRequestSchema.in));
let allNames: readonly string[] | undefined;

function namesIn(schema: z.core.$ZodType): readonly string[] {
  if (schema instanceof z.ZodOptional) return namesIn(schema.unwrap());
  if (schema instanceof z.ZodDiscriminatedUnion) return schema.options.flatMap(namesIn);
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as Readonly<Record<string, z.core.$ZodType>>).flatMap(
    ([name, below]) => [name, ...namesIn(below)],
  );
}
