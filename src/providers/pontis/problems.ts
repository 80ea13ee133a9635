import { amountProblem } from '../../domain/money';
import type { BankAccount, PayoutRequest } from '../../domain/payout-request';
import { payeeProblems } from '../../payee/normal-payee';
import type { RequestProblem } from '../provider';
import type { PontisSettings } from './config';
import { paymentMethodRow, sourceCurrencyOf } from './mapping';

/** docs.pontisglobe.com/sandbox: amounts are in cents. More decimals would be rounded by somebody. */
const amountPattern = /^\d+(\.\d{1,2})?$/;
const methodName = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;
const accountNumberPattern = /^[A-Za-z0-9][A-Za-z0-9 ./-]{0,63}$/;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const controlCharacter = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * Everything that makes a request unpayable at a Pontis account: docs.pontisglobe.com/api-reference/send-payout with the
 * account's settings. Messages never repeat values of the beneficiary.
 */
export function requestProblems(request: PayoutRequest, settings: PontisSettings): readonly RequestProblem[] {
  return [
    ...amountProblems(request, settings),
    ...destinationProblems(request),
    ...beneficiaryProblems(request, settings),
    ...textProblem('purpose', request.purpose, settings),
    ...textProblem('sourceOfFunds', request.sourceOfFunds, settings),
  ];
}

function amountProblems(request: PayoutRequest, settings: PontisSettings): readonly RequestProblem[] {
  const { value, side } = request.amount;
  const currency = sourceCurrencyOf(request, settings);
  const wrong =
    amountProblem(value, currency) ??
    (amountPattern.test(value) ? undefined : 'may have at most two decimals at Pontis');
  return [
    ...problem(side === 'source', 'amount.side', 'must be "source": Pontis takes the amount that is debited'),
    ...problem(
      settings.sourceCurrencies.includes(currency),
      'source.currency',
      `must be one of ${settings.sourceCurrencies.join(', ')}`,
    ),
    // An amount on the other side has other decimals; the side is what has to change.
    ...problem(side !== 'source' || wrong === undefined, 'amount.value', wrong ?? ''),
  ];
}

const destinationProblems = ({ destination }: PayoutRequest): readonly RequestProblem[] => [
  ...problem(
    /^[A-Z]{2}$/.test(destination.country),
    'destination.country',
    'must be an ISO 3166-1 alpha-2 code',
  ),
  ...problem(
    /^[A-Z]{3}$/.test(destination.currency),
    'destination.currency',
    'must be an ISO 4217 code of three letters',
  ),
];

function beneficiaryProblems(request: PayoutRequest, settings: PontisSettings): readonly RequestProblem[] {
  const { beneficiary } = request;
  const name = textProblem('beneficiary.name', beneficiary.name, settings);
  if (beneficiary.method === 'bank-account') {
    return withPayee(request, [
      ...name,
      ...methodProblems(request, settings),
      ...bankProblems(beneficiary.account, settings),
    ]);
  }
  if (beneficiary.method === 'mobile-wallet') {
    return withPayee(request, [
      ...name,
      ...methodProblems(request, settings),
      ...textProblem('beneficiary.account.operator', beneficiary.account.operator, settings),
    ]);
  }
  const message = `Pontis pays no ${beneficiary.method} at this account`;
  return [...name, { path: 'beneficiary.method', message }];
}

/** And what cannot exist: one problem for each field. */
function withPayee(request: PayoutRequest, own: readonly RequestProblem[]): readonly RequestProblem[] {
  const named = new Set(own.map(({ path }) => path));
  return [...own, ...payeeProblems(request).filter(({ path }) => !named.has(path))];
}

function methodProblems(request: PayoutRequest, settings: PontisSettings): readonly RequestProblem[] {
  const row = paymentMethodRow(request, settings);
  if (row === undefined) {
    return [
      {
        path: 'beneficiary.method',
        message: `no payment method is set for ${request.beneficiary.method} in ${request.destination.country}`,
      },
    ];
  }
  const account: Readonly<Record<string, string | undefined>> = request.beneficiary.account;
  return [
    ...problem(
      methodName.test(row.paymentMethod),
      'beneficiary.account.rail',
      'must be a payment method of Pontis such as "imps"',
    ),
    ...(row.requires ?? []).flatMap((field) =>
      problem(
        account[field] !== undefined,
        `beneficiary.account.${field}`,
        `is required for ${row.paymentMethod}`,
      ),
    ),
  ];
}

const bankProblems = (account: BankAccount, settings: PontisSettings): readonly RequestProblem[] => [
  ...problem(
    accountNumberPattern.test(account.accountNumber),
    'beneficiary.account.accountNumber',
    'must be 1 to 64 letters and digits',
  ),
  ...textProblem('beneficiary.account.bankCode', account.bankCode, settings),
  ...textProblem('beneficiary.account.bankName', account.bankName, settings),
  ...textProblem('beneficiary.account.branchCode', account.branchCode, settings),
];

function textProblem(
  path: string,
  text: string | undefined,
  { longestText }: PontisSettings,
): readonly RequestProblem[] {
  if (text === undefined) return [];
  return [
    ...problem(text.trim() !== '', path, 'must not be empty'),
    ...problem(text.length <= longestText, path, `must have at most ${longestText} characters`),
    ...problem(!controlCharacter.test(text), path, 'must have no control characters'),
  ];
}

const problem = (holds: boolean, path: string, message: string): readonly RequestProblem[] =>
  holds ? [] : [{ path, message }];
