import { isIP } from 'node:net';
import { assertNever } from '../../domain/assert-never';
import { amountProblem, compareAmounts } from '../../domain/money';
import type { BankAccount, PayoutRequest } from '../../domain/payout-request';
import { payeeProblems } from '../../payee/normal-payee';
import type { RequestProblem } from '../provider';
import { payfieldCountry, payfieldCurrency } from './config';
import type { PayfieldSettings } from './config';

/** Everything for which Payfield would refuse this request, or would not do what it asks. Never quotes the request. */
export function requestProblems(
  request: PayoutRequest,
  settings: PayfieldSettings,
): readonly RequestProblem[] {
  return [...moneyProblems(request), ...beneficiaryProblems(request, settings), ...payerProblems(request)];
}

/** There is no exchange: what is debited is what arrives, so both sides are taka and either may be fixed. */
function moneyProblems({ amount, source, destination, limits }: PayoutRequest): RequestProblem[] {
  const problems: RequestProblem[] = [];
  if (destination.country !== payfieldCountry) {
    problems.push({ path: 'destination.country', message: `must be ${payfieldCountry}` });
  }
  if (destination.currency !== payfieldCurrency) {
    problems.push({ path: 'destination.currency', message: `must be ${payfieldCurrency}` });
  }
  if (source.currency !== undefined && source.currency !== payfieldCurrency) {
    problems.push({ path: 'source.currency', message: `must be ${payfieldCurrency}: nothing is exchanged` });
  }
  const problem = amountProblem(amount.value, payfieldCurrency);
  if (problem !== undefined) return [...problems, { path: 'amount.value', message: problem }];
  const least = limits?.leastReceived;
  if (
    least !== undefined &&
    (amountProblem(least, payfieldCurrency) !== undefined || compareAmounts(least, amount.value) > 0)
  ) {
    problems.push({
      path: 'limits.leastReceived',
      message: 'must be at most the amount: nothing is exchanged',
    });
  }
  return problems;
}

const routingFields = [
  'bankCode',
  'ifsc',
  'bic',
  'branchCode',
  'rail',
] as const satisfies readonly (keyof BankAccount)[];

/** `card_number` is the one field that tells Payfield whom to pay (2.1 Create PayOut). */
function beneficiaryProblems(
  { beneficiary, destination }: PayoutRequest,
  { walletOperators }: PayfieldSettings,
): readonly RequestProblem[] {
  const { method, account } = beneficiary;
  // It pays in Bangladesh, whatever else is wrong with the request.
  const payee = payeeProblems({ beneficiary, destination: { ...destination, country: payfieldCountry } });
  switch (method) {
    case 'card':
      return payee;
    case 'bank-account': {
      const number = /^[A-Za-z0-9]{5,34}$/.test(account.accountNumber)
        ? []
        : [{ path: 'beneficiary.account.accountNumber', message: 'must be 5 to 34 letters and digits' }];
      // Left out, they could change who is paid.
      const routing = routingFields
        .filter((field) => account[field] !== undefined)
        .map((field) => ({
          path: `beneficiary.account.${field}`,
          message: 'cannot be sent: the account number stands alone',
        }));
      const named = new Set([...number, ...routing].map(({ path }) => path));
      return [...number, ...routing, ...payee.filter(({ path }) => !named.has(path))];
    }
    case 'mobile-wallet': {
      const { operator } = account;
      const payable = operator === undefined || walletOperators.includes(operator.toLowerCase());
      return payable
        ? payee
        : [
            ...payee,
            { path: 'beneficiary.account.operator', message: "is not among the account's walletOperators" },
          ];
    }
    case 'crypto-wallet':
    case 'saved-destination':
      return [{ path: 'beneficiary.method', message: 'must be card, mobile-wallet or bank-account' }];
    default:
      return assertNever(method, 'method');
  }
}

/** Required "for accounting" (2.1 Create PayOut). No length is stated; 128 is a cautious limit. */
function payerProblems({ payer }: PayoutRequest): readonly RequestProblem[] {
  const { userId, ipAddress } = payer ?? {};
  return [
    ...(userId !== undefined && /^[\x20-\x7e]{1,128}$/.test(userId) && userId.trim() !== ''
      ? []
      : [{ path: 'payer.userId', message: 'is required: 1 to 128 printable ASCII characters' }]),
    ...(ipAddress !== undefined && isIP(ipAddress) !== 0
      ? []
      : [{ path: 'payer.ipAddress', message: 'is required: an IPv4 or IPv6 address' }]),
  ];
}
